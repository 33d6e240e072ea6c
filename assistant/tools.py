"""Where do the assistant's facts come from? The selectors and the seat store, exactly as for every other page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from accounts.models import User
from booking import seatstore
from booking.models import Departure, Inventory, Order, Performance, Show, Station, Stop, Train, Venue
from booking.pricing import UnknownSeat, price_of_seats
from booking.selectors import count_free, orders_of, search_trips, upcoming_performances
from booking.selectors.catalogue import Trip
from booking.timetable import stop_times

from .dates import DayMention
from .names import Names, Place

MAX_STATION_PAIRS = 12
MAX_BOOKINGS = 5


@dataclass(frozen=True, slots=True)
class SeatFact:
    """One seat on the wanted legs: `state` is free, held or sold; `free_legs` are the stretches of it that are free."""

    name: str
    zone: str
    price: Decimal
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


def trips_between(*, origin: Place, destination: Place, day: DayMention, now: datetime) -> list[Trip]:
    """Trips on sale between any two stations of the places, by departure time, each train once.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    pairs = [(a, b) for a in origin.stations for b in destination.stations if a != b][:MAX_STATION_PAIRS]
    trips: dict[int, Trip] = {}
    for board, alight in pairs:
        on = day_at(board, day, now)
        for trip in search_trips(origin=board, destination=alight, date=on, now=now):
            trips.setdefault(trip.departure.pk, trip)
    return sorted(trips.values(), key=lambda trip: trip.board.departs_at)


def ends_on(train: Train, *, origin: Place | None, destination: Place | None) -> tuple[Station, Station] | None:
    """Where one boards and alights: the places' stations on the train's way, or its first and last stop.

    None if the train does not go from the one to the other.
    """
    stops = list(Stop.objects.filter(train=train).select_related("station").order_by("position"))
    boards = [stop for stop in stops if origin is None or stop.station in origin.stations]
    alights = [stop for stop in stops if destination is None or stop.station in destination.stations]
    if not boards or not alights or boards[0].position >= alights[-1].position:
        return None
    return boards[0].station, alights[-1].station


def trips_of_train(train: Train, *, ends: tuple[Station, Station], day: DayMention, now: datetime) -> list[Trip]:
    """The train's trips on sale on that day.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    board, alight = ends
    trips = search_trips(origin=board, destination=alight, date=day_at(board, day, now), now=now)
    return [trip for trip in trips if trip.departure.train_id == train.pk]


def first_station(train: Train) -> Station:
    return train.stops.select_related("station").order_by("position")[0].station


def stations_of(departure: Departure) -> list[Station]:
    """The stations a departure calls at; leg k runs from the k-th to the next, counted from 0."""
    return [stop.station for stop in stop_times(departure)]


# --- Shows ----------------------------------------------------------------------------------------


def performances(
    *, shows: Sequence[Show] = (), near: Place | None = None, day: DayMention | None, now: datetime
) -> list[Performance]:
    """Performances to come, soonest first: of these shows, in that city, on that day at the venue.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    found = []
    for performance in upcoming_performances(now=now):
        venue = performance.hall.venue
        if shows and performance.show not in shows:
            continue
        if near and venue.city != near.name:
            continue
        if day and performance.starts_at.astimezone(venue.zone).date() != day_at(venue, day, now):
            continue
        found.append(performance)
    return found


# --- Seats ----------------------------------------------------------------------------------------


def seat_facts(*, inventory: Inventory, seats: Sequence[str], first_leg: int, end_leg: int) -> SeatFacts:
    """Who may still have these seats, from the seat store; seats that the plan lacks are told apart.

    Raises:
        seatstore.StoreUnavailable: no leader answered.
        seatstore.SeatStoreRefused: the store does not sell this inventory.
    """
    example = inventory.plan.layout["sections"][0]["seats"][0]["name"]
    try:
        priced = price_of_seats(inventory=inventory, seats=seats, first_leg=first_leg, end_leg=end_leg)
        unknown: tuple[str, ...] = ()
    except UnknownSeat as error:
        unknown = tuple(error.seats)
        known = [seat for seat in seats if seat not in unknown]
        if not known:
            return SeatFacts((), unknown, example)
        priced = price_of_seats(inventory=inventory, seats=known, first_leg=first_leg, end_leg=end_leg)
    seen = seatstore.availability(inventory.pk)
    facts = []
    for seat in priced:
        held, sold = seen.held.get(seat.name, 0), seen.sold.get(seat.name, 0)
        free = _free_stretches(held | sold, first_leg, end_leg)
        wanted = (1 << end_leg) - (1 << first_leg)
        state = "sold" if sold & wanted else "held" if held & wanted else "free"
        facts.append(SeatFact(seat.name, seat.zone, seat.amount, state, free))
    return SeatFacts(tuple(facts), unknown, example)


def has_seats(inventory: Inventory, seats: Sequence[str]) -> bool:
    """Whether the plan has all of these seats."""
    names = {seat["name"] for section in inventory.plan.layout["sections"] for seat in section["seats"]}
    return names.issuperset(seats)


def zone_names(inventory: Inventory) -> dict[str, str]:
    """Classes or price zones by code."""
    return {zone["code"]: zone["name"] for zone in inventory.plan.layout["zones"]}


def free_by_zone(*, inventory: Inventory, first_leg: int, end_leg: int) -> dict[str, int]:
    """How many seats are free on those legs, by the name of their class or price zone.

    Raises:
        seatstore.StoreUnavailable, seatstore.SeatStoreRefused: as seat_facts.
    """
    seen = seatstore.availability(inventory.pk)
    counts = count_free(inventory.plan.layout, seen, first_leg, end_leg)
    return {name: counts.get(code, 0) for code, name in zone_names(inventory).items()}


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
