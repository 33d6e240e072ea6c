"""How do classes of travel differ, and which does a train not have? From coaches, their drawings and fares."""

import re
from collections.abc import Sequence

from assistant.replies import classes
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from assistant.zones import zones_meant
from booking.models import CoachLayout, SeatClass
from booking.selectors import Trip
from booking.trains.coachplan import parse_coach_plan

_DIFFERENCE = re.compile(
    r"\b(?:differ(?:s|ence|ences|ent)?|compare[ds]?|comparison|versus|vs|mean|means"
    r"|better|comfortable|comfier|nicer|which class(?:es)?|what class(?:es)?|kinds? of class(?:es)?)\b"
)
# Classes that railways have elsewhere; what one is called here is known by its name.
_ELSEWHERE = re.compile(
    r"\b(?:(?:ac )?chair car|executive(?: class| chair car)?|sleeper(?: class| coach)?|business(?: class)?"
    r"|economy(?: class)?|second sitting|vista ?dome|premium economy|ladies (?:coach|compartment))\b"
)


def asks_difference(slots: Slots) -> bool:
    """Whether it is asked what classes are, not what one costs on a train."""
    named = slots.pattern.split().count("_class") + bool(re.search(r"\bclass(?:es)?\b", slots.rest))
    return bool(named and _DIFFERENCE.search(slots.rest))


def differences() -> Reply:
    """Every class with its coaches, the cheapest first."""
    by_class: dict[SeatClass, list[CoachLayout]] = {}
    for layout in CoachLayout.objects.select_related("seat_class").order_by("pk"):
        by_class.setdefault(layout.seat_class, []).append(layout)
    found = sorted(by_class.items(), key=lambda one: (one[0].fare_per_km, one[0].base_fare))
    told = []
    for seat_class, layouts in found:
        places = [place for layout in layouts[:1] for place in parse_coach_plan(layout.plan)]
        told.append((seat_class.name, len(places), {feature for place in places for feature in place.features}))
    return classes.differences(told)


def missing_on(slots: Slots, trips: Sequence[Trip]) -> str:
    """A line that says so, where a class was named that none of these trains has; '' otherwise."""
    if not trips:
        return ""
    if named := _ELSEWHERE.search(slots.rest):
        return classes.not_there(named.group(), trips[0])
    if (slots.wishes.seat_class or slots.zones) and not any(zones_meant(slots, trip.zones) for trip in trips):
        name = SeatClass.objects.filter(code=slots.wishes.seat_class).values_list("name", flat=True).first()
        return classes.not_there(name or next(iter(slots.zones), slots.wishes.seat_class), trips[0])
    return ""
