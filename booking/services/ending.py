"""How does an order end: given back unpaid, cancelled once paid, or out of time?"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from booking import seatstore
from booking.errors import DepartureGone, OrderNotCancellable
from booking.models import Inventory, Order, OrderSeat
from booking.orders import advance
from booking.timetable import stop_times

logger = logging.getLogger(__name__)

S = Order.Status

# A hold request whose answer never came is retried by its client within seconds, or not at all.
DRAFT_GRACE = timedelta(seconds=60)


def boards_at(*, inventory: Inventory, first_leg: int) -> datetime:
    """When the customer's journey or show begins; until then seats can be bought and given back."""
    if inventory.is_train:
        return stop_times(inventory.departure)[first_leg].departs_at
    return inventory.performance.starts_at


def release_order(*, order: Order) -> Order:
    """Give an unpaid order's seats back. One that has ended already stays as it ended.

    Raises:
        OrderNotCancellable: it is being paid, or paid.
    """
    # Twice at most: a draft may get its seats while it is given up, and is then given back as what it has become.
    while order.status in (S.DRAFT, S.AWAITING_PAYMENT):
        if advance(order, S.CANCELLED):
            release_in_store(order)
    if order.status not in (S.CANCELLED, S.EXPIRED):
        raise OrderNotCancellable("This order is paid or being paid; cancel it instead.")
    return order


def claim_cancellation(*, order: Order, seats: Sequence[str], now: datetime) -> list[OrderSeat]:
    """Mark seats of a ticket, all that are left if none is named, as cancelled. Call it inside a transaction.

    The order's row is locked for the length of that transaction: a seat is claimed, and so paid back, once.

    Raises:
        OrderNotCancellable: no ticket, no such seat in it, or cancelled before.
        DepartureGone: the journey or show has begun.
    """
    order.refresh_from_db(from_queryset=Order.objects.select_for_update())
    if order.status not in (S.CONFIRMED, S.PARTLY_CANCELLED):
        raise OrderNotCancellable("Only a confirmed order can be cancelled.")
    if boards_at(inventory=order.inventory, first_leg=order.first_leg) <= now:
        raise DepartureGone
    live = list(order.seats.filter(cancelled_at=None))
    chosen = [seat for seat in live if seat.name in set(seats)] if seats else live
    if not chosen or (seats and len(chosen) != len(set(seats))):
        raise OrderNotCancellable("Some of these seats are not in this order, or were cancelled before.")
    OrderSeat.objects.filter(pk__in=[seat.pk for seat in chosen]).update(cancelled_at=now)
    advance(order, S.CANCELLED if len(chosen) == len(live) else S.PARTLY_CANCELLED)
    return chosen


def give_back_in_store(*, order: Order, seats: Sequence[str], request_id: str) -> None:
    """Put sold seats, all of them if none is named, back on sale; repeating it changes nothing.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again with the same request id.
    """
    told = None
    while (place := _place_of(order)) != told:
        # Again if the inventory was moved meanwhile: the seats may have been copied as still sold (moving.py).
        _cancel_in_store(order, seats, request_id, place[0])
        told = place


def _place_of(order: Order) -> tuple[str, int]:
    """Where the order's inventory lives now, and after how many moves."""
    return Inventory.objects.values_list("cluster", "moves").get(pk=order.inventory_id)


def _cancel_in_store(order: Order, seats: Sequence[str], request_id: str, cluster: str) -> None:
    try:
        seatstore.cancel_seats(hold_id=str(order.hold_id), seats=tuple(seats), request_id=request_id, cluster=cluster)
    except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        # The customer's money does not depend on it; whoever runs the store has to see it.
        logger.error("The store would not take back seats of order %s: %s", order.reference, error)


def expire_orders(*, now: datetime, limit: int) -> int:
    """End up to `limit` of each cluster's unpaid orders whose time is over. Returns how many ended.

    The store decides when a hold ends: its time stands still while it has no leader, and then so must ours.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: the rest waits for the next round. A store that is away
            costs a whole deadline at every question, and the worker has other things to do.
    """
    return seatstore.on_each_cluster(lambda cluster: _expire_on(cluster, now, limit))


def _expire_on(cluster: str, now: datetime, limit: int) -> int:
    ended = 0
    orders = Order.objects.filter(inventory__cluster=cluster).select_related("inventory")
    abandoned = orders.filter(status=S.DRAFT, created_at__lte=now - DRAFT_GRACE).order_by("created_at")
    for order in abandoned[:limit]:
        if advance(order, S.EXPIRED):
            _release_hold(order)
            ended += 1
    overdue = orders.filter(status=S.AWAITING_PAYMENT, held_until__lte=now).order_by("held_until")
    for order in overdue[: limit - ended]:
        hold = seatstore.hold(str(order.hold_id), cluster=cluster)
        if hold is not None and hold.state == "held":
            Order.objects.filter(pk=order.pk, status=S.AWAITING_PAYMENT).update(held_until=hold.held_until)
        else:
            ended += advance(order, S.EXPIRED)
    return ended


def release_in_store(order: Order) -> None:
    """Best effort: a hold that nobody confirms ends by itself when its time is over."""
    try:
        _release_hold(order)
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown) as error:
        logger.info("The hold of order %s is left to expire: %s", order.reference, error)


def _release_hold(order: Order) -> None:
    try:
        seatstore.release_hold(
            hold_id=str(order.hold_id), request_id=f"{order.id}:release:{uuid4()}", cluster=order.inventory.cluster
        )
    except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        logger.info("Order %s had nothing to release: %s", order.reference, error)
