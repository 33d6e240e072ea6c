"""Where do the assistant's facts come from? The selectors and the seat store, exactly as for every other page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from moneyed import Money

from accounts.models import User
from booking.errors import InventoryNotOnSale
from booking.models import Inventory, Order, Performance, Show, Station, Stop, Train, Venue
from booking.seatplan import zone_of_seats
from booking.seatstore import availability
from booking.selectors import Trip, count_free, orders_of, search_trips, upcoming_performances
from booking.selling.pricing import price_of_seats
from booking.trains.timetable import stops_of

from .dates import DayMention
from .names import Names, Place

MAX_STATION_PAIRS = 12
MAX_BOOKINGS = 5


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
        cities=Venue.objects.values_list("city", flat=True).distinct(),
        trains=Train.objects.all(),
        shows=Show.objects.all(),
    )


def day_at(zone_of: Station | Venue, day: DayMention, now: datetime) -> date:
    """The date that a mention means at a place, where it may be tomorrow already.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    return day.date(now.astimezone(zone_of.zone).date())


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
        for trip in search_trips(origin=board, destination=alight, date=day_at(board, day, now), now=now):
            known = longest.get(trip.departure.pk)
            if known is None or trip.end_leg - trip.first_leg > known.end_leg - known.first_leg:
                longest[trip.departure.pk] = trip
    found = [trip for trip in longest.values() if train is None or trip.departure.train == train]
    return sorted(found, key=lambda trip: trip.board.departs_at)


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


def stations_of(trip: Trip) -> list[Station]:
    """The stations the train calls at; leg k runs from the k-th to the next, counted from 0."""
    return [stop.station for stop in stops_of(trip.departure.train)]


# --- Shows ----------------------------------------------------------------------------------------


def performances(
    *, shows: Sequence[Show] = (), near: Place | None = None, day: DayMention | None, now: datetime
) -> list[Performance]:
    """Performances on sale, soonest first: of these shows, in that city, on that day at the venue.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    found = upcoming_performances(now=now)
    if shows:
        found = found.filter(show__in=shows)
    if near:
        found = found.filter(hall__venue__city__in=near.cities)
    return [performance for performance in found if day is None or _is_on(performance, day, now)]


def seats_of(performance: Performance) -> Inventory:
    """
    Raises:
        InventoryNotOnSale: it has none.
    """
    if performance.inventory is None:
        raise InventoryNotOnSale
    return performance.inventory


def _is_on(performance: Performance, day: DayMention, now: datetime) -> bool:
    venue = performance.hall.venue
    return performance.starts_at.astimezone(venue.zone).date() == day_at(venue, day, now)


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


def has_seats(inventory: Inventory, seats: Sequence[str]) -> bool:
    """Whether the plan has all of these seats."""
    return zone_of_seats(inventory.plan_id).keys() >= set(seats)


def free_by_zone(*, inventory: Inventory, first_leg: int, end_leg: int) -> dict[str, int]:
    """How many seats are free on those legs, by the name of their class or price zone.

    Raises:
        StoreUnavailable, SeatStoreRefused: as seat_facts.
    """
    layout = inventory.plan.layout
    counts = count_free(layout, availability(inventory.pk, cluster=inventory.cluster), first_leg, end_leg)
    return {zone["name"]: counts[zone["code"]] for zone in layout["zones"]}


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


# --- The caller's own -----------------------------------------------------------------------------


def bookings_of(customer: User) -> list[Order]:
    """The caller's newest bookings, and never anybody else's."""
    return list(orders_of(customer)[:MAX_BOOKINGS])
