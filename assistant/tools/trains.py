"""Which trains run, between which stations, and when? From the search that every page uses."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F

from assistant.dates import DayMention
from assistant.names import Place
from booking.models import Departure, Station, Stop, Train
from booking.selectors import Trip, search_trips
from booking.trains.timetable import stops_of

from .days import day_at, days_at

MAX_STATION_PAIRS = 12
MAX_RUNS = 4
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Ends:
    """Stations to choose from for boarding and for alighting."""

    boards: tuple[Station, ...]
    alights: tuple[Station, ...]


def trips_between(*, ends: Ends, day: DayMention, now: datetime, train: Train | None = None) -> list[Trip]:
    """Trips on sale by departure time, each departure once, on its longest way between these stations.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    longest: dict[int, Trip] = {}
    for board, alight in _connected(ends)[:MAX_STATION_PAIRS]:
        for date_there in days_at(board, day, now):
            for trip in search_trips(origin=board, destination=alight, date=date_there, now=now):
                known = longest.get(trip.departure.pk)
                if known is None or trip.end_leg - trip.first_leg > known.end_leg - known.first_leg:
                    longest[trip.departure.pk] = trip
    found = [trip for trip in longest.values() if train is None or trip.departure.train == train]
    return sorted(found, key=lambda trip: trip.board.departs_at)


def are_connected(ends: Ends) -> bool:
    """Whether any train of ours goes from one of the stations to another, on whatever day."""
    return bool(_connected(ends))


def _connected(ends: Ends) -> list[tuple[Station, Station]]:
    """The pairs that some train runs between, so that a city of many stations costs few searches."""
    served = Stop.objects.filter(
        station__in=ends.boards, train__stops__station__in=ends.alights, train__stops__position__gt=F("position")
    )
    pairs = set(served.values_list("station", "train__stops__station"))
    return [(a, b) for a in ends.boards for b in ends.alights if (a.pk, b.pk) in pairs]


def ends_on(train: Train, *, origin: Place | None, destination: Place | None) -> Ends | None:
    """Where the train calls at these places; where none is named, its first or its last stop.

    None if the train does not go from the one to the other.
    """
    stops = stops_of(train)
    boards = [stop for stop in stops if stop.station in origin.stations] if origin else stops[:1]
    alights = [stop for stop in stops if stop.station in destination.stations] if destination else stops[-1:]
    if not boards or not alights or boards[0].position >= alights[-1].position:
        return None
    return Ends(tuple(stop.station for stop in boards), tuple(stop.station for stop in alights))


def first_day(train: Train, day: DayMention, now: datetime) -> date:
    """The date that a mention means where the train sets out.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    return day_at(stops_of(train)[0].station, day, now)


def runs_of(train: Train, *, day: DayMention, now: datetime) -> list[Departure]:
    """Its runs that set out on those days; of today, also those that are on their way.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    stops = stops_of(train)
    days = days_at(stops[0].station, day, now)
    is_today = days[0] == now.astimezone(stops[0].station.zone).date()
    nights = stops[-1].arrival_minute // _MINUTES_A_DAY if is_today else 0
    first = days[0] - timedelta(days=nights)
    runs = Departure.objects.filter(train=train, date__range=(first, days[-1])).select_related("train")
    return list(runs.order_by("-date")[:MAX_RUNS])


def stations_of(trip: Trip) -> list[Station]:
    """The stations the train calls at; leg k runs from the k-th to the next, counted from 0."""
    return [stop.station for stop in stops_of(trip.departure.train)]
