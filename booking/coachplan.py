"""How is a coach drawn as text? Seat numbers row by row, `|` the aisle, `.` an empty place, an empty line a wall."""

import re
from dataclasses import dataclass

MAX_COACH_SEATS = 200
AISLE = "|"
GAP = "."
_SEAT_LABEL = re.compile(r"[A-Z0-9]{1,4}")
# An empty line in a coach's drawing is a wall between two bays.
_WALL_HEIGHT = 0.5


class PlanError(ValueError):
    """A coach's drawing cannot be read; `line` counts from 1, 0 means the whole drawing."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"Line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PlannedSeat:
    label: str
    x: float
    y: float
    features: tuple[str, ...]


def parse_coach_plan(plan: str) -> list[PlannedSeat]:
    """The seats of a coach drawn as text.

    Raises:
        PlanError: rows differ in width, a place cannot be read, a seat is there twice, or there are none or too many.
    """
    seats: list[PlannedSeat] = []
    line_of: dict[str, int] = {}
    width, y = 0, 0.0
    for line, row in enumerate(plan.rstrip().splitlines(), start=1):
        places = row.split()
        if not places:
            y += _WALL_HEIGHT if seats else 0
            continue
        width = width or len(places)
        if len(places) != width:
            raise PlanError(line, f"{len(places)} places, but the rows above have {width}. Fill up with '{GAP}'.")
        for x, place in enumerate(places):
            if place in (AISLE, GAP):
                continue
            if not _SEAT_LABEL.fullmatch(place):
                raise PlanError(line, f"{place!r} is no seat. Write up to 4 digits or capitals, '{AISLE}' or '{GAP}'.")
            if place in line_of:
                raise PlanError(line, f"Seat {place} is on line {line_of[place]} already.")
            line_of[place] = line
            seats.append(PlannedSeat(place, x, y, _features(places, x)))
        y += 1
    if not seats:
        raise PlanError(0, "There is no seat in this drawing.")
    if len(seats) > MAX_COACH_SEATS:
        raise PlanError(0, f"{len(seats)} seats are more than a coach can have ({MAX_COACH_SEATS}).")
    return seats


def _features(places: list[str], x: int) -> tuple[str, ...]:
    neighbours = places[max(x - 1, 0) : x] + places[x + 1 : x + 2]
    at_window = x in (0, len(places) - 1)
    return ("window",) * at_window + ("aisle",) * (AISLE in neighbours)
