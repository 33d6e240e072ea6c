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
from .late_offers import late_offer_of, standing_late_offer
from .orders import know_rows, order_of, order_of_hold, orders_of, parts_of, refund_offer_of, seats_of_part
from .sale import inventory_for_sale

__all__ = [
    "Trip",
    "count_free",
    "find_stations",
    "inventory_for_sale",
    "know_rows",
    "late_offer_of",
    "order_of",
    "order_of_hold",
    "orders_of",
    "parts_of",
    "refund_offer_of",
    "search_trips",
    "seats_of_part",
    "show_with_performances",
    "standing_late_offer",
    "trip_of",
    "upcoming_performances",
    "upcoming_shows",
]
