"""What happens to an order while it is being paid? `payments` calls these in the order they stand here."""

import logging
from datetime import datetime
from uuid import uuid4

from django.conf import settings

from booking import seatstore
from booking.errors import DepartureGone, OrderNotPayable
from booking.models import Order, OrderPart
from booking.orders import advance
from booking.selectors.orders import parts_of
from booking.services.boarding import begins_at
from booking.services.releasing import give_back_whole, release_in_store
from booking.tickets.issuing import issue_tickets

logger = logging.getLogger(__name__)

S = Order.Status


def extend_for_payment(*, order: Order, now: datetime) -> None:
    """Let the hold outlive the payment that is about to begin.

    The store is asked each time, also if time enough is left: no card is touched while nobody can say that the seats
    are still held.

    Raises:
        OrderNotPayable: it does not await payment, or its hold has ended.
        DepartureGone: the journey or show has begun; the hold is left to expire.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: nothing was charged; ask again.
    """
    if order.status != S.AWAITING_PAYMENT:
        raise OrderNotPayable(order.status)
    if begins_at(order) <= now:
        raise DepartureGone
    ends = [_extended_until(order, part) for part in parts_of(order)]
    if not advance(order, S.AWAITING_PAYMENT, held_until=min(ends)):
        raise OrderNotPayable(order.status)


def _extended_until(order: Order, part: OrderPart) -> datetime:
    """
    Raises:
        OrderNotPayable: the hold has ended, and the order with it.
    """
    try:
        return seatstore.extend_hold(
            hold_id=part.hold_id,
            ttl_s=settings.PAYMENT_EXTENSION_S,
            request_id=f"{order.id}:extend:{uuid4()}",
            cluster=part.inventory.cluster,
        )
    except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        # It has lived as long as any hold may; what is left of it has to do.
        if isinstance(error, seatstore.SeatStoreRefused) and error.code == "lifetime-exceeded" and order.held_until:
            return order.held_until
        if advance(order, S.EXPIRED, reason=error.remark[:200]):
            release_in_store(order, [other for other in parts_of(order) if other != part])
        raise OrderNotPayable(order.status) from error


def begin_confirming(*, order: Order) -> None:
    """From here on the order no longer expires: a payment is authorised and the store is about to be asked.

    Raises:
        OrderNotPayable: it expired or was cancelled first.
    """
    if order.status == S.AWAITING_PAYMENT:
        advance(order, S.CONFIRMING)
    if order.status != S.CONFIRMING:
        raise OrderNotPayable(order.status)


def confirm_in_store(*, order: Order) -> None:
    """Turn the holds of all its parts into sales, or of none; repeating it changes nothing.

    Raises:
        OrderNotPayable: a hold had ended; the order is EXPIRED and the money must go back.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    parts = parts_of(order)
    for part in parts:
        try:
            seatstore.confirm_hold(
                hold_id=part.hold_id,
                request_id=f"{part.hold_id}:confirm",
                cluster=part.inventory.cluster,
            )
        except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
            logger.warning("Order %s could not be confirmed: %s", order.reference, error)
            sold = [other for other in parts if other.position < part.position]
            give_back_whole(order=order, parts=sold, request_id=f"{part.hold_id}:cancel:unsold")
            if advance(order, S.EXPIRED, reason=error.remark[:200]):
                release_in_store(order, [other for other in parts if other.position > part.position])
            raise OrderNotPayable(order.status) from error


def mark_confirmed(*, order: Order, now: datetime) -> None:
    """The money is there: the customer has tickets. Call it in the transaction that says so."""
    if order.status == S.CONFIRMING and advance(order, S.CONFIRMED, confirmed_at=now):
        issue_tickets(order=order, now=now)


def take_back_unpaid(*, order: Order) -> None:
    """The seats were confirmed but the money could not be taken: they go back on sale.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    give_back_whole(order=order, parts=parts_of(order), request_id=f"{order.id}:cancel:unpaid")
    if order.status == S.CONFIRMING:
        advance(order, S.CANCELLED)
