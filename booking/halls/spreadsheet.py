"""How is the plan of a hall read from a table (CSV)? The first line names the columns, in any order.

One line for each row:   row, zone, seats                 A,STALLS,"1-4 | 5-8r"
or one for each seat:    row, zone, seat [, x, y]         A,STALLS,7,3.5,2     pitches of a seat, from the stage
with, of a seat,         accessible, restricted           yes or no
Standing areas:          row, zone, capacity [, name]     FLOOR,STAND,200,Floor
Zones are in the order in which they appear; `zone_name` may name them.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from booking.halls.drawing import DrawnArea, DrawnZone, HallDrawing, a_row, a_zone, an_area, check_drawing
from booking.halls.errors import HallPlanError, on_line
from booking.halls.places import FEATURE_OF_LETTER, MAX_ROW_SEATS, Place, Space, read_places, seats_of

_COLUMNS = {"row", "zone", "seats", "seat", "x", "y", *FEATURE_OF_LETTER.values(), "capacity", "name", "zone_name"}
_YES, _NO = {"yes", "true", "1", "x"}, {"", "no", "false", "0"}
Cells = Mapping[str, str]


@dataclass(slots=True)
class _Row:
    """A row while its lines are read; it begins on `line`."""

    line: int
    zone: str
    places: list[Place | Space] = field(default_factory=list)


def read_csv(text: str) -> HallDrawing:
    """The plan in a table.

    Raises:
        HallPlanError: with the line that cannot be understood, or 0 if it is the whole.
    """
    rows: dict[str, _Row] = {}
    areas: list[DrawnArea] = []
    zones: dict[str, DrawnZone] = {}
    for line, cells in _lines(text):
        with on_line(line):
            zone = cells["zone"]
            if zone not in zones or cells.get("zone_name"):
                zones[zone] = a_zone(zone, cells.get("zone_name", ""))
            if cells.get("capacity"):
                areas.append(an_area(cells["row"], cells.get("name", ""), cells["capacity"], zone))
            elif cells.get("seats") and cells["row"] in rows:
                raise HallPlanError(
                    0,
                    _("Row %(row)s is on line %(line)s already.")
                    % {"row": cells["row"], "line": rows[cells["row"]].line},
                )
            else:
                _add(rows.setdefault(cells["row"], _Row(line, zone)), cells)
    drawn = []
    for position, (label, row) in enumerate(rows.items()):
        with on_line(row.line):
            drawn.append(a_row(label, position, row.zone, tuple(row.places)))
    drawing = HallDrawing(tuple(zones.values()), tuple(drawn), tuple(areas))
    check_drawing(drawing)
    return drawing


def _lines(text: str) -> Iterator[tuple[int, Cells]]:
    """Each line that is not empty, with its number and its cells by their column's name."""
    reader = csv.reader(text.removeprefix("\ufeff").splitlines(keepends=True), strict=True)
    columns: list[str] = []
    try:
        for cells in reader:
            cells = [cell.strip() for cell in cells]
            if not any(cells):
                continue
            if not columns:
                columns = _checked([cell.lower() for cell in cells])
                continue
            if len(cells) > len(columns):
                raise HallPlanError(
                    reader.line_num,
                    _("%(count)s cells, but the first line names %(columns)s.")
                    % {"count": len(cells), "columns": len(columns)},
                )
            yield reader.line_num, dict(zip(columns, cells, strict=False)) | dict.fromkeys(columns[len(cells) :], "")
    except csv.Error as error:
        raise HallPlanError(reader.line_num, _("This is no table: %(error)s.") % {"error": error}) from error
    if not columns:
        raise HallPlanError(0, _("This table is empty."))


def _checked(columns: list[str]) -> list[str]:
    if unknown := [name for name in columns if name not in _COLUMNS]:
        known = ", ".join(sorted(_COLUMNS))
        raise HallPlanError(
            1,
            _("There is no column %(names)s in such a table. Known are %(known)s.")
            % {"names": ", ".join(map(repr, unknown)), "known": known},
        )
    if len(set(columns)) < len(columns):
        raise HallPlanError(1, _("A column is named twice."))
    if {"row", "zone"} - set(columns) or not {"seats", "seat", "capacity"} & set(columns):
        raise HallPlanError(1, _("Columns are needed for row, zone, and seats, seat or capacity."))
    return columns


def _add(row: _Row, cells: Cells) -> None:
    seat = cells.get("seat", "")
    letters = "".join(letter for letter, feature in FEATURE_OF_LETTER.items() if _is_yes(cells.get(feature, "")))
    if cells.get("seats"):
        if seat or letters:
            raise HallPlanError(
                0, _("Name one seat and what it is like, or the seats of the row as 1-4w 5-8, not both.")
            )
        row.places += read_places(cells["seats"])
        return
    if not seat.isdecimal():
        raise HallPlanError(0, _("%(seat)s is no number of a seat.") % {"seat": repr(seat)})
    if len(row.places) >= MAX_ROW_SEATS:
        raise HallPlanError(0, _("More than %(most)s seats are too many for one row.") % {"most": MAX_ROW_SEATS})
    x, y = cells.get("x", ""), cells.get("y", "")
    if bool(x) != bool(y):
        raise HallPlanError(0, _("Say both x and y, or neither."))
    zone = f":{cells['zone']}" if cells["zone"] != row.zone else ""
    [place] = read_places(f"{seat}{letters}{zone}" + (f"@{x},{y}" if x else ""))
    if int(seat) in [known.number for known in seats_of(row.places)]:
        raise HallPlanError(0, _("Seat %(seat)s is in this row twice.") % {"seat": seat})
    row.places.append(place)


def _is_yes(word: str) -> bool:
    if word.lower() not in _YES | _NO:
        raise HallPlanError(0, _("%(word)s is neither yes nor no.") % {"word": repr(word)})
    return word.lower() in _YES
