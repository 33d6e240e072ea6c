"""How does somebody come to a seat without pointing at one? The store chooses; this says from what."""
