"""The waiting room before a sale: who may come in, in which order, how fast, and how one proves whose turn it is."""
