"""How is a coach drawn as text?

One line per row, places separated by blanks. A place is a seat's number, `|` the aisle or `.` nothing; an empty line is
a wall, and what lies between two walls is a compartment. After a slash letters say what a place is:

    1/L 2/M 3/U | 7/SL      L, M, U   lower, middle and upper berth
    4/L 5/M 6/U | 8/SU      S         beside the aisle, along the coach
                            A         for a wheelchair
    9/A .   10  | 11/T      T         at a table
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

MAX_COACH_SEATS = 200
AISLE = "|"
GAP = "."
FEATURE_OF_LETTER = {
    "L": "lower",
    "M": "middle",
    "U": "upper",
    "S": "side",
    "A": "accessible",
    "T": "table",
}
_BERTHS = frozenset("LMU")
_SEAT = re.compile(r"([A-Z0-9]{1,4})(?:/([A-Z]{1,6}))?")
# An empty line in a coach's drawing is a wall between two compartments.
_WALL_HEIGHT = 0.5


class PlanError(ValueError):
    """A coach's drawing cannot be read; `line` counts from 1, 0 means the whole drawing."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__((_("Line %(line)s: %(reason)s") % {"line": line, "reason": reason}) if line else reason)
        self.line = line
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PlannedSeat:
    """A seat or berth; `compartment` counts from 1 at the front of the coach, x and y in seats."""

    label: str
    x: float
    y: float
    compartment: int
    features: tuple[str, ...]


def parse_coach_plan(plan: str) -> list[PlannedSeat]:
    """The seats of a coach drawn as text.

    Raises:
        PlanError: rows differ in width, a place cannot be read, a seat is there twice, or there are none or too many.
    """
    seats: list[PlannedSeat] = []
    line_of: dict[str, int] = {}
    width, y, compartment, walled = 0, 0.0, 1, False
    for line, row in enumerate(plan.rstrip().splitlines(), start=1):
        places = row.split()
        if not places:
            y += _WALL_HEIGHT if seats else 0
            walled = bool(seats)
            continue
        compartment, walled = compartment + walled, False
        width = width or len(places)
        if len(places) != width:
            raise PlanError(
                line,
                _("%(count)s places, but the rows above have %(width)s. Fill up with '%(gap)s'.")
                % {"count": len(places), "width": width, "gap": GAP},
            )
        for x, place in enumerate(places):
            if place in (AISLE, GAP):
                continue
            label, letters = _read_place(line, place)
            if label in line_of:
                raise PlanError(
                    line,
                    _("Seat %(label)s is on line %(line)s already.") % {"label": label, "line": line_of[label]},
                )
            line_of[label] = line
            seats.append(PlannedSeat(label, x, y, compartment, _features(places, x, letters)))
        y += 1
    if not seats:
        raise PlanError(0, _("There is no seat in this drawing."))
    if len(seats) > MAX_COACH_SEATS:
        raise PlanError(
            0,
            _("%(count)s seats are more than a coach can have (%(most)s).")
            % {"count": len(seats), "most": MAX_COACH_SEATS},
        )
    return seats


def _read_place(line: int, place: str) -> tuple[str, str]:
    """A seat's label and the letters behind it."""
    found = _SEAT.fullmatch(place)
    if found is None:
        raise PlanError(
            line,
            _("%(place)s is no seat. Write up to 4 digits or capitals, '%(aisle)s' or '%(gap)s'.")
            % {"place": repr(place), "aisle": AISLE, "gap": GAP},
        )
    label, letters = found[1], found[2] or ""
    unknown = [letter for letter in letters if letter not in FEATURE_OF_LETTER]
    if unknown or len(set(letters)) < len(letters):
        raise PlanError(
            line,
            _("%(place)s: after the slash each of %(letters)s may stand once.")
            % {"place": repr(place), "letters": ", ".join(FEATURE_OF_LETTER)},
        )
    if len(_BERTHS & set(letters)) > 1:
        raise PlanError(line, _("%(place)s: a berth is either lower, middle or upper.") % {"place": repr(place)})
    return label, letters


def _features(places: list[str], x: int, letters: str) -> tuple[str, ...]:
    neighbours = places[max(x - 1, 0) : x] + places[x + 1 : x + 2]
    at_window = x in (0, len(places) - 1)
    marked = tuple(feature for letter, feature in FEATURE_OF_LETTER.items() if letter in letters)
    return ("window",) * at_window + ("aisle",) * (AISLE in neighbours) + marked
