"""Which parts of a booking are its way there, and which its way back? Told by where its trains begin and end."""

from booking.models import Order, OrderPart, Station
from booking.selectors import parts_of
from booking.services import journey_begins_at

OUT, BACK = "out", "back"


def parts_of_way(order: Order, way: str) -> list[OrderPart]:
    """The parts of one way of a journey there and back; all parts where no way is meant, or there is just one."""
    parts = list(parts_of(order))
    if way not in {OUT, BACK} or not is_two_way(order):
        return parts
    trains = _trains(order)
    half = len(trains) // 2
    return trains[:half] if way == OUT else trains[half:]


def is_two_way(order: Order) -> bool:
    """Whether its trains come back to the city where they began, with as many there as back."""
    trains = _trains(order)
    if not trains or len(trains) % 2:
        return False
    return calls_at(trains[0], trains[0].first_leg).city == calls_at(trains[-1], trains[-1].end_leg).city


def calls_at(part: OrderPart, position: int) -> Station:
    """The station of a stop of the part's train."""
    stops = sorted(part.inventory.departure.train.stops.all(), key=lambda stop: stop.position)
    return stops[position].station


def _trains(order: Order) -> list[OrderPart]:
    parts = parts_of(order)
    trains = [part for part in parts if part.inventory.is_train]
    return sorted(trains, key=lambda part: journey_begins_at(part, parts))
