"""Reads that pages and the API are made of: what can be bought, and what somebody has bought."""

from .catalogue import (
    Trip,
    count_free,
    find_stations,
    search_trips,
    show_with_performances,
    trip_of,
    upcoming_performances,
    upcoming_shows,
)
from .orders import order_of, order_of_hold, orders_of
from .sale import inventory_for_sale

__all__ = [
    "Trip",
    "count_free",
    "find_stations",
    "inventory_for_sale",
    "order_of",
    "order_of_hold",
    "orders_of",
    "search_trips",
    "show_with_performances",
    "trip_of",
    "upcoming_performances",
    "upcoming_shows",
]
