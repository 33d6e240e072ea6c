"""What is for sale (trains, shows), its seats (inventory) and who bought them (orders)."""

from .inventory import Inventory, SeatPlan
from .orders import Order, OrderSeat
from .shows import Hall, HallRow, Performance, PerformancePrice, PriceZone, Show, StandingArea, Venue
from .trains import Coach, CoachLayout, Departure, SeatClass, Station, Stop, Train

__all__ = [
    "Coach",
    "CoachLayout",
    "Departure",
    "Hall",
    "HallRow",
    "Inventory",
    "Order",
    "OrderSeat",
    "Performance",
    "PerformancePrice",
    "PriceZone",
    "SeatClass",
    "SeatPlan",
    "Show",
    "StandingArea",
    "Station",
    "Stop",
    "Train",
    "Venue",
]
