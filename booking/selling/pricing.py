"""What does a seat cost? A train's by class, journey and passenger, a hall's by zone and performance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from moneyed import Money

from booking.errors import DomainError
from booking.models import Inventory, Performance, PerformancePrice
from booking.seatplan import zone_of_seats
from booking.trains.fare_table import ADULT, UnknownPassengerType, fare_table, reduced
from booking.trains.timetable import stops_of


class UnknownSeat(LookupError):
    """The inventory has no seats of these names."""

    def __init__(self, seats: Sequence[str]) -> None:
        super().__init__(_("No such seat: %(seats)s.") % {"seats": ", ".join(seats)})
        self.seats = tuple(seats)


class NoPrice(DomainError):
    """Seats whose zone has lost its price since they were published."""

    code = "no-price"
    title = gettext_noop("These seats have no price at the moment")

    def __init__(self, zones: Iterable[str]) -> None:
        super().__init__(
            _("Seats of %(zones)s have no price at the moment and cannot be sold.")
            % {"zones": ", ".join(sorted(zones))}
        )


@dataclass(frozen=True, slots=True)
class PricedSeat:
    """One seat and what whoever sits on it pays; `zone` is the class of a train or the price zone of a hall."""

    name: str
    zone: str
    passenger_type: str
    price: Money


def fares(*, inventory: Inventory, first_leg: int, end_leg: int) -> dict[str, Money]:
    """Full price by zone code on legs [first_leg, end_leg)."""
    if not inventory.is_train:
        return {price.zone.code: price.price for price in prices_of(inventory.performance)}
    train = inventory.departure.train
    stops = stops_of(train)
    board, alight = stops[first_leg], stops[end_leg]
    table = fare_table(board.station, alight.station)
    return table.fares(train, alight.distance_km - board.distance_km)


def prices_of(performance: Performance) -> Sequence[PerformancePrice]:
    """The performance's prices with their zones, read at most once."""
    prefetch_related_objects([performance], Prefetch("prices", PerformancePrice.objects.select_related("zone")))
    return list(performance.prices.all())


def price_of_seats(
    *,
    inventory: Inventory,
    seats: Sequence[str],
    first_leg: int,
    end_leg: int,
    passenger_types: Sequence[str] | None = None,
) -> list[PricedSeat]:
    """The price of each of these seats on legs [first_leg, end_leg), in the order asked.

    `passenger_types` says who sits on each of them, by the code of a PassengerType; without it, all are adults.

    Raises:
        UnknownSeat: the inventory has no such seats.
        UnknownPassengerType: the carrier has no such type, a hall none but adults.
        NoPrice: a zone's price is missing.
    """
    zone_of = zone_of_seats(inventory.plan_id)
    unknown = [seat for seat in seats if seat not in zone_of]
    if unknown:
        raise UnknownSeat(unknown)
    prices = fares(inventory=inventory, first_leg=first_leg, end_leg=end_leg)
    unpriced = {zone_of[seat] for seat in seats} - prices.keys()
    if unpriced:
        raise NoPrice(unpriced)
    return [
        PricedSeat(seat, zone_of[seat], passenger_type, _price_for(inventory, prices[zone_of[seat]], passenger_type))
        for seat, passenger_type in zip(seats, passenger_types or [ADULT] * len(seats), strict=True)
    ]


def _price_for(inventory: Inventory, full: Money, passenger_type: str) -> Money:
    if inventory.is_train:
        return reduced(full, inventory.departure.train.carrier, passenger_type)
    if passenger_type != ADULT:
        raise UnknownPassengerType(passenger_type, [ADULT])
    return full
