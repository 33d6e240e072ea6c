"""Which trains run, when do they call where, on which days, how long and how far? From timetables and runs on sale."""

import re
from dataclasses import replace
from datetime import timedelta

from assistant import tools
from assistant.dates import CalendarDay, DayFromToday, DayMention, Weekday
from assistant.names import Place
from assistant.options import thing_key, trip_at
from assistant.replies import asking, guidance, timetables, trains
from assistant.replies.pieces import Reply, together
from assistant.slots import Slots
from assistant.told import place_of
from booking.models import Train
from booking.selectors import Trip
from booking.trains.timetable import stops_of

from .asked import Asked
from .classes import missing_on
from .trips import FoundTrips, find_trips

_DAYS_A_WEEK = 7
_OF_DAYS = re.compile(r"\b(?:(?:which|what|all) days|daily|every ?day|weekdays|how often|frequency|days of the week)\b")
_OF_DISTANCE = re.compile(r"\b(?:how far|distance|km|kms|kilomet(?:er|re)s?|miles)\b")
_OTHER = re.compile(r"\b(?:other|others|another|else|alternatives?|different)\b")
# Than the one that was told before.
_BETTER = {
    "later": re.compile(r"\b(?:later|after (?:that|this)|next one|the one after|following one)\b"),
    "earlier": re.compile(r"\b(?:earlier|sooner|before (?:that|this))\b"),
    "faster": re.compile(r"\b(?:faster|quicker|shorter)\b"),
    "cheaper": re.compile(r"\bcheaper\b"),
}
# All that leave a station, wherever they go.
_OF_STATION = re.compile(r"\b(?:all|every|list|which|what|departures?|departing|leaving|any|show|schedule)\b")


def which_trains(asked: Asked, *, on_any_day: bool = False) -> Reply:
    """
    Raises:
        NoSuchDay: the calendar has no such day.
    """
    slots = asked.slots
    if slots.way_back is not None and slots.origin and slots.destination:
        return _there_and_back(asked, slots.origin, slots.destination, slots.way_back)
    if len(slots.trains) == 1 and _is_of_no_day(slots) and not on_any_day:
        return timetable(asked)
    told = trip_at(slots.beyond)
    how = next((how for how, words in _BETTER.items() if words.search(slots.rest)), "")
    if told is not None and how and slots.days_later is None:
        return _better(asked, told, how)
    if _OTHER.search(slots.rest) and slots.origin and slots.destination and (slots.day or slots.option):
        return _others(asked, trip_at(slots.option))
    if (place := _station_meant(slots)) is not None:
        day = slots.day or DayFromToday(0)
        found = tools.departures_from(place.stations, day=day, now=asked.now)
        found = [one for one in found if slots.hours is None or slots.hours.holds(one[1].departs_at)]
        return timetables.of_station(place, tools.day_at(place.stations[0], day, asked.now), found)
    trips = find_trips(slots, now=asked.now, on_any_day=on_any_day)
    if trips.instead:
        return trips.instead
    note = "\n".join(line for line in (missing_on(slots, trips.trips), trips.note) if line)
    if len(trips.trips) == 1 and (slots.trains or slots.option or slots.wishes.extreme):
        return _noted(note, trains.one(trips.trips[0]))
    return _noted(note, trains.several(trips.trips))


def _there_and_back(asked: Asked, origin: Place, destination: Place, way_back: DayMention) -> Reply:
    """Trains of both ways; a weekday to come back on is the one after the day of going."""
    there = replace(asked.slots, way_back=None)
    if isinstance(way_back, Weekday) and there.day is not None and origin.stations:
        goes = tools.day_at(origin.stations[0], there.day, asked.now)
        returns = goes + timedelta(days=(way_back.weekday - goes.weekday()) % _DAYS_A_WEEK)
        way_back = CalendarDay(returns.day, returns.month, returns.year)
    back = replace(there, day=way_back, origin=destination, destination=origin, near=None, hours=None, trains=())
    return together([which_trains(replace(asked, slots=slots)) for slots in (there, back)])


def timetable(asked: Asked) -> Reply:
    """Where a train calls and when; of a journey, when it begins and ends, how long it takes and how far it is.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    slots = asked.slots
    if slots.unknown_train and not slots.trains:
        return guidance.no_such_train(slots.unknown_train)
    if slots.unknown_stop:
        return guidance.no_such_place(slots.unknown_stop)
    trip = trip_at(slots.option)
    if trip is None and not slots.trains:
        return _journey(asked)
    chosen = [train for train in slots.trains if thing_key(train) == slots.option]
    meant = [trip.departure.train] if trip else chosen or _calling_at(slots)
    if len(meant) != 1:
        return asking.which_of(meant or slots.trains)
    train = meant[0]
    if _OF_DAYS.search(slots.rest):
        first, last = tools.on_sale_between(train, asked.now)
        return timetables.days(train, first=first, last=last)
    if slots.near is not None and slots.near.stations and slots.near not in {slots.origin, slots.destination}:
        return timetables.calls(train, near=slots.near)
    if (slots.origin or slots.destination) and (slots.day or trip):
        return _journey(asked)
    if _asks_calls(slots):
        return timetables.calls(train, near=slots.destination or slots.origin)
    return _way(train, slots)


def _journey(asked: Asked) -> Reply:
    """Trips of the day, or of the next that has any; with the distance, if that was asked."""
    reply = which_trains(asked, on_any_day=True)
    if not _OF_DISTANCE.search(asked.slots.rest):
        return reply
    found = find_trips(asked.slots, now=asked.now, on_any_day=True)
    if found.instead:
        return reply
    first = found.trips[0]
    km = first.alight.distance_km - first.board.distance_km
    return _noted(timetables.distance(first.board.station, first.alight.station, km), reply)


def _way(train: Train, slots: Slots) -> Reply:
    ends = tools.ends_on(train, origin=slots.origin, destination=slots.destination)
    if ends is None:
        return trains.does_not_serve([train], slots.origin, slots.destination)
    by_station = {stop.station: stop for stop in stops_of(train)}
    return timetables.way(train, by_station[ends.boards[0]], by_station[ends.alights[0]])


def _calling_at(slots: Slots) -> list[Train]:
    """Of several trains that a name fits, those that go where it was asked for."""
    at = slots.near.stations if slots.near else ()
    return [
        train
        for train in slots.trains
        if tools.ends_on(train, origin=slots.origin, destination=slots.destination)
        and (not at or any(stop.station in at for stop in stops_of(train)))
    ] or list(slots.trains)


def _asks_calls(slots: Slots) -> bool:
    return bool(re.search(r"\b(?:stops?|stopping|halts?|calls?|stations?|timetable|schedule|route|via)\b", slots.rest))


def _is_of_no_day(slots: Slots) -> bool:
    return not slots.day and not slots.option and not slots.hours and not slots.wishes.extreme


def _same_day(asked: Asked, told: Trip | None, *, days_later: int = 0) -> FoundTrips:
    """All trains between the same places, on the day of the one that was told or so many days after it."""
    slots = replace(asked.slots, option="", trains=(), hours=None, wishes=replace(asked.slots.wishes, extreme=""))
    if told is not None:
        day = told.board.departs_at.date() + timedelta(days=days_later)
        origin = slots.origin or place_of(told.board.station)
        destination = slots.destination or place_of(told.alight.station)
        day_meant = CalendarDay(day.day, day.month, day.year)
        slots = replace(slots, day=day_meant, origin=origin, destination=destination)
    return find_trips(slots, now=asked.now)


def _better(asked: Asked, told: Trip, how: str) -> Reply:
    """Those of the day that are later, earlier, faster or cheaper; where none is later, those of the next day."""
    found = _same_day(asked, told)
    if found.instead:
        return found.instead
    better = [trip for trip in found.trips if _is_better(trip, told, how)]
    if better:
        return trains.several(better) if len(better) > 1 else trains.one(better[0])
    next_day = _same_day(asked, told, days_later=1) if how == "later" else FoundTrips()
    return trains.none_better(how, next_day.trips or found.trips)


def _is_better(trip: Trip, told: Trip, how: str) -> bool:
    match how:
        case "later":
            return trip.board.departs_at > told.board.departs_at
        case "earlier":
            return trip.board.departs_at < told.board.departs_at
        case "faster":
            return trip.duration < told.duration
        case _:
            return bool(trip.fares and told.fares) and min(trip.fares.values()) < min(told.fares.values())


def _others(asked: Asked, told: Trip | None) -> Reply:
    """Trains of the same day beside the one that was told, or beside all of them: none."""
    found = _same_day(asked, told)
    if found.instead:
        return found.instead
    others = [trip for trip in found.trips if told is not None and trip.departure.pk != told.departure.pk]
    return trains.several(others) if others else trains.no_other(found.trips)


def _station_meant(slots: Slots) -> Place | None:
    """The one place that was named, of which all departures are asked for."""
    place = slots.origin or slots.near
    if place is None or not place.stations or slots.destination or slots.trains or slots.option or slots.unknown_place:
        return None
    return place if slots.day is not None and _OF_STATION.search(slots.rest) else None


def _noted(note: str, reply: Reply) -> Reply:
    return replace(reply, text=f"{note}\n{reply.text}") if note else reply
