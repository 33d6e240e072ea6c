"""Somebody else was faster: which free seats come closest to what was chosen?

Only seats of the same classes or zones count, so that the price stays. Who chose neighbours is offered neighbours, the
whole party of them, around the seats that are left if there is room. A feature that was chosen and is missing, as a
window, weighs as much as some seats of distance; a place for a wheelchair or with a restricted view is offered only to
those who had chosen one.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import hypot

from booking.choosing.places import places_of
from booking.halls.layout import STANDING
from booking.seatplan import Layout
from booking.seatstore import Availability
from booking.seatstore.values import SeatPlace

# In seat pitches. Another coach is worse than any place in the same one.
_COACH = 100.0
_MISSING_FEATURE = 3.0
_DRAWBACKS = frozenset({"accessible", "restricted"})


@dataclass(frozen=True, slots=True)
class _Seat:
    name: str
    place: SeatPlace
    x: float
    y: float


def seats_instead(
    *,
    layout: Layout,
    availability: Availability,
    first_leg: int,
    end_leg: int,
    kept: Sequence[str],
    gone: Sequence[str],
) -> tuple[str, ...]:
    """Seats for the whole party, in place of `kept` and `gone`, free on all legs of [first_leg, end_leg).

    None if there are not as many in the zones that were chosen, or if a name is of no seat.
    """
    if not gone:
        return ()
    seats = {seat.name: seat for seat in _seats(layout)}
    if any(name not in seats for name in (*kept, *gone)):
        return ()
    taken = availability.taken(first_leg, end_leg) | set(gone)
    free = [seat for seat in seats.values() if seat.name not in taken]
    party = [seats[name] for name in dict.fromkeys((*kept, *gone))]
    together = _neighbours_instead(free, party) if _are_together(party) else ()
    return together or _one_by_one(free, [seats[name] for name in kept], [seats[name] for name in gone])


def _neighbours_instead(free: Sequence[_Seat], party: Sequence[_Seat]) -> tuple[str, ...]:
    zones = Counter(seat.place.zone for seat in party)
    windows = (window for window in _windows(free, len(party)) if Counter(s.place.zone for s in window) == zones)
    best = min(windows, key=partial(_badness, party), default=())
    return tuple(seat.name for seat in best)


def _one_by_one(free: Sequence[_Seat], kept: Sequence[_Seat], gone: Sequence[_Seat]) -> tuple[str, ...]:
    chosen = list(kept)
    for lost in gone:
        used = {seat.name for seat in chosen}
        candidates = (seat for seat in free if seat.place.zone == lost.place.zone and seat.name not in used)
        nearest = min(candidates, key=lambda seat, lost=lost: _badness([lost], [seat]), default=None)  # type: ignore[misc]
        if nearest is None:
            return ()
        chosen.append(nearest)
    return tuple(seat.name for seat in chosen)


def _badness(party: Sequence[_Seat], offered: Sequence[_Seat]) -> float:
    """How far away, in seat pitches, with what is missing or disturbs made into distance."""
    wanted, there = (Counter(f for seat in of for f in seat.place.features) for of in (party, offered))
    missing = (wanted - there).total()
    drawbacks = sum((there - wanted)[feature] for feature in _DRAWBACKS)
    away = hypot(_middle(party)[0] - _middle(offered)[0], _middle(party)[1] - _middle(offered)[1])
    return away + _MISSING_FEATURE * missing + _COACH * drawbacks


def _middle(seats: Sequence[_Seat]) -> tuple[float, float]:
    return sum(seat.x for seat in seats) / len(seats), sum(seat.y for seat in seats) / len(seats)


def _are_together(party: Sequence[_Seat]) -> bool:
    in_order = sorted(party, key=lambda seat: (seat.place.row, seat.place.number))
    return len(party) > 1 and all(_are_neighbours(*pair) for pair in pairwise(in_order))


def _are_neighbours(one: _Seat, other: _Seat) -> bool:
    return one.place.row == other.place.row and one.place.number + 1 == other.place.number


def _windows(free: Sequence[_Seat], size: int) -> Iterator[Sequence[_Seat]]:
    """All groups of so many neighbours among seats that are in the order of the layout."""
    run: list[_Seat] = []
    for seat in free:
        if run and not _are_neighbours(run[-1], seat):
            run.clear()
        run.append(seat)
        if len(run) >= size:
            yield run[-size:]


def _seats(layout: Layout) -> Iterator[_Seat]:
    """Seats that can be pointed at, coaches one behind the other."""
    places = iter(places_of(layout))
    for number, section in enumerate(layout["sections"]):
        for seat in section["seats"]:
            place = next(places)
            if section.get("kind") != STANDING:
                yield _Seat(seat["name"], place, seat["x"], seat["y"] + number * _COACH)
