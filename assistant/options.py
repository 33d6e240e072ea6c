"""How are the things an answer lists named, so that "the second one" finds the same one again?

Keys are of things that everybody may see, or of the caller's bookings, which are looked up with the caller's rights.
"""

from django.http import Http404

from booking.models import Departure, Order, OrderPart, Performance, Show, Station, Train
from booking.selectors import Trip, trip_of


def trip_key(trip: Trip) -> str:
    return f"trip:{trip.departure.pk}:{trip.board.station.code}:{trip.alight.station.code}"


def performance_key(performance: Performance) -> str:
    return f"performance:{performance.pk}"


def part_key(part: OrderPart) -> str:
    """Of what a part of a booking is for, on its own way."""
    if not part.inventory.is_train:
        return performance_key(part.inventory.performance)
    departure = part.inventory.departure
    stops = sorted(departure.train.stops.all(), key=lambda stop: stop.position)
    return f"trip:{departure.pk}:{stops[part.first_leg].station.code}:{stops[part.end_leg].station.code}"


def thing_key(thing: Train | Show) -> str:
    return f"{'train' if isinstance(thing, Train) else 'show'}:{thing.pk}"


def booking_key(order: Order) -> str:
    return f"booking:{order.reference}"


def booking_of(key: str) -> str:
    """A booking's code; '' if the key is of something else."""
    kind, _, code = key.partition(":")
    return code if kind == "booking" else ""


def pk_of(key: str, kind: str) -> int | None:
    """The row's key in the database; None if the key is of something else."""
    found, _, pk = key.partition(":")
    return int(pk) if found == kind and pk.isdecimal() and len(pk) <= 15 else None


def trip_at(key: str) -> Trip | None:
    """The trip of a key, as it is now; None if it is of something else, or of a run that is gone."""
    kind, *parts = key.split(":")
    if kind != "trip" or len(parts) != 3 or not parts[0].isdecimal():
        return None
    departure = Departure.objects.filter(pk=int(parts[0][:15])).first()
    stations = {station.code: station for station in Station.objects.filter(code__in=parts[1:])}
    if departure is None or len(stations) != 2:
        return None
    try:
        return trip_of(departure=departure, origin=stations[parts[1]], destination=stations[parts[2]])
    except Http404:
        return None
