"""Where is each seat of a layout, as the seat store needs to know it to choose well?

Neighbours are seats of one row with nothing between them: an aisle, a gap or a wall separates. The house's order of
its seats (`rank`) is from the front of a train, and in a hall from the middle of the first rows outwards and back;
seats that somebody may need, or that have a drawback, are given last to those who did not ask for them.
"""

import functools
from collections.abc import Iterator
from math import hypot
from typing import Any

from booking.halls.layout import STANDING
from booking.models import SeatPlan
from booking.seatplan import Layout
from booking.seatstore.values import SeatPlace

# Seats are a pitch apart, in a bent row a little more; an aisle or a missing seat makes it more than this.
_NEIGHBOURS_PITCHES = 1.5
# How many seats towards the side are as good as one row further back.
_SEATS_A_ROW = 3.0
_GIVEN_LAST = frozenset({"accessible", "restricted"})


@functools.lru_cache(maxsize=128)
def places_of_plan(digest: str) -> tuple[SeatPlace, ...]:
    """As places_of, of the plan with this digest, kept in memory."""
    return places_of(SeatPlan.objects.get(pk=digest).layout)


def places_of(layout: Layout) -> tuple[SeatPlace, ...]:
    """The place of each seat, in the order of `seat_names`."""
    seats = [(section, seat) for section in layout["sections"] for seat in section["seats"]]
    rows = list(_rows(layout))
    merits = [_demerit(layout, section, seat) for section, seat in seats]
    rank_of = {at: rank for rank, at in enumerate(sorted(range(len(seats)), key=lambda at: (*merits[at], at)))}
    return tuple(
        SeatPlace(seat["zone"], row, number, frozenset(seat["features"]), rank_of[at])
        for at, ((_, seat), (row, number)) in enumerate(zip(seats, rows, strict=True))
    )


def _rows(layout: Layout) -> Iterator[tuple[str, int]]:
    """The row of each seat and its number there: neighbours' numbers follow each other."""
    before: Layout | None = None
    row, number = "", 0
    for section in layout["sections"]:
        for seat in section["seats"]:
            here = _row_of(layout, section, seat)
            if here != row or before is None:
                row, number = here, 1
            else:
                number += 1 if _are_neighbours(section, before, seat) else 2
            yield row, number
            before = seat


def _row_of(layout: Layout, section: Layout, seat: Layout) -> str:
    if layout["kind"] == "train":
        return f"{section['label']} {seat['y']}"
    # A hall's rows are bent, so that a row is known by its label: the name's part before the seat's number.
    return str(seat["name"]).rpartition("-")[0]


def _are_neighbours(section: Layout, one: Layout, other: Layout) -> bool:
    if section.get("kind") == STANDING:
        return True
    return hypot(one["x"] - other["x"], one["y"] - other["y"]) < _NEIGHBOURS_PITCHES


def _demerit(layout: Layout, section: Layout, seat: Layout) -> tuple[Any, ...]:
    """Sorts seats from the best to the last."""
    given_last = len(_GIVEN_LAST.intersection(seat["features"]))
    if layout["kind"] == "train" or section.get("kind") == STANDING:
        return given_last, section.get("kind") == STANDING, 0.0
    sideways = abs(seat["x"] - (section["width"] - 1) / 2)
    return given_last, False, seat["y"] + sideways / _SEATS_A_ROW
