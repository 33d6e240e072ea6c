"""How is the plan of a hall written as text?

# What follows this sign is a remark.
zone STALLS  Stalls            code and name of a price zone, the best first
zone FLOOR   Standing room
row A STALLS  1-4 | 5-8        label, zone and places (booking/halls/places.py) of a row, nearest the stage first
row B STALLS  1w . 2-4 | 5-8r

row C STALLS  1-4 | 5-8        the empty line before it is a cross aisle
area FLOOR FLOOR 200  Floor    code, zone, capacity and name of a standing area
"""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from booking.halls.drawing import DrawnArea, DrawnRow, DrawnZone, HallDrawing, a_row, a_zone, an_area, check_drawing
from booking.halls.errors import HallPlanError, on_line
from booking.halls.places import read_places, write_places

_REMARK = "#"


def read_text(text: str) -> HallDrawing:
    """The plan that a text describes.

    Raises:
        HallPlanError: with the line that cannot be understood, or 0 if it is the whole.
    """
    zones: list[DrawnZone] = []
    rows: list[DrawnRow] = []
    areas: list[DrawnArea] = []
    # Empty lines before the first row and after the last are no aisles.
    position, aisles = -1, 0
    for line, raw in enumerate(text.splitlines(), start=1):
        words = raw.partition(_REMARK)[0].split()
        with on_line(line):
            match words:
                case []:
                    aisles += not raw.strip()
                case ["zone", code, *name]:
                    zones.append(a_zone(code, " ".join(name)))
                case ["row", label, zone, *places]:
                    position += 1 + (aisles if rows else 0)
                    aisles = 0
                    rows.append(a_row(label, position, zone, read_places(" ".join(places))))
                case ["area", code, zone, capacity, *name]:
                    areas.append(an_area(code, " ".join(name), capacity, zone))
                case _:
                    raise HallPlanError(
                        0, _("Write 'zone CODE Name', 'row LABEL ZONE places' or 'area CODE ZONE capacity Name'.")
                    )
    drawing = HallDrawing(tuple(zones), tuple(rows), tuple(areas))
    check_drawing(drawing)
    return drawing


def write_text(drawing: HallDrawing) -> str:
    """The text that read_text reads as this plan."""
    return "\n".join(_lines(drawing)) + "\n"


def _lines(drawing: HallDrawing) -> Iterator[str]:
    yield from (f"zone {zone.code}  {zone.name}" for zone in drawing.zones)
    if drawing.rows:
        yield ""
    before = None
    for row in drawing.rows:
        yield from [""] * (0 if before is None else row.position - before - 1)
        before = row.position
        yield f"row {row.label} {row.zone}  {write_places(row.places)}"
    if drawing.areas:
        yield ""
    yield from (f"area {area.code} {area.zone} {area.capacity}  {area.name}" for area in drawing.areas)
