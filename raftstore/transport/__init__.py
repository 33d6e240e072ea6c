"""Between values and the wire, and between one node and the next."""
