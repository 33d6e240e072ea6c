"""What does a seat map look like for one customer's journey? Layout, availability and prices, ready for a template.

A seat appears twice on the page: in a drawing, for eyes, and as a checkbox in a list, which is what the form sends.
The script ties the two together; without it the list alone does the work.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from moneyed import Money

from booking.halls.layout import STANDING
from booking.seatplan import Layout, zone_of_seats
from booking.seatstore import Availability

FREE, HELD, SOLD, UNKNOWN = "free", "held", "sold", "unknown"

# Pixels between the middles of two seats. A seat of a coach is 26 px, above the 24 that WCAG 2.5.8 asks of a target; a
# hall's seats are smaller, so that a row of fifty is seen at once, and the list is their equivalent for fingers.
_PITCH = {"train": 30, "show": 18}
_SEAT = {"train": 26, "show": 15}
_MARGIN = {"train": 14, "show": 24}
_STAGE_HEIGHT = {"train": 0, "show": 46}
_STAGE_WIDTH = 300
_STAGE_SLANT = 24


@dataclass(frozen=True, slots=True)
class Zone:
    """A class or price zone; `number` picks its colour and pattern."""

    code: str
    name: str
    number: int
    price: Money | None
    free: int | None
    total: int


@dataclass(frozen=True, slots=True)
class Seat:
    name: str
    label: str
    x: int
    y: int
    zone: Zone
    state: str
    chosen: bool
    features: tuple[str, ...]
    middle_x: int
    middle_y: int


@dataclass(frozen=True, slots=True)
class Row:
    """Seats side by side, from the left; `ends` are the places for the row's name, beyond its outer seats."""

    number: int
    label: str
    seats: tuple[Seat, ...]
    ends: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A coach or a hall: the size of its drawing in pixels, and its rows from the front.

    A standing area has no rows: it is drawn as one. `gone` are the numbers of its places that cannot be had,
    and `wanted` is how many places somebody asks for.
    """

    key: str
    title: str
    zone: Zone | None
    width: int
    height: int
    seat_size: int
    rows: tuple[Row, ...]
    free: int | None
    total: int
    is_standing: bool = False
    gone: tuple[int, ...] = ()
    wanted: int = 0

    @property
    def middle(self) -> int:
        return self.width // 2

    @property
    def stage(self) -> str:
        """The outline of the stage in front of a hall, not wider than the hall."""
        half = min(_STAGE_WIDTH, self.width - 2 * _STAGE_SLANT) // 2
        return f"M{self.middle - half} 8h{2 * half}l-{_STAGE_SLANT} 26h-{2 * (half - _STAGE_SLANT)}z"

    @property
    def zones(self) -> set[Zone]:
        return {seat.zone for row in self.rows for seat in row.seats}


@dataclass(frozen=True, slots=True)
class SeatMap:
    kind: str
    sections: tuple[Section, ...]
    zones: tuple[Zone, ...]
    index: int
    log: str
    known: bool
    free: int | None

    @property
    def features(self) -> set[str]:
        seats = (seat for section in self.sections for row in section.rows for seat in row.seats)
        return {feature for seat in seats for feature in seat.features}


def seat_map(
    *,
    layout: Layout,
    availability: Availability | None,
    fares: Mapping[str, Money],
    first_leg: int,
    end_leg: int,
    chosen: Collection[str] = (),
    standing: Mapping[str, int] = MappingProxyType({}),
) -> SeatMap:
    """The map for a journey over legs [first_leg, end_leg). Without an availability every seat is unknown.

    Seats in `chosen` are ticked if they are free; `standing` says how many places are asked for, by standing area.
    """
    states = _states(availability, first_leg, end_leg)
    zones = _zones(layout, states, availability is not None, fares)
    wanted = set(chosen)
    kind = layout["kind"]
    sections = []
    for section in layout["sections"]:
        if section.get("kind") == STANDING:
            sections.append(_standing(section, zones, states, availability is not None, standing))
            continue
        seats = [_seat(kind, seat, zones, states, availability is not None, wanted) for seat in section["seats"]]
        free = None if availability is None else sum(seat.state == FREE for seat in seats)
        sections.append(
            Section(
                key=section["label"],
                title=section["title"],
                zone=zones.get(section["zone"]),
                width=round((section["width"] - 1) * _PITCH[kind]) + _SEAT[kind] + 2 * _MARGIN[kind],
                height=round((section["height"] - 1) * _PITCH[kind])
                + _SEAT[kind]
                + 2 * _MARGIN["train"]
                + _STAGE_HEIGHT[kind],
                seat_size=_SEAT[kind],
                rows=tuple(_rows(kind, seats)),
                free=free,
                total=len(seats),
            )
        )
    free = None if availability is None else sum(section.free or 0 for section in sections)
    index, log = (availability.index, availability.log) if availability else (0, "")
    return SeatMap(kind, tuple(sections), tuple(zones.values()), index, log, availability is not None, free)


def _standing(
    section: Layout, zones: Mapping[str, Zone], states: Mapping[str, str], known: bool, wanted: Mapping[str, int]
) -> Section:
    places = section["seats"]
    gone = tuple(int(place["label"]) for place in places if place["name"] in states)
    return Section(
        key=section["label"],
        title=section["title"],
        zone=zones[section["zone"]],
        width=0,
        height=0,
        seat_size=0,
        rows=(),
        free=len(places) - len(gone) if known else None,
        total=len(places),
        is_standing=True,
        gone=gone,
        wanted=wanted.get(section["label"], 0),
    )


def free_by_zone(*, plan_digest: str, availability: Availability, first_leg: int, end_leg: int) -> dict[str, int]:
    """Free seats by zone code, without reading the drawing: a page of search results asks for many trains."""
    zone_of = zone_of_seats(plan_digest)
    free = Counter(zone_of.values())
    free.subtract(zone_of[seat] for seat in availability.taken(first_leg, end_leg) if seat in zone_of)
    return dict(free)


def _states(availability: Availability | None, first_leg: int, end_leg: int) -> dict[str, str]:
    """State by name of the seats that are not free; a seat both sold and held on parts of the way counts as sold."""
    if availability is None:
        return {}
    wanted = (1 << end_leg) - (1 << first_leg)
    held = {seat: HELD for seat, mask in availability.held.items() if mask & wanted}
    sold = {seat: SOLD for seat, mask in availability.sold.items() if mask & wanted}
    return held | sold


def _zones(layout: Layout, states: Mapping[str, str], known: bool, fares: Mapping[str, Money]) -> dict[str, Zone]:
    total: Counter[str] = Counter()
    free: Counter[str] = Counter()
    for section in layout["sections"]:
        for seat in section["seats"]:
            total[seat["zone"]] += 1
            free[seat["zone"]] += seat["name"] not in states
    return {
        zone["code"]: Zone(
            code=zone["code"],
            name=zone["name"],
            number=number % 6,
            price=fares.get(zone["code"]),
            free=free[zone["code"]] if known else None,
            total=total[zone["code"]],
        )
        for number, zone in enumerate(layout["zones"])
    }


def _seat(
    kind: str, seat: dict[str, Any], zones: Mapping[str, Zone], states: Mapping[str, str], known: bool, wanted: set[str]
) -> Seat:
    zone = zones[seat["zone"]]
    state = states.get(seat["name"], FREE) if known and zone.price is not None else UNKNOWN
    x = round(seat["x"] * _PITCH[kind]) + _MARGIN[kind]
    y = round(seat["y"] * _PITCH[kind]) + _MARGIN["train"] + _STAGE_HEIGHT[kind]
    return Seat(
        name=seat["name"],
        label=seat["label"],
        x=x,
        y=y,
        zone=zone,
        state=state,
        chosen=state == FREE and seat["name"] in wanted,
        features=_features(seat),
        middle_x=x + _SEAT[kind] // 2,
        middle_y=y + _SEAT[kind] // 2,
    )


def _features(seat: dict[str, Any]) -> tuple[str, ...]:
    compartment = (f"compartment {seat['compartment']}",) if "compartment" in seat else ()
    return (*seat["features"], *compartment)


def _rows(kind: str, seats: Iterable[Seat]) -> Iterable[Row]:
    """A coach's rows lie at one height and have no names; a hall's bend, and their names begin their seats' names."""
    by_row: dict[object, list[Seat]] = {}
    for seat in seats:
        by_row.setdefault(seat.y if kind == "train" else seat.name.rpartition("-")[0], []).append(seat)
    ordered = by_row.items() if kind == "show" else sorted(by_row.items(), key=lambda item: item[1][0].y)
    for number, (label, row) in enumerate(ordered):
        row.sort(key=lambda seat: seat.x)
        outer = _PITCH[kind]
        ends = ((row[0].middle_x - outer, row[0].middle_y), (row[-1].middle_x + outer, row[-1].middle_y))
        yield Row(number, str(label) if kind == "show" else "", tuple(row), ends)
