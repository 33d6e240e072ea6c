"""When does a journey or an evening begin? Until then seats can be bought and given back."""

from collections.abc import Iterable
from datetime import datetime

from booking.models import Inventory, Order, OrderPart
from booking.selectors.orders import parts_of
from booking.trains.timetable import stop_times


def boards_at(*, inventory: Inventory, first_leg: int) -> datetime:
    """When a train leaves the stop before this leg, or a show begins."""
    if inventory.is_train:
        return stop_times(inventory.departure)[first_leg].departs_at
    return inventory.performance.starts_at


def begins_at(order: Order) -> datetime:
    """When the first of the order's journeys or shows begins."""
    return min(boards_at(inventory=part.inventory, first_leg=part.first_leg) for part in parts_of(order))


def journey_begins_at(part: OrderPart, parts: Iterable[OrderPart]) -> datetime:
    """When the journey begins to which a part belongs: one with a change of seat has several parts, and one start."""
    first_leg = min(other.first_leg for other in parts if other.inventory_id == part.inventory_id)
    return boards_at(inventory=part.inventory, first_leg=first_leg)


def can_cancel_at(*, order: Order, now: datetime) -> bool:
    """Whether there is a ticket, and some of its journeys has not begun yet."""
    if order.status not in (Order.Status.CONFIRMED, Order.Status.PARTLY_CANCELLED):
        return False
    parts = parts_of(order)
    return any(journey_begins_at(part, parts) > now for part in parts)
