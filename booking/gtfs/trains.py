"""Which trains are new or different after an import? Call everything here inside one transaction.

A train that exists keeps its coaches, unless the operator asks for others. One that takes another route although
departures of it were published ends, and another begins: legs that are sold are counted by its stops.
"""

import re
import zlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from booking.gtfs.calls import Call
from booking.gtfs.composing import Composition
from booking.gtfs.writing import BATCH, Changes
from booking.models import Carrier, Coach, ServiceCalendar, Station, Stop, Train
from booking.trains.composition import check_seats_are_kept, seats_of_coaches

_LONGEST_NUMBER = 24


@dataclass(frozen=True, slots=True)
class FeedTrain:
    """A trip of the feed as a train. `source` names it in the catalogue, `line` its route for fares."""

    source: str
    number: str
    name: str
    kind: str
    line: str
    calendar: ServiceCalendar
    time_zone: str
    calls: Sequence[Call]

    def facts(self) -> dict[str, object]:
        """The columns of the train's own row."""
        told = ("number", "name", "kind", "line", "calendar", "time_zone")
        return {**{name: getattr(self, name) for name in told}, "is_running": True}


@dataclass(slots=True)
class _Written:
    fresh: list[Train] = field(default_factory=list)
    kept: list[Train] = field(default_factory=list)
    moved: list[tuple[Train, FeedTrain]] = field(default_factory=list)


def write_trains(
    carrier: Carrier,
    trains: Iterable[FeedTrain],
    stations: Mapping[str, Station],
    coaches: Composition,
    *,
    is_composition_asked_for: bool,
    now: datetime,
) -> Changes:
    """Trains with their stops and coaches, a batch at a time.

    Raises:
        SmallerThanSold: other coaches would leave passengers without a seat.
    """
    changes = Changes()
    remaining = iter(trains)
    while batch := list(islice(remaining, BATCH)):
        written = _write_rows(carrier, batch, stations, changes, now)
        _write_stops(written.moved, stations)
        if is_composition_asked_for:
            _take_coaches_off(written.kept, coaches, now)
            _put_coaches_on([*written.fresh, *written.kept], coaches)
        else:
            _put_coaches_on(written.fresh, coaches)
    return changes


def _write_rows(
    carrier: Carrier, batch: Sequence[FeedTrain], stations: Mapping[str, Station], changes: Changes, now: datetime
) -> _Written:
    sources = [said.source for said in batch]
    known = {train.source: train for train in _trains_of(sources)}
    written = _Written()
    for said in batch:
        train = known.get(said.source)
        calls = [_told_by_call(call, stations) for call in said.calls]
        stops = [] if train is None else [_told_by_stop(stop) for stop in _in_order(train)]
        # The first thing told about a stop is its station.
        if train is not None and [stop[0] for stop in stops] != [call[0] for call in calls] and _is_published(train):
            _end(train, now)
            train = None
        is_new = train is None
        train = train or Train(carrier=carrier, source=said.source)
        facts = said.facts()
        is_changed = any(getattr(train, name, None) != value for name, value in facts.items() if not is_new)
        for name, value in facts.items():
            setattr(train, name, value)
        if is_new or is_changed:
            train.save()
        (written.fresh if is_new else written.kept).append(train)
        if is_new or stops != calls:
            written.moved.append((train, said))
        changes.count(is_new=is_new, is_changed=is_changed or stops != calls)
    return written


def _trains_of(sources: Sequence[str]) -> Iterable[Train]:
    return Train.objects.filter(source__in=sources).select_related("calendar").prefetch_related("stops")


def _write_stops(trains: Sequence[tuple[Train, FeedTrain]], stations: Mapping[str, Station]) -> None:
    Stop.objects.filter(train__in=[train for train, _ in trains]).delete()
    Stop.objects.bulk_create(
        (
            Stop(
                train=train,
                position=position,
                station=stations[call.station],
                arrival_minute=call.arrival_minute,
                departure_minute=call.departure_minute,
                distance_km=call.distance_km,
                can_board=call.can_board,
                can_alight=call.can_alight,
            )
            for train, said in trains
            for position, call in enumerate(said.calls)
        ),
        batch_size=BATCH,
    )


def _take_coaches_off(trains: Sequence[Train], coaches: Composition, now: datetime) -> None:
    seats = seats_of_coaches(coaches.items())
    for train in trains:
        check_seats_are_kept(train=train, seats=seats, now=now)
    Coach.objects.filter(train__in=trains).delete()


def _put_coaches_on(trains: Sequence[Train], coaches: Composition) -> None:
    Coach.objects.bulk_create(
        (
            Coach(train=train, position=position, label=label, layout=layout)
            for train in trains
            for position, (label, layout) in enumerate(coaches.items())
        ),
        batch_size=BATCH,
    )


def _end(train: Train, now: datetime) -> None:
    """It keeps what was sold of it, under a name that no feed uses."""
    train.is_running = False
    train.source = f"{train.source}@{now:%Y%m%d%H%M%S%f}"
    train.save()


def end_trains_that_left(feed: str, still_there: Callable[[Sequence[str]], Collection[str]]) -> int:
    """Trains that came with an earlier version of the feed, and that it lacks now, run no more. Returns how many.

    `still_there` says which of some trips the feed has.
    """
    known = Train.objects.filter(source__startswith=f"{feed}:", is_running=True)
    sources = known.values_list("source", flat=True).iterator(chunk_size=BATCH)
    ended = 0
    while batch := list(islice(sources, BATCH)):
        trip_of = {source: str(source).partition(":")[2] for source in batch}
        here = still_there(list(trip_of.values()))
        gone = [source for source, trip in trip_of.items() if trip not in here]
        ended += Train.objects.filter(source__in=gone).update(is_running=False)
    return ended


def _is_published(train: Train) -> bool:
    return train.departures.filter(inventory__isnull=False).exists()


def _in_order(train: Train) -> list[Stop]:
    return sorted(train.stops.all(), key=lambda stop: stop.position)


def _told_by_stop(stop: Stop) -> tuple[object, ...]:
    return (stop.station_id, stop.arrival_minute, stop.departure_minute, stop.distance_km, stop.can_board,
            stop.can_alight)  # fmt: skip


def _told_by_call(call: Call, stations: Mapping[str, Station]) -> tuple[object, ...]:
    return (stations[call.station].pk, call.arrival_minute, call.departure_minute, call.distance_km, call.can_board,
            call.can_alight)  # fmt: skip


def train_number(said: str, trip: str) -> str:
    """What the feed calls the train, as it may stand in addresses; a long name is cut and told apart by its hash."""
    text = re.sub(r"[^A-Za-z0-9._-]+", "-", said.strip() or trip).strip("-._") or "train"
    if len(text) <= _LONGEST_NUMBER:
        return text
    return f"{text[: _LONGEST_NUMBER - 9]}-{zlib.crc32(text.encode()):08x}"
