"""How does an order come about, and how does it end? Every write to an order starts here.

The row is written and committed first, the seat store is called after, outside any transaction; a crash between
the two leaves a row that a retry with the same request id or the worker (`expire_orders`) takes further.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from booking import seatstore
from booking.errors import (
    DepartureGone,
    DomainError,
    InventoryNotOnSale,
    LegsOutOfRange,
    NothingChosen,
    OrderNotCancellable,
    OrderNotPayable,
    RequestConflict,
    TooManySeats,
    UnknownSeats,
)
from booking.models import Inventory, Order, OrderSeat
from booking.orders import advance
from booking.pricing import PricedSeat, UnknownSeat, price_of_seats
from booking.timetable import stop_times

__all__ = [
    "DepartureGone",
    "DomainError",
    "InventoryNotOnSale",
    "LegsOutOfRange",
    "NothingChosen",
    "OrderNotCancellable",
    "OrderNotPayable",
    "RequestConflict",
    "TooManySeats",
    "UnknownSeats",
]

logger = logging.getLogger(__name__)

S = Order.Status

# A hold request whose answer never came is retried by its client within seconds, or not at all.
DRAFT_GRACE = timedelta(seconds=60)


def boards_at(*, inventory: Inventory, first_leg: int) -> datetime:
    """When the customer's journey or show begins; until then seats can be bought and given back."""
    if inventory.is_train:
        return stop_times(inventory.departure)[first_leg].departs_at
    return inventory.performance.starts_at


# --- Hold -----------------------------------------------------------------------------------------


def hold_seats(
    *,
    customer: User,
    inventory: Inventory,
    seats: Sequence[str],
    first_leg: int,
    end_leg: int,
    request_id: str,
    now: datetime | None = None,
) -> Order:
    """Hold all the seats on legs [first_leg, end_leg) for the customer, or none. Returns an order to be paid.

    The same request id gives the same order, whatever has become of it since.

    Raises:
        NothingChosen, TooManySeats, UnknownSeats, LegsOutOfRange: the request makes no sense.
        InventoryNotOnSale, DepartureGone: not, or no longer, for sale.
        RequestConflict: the request id belongs to another request.
        seatstore.SeatsTaken: somebody else has some of them; nothing is held.
        seatstore.HoldEnded: the hold of this request id has ended meanwhile.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again with the same request id.
    """
    chosen = tuple(dict.fromkeys(seats))
    order = Order.objects.filter(customer=customer, request_id=request_id).first()
    if order is None:
        priced = _priced(inventory, chosen, first_leg, end_leg, now or timezone.now())
        try:
            order = _write_draft(customer, inventory, priced, first_leg, end_leg, request_id)
        except IntegrityError:
            order = Order.objects.get(customer=customer, request_id=request_id)
        else:
            return _hold_in_store(order, chosen)
    return _resume_hold(order, inventory, chosen, first_leg, end_leg)


def _priced(
    inventory: Inventory, seats: Sequence[str], first_leg: int, end_leg: int, now: datetime
) -> Sequence[PricedSeat]:
    if not seats:
        raise NothingChosen
    if len(seats) > settings.MAX_SEATS_PER_ORDER:
        raise TooManySeats(settings.MAX_SEATS_PER_ORDER)
    if not 0 <= first_leg < end_leg <= inventory.legs:
        raise LegsOutOfRange(inventory.legs)
    if inventory.state != Inventory.State.OPEN:
        raise InventoryNotOnSale
    if boards_at(inventory=inventory, first_leg=first_leg) <= now:
        raise DepartureGone
    try:
        return price_of_seats(inventory=inventory, seats=list(seats), first_leg=first_leg, end_leg=end_leg)
    except UnknownSeat as error:
        raise UnknownSeats(error.seats) from error


def _write_draft(
    customer: User,
    inventory: Inventory,
    priced: Sequence[PricedSeat],
    first_leg: int,
    end_leg: int,
    request_id: str,
) -> Order:
    with transaction.atomic():
        order = Order.objects.create(
            customer=customer,
            inventory=inventory,
            first_leg=first_leg,
            end_leg=end_leg,
            amount=sum((seat.amount for seat in priced), Decimal(0)),
            currency=settings.CURRENCY,
            request_id=request_id,
        )
        OrderSeat.objects.bulk_create(
            OrderSeat(order=order, name=seat.name, zone=seat.zone, amount=seat.amount) for seat in priced
        )
    return order


def _hold_in_store(order: Order, seats: Sequence[str], *, asked_before: bool = False) -> Order:
    """Ask the store and write down what it said. A refusal is the end of an order that never had a seat."""
    try:
        held_until = seatstore.hold_seats(
            inventory=order.inventory_id,
            hold_id=str(order.hold_id),
            seats=seats,
            first_leg=order.first_leg,
            end_leg=order.end_leg,
            ttl_s=settings.HOLD_TTL_S,
            request_id=f"{order.id}:hold",
        )
    except (seatstore.SeatsTaken, seatstore.HoldEnded, seatstore.SeatStoreRefused):
        if order.status == S.DRAFT:
            advance(order, S.CANCELLED)
        raise
    if asked_before:
        # A repeated request gets its first answer back, whose lifetime began then: ask how much of it is left.
        held_until = _still_held_until(order)
    if order.status != S.DRAFT or not advance(order, S.AWAITING_PAYMENT, held_until=held_until):
        if order.status != S.AWAITING_PAYMENT:
            _release_in_store(order)
            raise seatstore.HoldEnded(order.status.lower())
    return order


def _still_held_until(order: Order) -> datetime:
    hold = seatstore.hold(str(order.hold_id))
    if hold is None or hold.state != "held":
        if order.status == S.DRAFT:
            advance(order, S.EXPIRED)
        raise seatstore.HoldEnded(hold.state if hold else "expired")
    return hold.held_until


def _resume_hold(
    order: Order, inventory: Inventory, seats: Sequence[str], first_leg: int, end_leg: int
) -> Order:
    same = (
        order.inventory_id == inventory.pk
        and (order.first_leg, order.end_leg) == (first_leg, end_leg)
        and {seat.name for seat in order.seats.all()} == set(seats)
    )
    if not same:
        raise RequestConflict
    if order.held_until is not None:
        return order
    return _hold_in_store(order, seats, asked_before=True)


# --- Pay (payments calls these, in this order) ----------------------------------------------------


def extend_for_payment(*, order: Order) -> None:
    """Let the hold outlive the payment that is about to begin.

    Raises:
        OrderNotPayable: it does not await payment, or its hold has ended.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: nothing was charged; ask again.
    """
    if order.status != S.AWAITING_PAYMENT:
        raise OrderNotPayable(order.status)
    try:
        held_until = seatstore.extend_hold(
            hold_id=str(order.hold_id), ttl_s=settings.PAYMENT_EXTENSION_S, request_id=f"{order.id}:extend:{uuid4()}"
        )
    except seatstore.HoldEnded as error:
        advance(order, S.EXPIRED)
        raise OrderNotPayable(order.status) from error
    except seatstore.SeatStoreRefused as error:
        # It has lived as long as any hold may; what is left of it has to do.
        if error.code == "lifetime-exceeded":
            return
        advance(order, S.EXPIRED)
        raise OrderNotPayable(order.status) from error
    if not advance(order, S.AWAITING_PAYMENT, held_until=held_until):
        raise OrderNotPayable(order.status)


def begin_confirming(*, order: Order) -> None:
    """From here on the order no longer expires: a payment is authorised and the store is about to be asked.

    Raises:
        OrderNotPayable: it expired or was cancelled first.
    """
    if order.status == S.CONFIRMING:
        return
    if order.status != S.AWAITING_PAYMENT or not advance(order, S.CONFIRMING):
        if order.status != S.CONFIRMING:
            raise OrderNotPayable(order.status)


def confirm_in_store(*, order: Order) -> None:
    """Turn the hold into a sale; repeating it changes nothing.

    Raises:
        OrderNotPayable: the hold had ended; the order is EXPIRED and the money must go back.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    try:
        seatstore.confirm_hold(hold_id=str(order.hold_id), request_id=f"{order.id}:confirm")
    except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        logger.warning("Order %s could not be confirmed: %s", order.reference, error)
        advance(order, S.EXPIRED)
        raise OrderNotPayable(order.status) from error


def mark_confirmed(*, order: Order, now: datetime) -> None:
    """The money is there: the customer has a ticket."""
    if order.status == S.CONFIRMING:
        advance(order, S.CONFIRMED, confirmed_at=now)


def take_back_unpaid(*, order: Order) -> None:
    """The seats were confirmed but the money could not be taken: they go back on sale.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    give_back_in_store(order=order, seats=(), request_id=f"{order.id}:cancel:unpaid")
    if order.status == S.CONFIRMING:
        advance(order, S.CANCELLED)


# --- End ------------------------------------------------------------------------------------------


def release_order(*, order: Order) -> Order:
    """Give an unpaid order's seats back. One that has ended already stays as it ended.

    Raises:
        OrderNotCancellable: it is being paid, or paid.
    """
    if order.status in (S.DRAFT, S.AWAITING_PAYMENT) and advance(order, S.CANCELLED):
        _release_in_store(order)
    elif order.status not in (S.CANCELLED, S.EXPIRED):
        raise OrderNotCancellable("This order is paid or being paid; cancel it instead.")
    return order


def claim_cancellation(*, order: Order, seats: Sequence[str], now: datetime) -> list[OrderSeat]:
    """Mark seats of a ticket, all that are left if none is named, as cancelled. Call it inside a transaction.

    Each seat can be claimed once, so its price can be paid back once.

    Raises:
        OrderNotCancellable: no ticket, no such seat in it, or cancelled before.
        DepartureGone: the journey or show has begun.
    """
    if order.status not in (S.CONFIRMED, S.PARTLY_CANCELLED):
        raise OrderNotCancellable("Only a confirmed order can be cancelled.")
    if boards_at(inventory=order.inventory, first_leg=order.first_leg) <= now:
        raise DepartureGone
    live = list(order.seats.filter(cancelled_at=None))
    chosen = [seat for seat in live if seat.name in set(seats)] if seats else live
    if not chosen or (seats and len(chosen) != len(set(seats))):
        raise OrderNotCancellable("Some of these seats are not in this order, or were cancelled before.")
    claimed = OrderSeat.objects.filter(pk__in=[seat.pk for seat in chosen], cancelled_at=None).update(cancelled_at=now)
    whole = len(chosen) == len(live)
    if claimed != len(chosen) or not advance(order, S.CANCELLED if whole else S.PARTLY_CANCELLED):
        raise OrderNotCancellable("This order was changed a moment ago; look at it again.")
    return chosen


def give_back_in_store(*, order: Order, seats: Sequence[str], request_id: str) -> None:
    """Put sold seats, all of them if none is named, back on sale; repeating it changes nothing.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again with the same request id.
    """
    try:
        seatstore.cancel_seats(hold_id=str(order.hold_id), seats=tuple(seats), request_id=request_id)
    except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        # The customer's money does not depend on it; whoever runs the store has to see it.
        logger.error("The store would not take back seats of order %s: %s", order.reference, error)


def expire_orders(*, now: datetime, limit: int) -> int:
    """End up to `limit` unpaid orders whose time is over. Returns how many ended.

    The store decides when a hold ends: its time stands still while it has no leader, and then so must ours.

    Raises:
        seatstore.StoreUnavailable: the rest waits for the next round.
    """
    ended = 0
    abandoned = Order.objects.filter(status=S.DRAFT, created_at__lte=now - DRAFT_GRACE).order_by("created_at")
    for order in abandoned[:limit]:
        if advance(order, S.EXPIRED):
            _release_in_store(order)
            ended += 1
    overdue = Order.objects.filter(status=S.AWAITING_PAYMENT, held_until__lte=now).order_by("held_until")
    for order in overdue[: limit - ended]:
        hold = seatstore.hold(str(order.hold_id))
        if hold is not None and hold.state == "held":
            Order.objects.filter(pk=order.pk, status=S.AWAITING_PAYMENT).update(held_until=hold.held_until)
        else:
            ended += advance(order, S.EXPIRED)
    return ended


def _release_in_store(order: Order) -> None:
    """Best effort: a hold that nobody confirms ends by itself when its time is over."""
    try:
        seatstore.release_hold(hold_id=str(order.hold_id), request_id=f"{order.id}:release")
    except seatstore.SeatStoreError as error:
        logger.info("The hold of order %s is left to expire: %s", order.reference, error)
