"""Which seats are free, and what do they cost? From the plan, the prices and the seat store, as on the map."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from moneyed import Money

from booking.choosing.instead import seats_instead
from booking.choosing.places import places_of_plan
from booking.halls.layout import STANDING
from booking.models import Inventory
from booking.seatplan import seat_names, zone_of_seats
from booking.seatstore import availability
from booking.selectors import count_free
from booking.selling.pricing import price_of_seats

_DRAWBACKS = frozenset({"accessible", "restricted"})


@dataclass(frozen=True, slots=True)
class SeatFact:
    """One seat on the wanted legs: `state` is free, held or sold; `free_legs` are the stretches of it that are free."""

    name: str
    price: Money
    state: str
    free_legs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SeatFacts:
    seats: tuple[SeatFact, ...]
    unknown: tuple[str, ...]
    example: str


def seat_facts(*, inventory: Inventory, seats: Sequence[str], first_leg: int, end_leg: int) -> SeatFacts:
    """Who may still have these seats, from the seat store; seats that the plan lacks are told apart.

    Raises:
        StoreUnavailable: no leader answered.
        SeatStoreRefused: the store does not sell this inventory.
        NoPrice: a seat has no price now.
    """
    planned = zone_of_seats(inventory.plan_id)
    known = [seat for seat in seats if seat in planned]
    unknown = tuple(seat for seat in seats if seat not in planned)
    example = next(iter(planned))
    if not known:
        return SeatFacts((), unknown, example)
    priced = price_of_seats(inventory=inventory, seats=known, first_leg=first_leg, end_leg=end_leg)
    seen = availability(inventory.pk, cluster=inventory.cluster)
    wanted = (1 << end_leg) - (1 << first_leg)
    facts = []
    for seat in priced:
        held, sold = seen.held.get(seat.name, 0), seen.sold.get(seat.name, 0)
        state = "sold" if sold & wanted else "held" if held & wanted else "free"
        facts.append(SeatFact(seat.name, seat.price, state, _free_stretches(held | sold, first_leg, end_leg)))
    return SeatFacts(tuple(facts), unknown, example)


@dataclass(frozen=True, slots=True)
class SeatsWanted:
    """Of which zones, by code, any if none is named; with which features. A drawback is given to who asks for it."""

    zones: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()

    def fits(self, zone: str, features: frozenset[str]) -> bool:
        unasked = (features & _DRAWBACKS) - self.features
        return (not self.zones or zone in self.zones) and self.features <= features and not unasked


def free_seats(*, inventory: Inventory, first_leg: int, end_leg: int) -> list[dict[str, Any]]:
    """Seats of the plan that are free on those legs, as the layout has them, in its order; no standing places.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    taken = availability(inventory.pk, cluster=inventory.cluster).taken(first_leg, end_leg)
    sections = inventory.plan.layout["sections"]
    return [
        seat
        for section in sections
        if section.get("kind") != STANDING
        for seat in section["seats"]
        if seat["name"] not in taken
    ]


def best_free(
    *,
    inventory: Inventory,
    first_leg: int,
    end_leg: int,
    count: int,
    wanted: SeatsWanted,
    but: Collection[str] = (),
) -> tuple[str, ...]:
    """So many free seats, neighbours if there are any, in the order in which the house gives them; () if too few.

    `but` are left out.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    taken = availability(inventory.pk, cluster=inventory.cluster).taken(first_leg, end_leg) | set(but)
    layout = inventory.plan.layout
    every = [seat for section in layout["sections"] for seat in section["seats"]]
    free = [
        (place, seat["name"])
        for seat, place in zip(every, places_of_plan(inventory.plan_id), strict=True)
        if seat["name"] not in taken and wanted.fits(seat["zone"], place.features)
    ]
    in_rows = sorted(free, key=lambda one: (one[0].row, one[0].number))
    together = [
        in_rows[n : n + count]
        for n in range(len(in_rows) - count + 1)
        if all(a.row == b.row and a.number + 1 == b.number for (a, _), (b, _) in pairwise(in_rows[n : n + count]))
    ]
    best = min(together, key=lambda group: sum(place.rank for place, _ in group), default=None)
    chosen = best or sorted(free, key=lambda one: one[0].rank)[:count]
    return tuple(name for _, name in chosen) if len(chosen) == count else ()


def are_neighbours(inventory: Inventory, seats: Sequence[str]) -> bool:
    """Whether these seats are side by side in one row."""
    names = seat_names(inventory.plan.layout)
    place = {name: place for name, place in zip(names, places_of_plan(inventory.plan_id), strict=True) if name in seats}
    in_row = sorted((place[name] for name in seats), key=lambda one: (one.row, one.number))
    return all(a.row == b.row and a.number + 1 == b.number for a, b in pairwise(in_row))


def standing_areas(*, inventory: Inventory, seats: Collection[str]) -> dict[str, int]:
    """How many of these are places in each standing area, by its code: nobody points at them on a map."""
    areas = [section for section in inventory.plan.layout["sections"] if section.get("kind") == STANDING]
    counts = {area["label"]: sum(seat["name"] in seats for seat in area["seats"]) for area in areas}
    return {code: count for code, count in counts.items() if count}


def instead_of(*, inventory: Inventory, seats: Sequence[str], first_leg: int, end_leg: int) -> tuple[str, ...]:
    """Free seats that come closest to these, which are not; none if there are not as many.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    return seats_instead(
        layout=inventory.plan.layout,
        availability=availability(inventory.pk, cluster=inventory.cluster),
        first_leg=first_leg,
        end_leg=end_leg,
        kept=(),
        gone=seats,
    )


def described(inventory: Inventory, seats: Collection[str]) -> dict[str, dict[str, Any]]:
    """These seats as the layout has them, by name: with their features and their compartment."""
    sections = inventory.plan.layout["sections"]
    return {seat["name"]: seat for section in sections for seat in section["seats"] if seat["name"] in seats}


def best_row(inventory: Inventory) -> str:
    """The row, or the coach, whose seat the house gives first of all: in a hall the first before the stage."""
    names = [seat["name"] for section in inventory.plan.layout["sections"] for seat in section["seats"]]
    ranked = zip(places_of_plan(inventory.plan_id), names, strict=True)
    return row_of_seat(min(ranked, key=lambda one: one[0].rank)[1])


def sold_out_zones(*, inventory: Inventory, first_leg: int, end_leg: int) -> frozenset[str]:
    """Codes of the classes or zones of which no seat is free on those legs.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    counts = free_by_zone(inventory=inventory, first_leg=first_leg, end_leg=end_leg)
    return frozenset(zone["code"] for zone, count in counts if not count)


def has_seats(inventory: Inventory, seats: Sequence[str]) -> bool:
    """Whether the plan has all of these seats."""
    return zone_of_seats(inventory.plan_id).keys() >= set(seats)


def seats_numbered(inventory: Inventory, seats: Sequence[str]) -> tuple[str, ...]:
    """These seats, as the plan has them: of which only the number was said, that one of every coach or row."""
    planned = zone_of_seats(inventory.plan_id)
    by_number: dict[str, list[str]] = {}
    for name in planned:
        by_number.setdefault(name.rpartition("-")[2], []).append(name)
    return tuple(name for seat in seats for name in ([seat] if "-" in seat else by_number.get(seat, [seat])))


def rows_among(inventory: Inventory, *, rows: Sequence[str], seats: Sequence[str]) -> tuple[str, ...]:
    """The rows or coaches that are meant as a whole, whether or not the plan has them.

    Of what was read as seats too: "S2" is a coach on a train, and seat S-2 in a hall.
    """
    planned = zone_of_seats(inventory.plan_id)
    labels = rows_of(inventory) if inventory.is_train else frozenset[str]()
    read_as_seats = [seat.replace("-", "") for seat in seats if seat not in planned]
    return tuple(dict.fromkeys([*rows, *(label for label in read_as_seats if label in labels)]))


def rows_of(inventory: Inventory) -> frozenset[str]:
    """The labels of all rows of a hall, or of all coaches of a train: "A" of seat "A-12"."""
    return frozenset(row_of_seat(seat) for seat in zone_of_seats(inventory.plan_id))


def side_by_side(inventory: Inventory, names: Collection[str]) -> list[list[str]]:
    """These seats in groups of neighbours, as they stand on the plan."""
    every = zip(zone_of_seats(inventory.plan_id), places_of_plan(inventory.plan_id), strict=True)
    own = sorted(((place.row, place.number, name) for name, place in every if name in names))
    groups: list[list[str]] = [[own[0][2]]] if own else []
    for before, after in pairwise(own):
        if before[0] == after[0] and before[1] + 1 == after[1]:
            groups[-1].append(after[2])
        else:
            groups.append([after[2]])
    return groups


def neighbours_of(inventory: Inventory, seat: str) -> list[str]:
    """The seats on both sides of this one."""
    every = dict(zip(zone_of_seats(inventory.plan_id), places_of_plan(inventory.plan_id), strict=True))
    here = every[seat]
    return [name for name, place in every.items() if place.row == here.row and abs(place.number - here.number) == 1]


def row_of_seat(seat: str) -> str:
    return seat.rpartition("-")[0]


ZoneCounts = Sequence[tuple[Mapping[str, str], int]]


def free_by_zone(*, inventory: Inventory, first_leg: int, end_leg: int) -> ZoneCounts:
    """Each class or price zone, {"code", "name"}, and how many of its seats are free on those legs.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    layout = inventory.plan.layout
    counts = count_free(layout, availability(inventory.pk, cluster=inventory.cluster), first_leg, end_leg)
    return [(zone, counts[zone["code"]]) for zone in layout["zones"]]


def _free_stretches(taken: int, first_leg: int, end_leg: int) -> tuple[tuple[int, int], ...]:
    stretches, start = [], None
    for leg in range(first_leg, end_leg + 1):
        is_free = leg < end_leg and not taken >> leg & 1
        if is_free and start is None:
            start = leg
        elif not is_free and start is not None:
            stretches.append((start, leg))
            start = None
    return tuple(stretches)
