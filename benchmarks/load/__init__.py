"""Customers of the seat store, as programs of their own; measuring/load_program.py says how they are driven."""
