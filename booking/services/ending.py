"""How does an order end: given back unpaid, cancelled once paid, or out of time?"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from booking import seatstore
from booking.errors import DepartureGone, OrderNotCancellable
from booking.models import Order, OrderSeat
from booking.orders import advance
from booking.selectors.orders import parts_of
from booking.services.boarding import journey_begins_at
from booking.services.releasing import release_in_store, release_part
from booking.tickets.issuing import issue_tickets, refuse_used

S = Order.Status

# A hold request whose answer never came is retried by its client within seconds, or not at all.
DRAFT_GRACE = timedelta(seconds=60)


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
    """Mark seats of a ticket, by label, all that are left if none is named, as cancelled. Call it in a transaction.

    The order's row is locked for the length of that transaction: a seat is claimed, and so paid back, once.

    Raises:
        OrderNotCancellable: no ticket, no such seat in it, cancelled before, or used.
        DepartureGone: the journey or show has begun.
    """
    order.refresh_from_db(from_queryset=Order.objects.select_for_update())
    if order.status not in (S.CONFIRMED, S.PARTLY_CANCELLED):
        raise OrderNotCancellable("Only a confirmed order can be cancelled.")
    live = list(order.seats.filter(cancelled_at=None).select_related("part__inventory"))
    chosen = [seat for seat in live if seat.label in set(seats)] if seats else live
    if not chosen or (seats and len(chosen) != len(set(seats))):
        raise OrderNotCancellable("Some of these seats are not in this order, or were cancelled before.")
    if any(journey_begins_at(part, parts_of(order)) <= now for part in {seat.part for seat in chosen}):
        raise DepartureGone
    refuse_used(chosen)
    OrderSeat.objects.filter(pk__in=[seat.pk for seat in chosen]).update(cancelled_at=now)
    advance(order, S.CANCELLED if len(chosen) == len(live) else S.PARTLY_CANCELLED)
    issue_tickets(order=order, now=now)
    return chosen


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
    # An order over several clusters is looked after where its first part lives.
    orders = Order.objects.filter(parts__position=1, parts__inventory__cluster=cluster)
    abandoned = orders.filter(status=S.DRAFT, created_at__lte=now - DRAFT_GRACE).order_by("created_at")
    for order in abandoned[:limit]:
        if advance(order, S.EXPIRED, reason="The request for its seats was not answered."):
            for part in parts_of(order):
                release_part(order, part)
            ended += 1
    overdue = orders.filter(status=S.AWAITING_PAYMENT, held_until__lte=now).order_by("held_until")
    for order in overdue[: limit - ended]:
        ended += _expire_unless_held(order, cluster)
    return ended


def _expire_unless_held(order: Order, cluster: str) -> bool:
    """Whether the order has ended. While the store still holds all of it, it learns until when."""
    try:
        holds = [seatstore.hold(part.hold_id, cluster=part.inventory.cluster) for part in parts_of(order)]
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown):
        if all(part.inventory.cluster == cluster for part in parts_of(order)):
            raise
        # Another cluster's silence keeps nobody else's order waiting.
        return False
    held = {hold.hold_id: hold for hold in holds if hold is not None and hold.state == "held"}
    if len(held) == len(holds):
        held_until = min(hold.held_until for hold in held.values())
        Order.objects.filter(pk=order.pk, status=S.AWAITING_PAYMENT).update(held_until=held_until)
        return False
    if not advance(order, S.EXPIRED, reason="It was not paid in time."):
        return False
    release_in_store(order, [part for part in parts_of(order) if str(part.hold_id) in held])
    return True
