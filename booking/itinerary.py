"""What did an order buy, in words and times for its page and its ticket?"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from django.urls import reverse
from django.utils.translation import gettext as _
from moneyed import Money

from booking.models import Inventory, Order, OrderPart, SeatPlan
from booking.selectors.orders import parts_of, seats_of_part
from booking.trains.timetable import stop_times


@dataclass(frozen=True, slots=True)
class Itinerary:
    """A journey or an evening. Times are in the zone of their place; a show has no end that we promise."""

    title: str
    place: str
    starts_at: datetime
    destination: str
    ends_at: datetime | None
    map_url: str
    notice: str = ""

    @property
    def is_journey(self) -> bool:
        return self.ends_at is not None


@dataclass(frozen=True, slots=True)
class BoughtSeat:
    """`label` names it within its order; `name` is what stands on the seat."""

    label: str
    name: str
    zone: str
    price: Money
    cancelled: bool


@dataclass(frozen=True, slots=True)
class Journey:
    """One part of an order: where to and when, in which seats."""

    itinerary: Itinerary
    seats: list[BoughtSeat]

    @property
    def kept(self) -> list[BoughtSeat]:
        return [seat for seat in self.seats if not seat.cancelled]

    @property
    def cancelled(self) -> list[BoughtSeat]:
        return [seat for seat in self.seats if seat.cancelled]


def journeys_of(order: Order) -> list[Journey]:
    """All that an order bought, in the order of travel; classes and zones by name, for codes mean nothing to people."""
    return [Journey(_itinerary_of(part), _bought_seats(order, part)) for part in parts_of(order)]


def title_of(journeys: Sequence[Journey]) -> str:
    """What an order is for, in one line; a train that is changed seats on is named once."""
    titles = list(dict.fromkeys(journey.itinerary.title for journey in journeys))
    if len(titles) < 2:
        return "".join(titles)
    return _("%(others)s and %(last)s") % {"others": ", ".join(titles[:-1]), "last": titles[-1]}


def _bought_seats(order: Order, part: OrderPart) -> list[BoughtSeat]:
    names = zone_names(part.inventory.plan_id)
    return [
        BoughtSeat(seat.label, seat.name, names.get(seat.zone, seat.zone), seat.price, seat.cancelled_at is not None)
        for seat in seats_of_part(order, part)
    ]


@functools.lru_cache(maxsize=128)
def zone_names(plan_digest: str) -> Mapping[str, str]:
    """Names by code, without the drawing. Kept in memory: what a plan's digest stands for never changes."""
    zones = SeatPlan.objects.values_list("layout__zones", flat=True).get(pk=plan_digest)
    return MappingProxyType({zone["code"]: zone["name"] for zone in zones})


def _itinerary_of(part: OrderPart) -> Itinerary:
    return itinerary(inventory=part.inventory, first_leg=part.first_leg, end_leg=part.end_leg)


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
        notice=departure.notice,
    )
