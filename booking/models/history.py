"""Of which rows is a copy kept at every change? Of everything that people write: the catalogue.

Not of what the site itself writes (inventories, orders): orders have a history of their own, which says more.
"""

from django.db import models
from simple_history import register

from .carriers import CalendarException, Carrier, PassengerType, ServiceCalendar
from .fares import StationFare, ZoneFare
from .policies import RefundPolicy, RefundStep
from .rooms import WaitingRoom
from .shows import Hall, HallRow, Performance, PerformancePrice, PriceZone, Show, StandingArea, Venue
from .trains import Coach, CoachLayout, Departure, SeatClass, Station, Stop, Train

WRITTEN_BY_PEOPLE: tuple[type[models.Model], ...] = (
    Carrier,
    PassengerType,
    ServiceCalendar,
    CalendarException,
    StationFare,
    ZoneFare,
    RefundPolicy,
    RefundStep,
    Station,
    SeatClass,
    CoachLayout,
    Train,
    Stop,
    Coach,
    Departure,
    Venue,
    Hall,
    PriceZone,
    HallRow,
    StandingArea,
    Show,
    Performance,
    PerformancePrice,
    WaitingRoom,
)
# Where its seats are sold is the site's to say.
_NOT_KEPT = {
    Departure: ["inventory"],
    Performance: ["inventory"],
    # And how far it is, which changes every second; its seed is told to nobody.
    WaitingRoom: ["state", "seed", "per_minute", "admitted_until", "rounds", "last_error"],
}

for model in WRITTEN_BY_PEOPLE:
    register(model, app="booking", excluded_fields=_NOT_KEPT.get(model, []))
