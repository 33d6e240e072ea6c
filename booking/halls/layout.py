"""Where is every seat of a hall drawn? Rows are centred on the stage and bent around it, or where the plan says."""

from collections.abc import Iterable

from booking.halls.drawing import DrawnArea, DrawnRow, HallDrawing
from booking.halls.places import Place, Space, beside_an_aisle, seats_of
from booking.seatplan import Layout, a_seat, a_section

STANDING = "standing"
_ROW_PITCH = 1.25
_AISLE_WIDTH = 1.25
# Rows bend around the stage like circles of this radius; every row by the same, so that rows never touch.
_BEND_RADIUS = 140
# Standing places have no place of their own; programs that draw them one by one find them side by side.
_ABREAST = 25


def layout_of(drawing: HallDrawing, *, title: str) -> Layout:
    """The layout of a plan: a section for its rows, if it has any, and one for each standing area."""
    rows = [_rows_section(drawing.rows, title)] if drawing.rows else []
    return {
        "kind": "show",
        "sections": rows + [_area_section(area) for area in drawing.areas],
        "zones": [{"code": zone.code, "name": zone.name} for zone in drawing.zones],
    }


def _rows_section(rows: Iterable[DrawnRow], title: str) -> Layout:
    places = [(row, place, x, y) for row in rows for place, x, y in _spread(row)]
    left = min(x for *_, x, _ in places)
    top = min(y for *_, y in places)
    seats = []
    beside = {row.label: beside_an_aisle(row.places) for row in rows}
    for row, place, x, y in places:
        features = ("aisle",) * (place.number in beside[row.label]) + place.features
        name = f"{row.label}-{place.number}"
        seats.append(a_seat(name, str(place.number), x - left, y - top, place.zone or row.zone, features))
    width = max(seat["x"] for seat in seats) + 1
    height = max(seat["y"] for seat in seats) + 1
    return a_section("hall", title, "", round(width, 2), round(height, 2), seats)


def _spread(row: DrawnRow) -> Iterable[tuple[Place, float, float]]:
    """Every seat of a row with its distance from the hall's middle line and from the stage."""
    if any(place.at for place in seats_of(row.places)):
        return [(place, *place.at) for place in seats_of(row.places) if place.at]
    steps: list[tuple[Place, float]] = []
    x = 0.0
    for place in row.places:
        if isinstance(place, Place):
            steps.append((place, x))
        x += _AISLE_WIDTH if place is Space.AISLE else 1
    half = (x - 1) / 2
    return [
        (place, at - half, row.position * _ROW_PITCH - (at - half) ** 2 / (2 * _BEND_RADIUS)) for place, at in steps
    ]


def _area_section(area: DrawnArea) -> Layout:
    seats = [
        a_seat(name, name.rpartition("-")[2], number % _ABREAST, number // _ABREAST, area.zone, ())
        for number, name in enumerate(area.place_names)
    ]
    height = seats[-1]["y"] + 1
    width = min(len(seats), _ABREAST)
    return {**a_section(area.code, area.name, area.zone, width, height, seats), "kind": STANDING}
