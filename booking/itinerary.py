"""What did an order buy, in words and times for its page and its ticket?"""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType

from django.urls import reverse

from booking.models import Inventory, Order, SeatPlan
from booking.timetable import stop_times


@dataclass(frozen=True, slots=True)
class Itinerary:
    """A journey or an evening. Times are in the zone of their place; a show has no end that we promise."""

    title: str
    place: str
    starts_at: datetime
    destination: str
    ends_at: datetime | None
    map_url: str

    @property
    def is_journey(self) -> bool:
        return self.ends_at is not None


@dataclass(frozen=True, slots=True)
class BoughtSeat:
    name: str
    zone: str
    amount: Decimal
    cancelled: bool


def bought_seats(order: Order) -> list[BoughtSeat]:
    """An order's seats with the names of their classes or zones, for the code means nothing to a customer."""
    names = _zone_names(order.inventory.plan_id)
    return [
        BoughtSeat(seat.name, names.get(seat.zone, seat.zone), seat.amount, seat.cancelled_at is not None)
        for seat in order.seats.all()
    ]


@functools.lru_cache(maxsize=128)
def _zone_names(plan_digest: str) -> Mapping[str, str]:
    """Names by code, without the drawing. Kept in memory: what a plan's digest stands for never changes."""
    zones = SeatPlan.objects.values_list("layout__zones", flat=True).get(pk=plan_digest)
    return MappingProxyType({zone["code"]: zone["name"] for zone in zones})


def itinerary_of(order: Order) -> Itinerary:
    return itinerary(inventory=order.inventory, first_leg=order.first_leg, end_leg=order.end_leg)


def itinerary(*, inventory: Inventory, first_leg: int, end_leg: int) -> Itinerary:
    if not inventory.is_train:
        performance = inventory.performance
        venue = performance.hall.venue
        return Itinerary(
            title=performance.show.title,
            place=f"{performance.hall.name}, {venue.name}, {venue.city}",
            starts_at=performance.starts_at.astimezone(venue.zone),
            destination="",
            ends_at=None,
            map_url=reverse("booking:performance", args=[performance.pk]),
        )
    departure = inventory.departure
    stops = stop_times(departure)
    board, alight = stops[first_leg], stops[end_leg]
    return Itinerary(
        title=str(departure.train),
        place=str(board.station),
        starts_at=board.departs_at,
        destination=str(alight.station),
        ends_at=alight.arrives_at,
        map_url=reverse("booking:departure", args=[departure.pk, board.station.code, alight.station.code]),
    )
