"""Where is every seat when a coach or a hall is drawn, and which drawing does an inventory have?

A layout is plain JSON, in units of one seat pitch, with the front of the coach or the stage at y = 0:
{"kind": "train" | "show",
 "sections": [{"label", "title", "zone", "width", "height",
               "seats": [{"name", "label", "x", "y", "zone", "features"}]}],
 "zones": [{"code", "name"}]}
Seat names are unique in a layout: "B1-14" in a train, "C-12" in a hall. Features are "window" and "aisle".
A SeatPlan keeps a layout under the hash of its content, so what was published cannot be edited, only replaced.
"""

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from booking.coachplan import parse_coach_plan
from booking.models import CoachLayout, Hall, HallRow, SeatPlan, Train

Layout = dict[str, Any]

_ROW_PITCH = 1.25
_AISLE_WIDTH = 1.25
# Rows bend around the stage like circles of this radius; every row by the same, so that rows never touch.
_BEND_RADIUS = 140


def train_layout(train: Train) -> Layout:
    """The layout of the train's coaches as they are now, front coach first.

    Raises:
        PlanError: a coach's drawing cannot be read.
    """
    coaches = train.coaches.select_related("layout__seat_class").order_by("position")
    classes = {coach.layout.seat_class for coach in coaches}
    return {
        "kind": "train",
        "sections": [coach_section(coach.label, coach.layout) for coach in coaches],
        "zones": _zones(sorted(classes, key=lambda c: (c.rank, c.code))),
    }


def coach_section(label: str, layout: CoachLayout) -> Layout:
    """One coach of a train.

    Raises:
        PlanError: its drawing cannot be read.
    """
    zone = layout.seat_class.code
    seats = [
        _seat(f"{label}-{seat.label}", seat.label, seat.x, seat.y, zone, seat.features)
        for seat in parse_coach_plan(layout.plan)
    ]
    width = max(len(row.split()) for row in layout.plan.splitlines())
    title = f"Coach {label} · {layout.seat_class.name}"
    return _section(label, title, zone, width, max(seat["y"] for seat in seats) + 1, seats)


def hall_layout(hall: Hall) -> Layout:
    """The layout of the hall's rows as they are now: each centred on the stage, bent around it, split by its aisles."""
    rows = list(hall.rows.select_related("zone").order_by("position"))
    places = [
        (row, number, x, row.position * _ROW_PITCH - x * x / (2 * _BEND_RADIUS)) for row, number, x in _across(rows)
    ]
    left = min((x for _, _, x, _ in places), default=0)
    top = min((y for *_, y in places), default=0)
    seats = [
        _seat(f"{row.label}-{number}", str(number), x - left, y - top, row.zone.code, _row_features(row, number))
        for row, number, x, y in places
    ]
    width = max((seat["x"] for seat in seats), default=0) + 1
    height = max((seat["y"] for seat in seats), default=0) + 1
    return {
        "kind": "show",
        "sections": [_section("hall", hall.name, "", round(width, 2), round(height, 2), seats)],
        "zones": _zones(hall.zones.order_by("rank", "code")),
    }


def _across(rows: Iterable[HallRow]) -> Iterable[tuple[HallRow, int, float]]:
    """Every seat's row, number and distance from the hall's middle line."""
    for row in rows:
        aisles = _aisles(row)
        half = (row.seats - 1 + len(aisles) * _AISLE_WIDTH) / 2
        for number in range(1, row.seats + 1):
            crossed = sum(aisle < number for aisle in aisles)
            yield row, number, number - 1 + crossed * _AISLE_WIDTH - half


def _aisles(row: HallRow) -> list[int]:
    """Numbers of the seats after which an aisle runs; one after the last seat would run along the wall."""
    return sorted({int(n) for n in row.aisle_after.split(",") if n and 0 < int(n) < row.seats})


def _row_features(row: HallRow, number: int) -> tuple[str, ...]:
    beside = {*_aisles(row), *(aisle + 1 for aisle in _aisles(row))}
    return ("aisle",) if number in beside else ()


def _seat(name: str, label: str, x: float, y: float, zone: str, features: tuple[str, ...]) -> Layout:
    return {"name": name, "label": label, "x": round(x, 2), "y": round(y, 2), "zone": zone, "features": list(features)}


def _section(label: str, title: str, zone: str, width: float, height: float, seats: list[Layout]) -> Layout:
    return {"label": label, "title": title, "zone": zone, "width": width, "height": height, "seats": seats}


def _zones(zones: Iterable[Any]) -> list[Layout]:
    return [{"code": zone.code, "name": zone.name} for zone in zones]


# --- Kept under their hash ------------------------------------------------------------------------


def plan_for(layout: Layout) -> SeatPlan:
    """The plan that keeps this layout; made if it is the first of its content."""
    canonical = json.dumps(layout, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    plan, _ = SeatPlan.objects.get_or_create(
        digest=digest, defaults={"layout": layout, "seat_count": len(seat_names(layout))}
    )
    return plan


def seat_names(layout: Layout) -> list[str]:
    return [seat["name"] for section in layout["sections"] for seat in section["seats"]]


@functools.lru_cache(maxsize=128)
def zone_of_seats(digest: str) -> Mapping[str, str]:
    """Zone code by seat name. Kept in memory: a plan's content never changes, its digest says so."""
    layout = SeatPlan.objects.get(pk=digest).layout
    zones = {seat["name"]: seat["zone"] for section in layout["sections"] for seat in section["seats"]}
    return MappingProxyType(zones)
