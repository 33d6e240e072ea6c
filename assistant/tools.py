"""Where do the assistant's facts come from? The selectors and the seat store, exactly as for every other page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import F
from moneyed import Money

from booking.choosing.instead import seats_instead
from booking.choosing.places import places_of_plan
from booking.errors import InventoryNotOnSale
from booking.halls.layout import STANDING
from booking.models import (
    Departure,
    Inventory,
    Performance,
    PriceZone,
    SeatClass,
    Show,
    Station,
    Stop,
    Train,
    Venue,
)
from booking.seatplan import zone_of_seats
from booking.seatstore import availability
from booking.selectors import Trip, count_free, search_trips, upcoming_performances
from booking.selling.pricing import price_of_seats
from booking.trains.timetable import stops_of

from .dates import DayMention
from .hours import Hours
from .names import Names, Place

MAX_STATION_PAIRS = 12
MAX_RUNS = 4
_DRAWBACKS = frozenset({"accessible", "restricted"})
_MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class SeatFact:
    """One seat on the wanted legs: `state` is free, held or sold; `free_legs` are the stretches of it that are free."""

    name: str
    price: Money
    state: str
    free_legs: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class SeatFacts:
    seats: tuple[SeatFact, ...]
    unknown: tuple[str, ...]
    example: str


def known_names() -> Names:
    """Everything that has a name in the catalogue now."""
    return Names(
        stations=Station.objects.all(),
        venues=Venue.objects.all(),
        trains=Train.objects.all(),
        shows=Show.objects.all(),
        zones={*PriceZone.objects.values_list("name", flat=True), *SeatClass.objects.values_list("name", flat=True)},
    )


def day_at(zone_of: Station | Venue, day: DayMention, now: datetime) -> date:
    """The date, of several the first, that a mention means at a place, where it may be tomorrow already.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    return day.date(now.astimezone(zone_of.zone).date())


def days_at(zone_of: Station | Venue, day: DayMention, now: datetime) -> list[date]:
    """All dates that a mention means at a place: a weekend has two.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    today = now.astimezone(zone_of.zone).date()
    first, last = day.date(today), day.last(today)
    return [first + timedelta(days=ahead) for ahead in range((last - first).days + 1)]


# --- Trains ---------------------------------------------------------------------------------------


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


# --- Shows ----------------------------------------------------------------------------------------


def performances(
    *,
    shows: Sequence[Show] = (),
    near: Place | None = None,
    day: DayMention | None,
    now: datetime,
    hours: Hours | None = None,
) -> list[Performance]:
    """Performances on sale, soonest first: of these shows, in that city, on that day and in those hours at the venue.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    found = upcoming_performances(now=now)
    if shows:
        found = found.filter(show__in=shows)
    if near:
        found = found.filter(hall__venue__city__in=near.cities)
    if near and near.venue:
        found = found.filter(hall__venue__name=near.venue)
    on_day = [performance for performance in found if day is None or _is_on(performance, day, now)]
    return [performance for performance in on_day if hours is None or hours.holds(_local_start(performance))]


def seats_of(performance: Performance) -> Inventory:
    """
    Raises:
        InventoryNotOnSale: it has none.
    """
    if performance.inventory is None:
        raise InventoryNotOnSale
    return performance.inventory


def _is_on(performance: Performance, day: DayMention, now: datetime) -> bool:
    return _local_start(performance).date() in days_at(performance.hall.venue, day, now)


def _local_start(performance: Performance) -> datetime:
    return performance.starts_at.astimezone(performance.hall.venue.zone)


# --- Seats ----------------------------------------------------------------------------------------


def seat_facts(*, inventory: Inventory, seats: Sequence[str], first_leg: int, end_leg: int) -> SeatFacts:
    """Who may still have these seats, from the seat store; seats that the plan lacks are told apart.

    Raises:
        StoreUnavailable: no leader answered.
        SeatStoreRefused: the store does not sell this inventory.
        NoPrice: a seat has no price now.
    """
    planned = zone_of_seats(inventory.plan_id)
    known = [seat for seat in seats if seat in planned]
    unknown = tuple(seat for seat in seats if seat not in planned)
    example = next(iter(planned))
    if not known:
        return SeatFacts((), unknown, example)
    priced = price_of_seats(inventory=inventory, seats=known, first_leg=first_leg, end_leg=end_leg)
    seen = availability(inventory.pk, cluster=inventory.cluster)
    wanted = (1 << end_leg) - (1 << first_leg)
    facts = []
    for seat in priced:
        held, sold = seen.held.get(seat.name, 0), seen.sold.get(seat.name, 0)
        state = "sold" if sold & wanted else "held" if held & wanted else "free"
        facts.append(SeatFact(seat.name, seat.price, state, _free_stretches(held | sold, first_leg, end_leg)))
    return SeatFacts(tuple(facts), unknown, example)


@dataclass(frozen=True, slots=True)
class SeatsWanted:
    """Of which zones, by code, any if none is named; with which features. A drawback is given to who asks for it."""

    zones: frozenset[str] = frozenset()
    features: frozenset[str] = frozenset()

    def fits(self, zone: str, features: frozenset[str]) -> bool:
        unasked = (features & _DRAWBACKS) - self.features
        return (not self.zones or zone in self.zones) and self.features <= features and not unasked


def free_seats(*, inventory: Inventory, first_leg: int, end_leg: int) -> list[dict[str, Any]]:
    """Seats of the plan that are free on those legs, as the layout has them, in its order; no standing places.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    taken = availability(inventory.pk, cluster=inventory.cluster).taken(first_leg, end_leg)
    sections = inventory.plan.layout["sections"]
    return [
        seat
        for section in sections
        if section.get("kind") != STANDING
        for seat in section["seats"]
        if seat["name"] not in taken
    ]


def best_free(
    *, inventory: Inventory, first_leg: int, end_leg: int, count: int, wanted: SeatsWanted, but: Collection[str] = ()
) -> tuple[str, ...]:
    """So many free seats, neighbours if there are any, in the order in which the house gives them; () if too few.

    `but` are left out.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    taken = availability(inventory.pk, cluster=inventory.cluster).taken(first_leg, end_leg) | set(but)
    layout = inventory.plan.layout
    every = [seat for section in layout["sections"] for seat in section["seats"]]
    free = [
        (place, seat["name"])
        for seat, place in zip(every, places_of_plan(inventory.plan_id), strict=True)
        if seat["name"] not in taken and wanted.fits(seat["zone"], place.features)
    ]
    in_rows = sorted(free, key=lambda one: (one[0].row, one[0].number))
    together = [
        in_rows[n : n + count]
        for n in range(len(in_rows) - count + 1)
        if all(a.row == b.row and a.number + 1 == b.number for (a, _), (b, _) in pairwise(in_rows[n : n + count]))
    ]
    best = min(together, key=lambda group: sum(place.rank for place, _ in group), default=None)
    chosen = best or sorted(free, key=lambda one: one[0].rank)[:count]
    return tuple(name for _, name in chosen) if len(chosen) == count else ()


def standing_areas(*, inventory: Inventory, seats: Collection[str]) -> dict[str, int]:
    """How many of these are places in each standing area, by its code: nobody points at them on a map."""
    areas = [section for section in inventory.plan.layout["sections"] if section.get("kind") == STANDING]
    counts = {area["label"]: sum(seat["name"] in seats for seat in area["seats"]) for area in areas}
    return {code: count for code, count in counts.items() if count}


def instead_of(*, inventory: Inventory, seats: Sequence[str], first_leg: int, end_leg: int) -> tuple[str, ...]:
    """Free seats that come closest to these, which are not; none if there are not as many.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    return seats_instead(
        layout=inventory.plan.layout,
        availability=availability(inventory.pk, cluster=inventory.cluster),
        first_leg=first_leg,
        end_leg=end_leg,
        kept=(),
        gone=seats,
    )


def has_seats(inventory: Inventory, seats: Sequence[str]) -> bool:
    """Whether the plan has all of these seats."""
    return zone_of_seats(inventory.plan_id).keys() >= set(seats)


ZoneCounts = Sequence[tuple[Mapping[str, str], int]]


def free_by_zone(*, inventory: Inventory, first_leg: int, end_leg: int) -> ZoneCounts:
    """Each class or price zone, {"code", "name"}, and how many of its seats are free on those legs.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    layout = inventory.plan.layout
    counts = count_free(layout, availability(inventory.pk, cluster=inventory.cluster), first_leg, end_leg)
    return [(zone, counts[zone["code"]]) for zone in layout["zones"]]


def _free_stretches(taken: int, first_leg: int, end_leg: int) -> tuple[tuple[int, int], ...]:
    stretches, start = [], None
    for leg in range(first_leg, end_leg + 1):
        is_free = leg < end_leg and not taken >> leg & 1
        if is_free and start is None:
            start = leg
        elif not is_free and start is not None:
            stretches.append((start, leg))
            start = None
    return tuple(stretches)
