"""How does an unpaid order end: given back, or out of time?"""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from booking import seatstore
from booking.errors import OrderNotCancellable
from booking.models import Order
from booking.orders import advance
from booking.selectors.orders import parts_of
from booking.services.releasing import release_in_store, release_part

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
        raise OrderNotCancellable(_("This order is paid or being paid; cancel it instead."))
    return order


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
        if advance(order, S.EXPIRED, reason=gettext_noop("The request for its seats was not answered.")):
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
    if not advance(order, S.EXPIRED, reason=gettext_noop("It was not paid in time.")):
        return False
    release_in_store(order, [part for part in parts_of(order) if str(part.hold_id) in held])
    return True
