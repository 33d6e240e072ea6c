"""What did an order buy, in words and times for its page and its ticket?"""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from booking.models import Inventory, Order
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
