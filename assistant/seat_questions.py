"""Is this seat free, and how many are? Finds the one departure or performance that is meant, then asks the store."""

from datetime import datetime

from booking.models import Performance
from booking.selectors import Trip

from . import tools
from .offers import find_trips
from .replies import asking, facts
from .replies.pieces import Reply, together
from .slots import Slots

# A matinee and an evening are both answered; beyond that the performances are listed to choose from.
MAX_PERFORMANCES_ANSWERED = 3


def reply(slots: Slots, *, now: datetime) -> Reply:
    """
    Raises:
        NoSuchDay: the calendar has no such day.
        StoreUnavailable: who has which seat cannot be known now.
        SeatStoreRefused: the store does not sell these seats (yet).
        InventoryNotOnSale, NoPrice: they are not for sale at the moment.
    """
    if slots.shows and not slots.trains:
        return _at_show(slots, now=now)
    if slots.trains or slots.unknown_train or slots.unknown_place or (slots.origin and slots.destination):
        return _on_train(slots, now=now)
    return asking.which_train_or_show()


def _at_show(slots: Slots, *, now: datetime) -> Reply:
    if len(slots.shows) > 1:
        return asking.which_of(slots.shows)
    found = tools.performances(shows=slots.shows, near=slots.near, day=slots.day, now=now)
    if not found:
        return facts.nothing_on()
    if len(found) > MAX_PERFORMANCES_ANSWERED:
        return asking.which_performance(found)
    return together([_at_performance(performance, slots.seats) for performance in found])


def _at_performance(performance: Performance, seats: tuple[str, ...]) -> Reply:
    inventory = tools.seats_of(performance)
    if not seats:
        counts = tools.free_by_zone(inventory=inventory, first_leg=0, end_leg=inventory.legs)
        return facts.free_at_performance(performance, counts)
    found = tools.seat_facts(inventory=inventory, seats=seats, first_leg=0, end_leg=inventory.legs)
    return facts.seats_at_performance(performance, found)


def _on_train(slots: Slots, *, now: datetime) -> Reply:
    found = find_trips(slots, now=now)
    if found.instead:
        return found.instead
    fitting = found.trips
    if len(fitting) > 1 and slots.seats:
        fitting = [trip for trip in fitting if tools.has_seats(trip.inventory, slots.seats)] or fitting
    if len(fitting) > 1:
        return asking.which_trip(fitting)
    return _on_trip(fitting[0], slots.seats)


def _on_trip(trip: Trip, seats: tuple[str, ...]) -> Reply:
    legs = {"first_leg": trip.first_leg, "end_leg": trip.end_leg}
    if not seats:
        return facts.free_on_trip(trip, tools.free_by_zone(inventory=trip.inventory, **legs))
    found = tools.seat_facts(inventory=trip.inventory, seats=seats, **legs)
    return facts.seats_on_trip(trip, found, tools.stations_of(trip))
