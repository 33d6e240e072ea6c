"""Which trains run, between which stations, and when? From the search that every page uses."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import F, Max, Min

from assistant.dates import CalendarDay, DayFromToday, DayMention
from assistant.names import Place
from booking.models import Departure, Inventory, Station, Stop, Train
from booking.selectors import Trip, search_trips
from booking.trains.timetable import STOPS_OF_DEPARTURES, StopTime, stop_times, stops_of

from .days import day_at, days_at

MAX_STATION_PAIRS = 12
MAX_RUNS = 4
# So long before it arrives a train may be boarded.
NIGHTS_UNDERWAY = 2
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Ends:
    """Stations to choose from for boarding and for alighting."""

    boards: tuple[Station, ...]
    alights: tuple[Station, ...]


def trips_between(*, ends: Ends, day: DayMention, now: datetime, train: Train | None = None) -> list[Trip]:
    """Trips on sale by departure time, each departure once: between main stations if it calls there, else the longest.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    best: dict[int, Trip] = {}
    for board, alight in _connected(ends)[:MAX_STATION_PAIRS]:
        for date_there in days_at(board, day, now):
            for trip in search_trips(origin=board, destination=alight, date=date_there, now=now):
                known = best.get(trip.departure.pk)
                if known is None or _merit(trip) > _merit(known):
                    best[trip.departure.pk] = trip
    found = [trip for trip in best.values() if train is None or trip.departure.train == train]
    return sorted(found, key=lambda trip: trip.board.departs_at)


def trips_arriving(*, ends: Ends, day: DayMention, now: datetime, train: Train | None = None) -> list[Trip]:
    """Trips on sale that arrive on that day, whenever they set out, by the time of arrival.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    days = days_at(ends.alights[0], day, now)
    found: dict[tuple[int, int], Trip] = {}
    for ahead in range(-NIGHTS_UNDERWAY, 1):
        leaving = days[0] + timedelta(days=ahead)
        mention = CalendarDay(leaving.day, leaving.month, leaving.year)
        for trip in trips_between(ends=ends, day=mention, now=now, train=train):
            if trip.alight.arrives_at.date() in days:
                found[trip.departure.pk, trip.first_leg] = trip
    return sorted(found.values(), key=lambda trip: trip.alight.arrives_at)


def _merit(trip: Trip) -> tuple[int, int]:
    mains = is_main(trip.board.station) + is_main(trip.alight.station)
    return mains, trip.end_leg - trip.first_leg


def is_main(station: Station) -> bool:
    """Whether it bears its city's name: who says "Delhi" means New Delhi rather than Hazrat Nizamuddin."""
    return station.city.casefold() in station.name.casefold()


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
    # Of a city's stations the main one first, which is named where only one is.
    boards = sorted(boards, key=lambda stop: not is_main(stop.station))
    alights = sorted(alights, key=lambda stop: not is_main(stop.station))
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


def on_sale_between(train: Train, now: datetime) -> tuple[date | None, date | None]:
    """The first and the last day on which it sets out with tickets on sale."""
    ahead = Departure.objects.filter(
        train=train,
        inventory__state=Inventory.State.OPEN,
        date__gte=day_at(stops_of(train)[0].station, DayFromToday(0), now),
    )
    found = ahead.aggregate(first=Min("date"), last=Max("date"))
    return found["first"], found["last"]


def departures_from(
    stations: Sequence[Station], *, day: DayMention, now: datetime
) -> list[tuple[Departure, StopTime, StopTime]]:
    """Runs on sale that leave one of these stations on that day, soonest first, with that call and the last stop.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    days = days_at(stations[0], day, now)
    calls = Stop.objects.filter(station__in=stations, can_board=True)
    nights = max(calls.values_list("departure_minute", flat=True), default=0) // _MINUTES_A_DAY
    runs = Departure.objects.filter(
        train__in=calls.values("train"),
        date__range=(days[0] - timedelta(days=nights + 1), days[-1] + timedelta(days=1)),
        inventory__state=Inventory.State.OPEN,
    )
    found = []
    for run in runs.select_related("train").prefetch_related(STOPS_OF_DEPARTURES):
        *before, last = stop_times(run)
        here = [call for call in before if call.station in stations and call.can_board]
        if here and (call := max(here, key=lambda call: is_main(call.station))).departs_at.date() in days:
            found.append((run, call, last))
    return sorted((one for one in found if one[1].departs_at > now), key=lambda one: one[1].departs_at)


def stations_of(trip: Trip) -> list[Station]:
    """The stations the train calls at; leg k runs from the k-th to the next, counted from 0."""
    return [stop.station for stop in stops_of(trip.departure.train)]
