"""For what could a customer exchange the seats of an order? Parts that are left, other runs, places that are free."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from booking.halls.layout import STANDING
from booking.models import Inventory, Order, OrderPart
from booking.seatplan import Layout
from booking.seatstore import Availability
from booking.selectors.orders import parts_of, seats_of_part
from booking.services import boards_at, journey_begins_at

# A train may be on its way for days before it calls where somebody boards.
_LONGEST_RUN = timedelta(days=3)


def parts_to_exchange(*, order: Order, now: datetime) -> list[OrderPart]:
    """Those of which some seat is left, and whose journey or show has not begun."""
    if order.status not in (Order.Status.CONFIRMED, Order.Status.PARTLY_CANCELLED):
        return []
    parts = parts_of(order)
    left = [part for part in parts if names_left(order, part)]
    return [part for part in left if journey_begins_at(part, parts) > now]


def names_left(order: Order, part: OrderPart) -> list[str]:
    return [seat.name for seat in seats_of_part(order, part) if seat.cancelled_at is None]


def runs_instead(*, part: OrderPart, now: datetime) -> list[Inventory]:
    """Runs of the same train, or performances of the same show, that are on sale and have not begun; soonest first.

    The part's own is among them: it may have other seats. One that another store cluster sells is not.
    """
    own = part.inventory
    runs = Inventory.objects.select_related("plan").filter(
        state=Inventory.State.OPEN, cluster=own.cluster, legs__gte=part.end_leg
    )
    if own.is_train:
        runs = runs.filter(departure__train=own.departure.train_id, departure__date__gte=(now - _LONGEST_RUN).date())
        runs = runs.select_related("departure__train").order_by("departure__date", "pk")
    else:
        runs = runs.filter(performance__show=own.performance.show_id, performance__starts_at__gt=now)
        runs = runs.select_related("performance__show", "performance__hall__venue")
        runs = runs.order_by("performance__starts_at", "pk")
    return [run for run in runs if boards_at(inventory=run, first_leg=part.first_leg) > now]


def without_own(availability: Availability, part: OrderPart, own: Sequence[str]) -> Availability:
    """What is free to somebody who gives these seats for others: they are, too."""
    if availability.inventory != part.inventory_id:
        return availability
    legs = (1 << part.end_leg) - (1 << part.first_leg)
    sold = {name: mask & ~legs if name in own else mask for name, mask in availability.sold.items()}
    return replace(availability, sold={name: mask for name, mask in sold.items() if mask})


def free_standing_places(
    layout: Layout, availability: Availability, wanted: Mapping[str, int], *, first_leg: int, end_leg: int
) -> list[str]:
    """As many places of each standing area, by its code, as are wanted, or as there are: nobody points at them."""
    taken = availability.taken(first_leg, end_leg)
    areas = [section for section in layout["sections"] if section.get("kind") == STANDING]
    return [
        name
        for area in areas
        for name in [seat["name"] for seat in area["seats"] if seat["name"] not in taken][
            : wanted.get(area["label"], 0)
        ]
    ]
