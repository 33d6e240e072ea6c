"""Which trains run, and what is on? Answers about what is for sale, seats apart (seat_questions.py)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from booking.models import Performance, Train
from booking.selectors import Trip

from . import tools
from .dates import DayFromToday, DayMention
from .replies import asking, facts, guidance
from .replies.pieces import Reply
from .slots import Slots


@dataclass(frozen=True, slots=True)
class FoundTrips:
    """Trips that fit what was named, or the reply that says why there are none."""

    trips: list[Trip] = field(default_factory=list)
    instead: Reply | None = None


def find_trips(slots: Slots, *, now: datetime) -> FoundTrips:
    """Trips by train, places and day.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    if slots.unknown_train and not slots.trains:
        return FoundTrips(instead=guidance.no_such_train(slots.unknown_train))
    if slots.unknown_place:
        return FoundTrips(instead=guidance.no_such_place(slots.unknown_place))
    for place in (slots.origin, slots.destination):
        if place and not place.stations:
            return FoundTrips(instead=guidance.no_station_in(place.name))
    if slots.trains:
        return _trips_of_named_train(slots, now=now)
    return _trips_between_places(slots, now=now)


def trains(slots: Slots, *, now: datetime) -> Reply:
    found = find_trips(slots, now=now)
    if found.instead:
        return found.instead
    if len(found.trips) == 1 and slots.trains:
        return facts.fares(found.trips[0])
    return facts.trips(found.trips)


def whats_on(slots: Slots, *, now: datetime) -> Reply:
    near = slots.near or slots.destination or slots.origin
    found = tools.performances(shows=slots.shows, near=near, day=slots.day, now=now)
    if not found:
        return facts.nothing_on()
    if slots.shows or slots.day:
        return facts.performances(found)
    return facts.shows(_next_of_each_show(found))


def _next_of_each_show(performances: Sequence[Performance]) -> list[Performance]:
    by_show: dict[int, Performance] = {}
    for performance in performances:
        by_show.setdefault(performance.show_id, performance)
    return list(by_show.values())


def _trips_of_named_train(slots: Slots, *, now: datetime) -> FoundTrips:
    ends_by_train = {
        train: ends
        for train in slots.trains
        if (ends := tools.ends_on(train, origin=slots.origin, destination=slots.destination))
    }
    if not ends_by_train:
        return FoundTrips(instead=facts.does_not_serve(slots.trains, slots.origin, slots.destination))
    if len(ends_by_train) > 1:
        return FoundTrips(instead=asking.which_of(list(ends_by_train)))
    train, ends = next(iter(ends_by_train.items()))
    if slots.day is None:
        return FoundTrips(
            instead=asking.which_day(f"{train.number} from {ends.boards[0].city} to {ends.alights[0].city}")
        )
    trips = tools.trips_between(ends=ends, day=slots.day, now=now, train=train)
    return FoundTrips(trips) if trips else _none_on_sale(slots, ends, slots.day, now, train)


def _trips_between_places(slots: Slots, *, now: datetime) -> FoundTrips:
    if slots.origin is None or slots.destination is None:
        return FoundTrips(instead=asking.which_places())
    ends = tools.Ends(slots.origin.stations, slots.destination.stations)
    if slots.day is None:
        today = tools.day_at(ends.boards[0], DayFromToday(0), now)
        return FoundTrips(instead=asking.which_day_of_trip(ends.boards[0], ends.alights[0], today=today))
    trips = tools.trips_between(ends=ends, day=slots.day, now=now)
    return FoundTrips(trips) if trips else _none_on_sale(slots, ends, slots.day, now)


def _none_on_sale(
    slots: Slots, ends: tools.Ends, wanted: DayMention, now: datetime, train: Train | None = None
) -> FoundTrips:
    day, today = (tools.day_at(ends.boards[0], mention, now) for mention in (wanted, DayFromToday(0)))
    reply = facts.no_trips(slots.origin, slots.destination, day=day, today=today, train=train)
    return FoundTrips(instead=reply)
