"""Where is every seat when a coach is drawn, and which drawing does an inventory have? Halls: booking/halls/layout.py.

A layout is plain JSON, in units of one seat pitch, with the front of the coach or the stage at y = 0:
{"kind": "train" | "show",
 "sections": [{"label", "title", "zone", "width", "height",
               "seats": [{"name", "label", "x", "y", "zone", "features"}]}],
 "zones": [{"code", "name"}]}
Seat names are unique in a layout: "B1-14" in a train, "C-12" in a hall. Features of seats are "window" and "aisle",
in a train also those of booking/trains/coachplan.py, and seats of a coach with walls say their "compartment", from 1;
in a hall "aisle", "accessible" (a place for a wheelchair) and "restricted" (part of the stage is hidden). A section
with "kind": "standing" is an area in which people stand; its places are sold by number, and drawn as one.
A SeatPlan keeps a layout under the hash of its content, so what was published cannot be edited, only replaced.
"""

import functools
import hashlib
import json
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from booking.models import CoachLayout, SeatPlan, Train
from booking.trains.coachplan import parse_coach_plan

Layout = dict[str, Any]


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
    planned = parse_coach_plan(layout.plan)
    has_walls = planned[-1].compartment > 1
    seats = [
        a_seat(f"{label}-{seat.label}", seat.label, seat.x, seat.y, zone, seat.features)
        | ({"compartment": seat.compartment} if has_walls else {})
        for seat in planned
    ]
    width = max(len(row.split()) for row in layout.plan.splitlines())
    title = f"Coach {label} · {layout.seat_class.name}"
    return a_section(label, title, zone, width, max(seat["y"] for seat in seats) + 1, seats)


def a_seat(name: str, label: str, x: float, y: float, zone: str, features: tuple[str, ...]) -> Layout:
    return {"name": name, "label": label, "x": round(x, 2), "y": round(y, 2), "zone": zone, "features": list(features)}


def a_section(label: str, title: str, zone: str, width: float, height: float, seats: list[Layout]) -> Layout:
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
