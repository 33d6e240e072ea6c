"""Which trips fit what was named, and are their trains late? From runs that are on sale."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from operator import attrgetter

from django.utils.translation import gettext as _

from assistant import tools
from assistant.dates import CalendarDay, DayFromToday, DayMention
from assistant.hours import Hours
from assistant.options import pk_of, trip_at
from assistant.own import bookings_of, still_to_come
from assistant.replies import asking, guidance, trains
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from booking.models import Departure, Train
from booking.selectors import Trip, parts_of

from .asked import Asked

# Where nothing runs on a day, the next ones are looked at, so that more can be said than no.
DAYS_LOOKED_AHEAD = 3
MAX_OWN_RUNS = 2
_COMPARED = frozenset({"cheapest", "fastest", "earliest", "latest", "first_there"})
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class FoundTrips:
    """Trips that fit what was named, or the reply that says why there are none; `note` is said before them."""

    trips: list[Trip] = field(default_factory=list)
    instead: Reply | None = None
    note: str = ""


def running(asked: Asked) -> Reply:
    """Whether a run is late or cancelled, as far as the railway has said so here.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    slots = asked.slots
    trip = trip_at(slots.option)
    if slots.unknown_train and not slots.trains:
        return guidance.no_such_train(slots.unknown_train)
    if slots.shows and not slots.trains:
        return guidance.shows_as_announced()
    if trip is not None and not slots.day:
        return trains.news([trip.departure], asks_platform=_asks_platform(slots))
    if slots.names_train and not slots.trains:
        found = find_trips(slots if slots.day else replace(slots, day=DayFromToday(0)), now=asked.now)
        runs = [found_trip.departure for found_trip in found.trips]
        return found.instead or trains.news(runs, asks_platform=_asks_platform(slots))
    if not slots.trains:
        own = _own_runs(asked)
        return trains.news(own, asks_platform=_asks_platform(slots)) if own else guidance.which_run_is_late()
    if len(slots.trains) > 1:
        return asking.which_of(slots.trains)
    departures = tools.runs_of(slots.trains[0], day=slots.day or DayFromToday(0), now=asked.now)
    return (
        trains.news(departures, asks_platform=_asks_platform(slots)) if departures else _no_run(asked, slots.trains[0])
    )


def _own_runs(asked: Asked) -> list[Departure]:
    """Runs that the caller has tickets for and that are still to come, the next first."""
    if asked.customer is None:
        return []
    orders = still_to_come(bookings_of(asked.customer), asked.now)
    inventories = [part.inventory for order in orders for part in parts_of(order)]
    return [inventory.departure for inventory in inventories if inventory.is_train][:MAX_OWN_RUNS]


def _no_run(asked: Asked, train: Train) -> Reply:
    day = tools.first_day(train, asked.slots.day or DayFromToday(0), asked.now)
    return trains.not_running(train, day=day)


def _asks_platform(slots: Slots) -> bool:
    return any(word in slots.rest.split() for word in ("platform", "platforms", "track", "gate"))


# --- Finding --------------------------------------------------------------------------------------


def find_trips(slots: Slots, *, now: datetime, on_any_day: bool = False) -> FoundTrips:
    """Trips by train, places, day and hours.

    Args:
        on_any_day: where no day was named, those of the first day that has any will do.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    if (trip := trip_at(slots.option)) is not None:
        return FoundTrips([trip])
    if (pk := pk_of(slots.option, "train")) is not None:
        slots = replace(slots, trains=tuple(Train.objects.filter(pk=pk)))
    if slots.unknown_train and not slots.trains:
        return FoundTrips(instead=guidance.no_such_train(slots.unknown_train))
    if slots.unknown_place:
        return FoundTrips(instead=guidance.no_such_place(slots.unknown_place))
    for place in (slots.origin, slots.destination):
        if place and not place.stations:
            return FoundTrips(instead=guidance.no_station_in(place.name))
    asks_day = slots.day is None and not on_any_day and slots.wishes.extreme not in {"next", "earliest"}
    if slots.trains:
        return _trips_of_named_train(slots, now=now, asks_day=asks_day)
    return _trips_between_places(slots, now=now, asks_day=asks_day)


def _trips_of_named_train(slots: Slots, *, now: datetime, asks_day: bool) -> FoundTrips:
    ends_by_train = {
        train: ends
        for train in slots.trains
        if (ends := tools.ends_on(train, origin=slots.origin, destination=slots.destination))
    }
    if not ends_by_train:
        return FoundTrips(instead=trains.does_not_serve(slots.trains, slots.origin, slots.destination))
    if len(ends_by_train) > 1 and slots.wishes.extreme in _COMPARED:
        return _compared(slots, list(ends_by_train), now=now)
    if len(ends_by_train) > 1:
        return FoundTrips(instead=asking.which_of(list(ends_by_train)))
    train, ends = next(iter(ends_by_train.items()))
    if asks_day:
        return FoundTrips(instead=asking.which_day(train, ends))
    return _on_day(slots, ends, now=now, train=train)


def _compared(slots: Slots, named: list[Train], *, now: datetime) -> FoundTrips:
    """Of several trains that are named, "the Rajdhani or the mail", the one that is cheapest or fastest on that way."""
    if slots.origin is None or slots.destination is None:
        return _trips_between_places(replace(slots, trains=()), now=now, asks_day=False)
    ends = tools.Ends(slots.origin.stations, slots.destination.stations)
    every = tools.trips_between(ends=ends, day=slots.day or DayFromToday(0), now=now)
    trips = [trip for trip in every if trip.departure.train in named]
    return _narrowed(slots, trips) if trips else FoundTrips(instead=asking.which_of(named))


def _trips_between_places(slots: Slots, *, now: datetime, asks_day: bool) -> FoundTrips:
    if slots.origin is None or slots.destination is None:
        place = slots.near if slots.near and slots.near.stations else None
        return FoundTrips(
            instead=asking.which_places(
                origin=slots.origin, destination=slots.destination, near=place, knows_day=slots.day is not None
            )
        )
    ends = tools.Ends(slots.origin.stations, slots.destination.stations)
    if not tools.are_connected(ends):
        return FoundTrips(instead=trains.not_connected(slots.origin, slots.destination))
    if asks_day:
        today = tools.day_at(ends.boards[0], DayFromToday(0), now)
        return FoundTrips(instead=asking.which_day_of_trip(ends.boards[0], ends.alights[0], today=today))
    return _on_day(slots, ends, now=now)


def _on_day(slots: Slots, ends: tools.Ends, *, now: datetime, train: Train | None = None) -> FoundTrips:
    """Trips of the day that was named; without one, of the first day from today that has any."""
    wanted = slots.day or DayFromToday(0)
    if slots.hours is not None and slots.hours.of_arrival:
        arriving = tools.trips_arriving(ends=ends, day=wanted, now=now, train=train)
        if arriving:
            return _in_time(slots, slots.hours, arriving)
    trips = tools.trips_between(ends=ends, day=wanted, now=now, train=train)
    if trips:
        return _narrowed(slots, trips)
    later = _later_day(ends, wanted, now, train)
    if slots.day is None and later:
        return _narrowed(slots, tools.trips_between(ends=ends, day=later, now=now, train=train))
    day, today = (tools.day_at(ends.boards[0], mention, now) for mention in (wanted, DayFromToday(0)))
    if later is not None:
        later_on = tools.day_at(ends.boards[0], later, now)
    return FoundTrips(
        instead=trains.none_on_sale(
            slots.origin, slots.destination, day=day, today=today, train=train, later=later_on if later else None
        )
    )


def _later_day(ends: tools.Ends, wanted: DayMention, now: datetime, train: Train | None) -> DayMention | None:
    first = tools.day_at(ends.boards[0], wanted, now)
    for ahead in range(1, DAYS_LOOKED_AHEAD + 1):
        day = first + timedelta(days=ahead)
        mention = CalendarDay(day.day, day.month, day.year)
        if tools.trips_between(ends=ends, day=mention, now=now, train=train):
            return mention
    return None


def _narrowed(slots: Slots, trips: list[Trip]) -> FoundTrips:
    """Of these, those in the hours and the one that is wished for."""
    note = ""
    if slots.hours is not None:
        fitting = [trip for trip in trips if slots.hours.holds(trip.board.departs_at)]
        note = (
            "" if fitting else _("None leaves %(hours)s. That day there is:") % {"hours": hours_in_words(slots.hours)}
        )
        trips = fitting or trips
    return FoundTrips(_extreme(slots.wishes.extreme, trips), note=note or _note_of_extreme(slots, trips))


def _in_time(slots: Slots, hours: Hours, trips: list[Trip]) -> FoundTrips:
    """Of trips that arrive on the day, those that do so in the hours."""
    fitting = [trip for trip in trips if hours.holds(trip.alight.arrives_at)]
    if not fitting:
        note = _("None arrives %(hours)s. That day there arrives:") % {"hours": hours_in_words(hours)}
        return FoundTrips(trips, note=note)
    note = _("Arriving %(hours)s:") % {"hours": hours_in_words(hours)}
    return FoundTrips(_extreme(slots.wishes.extreme, fitting), note=note)


def _note_of_extreme(slots: Slots, trips: list[Trip]) -> str:
    """To whom asks for a cheaper or a faster one it is said that this is it."""
    match slots.wishes.extreme:
        case "cheapest" | "fastest" if len(trips) == 1:
            return _("It is the only train that fits:")
        case "cheapest":
            return _("The cheapest of %(count)s:") % {"count": len(trips)}
        case "fastest":
            return _("The fastest of %(count)s:") % {"count": len(trips)}
        case _:
            return ""


def _extreme(which: str, trips: list[Trip]) -> list[Trip]:
    match which:
        case "earliest" | "next":
            return trips[:1]
        case "latest":
            return trips[-1:]
        case "fastest":
            return [min(trips, key=attrgetter("duration"))]
        case "first_there":
            return [min(trips, key=lambda trip: trip.alight.arrives_at)]
        case "cheapest" if any(trip.fares for trip in trips):
            priced = [trip for trip in trips if trip.fares]
            return [min(priced, key=lambda trip: min(trip.fares.values()))]
        case _:
            return trips


def hours_in_words(hours: Hours) -> str:
    told = {
        "first": f"{hours.first // 60:02}:{hours.first % 60:02}",
        "end": f"{hours.end // 60:02}:{hours.end % 60:02}",
    }
    if not hours.first:
        return _("before %(end)s") % told
    if hours.end == _MINUTES_A_DAY:
        return _("after %(first)s") % told
    return _("between %(first)s and %(end)s") % told
