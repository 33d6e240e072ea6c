"""What is the plan of a hall at the moment? And which of its seats does somebody have for a performance to come?"""

from collections.abc import Iterable
from datetime import datetime
from typing import assert_never

from booking.halls.drawing import DrawnArea, DrawnRow, DrawnZone, HallDrawing
from booking.halls.places import read_places
from booking.models import Hall, HallRow, Order, OrderSeat, StandingArea

S = Order.Status
# Orders that have a claim on their seats, paid or about to be.
_WITH_SEATS = (S.DRAFT, S.AWAITING_PAYMENT, S.CONFIRMING, S.CONFIRMED, S.PARTLY_CANCELLED)


def drawing_of(hall: Hall) -> HallDrawing:
    """The hall's plan as its rows in the database say it."""
    return HallDrawing(
        zones=tuple(DrawnZone(zone.code, zone.name) for zone in hall.zones.order_by("rank", "code")),
        rows=tuple(
            DrawnRow(row.label, row.position, row.zone.code, read_places(row.places))
            for row in hall.rows.select_related("zone").order_by("position")
        ),
        areas=tuple(
            DrawnArea(area.code, area.name, area.capacity, area.zone.code)
            for area in hall.areas.select_related("zone").order_by("position", "code")
        ),
    )


def names_of(parts: Iterable[HallRow | StandingArea]) -> set[str]:
    """Names of the seats in these rows and of the places in these standing areas."""
    names: set[str] = set()
    for part in parts:
        match part:
            case HallRow():
                names.update(DrawnRow(part.label, part.position, "", read_places(part.places)).seat_names)
            case StandingArea():
                names.update(DrawnArea(part.code, part.name, part.capacity, "").place_names)
            case _:
                assert_never(part)
    return names


def sold_seats(*, hall: Hall, now: datetime) -> set[str]:
    """Names of the seats that somebody has, paid or not yet, for a performance in this hall that is still to begin."""
    seats = OrderSeat.objects.filter(
        cancelled_at=None,
        order__status__in=_WITH_SEATS,
        part__inventory__performance__hall=hall,
        part__inventory__performance__starts_at__gt=now,
    )
    return set(seats.values_list("name", flat=True))
