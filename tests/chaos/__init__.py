"""Real store nodes under a load of bookings while everything around them fails; what clients saw is then checked."""
