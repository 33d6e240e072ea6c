"""How does one run sell? Seats by class as they are now, and what was taken in and given back on each day."""

import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date as Date
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncDate
from moneyed import Money

from booking.models import Inventory, Order, OrderSeat, SeatBlock
from booking.seatplan import zone_of_seats
from booking.seatstore import Availability

_SOLD = (Order.Status.CONFIRMED, Order.Status.PARTLY_CANCELLED, Order.Status.CANCELLED)
_KEPT = (SeatBlock.State.BLOCKED, SeatBlock.State.GIVING_BACK)


@dataclass(frozen=True, slots=True)
class ClassSales:
    """Counted in seats times legs, because a seat may be sold on some legs and free on others; a show has one leg."""

    name: str
    sold: int
    held: int
    kept: int
    free: int

    @property
    def total(self) -> int:
        return self.sold + self.held + self.kept + self.free


@dataclass(frozen=True, slots=True)
class DaySales:
    """`taken`: prices of the seats that were paid on this day; `given_back`: of those that were cancelled on it."""

    day: Date
    taken: Money
    given_back: Money


def sales_by_class(
    *, inventory: Inventory, availability: Availability, zones: Sequence[Mapping[str, str]]
) -> list[ClassSales]:
    """Of each class or price zone, in the order of `zones` ([{"code", "name"}])."""
    zone_of = zone_of_seats(inventory.plan_id)
    seats = Counter(zone_of.values())
    sold = _seat_legs(availability.sold, zone_of)
    held = _seat_legs(availability.held, zone_of)
    kept = _seat_legs(_kept(inventory), zone_of)
    return [
        ClassSales(
            name=zone["name"],
            sold=sold[zone["code"]] - kept[zone["code"]],
            held=held[zone["code"]],
            kept=kept[zone["code"]],
            free=seats[zone["code"]] * inventory.legs - sold[zone["code"]] - held[zone["code"]],
        )
        for zone in zones
    ]


def sales_by_day(*, inventory: Inventory, zone: zoneinfo.ZoneInfo) -> list[DaySales]:
    """The days on which something was paid or cancelled, by the clock of `zone`. Two queries."""
    seats = OrderSeat.objects.filter(part__inventory=inventory, order__status__in=_SOLD).exclude(
        order__confirmed_at=None
    )
    taken = _sums(seats, "order__confirmed_at", zone)
    given_back = _sums(seats.exclude(cancelled_at=None), "cancelled_at", zone)
    days = sorted({day for day, _ in (*taken, *given_back)})
    currencies = sorted({currency for _, currency in (*taken, *given_back)})
    return [
        DaySales(day, Money(taken[day, currency], currency), Money(given_back[day, currency], currency))
        for currency in currencies
        for day in days
        if taken[day, currency] or given_back[day, currency]
    ]


def _sums(seats: QuerySet[OrderSeat], moment: str, zone: zoneinfo.ZoneInfo) -> defaultdict[tuple[Date, str], Decimal]:
    days = seats.annotate(day=TruncDate(moment, tzinfo=zone)).values("day", "currency").order_by()
    return defaultdict(Decimal, {(row["day"], row["currency"]): row["sum"] for row in days.annotate(sum=Sum("amount"))})


def _kept(inventory: Inventory) -> dict[str, int]:
    """Legs that the house keeps, as a bitmask by seat."""
    masks: dict[str, int] = {}
    for block in SeatBlock.objects.filter(inventory=inventory, state__in=_KEPT):
        for seat in block.seats:
            masks[seat] = masks.get(seat, 0) | (1 << block.end_leg) - (1 << block.first_leg)
    return masks


def _seat_legs(masks: Mapping[str, int], zone_of: Mapping[str, str]) -> Counter[str]:
    counted: Counter[str] = Counter()
    for seat, mask in masks.items():
        if seat in zone_of:
            counted[zone_of[seat]] += mask.bit_count()
    return counted
