"""Has everybody who has a ticket the seat, and nobody else one? Hold by hold, an inventory at a time.

the store says            the order says             what is done
held                      expired or cancelled       released
sold, all or more seats   expired or cancelled       given back
sold, more seats          has a ticket for fewer     those are given back
sold, fewer seats         has a ticket for more      a person is told
sold                      nobody knows the hold      a person is told
(nothing)                 has a ticket               a person is told
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_noop

from booking import seatstore
from booking.models import Inventory, Order, OrderPart, OrderSeat, SeatBlock, SeatMove
from booking.services import give_back_in_store
from booking.services.releasing import release_part
from payments.models import Exchange, Finding, Payment, Refund
from payments.reconciliation.findings import report
from payments.reconciliation.walking import walk

S = Order.Status
WITH_TICKET = (S.CONFIRMED, S.PARTLY_CANCELLED)
WITHOUT = (S.CANCELLED, S.EXPIRED)

# What was touched since may still be under way.
SETTLED_AFTER = timedelta(minutes=2)


def compare_seats(*, now: datetime, limit: int) -> int:
    """Look at the next `limit` inventories of each cluster. Returns how many holds were put right or reported.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: no cluster answered; the rest waits for the next round.
    """
    return seatstore.on_each_cluster(lambda cluster: _compare_on(cluster, now, limit))


def _compare_on(cluster: str, now: datetime, limit: int) -> int:
    known = Inventory.objects.filter(
        cluster=cluster, state__in=(Inventory.State.OPEN, Inventory.State.CLOSED), moved_from=""
    )
    return walk(f"seats:{cluster}", known, limit=limit, visit=lambda inventory: _look_at(inventory, now))


class HoldNotGivenBack(Exception):
    """The seats of this hold are somebody's, or were never sold."""


def give_back_unknown(*, inventory: Inventory, hold_id: str) -> tuple[str, ...]:
    """Put seats back on sale that are sold to a hold which nobody knows. Returns them; repeating it changes nothing.

    Raises:
        HoldNotGivenBack: it is a customer's or the house's, of another inventory, or not sold.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    if _is_known(hold_id):
        raise HoldNotGivenBack(f"Hold {hold_id} is a customer's or the house's; cancel their seats instead.")
    hold = seatstore.hold(hold_id, cluster=inventory.cluster)
    if hold is None or hold.inventory != inventory.pk or hold.state not in ("confirmed", "cancelled"):
        raise HoldNotGivenBack(f"No seats of {inventory.pk} are sold to hold {hold_id}.")
    return seatstore.cancel_seats(hold_id=hold_id, request_id=f"{hold_id}:unknown", cluster=inventory.cluster)


def _look_at(inventory: Inventory, now: datetime) -> int:
    try:
        holds = {hold.hold_id: hold for hold in seatstore.holds_of(inventory.pk, cluster=inventory.cluster)}
    except seatstore.SeatStoreRefused:
        # It was taken off sale before the store ever heard of it.
        return 0
    parts = {str(part.hold_id): part for part in _parts_of(inventory, now)}
    done = sum(_compare(part, holds.get(hold_id), now) for hold_id, part in parts.items())
    return done + sum(_look_for_owner(inventory, hold) for hold in holds.values() if hold.hold_id not in parts)


def _parts_of(inventory: Inventory, now: datetime) -> Iterator[OrderPart]:
    """Those whose orders are at rest."""
    parts = OrderPart.objects.filter(inventory=inventory, order__updated_at__lte=now - SETTLED_AFTER)
    parts = parts.filter(order__status__in=(*WITH_TICKET, *WITHOUT)).select_related("order", "inventory")
    return parts.prefetch_related("seats").iterator(chunk_size=500)


def _compare(part: OrderPart, hold: seatstore.ListedHold | None, now: datetime) -> bool:
    tickets = {seat.name for seat in part.seats.all() if seat.cancelled_at is None and part.order.status in WITH_TICKET}
    sold = set(hold.kept) if hold is not None and hold.state == "confirmed" else set()
    if hold is not None and hold.state == "held" and part.order.status in WITHOUT:
        release_part(part.order, part)
        return True
    if sold == tickets or not _is_still_so(part, tickets, now):
        return False
    if surplus := sold - tickets:
        give_back_in_store(
            order=part.order,
            seats=[seat for seat in part.seats.all() if seat.name in surplus],
            request_id=f"{part.hold_id}:reconciled:{','.join(sorted(surplus))}"[:120],
        )
    if missing := tickets - sold:
        report(
            kind=Finding.Kind.SEATS_DIFFER,
            subject=part.hold_id,
            order=part.order,
            what=f"Order {part.order.reference} has tickets for {', '.join(sorted(missing))} on {part.inventory_id}, "
            "which the seat store has not sold to it.",
            suggestion=gettext_noop("Move the customer to other seats, or cancel these and pay them back."),
        )
    return True


def _is_still_so(part: OrderPart, tickets: set[str], now: datetime) -> bool:
    """Whether nobody is at work on the order, and its tickets are what they were."""
    at_work = Order.objects.filter(pk=part.order_id, updated_at__gt=now - SETTLED_AFTER).exists()
    paying = Payment.objects.filter(order=part.order_id, status__in=("CREATED", "REQUIRES_ACTION", "AUTHORISED"))
    refunding = Refund.objects.filter(payment__order=part.order_id, status=Refund.Status.CREATED)
    moving = SeatMove.objects.filter(part=part, state=SeatMove.State.ASKED)
    exchanging = Exchange.objects.filter(order=part.order_id, status__in=Exchange.UNDER_WAY)
    live = OrderSeat.objects.filter(part=part, cancelled_at=None).values_list("name", flat=True)
    order = Order.objects.get(pk=part.order_id)
    same = tickets == (set(live) if order.status in WITH_TICKET else set())
    return same and not at_work and not any(rows.exists() for rows in (paying, refunding, moving, exchanging))


def _is_known(hold_id: str) -> bool:
    """Whether a customer has it, or the house, or will have had it when a move is finished."""
    return (
        OrderPart.objects.filter(hold_id=hold_id).exists()
        or SeatBlock.objects.filter(hold_id=hold_id).exists()
        or Exchange.objects.filter(Q(new_hold_id=hold_id) | Q(back_hold_id=hold_id)).exists()
        or SeatMove.objects.filter(Q(old_hold_id=hold_id) | Q(new_hold_id=hold_id)).exists()
    )


def _look_for_owner(inventory: Inventory, hold: seatstore.ListedHold) -> bool:
    """Held seats come back by themselves; sold ones that nobody knows of do not."""
    if hold.state != "confirmed" or _is_known(hold.hold_id):
        return False
    report(
        kind=Finding.Kind.UNKNOWN_HOLD,
        subject=hold.hold_id,
        what=f"The seat store has sold {', '.join(hold.kept)} of {inventory.pk} to hold {hold.hold_id}, "
        "which belongs to no order.",
        suggestion="If no backup of the database was restored lately, give the seats back: "
        f"manage.py give_back_hold {inventory.pk} {hold.hold_id}",
    )
    return True
