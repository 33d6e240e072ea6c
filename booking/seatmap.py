"""What does a seat map look like for one customer's journey? Layout, availability and prices, ready for a template.

The drawing itself is made in the browser, from the plan (drawnplan.py) and one letter a seat: `states`, in the order of
the plan's names. Who has no script is shown checkboxes, a portion of the seats at a time (seatlist.py).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from moneyed import Money

from booking.drawnplan import drawn_names, rows_of
from booking.halls.layout import STANDING
from booking.seatplan import Layout, zone_of_seats
from booking.seatstore import Availability
from booking.seatwords import section_title

FREE, HELD, SOLD, UNKNOWN = "free", "held", "sold", "unknown"

# How much room a drawing is given on the page before it is drawn, so that nothing moves when it is: rows of seats.
_LOW_ROWS, _MIDDLE_ROWS = 7, 14


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
class Section:
    """A coach, a hall's rows, or a standing area.

    Of an area, `gone` are the numbers of its places that cannot be had, and `wanted` is how many somebody asks for.
    """

    key: str
    title: str
    zone: Zone | None
    free: int | None
    total: int
    features: frozenset[str]
    is_standing: bool = False
    gone: tuple[int, ...] = ()
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class SeatMap:
    """`state_of` is by name, `states` has the first letter of each; `size` is how much room the drawing needs."""

    kind: str
    sections: tuple[Section, ...]
    zones: tuple[Zone, ...]
    state_of: Mapping[str, str]
    states: str
    size: str
    index: int
    log: str
    known: bool
    free: int | None

    @property
    def seated(self) -> list[Section]:
        return [section for section in self.sections if not section.is_standing]

    @property
    def areas(self) -> list[Section]:
        return [section for section in self.sections if section.is_standing]

    @property
    def features(self) -> set[str]:
        return {feature for section in self.sections for feature in section.features}


def seat_map(
    *,
    layout: Layout,
    availability: Availability | None,
    fares: Mapping[str, Money],
    first_leg: int,
    end_leg: int,
    standing: Mapping[str, int] = MappingProxyType({}),
) -> SeatMap:
    """The map for a journey over legs [first_leg, end_leg). Without an availability every seat is unknown.

    `standing` says how many places are asked for, by standing area.
    """
    states = _states(layout, availability, fares, first_leg, end_leg)
    known = availability is not None
    zones = _zones(layout, states, known, fares)
    sections = tuple(_section(section, zones, states, known, standing) for section in layout["sections"])
    free = sum(section.free or 0 for section in sections) if known else None
    index, log = (availability.index, availability.log) if availability else (0, "")
    return SeatMap(
        kind=layout["kind"],
        sections=sections,
        zones=tuple(zones.values()),
        state_of=states,
        states="".join(states[name][0] for name in drawn_names(layout)),
        size=_size(layout),
        index=index,
        log=log,
        known=known,
        free=free,
    )


def _states(
    layout: Layout, availability: Availability | None, fares: Mapping[str, Money], first_leg: int, end_leg: int
) -> dict[str, str]:
    """State by name of every seat: free, held, sold, or unknown where the store did not say or nothing has a price.

    A seat both sold and held on parts of the way counts as sold.
    """
    if availability is None:
        return {seat["name"]: UNKNOWN for section in layout["sections"] for seat in section["seats"]}
    wanted = (1 << end_leg) - (1 << first_leg)
    taken = {seat: HELD for seat, mask in availability.held.items() if mask & wanted}
    taken |= {seat: SOLD for seat, mask in availability.sold.items() if mask & wanted}
    return {
        seat["name"]: taken.get(seat["name"], FREE) if seat["zone"] in fares else UNKNOWN
        for section in layout["sections"]
        for seat in section["seats"]
    }


def _section(
    section: Layout, zones: Mapping[str, Zone], states: Mapping[str, str], known: bool, wanted: Mapping[str, int]
) -> Section:
    seats = section["seats"]
    is_standing = section.get("kind") == STANDING
    free = sum(states[seat["name"]] == FREE for seat in seats)
    return Section(
        key=section["label"],
        title=section_title(section),
        zone=zones.get(section["zone"]),
        free=free if known else None,
        total=len(seats),
        features=frozenset(feature for seat in seats for feature in seat["features"]),
        is_standing=is_standing,
        gone=tuple(int(seat["label"]) for seat in seats if states[seat["name"]] in (HELD, SOLD)) if is_standing else (),
        wanted=wanted.get(section["label"], 0),
    )


def _zones(layout: Layout, states: Mapping[str, str], known: bool, fares: Mapping[str, Money]) -> dict[str, Zone]:
    total: Counter[str] = Counter()
    free: Counter[str] = Counter()
    for section in layout["sections"]:
        for seat in section["seats"]:
            total[seat["zone"]] += 1
            free[seat["zone"]] += states[seat["name"]] == FREE
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


def _size(layout: Layout) -> str:
    rows = max((len(rows_of(layout["kind"], section)) for section in layout["sections"]), default=0)
    return "low" if rows <= _LOW_ROWS else "middle" if rows <= _MIDDLE_ROWS else "high"


def free_by_zone(*, plan_digest: str, availability: Availability, first_leg: int, end_leg: int) -> dict[str, int]:
    """Free seats by zone code, without reading the drawing: a page of search results asks for many trains."""
    zone_of = zone_of_seats(plan_digest)
    free = Counter(zone_of.values())
    free.subtract(zone_of[seat] for seat in availability.taken(first_leg, end_leg) if seat in zone_of)
    return dict(free)
