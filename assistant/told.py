"""What of a thing that was told before, by its key (options.py), does what is said next refer to?"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from booking.models import Performance, Show, Station, Train
from booking.trains.timetable import stops_of

from .names import COMMON_IN_NAMES, Place
from .options import pk_of, trip_at
from .reading import words_of
from .slots import Slots


def day_of(key: str) -> date | None:
    """The day, at its place, on which the trip or performance of a key begins; None if it is of something else."""
    if (trip := trip_at(key)) is not None:
        return trip.board.departs_at.date()
    if (pk := pk_of(key, "performance")) is None:
        return None
    found = Performance.objects.select_related("hall__venue").filter(pk=pk).first()
    return found.starts_at.astimezone(found.hall.venue.zone).date() if found else None


def named_in(key: str, slots: Slots) -> Slots:
    """The slots, with the train and its ends, or the show, of the trip or performance of a key."""
    if (trip := trip_at(key)) is not None:
        origin, destination = place_of(trip.board.station), place_of(trip.alight.station)
        return replace(slots, trains=(trip.departure.train,), origin=origin, destination=destination)
    if (pk := pk_of(key, "train")) is not None:
        return replace(slots, trains=tuple(Train.objects.filter(pk=pk)))
    if (pk := pk_of(key, "performance")) is not None:
        return replace(slots, shows=tuple(Show.objects.filter(performances=pk)))
    return slots


def place_of(station: Station) -> Place:
    """A station alone, as a place that somebody names."""
    return Place(station.name, (station,), frozenset({station.city}))


def same_run(key: str, *, origin: Place | None, destination: Place | None) -> str:
    """The key of the same run boarded or left elsewhere; '' if it does not call there, or the key is of no trip."""
    if (trip := trip_at(key)) is None:
        return ""
    boards = origin.stations if origin else (trip.board.station,)
    alights = destination.stations if destination else (trip.alight.station,)
    for board in boards:
        for alight in alights:
            other = f"trip:{trip.departure.pk}:{board.code}:{alight.code}"
            if trip_at(other) is not None:
                return other
    return ""


def calls_at_both(train: Train, origin: Place, destination: Place) -> bool:
    """Whether the train goes from the one place to the other."""
    stops = stops_of(train)
    boards = [stop.position for stop in stops if stop.station in origin.stations]
    alights = [stop.position for stop in stops if stop.station in destination.stations]
    return bool(boards and alights and min(boards) < max(alights))


def named_among(keys: Sequence[str], words: Collection[str], slots: Slots) -> Slots:
    """The slots, with the one thing of these whose title, or else whose house or city, has one of the words."""
    found = [key for key in keys if set(words) & _title_words(key)]
    found = found or [key for key in keys if set(words) & _house_words(key)]
    if len(found) == 1 and slots.day is None:
        return replace(slots, option=found[0])
    meant = {(named.shows, named.trains) for key in found if (named := named_in(key, Slots()))}
    if len(meant) != 1:
        return slots
    shows, trains = meant.pop()
    return replace(slots, shows=shows, trains=trains)


def _title_words(key: str) -> frozenset[str]:
    if (trip := trip_at(key)) is not None:
        return frozenset(words_of(trip.departure.train.name)) - COMMON_IN_NAMES
    if (pk := pk_of(key, "train")) is not None:
        return frozenset(
            word
            for train in Train.objects.filter(pk=pk)
            for word in words_of(train.name)
            if word not in COMMON_IN_NAMES
        )
    if (pk := pk_of(key, "performance")) is not None:
        titles = Show.objects.filter(performances=pk)
    elif (pk := pk_of(key, "show")) is not None:
        titles = Show.objects.filter(pk=pk)
    else:
        return frozenset()
    return frozenset(word for show in titles for word in words_of(show.title)) - COMMON_IN_NAMES


def _house_words(key: str) -> frozenset[str]:
    if (pk := pk_of(key, "performance")) is None:
        return frozenset()
    houses = Performance.objects.filter(pk=pk).values_list("hall__venue__city", "hall__venue__name", "hall__name")
    return frozenset(word for names in houses for name in names for word in words_of(name)) - COMMON_IN_NAMES
