"""What would be booked? Seats that are free now, with their prices, and where to say yes; nothing is held by asking."""

from dataclasses import dataclass

from django.conf import settings

from assistant import tools
from assistant.options import trip_at
from assistant.replies import asking, prepared
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from assistant.zones import Zones, names_zone, zone_by_price, zones_meant, zones_of, zones_within
from booking.errors import DomainError
from booking.models import Inventory, Performance
from booking.selectors import Trip
from booking.selling.pricing import fares, price_of_seats
from booking.selling.sale_rules import check_sale_time
from booking.trains.fare_table import ADULT

from .asked import Asked
from .fares import party_of
from .seats import asks_for_row, free_seats, is_of_show, performances_meant
from .trips import find_trips


@dataclass(frozen=True, slots=True)
class _Place:
    """Where seats are wanted: of a trip or a performance."""

    inventory: Inventory
    first_leg: int
    end_leg: int
    zones: Zones
    trip: Trip | None = None
    performance: Performance | None = None


def book(asked: Asked) -> Reply:
    """
    Raises:
        NoSuchDay: the calendar has no such day.
        StoreUnavailable, SeatStoreRefused, InventoryNotOnSale, NoPrice: seats cannot be seen or sold now.
    """
    place = _place(asked)
    if isinstance(place, Reply):
        return place
    if asks_for_row(asked.slots) and place.performance is not None:
        return free_seats(asked)
    slots, party = asked.slots, party_of(asked.slots)
    rows = tools.rows_among(place.inventory, rows=slots.rows, seats=slots.seats)
    count = party.size if rows else len(slots.seats) or party.size
    most = settings.MAX_SEATS_PER_ORDER
    if place.performance is not None:
        try:
            check_sale_time(performance=place.performance, now=asked.now)
        except DomainError as refusal:
            return prepared.not_now(str(refusal), place.trip, place.performance)
        most = min(most, place.performance.seats_per_customer or most)
    if count > most:
        return prepared.too_many(count, most)
    if rows:
        return _seats_of_rows(place, slots, count, rows)
    return _named_seats(place, slots) if slots.seats else _chosen_seats(place, slots, count)


def _place(asked: Asked) -> _Place | Reply:
    slots = asked.slots
    if is_of_show(slots) and trip_at(slots.option) is None:
        found = performances_meant(slots, now=asked.now)
        if isinstance(found, Reply):
            return found
        if len(found) > 1:
            return asking.which_performance(found)
        inventory = tools.seats_of(found[0])
        return _Place(inventory, 0, inventory.legs, zones_of(found[0]), performance=found[0])
    if not slots.option and not slots.names_train and not slots.origin and not slots.destination:
        return asking.what_to_book(slots.strange)
    trips = find_trips(slots, now=asked.now)
    if trips.instead:
        return trips.instead
    fitting = trips.trips
    if len(fitting) > 1 and slots.seats:
        fitting = [trip for trip in fitting if tools.has_seats(trip.inventory, slots.seats)] or fitting
    if len(fitting) > 1:
        return asking.which_trip(fitting)
    trip = fitting[0]
    return _Place(trip.inventory, trip.first_leg, trip.end_leg, trip.zones, trip=trip)


def _named_seats(place: _Place, slots: Slots) -> Reply:
    inventory, first_leg, end_leg = place.inventory, place.first_leg, place.end_leg
    facts = tools.seat_facts(inventory=inventory, seats=slots.seats, first_leg=first_leg, end_leg=end_leg)
    gone = [seat.name for seat in facts.seats if seat.state != "free"]
    if facts.unknown or gone:
        instead: tuple[str, ...] = ()
        if gone and not facts.unknown:
            instead = tools.instead_of(inventory=inventory, seats=gone, first_leg=first_leg, end_leg=end_leg)
        return prepared.not_free(place.trip, place.performance, facts, instead)
    return _prepared(place, slots, slots.seats)


def _chosen_seats(place: _Place, slots: Slots, count: int) -> Reply:
    prices = fares(inventory=place.inventory, first_leg=place.first_leg, end_leg=place.end_leg)
    zones = [zone for zone in place.zones if zone["code"] in prices]
    zones = zones_within(slots, zones, prices) or zones
    meant = zones_meant(slots, zones) or zone_by_price(slots, zones, prices)
    if not meant and names_zone(slots):
        return prepared.which_zone(place.trip, place.performance, zones, prices, unknown=True)
    if not meant and len(zones) > 1:
        return prepared.which_zone(place.trip, place.performance, zones, prices)
    wanted = tools.SeatsWanted(frozenset(zone["code"] for zone in meant), frozenset(slots.wishes.features))
    seats = tools.best_free(
        inventory=place.inventory, first_leg=place.first_leg, end_leg=place.end_leg, count=count, wanted=wanted
    )
    if not seats:
        return prepared.not_so_many(place.trip, place.performance, count)
    return _prepared(place, slots, seats)


def _seats_of_rows(place: _Place, slots: Slots, count: int, rows: tuple[str, ...]) -> Reply:
    inventory, first_leg, end_leg = place.inventory, place.first_leg, place.end_leg
    free = tools.free_seats(inventory=inventory, first_leg=first_leg, end_leg=end_leg)
    elsewhere = {seat["name"] for seat in free if tools.row_of_seat(seat["name"]) not in rows}
    wanted = tools.SeatsWanted(frozenset(), frozenset(slots.wishes.features))
    seats = tools.best_free(
        inventory=inventory, first_leg=first_leg, end_leg=end_leg, count=count, wanted=wanted, but=elsewhere
    )
    return _prepared(place, slots, seats) if seats else prepared.not_so_many(place.trip, place.performance, count)


def _prepared(place: _Place, slots: Slots, seats: tuple[str, ...]) -> Reply:
    of_kind = party_of(slots).of_kind
    kinds = [kind for kind, number in of_kind.items() for _ in range(number)]
    kinds = (kinds + [ADULT] * len(seats))[: len(seats)]
    try:
        priced = price_of_seats(
            inventory=place.inventory,
            seats=seats,
            first_leg=place.first_leg,
            end_leg=place.end_leg,
            passenger_types=kinds,
        )
    except DomainError as refusal:
        return prepared.not_now(str(refusal), place.trip, place.performance)
    names = {zone["code"]: zone["name"] for zone in place.zones}
    standing = tools.standing_areas(inventory=place.inventory, seats=seats)
    return prepared.booking(place.trip, place.performance, priced, zones=names, standing=standing)
