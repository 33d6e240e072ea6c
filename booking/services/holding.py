"""How does a customer get seats held? The order's row is written and committed, then the seat store is asked."""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.models import User
from booking import seatstore
from booking.errors import (
    DepartureGone,
    DomainError,
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

_LIVES_THERE = f"EXISTS (SELECT 1 FROM {Inventory._meta.db_table} WHERE id = %s AND cluster = %s AND moves = %s)"


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
    try:
        priced = _priced(inventory, chosen, first_leg, end_leg, now or timezone.now())
        order = _write_draft(customer, inventory, priced, first_leg, end_leg, request_id)
    except (DomainError, IntegrityError):
        # Asked before? Then it is answered as before, also when nothing could be held any more.
        earlier = Order.objects.filter(customer=customer, request_id=request_id).first()
        if earlier is None:
            raise
        return _resume_hold(earlier, inventory, chosen, first_leg, end_leg)
    return _hold_in_store(order, chosen)


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
    total = sum((seat.price for seat in priced[1:]), priced[0].price)
    with transaction.atomic():
        order = Order.objects.create(
            customer=customer,
            inventory=inventory,
            first_leg=first_leg,
            end_leg=end_leg,
            amount=total.amount,
            currency=total.currency.code,
            request_id=request_id,
        )
        seats = [OrderSeat(order=order, name=seat.name, zone=seat.zone, amount=seat.price.amount) for seat in priced]
        OrderSeat.objects.bulk_create(seats)
    # What was just written need not be read to be shown.
    order._prefetched_objects_cache = {"seats": seats}  # type: ignore[attr-defined]
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
            cluster=order.inventory.cluster,
        )
    except (seatstore.SeatsTaken, seatstore.HoldEnded, seatstore.SeatStoreRefused):
        if order.status == S.DRAFT:
            advance(order, S.CANCELLED)
        raise
    if asked_before:
        # A repeated request gets its first answer back, whose lifetime began then: ask how much of it is left.
        held_until = _still_held_until(order)
    if order.status == S.DRAFT:
        advance(order, S.AWAITING_PAYMENT, provided=_lives_where_it_was(order.inventory), held_until=held_until)
    if order.status == S.DRAFT:
        advance(order, S.CANCELLED)
    if order.status != S.AWAITING_PAYMENT:
        # It was given up meanwhile, by its customer or by the worker, or its inventory was moved.
        release_in_store(order)
        raise seatstore.HoldEnded(order.status.lower())
    return order


def _lives_where_it_was(inventory: Inventory) -> RawSQL:
    """An order can be paid only where its inventory lives: what the store held at an earlier place is never sold.

    As SQL, because building the same from querysets takes longer than carrying it out.
    """
    return RawSQL(_LIVES_THERE, (inventory.pk, inventory.cluster, inventory.moves), output_field=BooleanField())


def _still_held_until(order: Order) -> datetime:
    hold = seatstore.hold(str(order.hold_id), cluster=order.inventory.cluster)
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
    order.inventory = inventory
    if order.held_until is not None:
        return order
    if order.status == S.EXPIRED:
        raise seatstore.HoldEnded("expired")
    return _hold_in_store(order, seats, asked_before=True)
