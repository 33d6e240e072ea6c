"""How is a layout sent to the browser that draws it? Row by row, short, under its digest, so that it is sent once.

What is taken changes all the time and the layout never: a page carries one letter a seat, in the order of `names`, and
the layout is fetched from an address that may be kept for ever. In JSON:
{"kind": "train" | "show", "zones": [codes], "features": [what the bits below mean],
 "sections": [{"key", "title", "width", "height", "rows": [row]}]}
A row is {"prefix": "A", "label": "A"} (a coach's rows have no label), with its seats from the left: "from" is the first
one's number if they are numbered in turn, or "labels" has them all; "x" lists where they are, "y" is the height of the
first and "bend" how much lower each is, if they are not at one height; "zone" is a number in "zones", or "zonesOf" has
one for each; "bits" are their features, and "compartment" says where walls are. A seat's name is prefix-label. Standing
areas have no rows and are left out.
"""

import functools
import gzip
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from booking.halls.layout import STANDING
from booking.models import SeatPlan
from booking.seatplan import Layout
from booking.seatstore.values import FEATURES, feature_bits


@dataclass(frozen=True, slots=True)
class DrawnPlan:
    """`names` of the seats in the order in which they are drawn; `packed` is the JSON as UTF-8 in gzip."""

    names: tuple[str, ...]
    packed: bytes


@functools.lru_cache(maxsize=128)
def drawn_plan(digest: str) -> DrawnPlan:
    """Kept in memory: a plan's content never changes, its digest says so.

    Raises:
        SeatPlan.DoesNotExist: there is no such plan.
    """
    layout = SeatPlan.objects.get(pk=digest).layout
    text = json.dumps(plan_to_draw(layout), separators=(",", ":"), ensure_ascii=False)
    return DrawnPlan(tuple(drawn_names(layout)), gzip.compress(text.encode(), mtime=0))


def drawn_names(layout: Layout) -> Iterable[str]:
    for section in seated_sections(layout):
        for row in rows_of(layout["kind"], section):
            yield from (seat["name"] for seat in row)


def seated_sections(layout: Layout) -> list[Layout]:
    """Coaches, or a hall's rows: what is not a standing area."""
    return [section for section in layout["sections"] if section.get("kind") != STANDING]


def rows_of(kind: str, section: Layout) -> list[list[Layout]]:
    """Seats side by side, from the left; rows from the front.

    A coach's rows lie at one height; a hall's bend, and their label begins their seats' names.
    """
    by_row: dict[object, list[Layout]] = {}
    for seat in section["seats"]:
        by_row.setdefault(seat["y"] if kind == "train" else row_label(seat), []).append(seat)
    rows = [sorted(row, key=lambda seat: seat["x"]) for row in by_row.values()]
    return sorted(rows, key=lambda row: row[0]["y"]) if kind == "train" else rows


def row_label(seat: Layout) -> str:
    return str(seat["name"]).rpartition("-")[0]


def plan_to_draw(layout: Layout) -> dict[str, Any]:
    zones = {zone["code"]: number for number, zone in enumerate(layout["zones"])}
    kind = layout["kind"]
    return {
        "kind": kind,
        "zones": list(zones),
        "features": FEATURES,
        "sections": [
            {
                "key": section["label"],
                "title": section["title"],
                "width": section["width"],
                "height": section["height"],
                "rows": [_row(kind, row, zones) for row in rows_of(kind, section)],
            }
            for section in seated_sections(layout)
        ],
    }


def _row(kind: str, seats: Sequence[Layout], zones: Mapping[str, int]) -> dict[str, Any]:
    prefix = row_label(seats[0])
    top = seats[0]["y"]
    row: dict[str, Any] = {"prefix": prefix, "x": [seat["x"] for seat in seats], "y": top}
    if kind == "show":
        row["label"] = prefix
    labels = [seat["label"] for seat in seats]
    first = int(labels[0]) if labels[0].isascii() and labels[0].isdecimal() else 0
    if labels == [str(first + at) for at in range(len(labels))]:
        row["from"] = first
    else:
        row["labels"] = labels
    if any(seat["y"] != top for seat in seats):
        row["bend"] = [round(seat["y"] - top, 2) for seat in seats]
    numbers = [zones[seat["zone"]] for seat in seats]
    row |= {"zone": numbers[0]} if len(set(numbers)) == 1 else {"zonesOf": numbers}
    # What nobody may wish for is not drawn either.
    bits = [feature_bits(set(seat["features"]).intersection(FEATURES)) for seat in seats]
    if any(bits):
        row["bits"] = bits
    if "compartment" in seats[0]:
        row["compartment"] = seats[0]["compartment"]
    return row
