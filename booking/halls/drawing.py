"""What does the whole plan of a hall say? Price zones, rows of seats and standing areas, as values."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from booking.halls.errors import HallPlanError
from booking.halls.places import Places, seats_of

MAX_SEATS = 20_000
MAX_AREA_CAPACITY = 9_999
MAX_LABEL_CHARS = 8
MAX_ZONE_CODE_CHARS = 12
MAX_NAME_CHARS = 60


@dataclass(frozen=True, slots=True)
class DrawnZone:
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DrawnRow:
    """`position` 0 is nearest the stage; a number left out is a cross aisle."""

    label: str
    position: int
    zone: str
    places: Places

    @property
    def seat_names(self) -> list[str]:
        return [f"{self.label}-{seat.number}" for seat in seats_of(self.places)]


@dataclass(frozen=True, slots=True)
class DrawnArea:
    """Standing room with numbered places, which nobody chooses by number."""

    code: str
    name: str
    capacity: int
    zone: str

    @property
    def place_names(self) -> list[str]:
        return [f"{self.code}-{number:03}" for number in range(1, self.capacity + 1)]


@dataclass(frozen=True, slots=True)
class HallDrawing:
    """Zones best first, rows from the stage."""

    zones: tuple[DrawnZone, ...]
    rows: tuple[DrawnRow, ...]
    areas: tuple[DrawnArea, ...]

    @property
    def seat_names(self) -> list[str]:
        seats = [name for row in self.rows for name in row.seat_names]
        return seats + [name for area in self.areas for name in area.place_names]


# --- What a plan may say ---------------------------------------------------------------------------


def a_zone(code: str, name: str) -> DrawnZone:
    """Raises HallPlanError, as all of these: the plan cannot say so."""
    _check_code(_("zone"), code, MAX_ZONE_CODE_CHARS)
    return DrawnZone(code, _a_name(name or code))


def a_row(label: str, position: int, zone: str, places: Places) -> DrawnRow:
    _check_code(_("row"), label, MAX_LABEL_CHARS)
    return DrawnRow(label, position, zone, places)


def an_area(code: str, name: str, capacity: str, zone: str) -> DrawnArea:
    _check_code(_("standing area"), code, MAX_LABEL_CHARS)
    number = int(capacity) if re.fullmatch(r"[0-9]{1,5}", capacity) else 0
    if not 1 <= number <= MAX_AREA_CAPACITY:
        raise HallPlanError(
            0,
            _("%(capacity)s people cannot stand anywhere; write a number from 1 to %(most)s.")
            % {"capacity": repr(capacity), "most": MAX_AREA_CAPACITY},
        )
    return DrawnArea(code, _a_name(name or code), number, zone)


def _check_code(what: str, code: str, most: int) -> None:
    if not re.fullmatch(r"[A-Z0-9]+", code) or len(code) > most:
        raise HallPlanError(
            0,
            _("%(code)s cannot name a %(what)s: write at most %(most)s capital letters and digits.")
            % {"code": repr(code), "what": what, "most": most},
        )


def _a_name(name: str) -> str:
    if len(name) > MAX_NAME_CHARS or not name.isprintable():
        raise HallPlanError(0, _("A name has at most %(most)s letters.") % {"most": MAX_NAME_CHARS})
    return name


def check_drawing(drawing: HallDrawing) -> None:
    """What the lines of a plan cannot see one by one.

    Raises:
        HallPlanError: a name is used twice or unknown, nothing is for sale, or more than can be; its line is 0.
    """
    if not drawing.rows and not drawing.areas:
        raise HallPlanError(0, _("There is neither a seat nor a standing area in this plan."))
    count = sum(len(seats_of(row.places)) for row in drawing.rows) + sum(area.capacity for area in drawing.areas)
    if count > MAX_SEATS:
        raise HallPlanError(
            0,
            _("%(count)s places are more than a hall can have (%(most)s).") % {"count": count, "most": MAX_SEATS},
        )
    _refuse_twice(_("Zone"), [zone.code for zone in drawing.zones])
    _refuse_twice(_("Row or area"), [*(row.label for row in drawing.rows), *(area.code for area in drawing.areas)])
    _check_zones(drawing)
    if len({seat.at is None for row in drawing.rows for seat in seats_of(row.places)}) > 1:
        raise HallPlanError(0, _("Say of every row where its seats are, or of none."))


def _refuse_twice(what: str, names: Sequence[str]) -> None:
    if twice := [name for name, times in Counter(names).items() if times > 1]:
        raise HallPlanError(
            0, _("%(what)s %(twice)s is in this plan twice.") % {"what": what, "twice": ", ".join(twice)}
        )


def _check_zones(drawing: HallDrawing) -> None:
    known = {zone.code for zone in drawing.zones}
    seated = {seat.zone or row.zone for row in drawing.rows for seat in seats_of(row.places)}
    seated |= {row.zone for row in drawing.rows}
    standing = [area.zone for area in drawing.areas]
    if unknown := sorted((seated | set(standing)) - known):
        raise HallPlanError(0, _("There is no zone %(unknown)s in this plan.") % {"unknown": ", ".join(unknown)})
    if shared := sorted(seated & set(standing)):
        raise HallPlanError(
            0, _("Zone %(shared)s has seats; a standing area needs one of its own.") % {"shared": ", ".join(shared)}
        )
    if len(set(standing)) < len(standing):
        raise HallPlanError(0, _("Two standing areas share a price zone; each needs one of its own."))
