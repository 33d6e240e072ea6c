"""What is for sale (trains, shows), its seats (inventory) and who bought them (orders)."""

from . import history
from .blocks import SeatBlock, SeatMove
from .carriers import CalendarException, Carrier, PassengerType, ServiceCalendar
from .fares import StationFare, ZoneFare
from .inventory import Inventory, SeatPlan
from .late_offers import LateOffer, LateOfferHold
from .orders import Order, OrderEvent, OrderPart, OrderSeat
from .policies import RefundOffer, RefundPolicy, RefundStep
from .previews import ImportPreview
from .rooms import WaitingRoom
from .shows import Hall, HallRow, Performance, PerformancePrice, PriceZone, Show, StandingArea, Venue
from .tickets import Admission, OutgoingMail, Ticket
from .trains import Coach, CoachLayout, Departure, SeatClass, Station, Stop, Train
from .waiting import WaitingEntry

__all__ = [
    "Admission",
    "CalendarException",
    "Carrier",
    "Coach",
    "CoachLayout",
    "Departure",
    "Hall",
    "HallRow",
    "ImportPreview",
    "Inventory",
    "LateOffer",
    "LateOfferHold",
    "Order",
    "OrderEvent",
    "OrderPart",
    "OrderSeat",
    "OutgoingMail",
    "PassengerType",
    "Performance",
    "PerformancePrice",
    "PriceZone",
    "RefundOffer",
    "RefundPolicy",
    "RefundStep",
    "SeatBlock",
    "SeatClass",
    "SeatMove",
    "SeatPlan",
    "ServiceCalendar",
    "Show",
    "StandingArea",
    "Station",
    "StationFare",
    "Stop",
    "Ticket",
    "Train",
    "Venue",
    "WaitingEntry",
    "WaitingRoom",
    "ZoneFare",
    "history",
]
