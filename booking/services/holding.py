"""How does a customer get seats held? The order's row is written and committed, then the seat store is asked."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from booking import seatstore
from booking.errors import (
    DepartureGone,
    InventoryNotOnSale,
    LegsOutOfRange,
    NothingChosen,
    RequestConflict,
    TooManySeats,
    UnknownSeats,
)
from booking.models import Inventory, Order, OrderSeat
from booking.orders import advance
from booking.pricing import PricedSeat, UnknownSeat, price_of_seats
from booking.services.ending import boards_at, release_in_store

S = Order.Status


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
    if order.status == S.DRAFT:
        advance(order, S.AWAITING_PAYMENT, held_until=held_until)
    if order.status != S.AWAITING_PAYMENT:
        # It was given up meanwhile, by its customer or by the worker.
        release_in_store(order)
        raise seatstore.HoldEnded(order.status.lower())
    return order


def _still_held_until(order: Order) -> datetime:
    hold = seatstore.hold(str(order.hold_id))
    if hold is None or hold.state != "held":
        if order.status == S.DRAFT:
            advance(order, S.EXPIRED)
        raise seatstore.HoldEnded(hold.state if hold else "expired")
    return hold.held_until


def _resume_hold(order: Order, inventory: Inventory, seats: Sequence[str], first_leg: int, end_leg: int) -> Order:
    same = (
        order.inventory_id == inventory.pk
        and (order.first_leg, order.end_leg) == (first_leg, end_leg)
        and {seat.name for seat in order.seats.all()} == set(seats)
    )
    if not same:
        raise RequestConflict
    if order.held_until is not None:
        return order
    if order.status == S.EXPIRED:
        raise seatstore.HoldEnded("expired")
    return _hold_in_store(order, seats, asked_before=True)
