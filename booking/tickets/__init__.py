"""Tickets: what a customer shows at the entrance, and how staff find out that it is good.

Start at `issuing.py`, which keeps an order's tickets in step with its seats; `payload.py` and `signing.py` are what a
scanner without a network relies upon; `check_in.py` is the entrance.
"""
