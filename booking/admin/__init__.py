"""The back office's pages for trains, shows, what is on sale and what was ordered."""

from . import inventory, orders, shows, trains

__all__ = ["inventory", "orders", "shows", "trains"]
