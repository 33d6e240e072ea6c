"""What does a seat cost? A train's by class and distance, a hall's by zone and performance."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Prefetch, prefetch_related_objects

from booking.errors import DomainError
from booking.models import Inventory, Performance, PerformancePrice, SeatClass
from booking.remembering import remembered
from booking.seatplan import zone_of_seats
from booking.timetable import stops_of

_CENT = Decimal("0.01")


class UnknownSeat(LookupError):
    """The inventory has no seats of these names."""

    def __init__(self, seats: Sequence[str]) -> None:
        super().__init__(f"No such seat: {', '.join(seats)}.")
        self.seats = tuple(seats)


class NoPrice(DomainError):
    """Seats whose zone has lost its price since they were published."""

    code = "no-price"
    title = "These seats have no price at the moment"

    def __init__(self, zones: Iterable[str]) -> None:
        super().__init__(f"Seats of {', '.join(sorted(zones))} have no price at the moment and cannot be sold.")


@dataclass(frozen=True, slots=True)
class PricedSeat:
    name: str
    zone: str
    amount: Decimal


def fare(seat_class: SeatClass, km: int) -> Decimal:
    """A train's fare over a distance, rounded to whole units of the currency."""
    exact = seat_class.base_fare + seat_class.fare_per_km * km
    return exact.quantize(Decimal(1), ROUND_HALF_UP).quantize(_CENT)


def fares(*, inventory: Inventory, first_leg: int, end_leg: int) -> dict[str, Decimal]:
    """Price by zone code on legs [first_leg, end_leg), in the site's currency."""
    if not inventory.is_train:
        return {price.zone.code: price.amount.quantize(_CENT) for price in prices_of(inventory.performance)}
    km_at = [stop.distance_km for stop in stops_of(inventory.departure.train)]
    km = km_at[end_leg] - km_at[first_leg]
    return {seat_class.code: fare(seat_class, km) for seat_class in _seat_classes()}


def prices_of(performance: Performance) -> Sequence[PerformancePrice]:
    """The performance's prices with their zones, read at most once."""
    prefetch_related_objects([performance], Prefetch("prices", PerformancePrice.objects.select_related("zone")))
    return list(performance.prices.all())


@remembered
def _seat_classes() -> Sequence[SeatClass]:
    return list(SeatClass.objects.all())


def price_of_seats(*, inventory: Inventory, seats: Sequence[str], first_leg: int, end_leg: int) -> list[PricedSeat]:
    """The price of each of these seats on legs [first_leg, end_leg), in the order asked.

    Raises:
        UnknownSeat: the inventory has no such seats.
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
    return [PricedSeat(seat, zone_of[seat], prices[zone_of[seat]]) for seat in seats]
