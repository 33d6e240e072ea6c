"""How well is the assistant's understanding? Labelled questions, and how many of them are understood as meant."""
