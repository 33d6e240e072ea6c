"""How does the house move a customer to another seat? In one step of the store, under an id that a row gave it first.

The price stays what it was. The row is written and committed, the store exchanges the part's hold for a new one that
has the new seat in place of the old, then the order's rows and tickets follow in one transaction. Whatever stops in
between is finished by `finish_moves`. A seat that the customer cancels meanwhile goes back on sale after the exchange.
"""

import logging
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from booking import remarks, seatstore
from booking.errors import DomainError
from booking.models import Order, OrderEvent, OrderPart, OrderSeat, SeatMove
from booking.seatplan import zone_of_seats
from booking.tickets.issuing import issue_tickets

logger = logging.getLogger(__name__)

S = SeatMove.State

_HAS_A_TICKET = (Order.Status.CONFIRMED, Order.Status.PARTLY_CANCELLED)


class MoveRefused(DomainError):
    code = "move-refused"
    title = gettext_noop("This customer cannot be moved like this")


def move_customer(*, seat: OrderSeat, to_seat: str, reason: str, by: User) -> SeatMove:
    """Give the customer of `seat` another one of the same inventory, on the same legs and at the same price.

    MOVED when this returns, or ASKED while the store does not answer: then the worker goes on.

    Raises:
        MoveRefused: there is no ticket for the seat, no such new seat, no reason, or another move is under way.
        seatstore.SeatsTaken, seatstore.SeatStoreRefused: the store said no; the customer sits where they sat.
    """
    part = seat.part
    zones = zone_of_seats(part.inventory.plan_id)
    if part.order.status not in _HAS_A_TICKET or seat.cancelled_at is not None:
        raise MoveRefused(_("Only a customer with a ticket can be moved."))
    if to_seat not in zones:
        raise MoveRefused(_("There is no seat %(to_seat)s here.") % {"to_seat": to_seat})
    if not reason.strip():
        raise MoveRefused(_("Say why the customer is moved; the order's history tells it."))
    named = dict(part.seats.values_list("name", "cancelled_at"))
    if to_seat in named:
        raise MoveRefused(_("%(to_seat)s is, or was, in the same order.") % {"to_seat": to_seat})
    try:
        move = SeatMove.objects.create(
            part=part,
            from_seat=seat.name,
            to_seat=to_seat,
            to_zone=zones[to_seat],
            seats=[
                to_seat if name == seat.name else name for name, cancelled_at in named.items() if cancelled_at is None
            ],
            old_hold_id=part.hold_id,
            reason=reason.strip(),
            moved_by=by,
        )
    except IntegrityError as error:
        raise MoveRefused(_("Another move of this order is under way; try again in a moment.")) from error
    try:
        _exchange(move)
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown) as error:
        SeatMove.objects.filter(pk=move.pk).update(last_error=str(error)[:240])
        move.refresh_from_db()
    return move


def finish_moves(*, limit: int) -> int:
    """Take up to `limit` moves on each cluster further that were begun. Returns how many.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: no cluster answered; the rest waits for the next round.
    """
    return seatstore.on_each_cluster(lambda cluster: _finish_on(cluster, limit))


def _finish_on(cluster: str, limit: int) -> int:
    begun = SeatMove.objects.filter(state=S.ASKED, part__inventory__cluster=cluster)
    done = 0
    for move in begun.select_related("part__inventory", "part__order", "moved_by").order_by("created_at")[:limit]:
        try:
            _exchange(move)
        except (seatstore.SeatsTaken, seatstore.SeatStoreRefused) as error:
            logger.warning("Order %s was not moved: %s", move.part.order.reference, error)
        done += 1
    return done


def _exchange(move: SeatMove) -> None:
    part = move.part
    try:
        seatstore.exchange_hold(
            hold_id=move.old_hold_id,
            new_hold_id=move.new_hold_id,
            inventory=part.inventory_id,
            seats=move.seats,
            first_leg=part.first_leg,
            end_leg=part.end_leg,
            request_id=f"move:{move.pk}",
            cluster=part.inventory.cluster,
        )
    except (seatstore.SeatsTaken, seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        # Asked so long ago that the store forgot its answer? Then the new hold tells what it was.
        hold = seatstore.hold(move.new_hold_id, cluster=part.inventory.cluster)
        if hold is None or hold.state != "confirmed":
            SeatMove.objects.filter(pk=move.pk, state=S.ASKED).update(state=S.REFUSED, last_error=str(error)[:240])
            move.refresh_from_db()
            raise
    _write_down(move)


def _write_down(move: SeatMove) -> None:
    """The order's rows follow the store, once; what was cancelled since the move was asked for goes back on sale."""
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=move.part.order_id)
        OrderPart.objects.filter(pk=move.part_id).update(hold_id=move.new_hold_id)
        live = OrderSeat.objects.filter(part=move.part_id, cancelled_at=None)
        if live.filter(name=move.from_seat).update(name=move.to_seat, zone=move.to_zone):
            OrderEvent.objects.create(
                order=order,
                at=timezone.now(),
                from_status=order.status,
                to_status=order.status,
                actor=move.moved_by.email[:64],
                reason=(remarks.MOVED % {"old": move.from_seat, "new": move.to_seat, "why": move.reason})[:200],
            )
            issue_tickets(order=order, now=timezone.now())
        gone = sorted(set(move.seats) - set(live.values_list("name", flat=True)))
    if gone:
        seatstore.cancel_seats(
            hold_id=move.new_hold_id, seats=gone, request_id=f"move:{uuid4()}", cluster=move.part.inventory.cluster
        )
    SeatMove.objects.filter(pk=move.pk, state=S.ASKED).update(state=S.MOVED, last_error="")
    move.refresh_from_db()
