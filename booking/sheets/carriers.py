"""The lists of carriers: whom they sell to for less, when they run, and which fares are not by distance."""

from operator import attrgetter
from typing import Any

from import_export.fields import Field

from booking.models import (
    CalendarException,
    Carrier,
    PassengerType,
    RefundPolicy,
    SeatClass,
    ServiceCalendar,
    Station,
    StationFare,
    ZoneFare,
)
from booking.models.carriers import WEEKDAYS

from .sheet import Sheet, sheet_options
from .values import Named


def carrier() -> Field:
    return Field("carrier", "carrier", Named(Carrier, attrgetter("code")))


def class_name(seat_class: Any) -> str:
    """As "IR AC3": a class's code is its own in its carrier only."""
    return f"{seat_class.carrier.code} {seat_class.code}"


def seat_class() -> Field:
    return Field("seat_class", "seat_class", Named(SeatClass, class_name, related=("carrier",)))


def calendar_name(calendar: Any) -> str:
    return f"{calendar.carrier.code} {calendar.code}"


def calendar() -> Field:
    return Field("calendar", "calendar", Named(ServiceCalendar, calendar_name, related=("carrier",)))


def refund_policy() -> Field:
    """Empty: the default one."""
    return Field("refund_policy", "refund_policy", Named(RefundPolicy, attrgetter("name")))


class CarrierSheet(Sheet):
    Meta = sheet_options(Carrier, ("code",), ("code", "name", "time_zone", "currency", "fare_step"))


class PassengerTypeSheet(Sheet):
    carrier = carrier()
    related = ("carrier",)
    part_of = "carrier"

    Meta = sheet_options(PassengerType, ("carrier", "code"), ("carrier", "code", "name", "percent_off", "rank"))


class ServiceCalendarSheet(Sheet):
    carrier = carrier()
    related = ("carrier",)

    Meta = sheet_options(ServiceCalendar, ("carrier", "code"), ("carrier", "code", *WEEKDAYS, "starts_on", "ends_on"))


class CalendarExceptionSheet(Sheet):
    calendar = calendar()
    related = ("calendar__carrier",)
    part_of = "calendar"

    Meta = sheet_options(CalendarException, ("calendar", "date"), ("calendar", "date", "runs"))


class StationFareSheet(Sheet):
    """Amounts are in the currency of the class's carrier."""

    seat_class = seat_class()
    origin = Field("origin", "origin", Named(Station, attrgetter("code")))
    destination = Field("destination", "destination", Named(Station, attrgetter("code")))
    related = ("seat_class__carrier", "origin", "destination")

    Meta = sheet_options(
        StationFare,
        ("seat_class", "origin", "destination"),
        ("seat_class", "origin", "destination", "amount"),
    )


class ZoneFareSheet(Sheet):
    seat_class = seat_class()
    related = ("seat_class__carrier",)

    Meta = sheet_options(
        ZoneFare,
        ("seat_class", "line", "origin_zone", "destination_zone"),
        ("seat_class", "line", "origin_zone", "destination_zone", "amount"),
    )
