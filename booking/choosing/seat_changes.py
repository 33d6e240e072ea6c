"""Who finds no seat that is free all the way: can they travel on two, and change from one to the other at a stop?

Some seat is free from the first leg up to a stop, another from an earlier stop to the end: then any stop between the
two will do. So it is enough to know, of each seat, how far it is free from the beginning, and from where to the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from moneyed import Money

from booking.layouts import kept_layout
from booking.models import Inventory, Station
from booking.seatplan import Layout
from booking.seatstore import Availability
from booking.selling.pricing import fares
from booking.selling.through import through_fare
from booking.trains.timetable import stops_of


@dataclass(frozen=True, slots=True)
class SeatChange:
    """The passenger leaves `first_seat` for `second_seat` where leg `leg` begins. Both are of class `zone`."""

    zone: str
    first_seat: str
    second_seat: str
    leg: int
    same_coach: bool


@dataclass(frozen=True, slots=True)
class OfferedChange:
    """A journey with a change of seat that can be bought: where the change is, what the class is called, the price."""

    change: SeatChange
    zone_name: str
    station: Station
    price: Money


@dataclass(frozen=True, slots=True)
class _Seat:
    """Free on [first_leg, `until`), and on [`since`, end_leg)."""

    name: str
    coach: str
    until: int
    since: int


def offered_changes(
    *, inventory: Inventory, availability: Availability, first_leg: int, end_leg: int
) -> list[OfferedChange]:
    """A journey with one change of seat for each class of a train that has no seat free all the way, if there is one.

    It costs what the journey costs without a change, or what its two parts do if that is less.
    """
    layout, train = kept_layout(inventory.plan_id), inventory.departure.train
    found = seat_changes(layout=layout, availability=availability, first_leg=first_leg, end_leg=end_leg)
    names = {zone["code"]: zone["name"] for zone in layout["zones"]}
    offers = []
    for change in found:
        legs = ((first_leg, end_leg), (first_leg, change.leg), (change.leg, end_leg))
        tables = [fares(inventory=inventory, first_leg=first, end_leg=end) for first, end in legs]
        if all(change.zone in table for table in tables):
            whole, *parts = [table[change.zone] for table in tables]
            price = sum(through_fare(whole, parts, train.carrier), whole * 0)
            offers.append(OfferedChange(change, names[change.zone], stops_of(train)[change.leg].station, price))
    return offers


def seat_changes(*, layout: Layout, availability: Availability, first_leg: int, end_leg: int) -> list[SeatChange]:
    """For each zone without a seat that is free on [first_leg, end_leg), the change of seat that makes up for it.

    In the same coach if possible, and as late as possible.
    """
    seats = _seats_by_zone(layout, availability, first_leg, end_leg)
    changes = [_change_in(zone["code"], seats.get(zone["code"], ()), end_leg) for zone in layout["zones"]]
    return [change for change in changes if change is not None]


def _change_in(zone: str, seats: Sequence[_Seat], end_leg: int) -> SeatChange | None:
    if any(seat.until == end_leg for seat in seats):
        return None
    coaches: dict[str, list[_Seat]] = {}
    for seat in seats:
        coaches.setdefault(seat.coach, []).append(seat)
    for together in (*coaches.values(), seats):
        first = max(together, key=lambda seat: seat.until, default=None)
        second = min(together, key=lambda seat: seat.since, default=None)
        if first is not None and second is not None and second.since <= first.until:
            return SeatChange(zone, first.name, second.name, first.until, first.coach == second.coach)
    return None


def _seats_by_zone(
    layout: Layout, availability: Availability, first_leg: int, end_leg: int
) -> Mapping[str, Sequence[_Seat]]:
    """Those seats that are free at the beginning or at the end of the journey."""
    found: dict[str, list[_Seat]] = {}
    for section in layout["sections"]:
        for seat in section["seats"]:
            taken = availability.held.get(seat["name"], 0) | availability.sold.get(seat["name"], 0)
            here = taken & ((1 << end_leg) - (1 << first_leg))
            until = (here & -here).bit_length() - 1 if here else end_leg
            since = max(here.bit_length(), first_leg)
            if until > first_leg or since < end_leg:
                found.setdefault(seat["zone"], []).append(_Seat(seat["name"], section["label"], until, since))
    return found
