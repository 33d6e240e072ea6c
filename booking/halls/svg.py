"""How is the plan of a hall read from a drawing (SVG)? The stage is on top; what is no seat is not looked at.

A seat is a circle, an ellipse or a rect with an id like "A-12" (row and number), or with data-row and data-seat; also
data-accessible="yes", data-restricted="yes". A standing area is any element with data-area="FLOOR" (its code) and
data-capacity="200", perhaps data-name. Each has a data-zone, its own or that of a group around it, perhaps with a
data-zone-name; groups may also give the data-row.
"""

import itertools
import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from xml.parsers import expat

from django.utils.translation import gettext as _

from booking.halls.affine import Affine, read_transform
from booking.halls.drawing import DrawnArea, DrawnRow, DrawnZone, HallDrawing, a_row, a_zone, an_area, check_drawing
from booking.halls.errors import HallPlanError, on_line
from booking.halls.places import FEATURE_OF_LETTER, MAX_ROW_SEATS, Place, Space

_SHAPES = {"circle", "ellipse", "rect"}
_NAMED = re.compile(r"([A-Z0-9]+)-(\d{1,4})")
_LENGTH = re.compile(r"\s*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?:px)?\s*")
_MAX_DEPTH = 100
# A seat further from its neighbour than this many pitches has an aisle at its side.
_AISLE_PITCHES = 1.6
_INHERITED = ("data-zone", "data-zone-name", "data-row")
Attributes = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Seat:
    line: int
    number: int
    zone: str
    features: tuple[str, ...]
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class _Group:
    """What the elements inside have from those around them."""

    affine: Affine = field(default_factory=Affine)
    given: Attributes = field(default_factory=dict)


def read_svg(text: str) -> HallDrawing:
    """The plan in a drawing. The distance that most neighbours in a row have becomes one pitch of a seat.

    Raises:
        HallPlanError: with the line that cannot be understood, or 0 if it is the whole.
    """
    reader = _Reader()
    reader.read(text)
    pitch = _pitch(reader.rows.values())
    left = min((seat.x for row in reader.rows.values() for seat in row), default=0)
    top = min((seat.y for row in reader.rows.values() for seat in row), default=0)
    nearest_first = sorted(reader.rows.items(), key=lambda row: statistics.fmean(seat.y for seat in row[1]))
    rows = [_row(label, at, seats, pitch, left, top) for at, (label, seats) in enumerate(nearest_first)]
    drawing = HallDrawing(tuple(reader.zones.values()), tuple(rows), tuple(reader.areas))
    check_drawing(drawing)
    return drawing


class _Reader:
    """Walks through the elements; keeps seats by row, zones and areas in the order of their appearance."""

    def __init__(self) -> None:
        self.rows: dict[str, list[_Seat]] = {}
        self.zones: dict[str, DrawnZone] = {}
        self.areas: list[DrawnArea] = []
        self._groups = [_Group()]
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = lambda name: self._groups.pop()
        self._parser.EntityDeclHandler = self._refuse_entities

    def read(self, text: str) -> None:
        try:
            self._parser.Parse(text.encode(), True)
        except expat.ExpatError as error:
            raise HallPlanError(
                error.lineno, _("This is no SVG: %(why)s.") % {"why": expat.ErrorString(error.code)}
            ) from error

    def _refuse_entities(self, *_entity: object) -> None:
        # A few lines of them can stand for gigabytes.
        raise HallPlanError(self._parser.CurrentLineNumber, _("A plan may not declare entities."))

    def _start(self, qualified: str, attributes: dict[str, str]) -> None:
        name = qualified.rpartition(" ")[2]
        if len(self._groups) == 1 and name != "svg":
            raise HallPlanError(self._parser.CurrentLineNumber, _("This is no SVG but <%(name)s>.") % {"name": name})
        if len(self._groups) > _MAX_DEPTH:
            raise HallPlanError(self._parser.CurrentLineNumber, _("Groups lie in groups without end."))
        with on_line(self._parser.CurrentLineNumber):
            around = self._groups[-1]
            own = {key: attributes[key] for key in _INHERITED if key in attributes}
            if "data-zone" in own:
                own.setdefault("data-zone-name", "")
            affine = around.affine.then(read_transform(attributes.get("transform", "")))
            group = _Group(affine, {**around.given, **own})
            self._groups.append(group)
            if "data-area" in attributes:
                self._add_area(attributes, group)
            elif name in _SHAPES:
                self._add_seat(name, attributes, group)

    def _add_area(self, attributes: Attributes, group: _Group) -> None:
        code, capacity = attributes["data-area"], attributes.get("data-capacity", "")
        self.areas.append(an_area(code, attributes.get("data-name", ""), capacity, self._zone(code, group)))

    def _add_seat(self, shape: str, attributes: Attributes, group: _Group) -> None:
        named = _NAMED.fullmatch(attributes.get("id", ""))
        number = attributes.get("data-seat") or (named[2] if named else "")
        label = group.given.get("data-row") or (named[1] if named else "")
        if not number or not label:
            return
        if not number.isdecimal() or not 0 < int(number) <= 9999:
            raise HallPlanError(0, _("%(number)s is no number of a seat.") % {"number": repr(number)})
        name = f"{label}-{int(number)}"
        row = self.rows.setdefault(label, [])
        if int(number) in [seat.number for seat in row]:
            raise HallPlanError(0, _("Seat %(name)s is in this plan twice.") % {"name": name})
        if len(row) >= MAX_ROW_SEATS:
            raise HallPlanError(
                0,
                _("More than %(most)s seats are too many for row %(label)s.") % {"most": MAX_ROW_SEATS, "label": label},
            )
        features = tuple(f for f in FEATURE_OF_LETTER.values() if attributes.get(f"data-{f}") == "yes")
        x, y = group.affine.applied(*_middle(shape, attributes))
        row.append(_Seat(self._parser.CurrentLineNumber, int(number), self._zone(name, group), features, x, y))

    def _zone(self, what: str, group: _Group) -> str:
        code = group.given.get("data-zone", "")
        if not code:
            raise HallPlanError(
                0, _("%(what)s is in no zone: give it, or a group around it, a data-zone.") % {"what": what}
            )
        zone = a_zone(code, group.given.get("data-zone-name", ""))
        known = self.zones.setdefault(code, zone)
        if known.name == code:
            self.zones[code] = replace(known, name=zone.name)
        return code


def _middle(shape: str, attributes: Attributes) -> tuple[float, float]:
    if shape == "rect":
        return tuple(  # type: ignore[return-value]
            _length(attributes, at) + _length(attributes, size) / 2 for at, size in (("x", "width"), ("y", "height"))
        )
    return _length(attributes, "cx"), _length(attributes, "cy")


def _length(attributes: Attributes, name: str) -> float:
    found = _LENGTH.fullmatch(attributes.get(name, "0"))
    if not found:
        raise HallPlanError(
            0,
            _("%(name)s=%(value)s is no length; write a number without a unit.")
            % {"name": name, "value": repr(attributes[name])},
        )
    return float(found[1])


def _pitch(rows: Iterable[Sequence[_Seat]]) -> float:
    """The usual distance of two neighbours in a row."""
    distances = [_distance(a, b) for row in rows for a, b in itertools.pairwise(_across(row))]
    usual = statistics.median_low(distances) if distances else 1.0
    if usual == 0:
        raise HallPlanError(0, _("Most seats are drawn on top of each other."))
    return usual


def _across(row: Iterable[_Seat]) -> list[_Seat]:
    return sorted(row, key=lambda seat: (seat.x, seat.y))


def _distance(a: _Seat, b: _Seat) -> float:
    return ((a.x - b.x) ** 2 + (a.y - b.y) ** 2) ** 0.5


def _row(label: str, position: int, seats: Sequence[_Seat], pitch: float, left: float, top: float) -> DrawnRow:
    across = _across(seats)
    zone = statistics.mode(seat.zone for seat in across)
    places: list[Place | Space] = []
    for before, seat in zip((None, *across), across, strict=False):
        if before and _distance(before, seat) > _AISLE_PITCHES * pitch:
            places.append(Space.AISLE)
        at = (round((seat.x - left) / pitch, 2), round((seat.y - top) / pitch, 2))
        places.append(Place(seat.number, seat.features, "" if seat.zone == zone else seat.zone, at))
    with on_line(seats[0].line):
        return a_row(label, position, zone, tuple(places))
