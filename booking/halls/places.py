"""How is one row of a hall written? Its places from left to right, e.g. "1-4 | 5-10r . 12w".

7         seat 7                        1-8, 8-1   seats 1 to 8, counted up or down
7w        a place for a wheelchair      7r         a seat with restricted view
7:BEST    in a price zone of its own    7@3.5,2    where it is: pitches of a seat to the right, and from the stage
|         an aisle                      .          room for one seat that is not there
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext as _

from booking.halls.errors import HallPlanError

MAX_ROW_SEATS = 400
MAX_ROW_CHARS = 20_000
FEATURE_OF_LETTER = {"w": "accessible", "r": "restricted"}
_LETTER_OF_FEATURE = {feature: letter for letter, feature in FEATURE_OF_LETTER.items()}
_NUMBER = r"-?\d{1,5}(?:\.\d{1,3})?"
_SEATS = re.compile(
    r"(?P<first>\d{1,4})(?:-(?P<last>\d{1,4}))?(?P<letters>[wr]*)(?::(?P<zone>[A-Z0-9]{1,12}))?"
    rf"(?:@(?P<x>{_NUMBER}),(?P<y>{_NUMBER}))?"
)


class Space(Enum):
    AISLE = "|"
    GAP = "."


@dataclass(frozen=True, slots=True)
class Place:
    """A seat of a row. No `zone`: the row's. `at`: where it is, in pitches of a seat, if the plan says so."""

    number: int
    features: tuple[str, ...] = ()
    zone: str = ""
    at: tuple[float, float] | None = None


Places = tuple[Place | Space, ...]


def read_places(text: str) -> Places:
    """The places of a row, from the left.

    Raises:
        HallPlanError: something cannot be read, a seat is there twice, or there are none or too many; its line is 0.
    """
    if len(text) > MAX_ROW_CHARS:
        raise HallPlanError(
            0,
            _("A row of more than %(most)s characters is too long to be read.") % {"most": MAX_ROW_CHARS},
        )
    places: list[Place | Space] = []
    for word in text.split():
        places += _read_word(word)
        if len(places) > 2 * MAX_ROW_SEATS:
            break
    seats = seats_of(places)
    if not seats:
        raise HallPlanError(0, _("There is no seat in this row."))
    if len(seats) > MAX_ROW_SEATS:
        raise HallPlanError(0, _("More than %(most)s seats are too many for one row.") % {"most": MAX_ROW_SEATS})
    numbers = [seat.number for seat in seats]
    if twice := next((number for at, number in enumerate(numbers) if number in numbers[:at]), None):
        raise HallPlanError(0, _("Seat %(twice)s is in this row twice.") % {"twice": twice})
    if len({seat.at is None for seat in seats}) > 1:
        raise HallPlanError(0, _("Say of every seat where it is, or of none."))
    return tuple(places)


def _read_word(word: str) -> Iterable[Place | Space]:
    if word in (Space.AISLE.value, Space.GAP.value):
        return [Space(word)]
    found = _SEATS.fullmatch(word)
    if not found:
        raise HallPlanError(
            0,
            _("%(word)s is no place. Write seats like 7, 1-8, 7w or 7r, '|' for an aisle, '.' a gap.")
            % {"word": repr(word)},
        )
    first, last = int(found["first"]), int(found["last"] or found["first"])
    if first < 1 or last < 1:
        raise HallPlanError(0, _("%(word)s: seats are numbered from 1.") % {"word": repr(word)})
    at = (float(found["x"]), float(found["y"])) if found["x"] else None
    if at and first != last:
        raise HallPlanError(0, _("%(word)s: several seats cannot be in one place.") % {"word": repr(word)})
    if abs(last - first) >= MAX_ROW_SEATS:
        raise HallPlanError(
            0,
            _("%(word)s: more than %(most)s seats are too many for one row.")
            % {"word": repr(word), "most": MAX_ROW_SEATS},
        )
    features = tuple(feature for letter, feature in FEATURE_OF_LETTER.items() if letter in found["letters"])
    step = 1 if last >= first else -1
    return [Place(number, features, found["zone"] or "", at) for number in range(first, last + step, step)]


def seats_of(places: Iterable[Place | Space]) -> list[Place]:
    return [place for place in places if isinstance(place, Place)]


def beside_an_aisle(places: Sequence[Place | Space]) -> set[int]:
    """Numbers of the seats that have an aisle at their side."""
    with_neighbours = zip((None, *places), places, (*places[1:], None), strict=False)
    return {
        place.number
        for left, place, right in with_neighbours
        if isinstance(place, Place) and Space.AISLE in (left, right)
    }


def write_places(places: Sequence[Place | Space]) -> str:
    """The text that read_places reads as these places, with runs of like seats as ranges."""
    return " ".join(_written(places))


def _written(places: Sequence[Place | Space]) -> Iterator[str]:
    run: list[Place] = []
    for place in (*places, None):
        if isinstance(place, Place) and _continues(run, place):
            run.append(place)
            continue
        if run:
            yield _write_run(run)
        run = [place] if isinstance(place, Place) else []
        if isinstance(place, Space):
            yield place.value


def _continues(run: Sequence[Place], place: Place) -> bool:
    if not run or place.at is not None or run[-1].at is not None:
        return False
    step = place.number - run[-1].number
    same = (place.features, place.zone) == (run[-1].features, run[-1].zone)
    return same and abs(step) == 1 and (len(run) < 2 or step == run[-1].number - run[-2].number)


def _write_run(run: Sequence[Place]) -> str:
    first = run[0]
    numbers = str(first.number) if len(run) == 1 else f"{first.number}-{run[-1].number}"
    letters = "".join(_LETTER_OF_FEATURE[feature] for feature in first.features)
    zone = f":{first.zone}" if first.zone else ""
    at = "@" + ",".join(f"{along:.3f}".rstrip("0").rstrip(".") for along in first.at) if first.at else ""
    return f"{numbers}{letters}{zone}{at}"
