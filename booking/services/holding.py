"""How does a customer get seats held? The order's rows are written and committed, then the seat store is asked.

It is asked once for each part of the order, one after the other. All or nothing: where one is refused, what was held
before it is given back. A crash in between leaves a draft, which the same request takes further or the worker ends.
"""

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import BooleanField
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.models import User
from booking import seatstore
from booking.errors import DomainError, RequestConflict
from booking.models import Inventory, Order, OrderPart
from booking.orders import advance
from booking.selectors.orders import know_rows, parts_of, seats_of_part
from booking.services.choosing import hold_chosen, price_chosen, write_chosen, write_moves
from booking.services.releasing import release_in_store
from booking.services.wanting import PartWanted, write_draft
from booking.waiting_room.visitors import check_turn

S = Order.Status

# What the store says when it holds nothing.
_NO = (seatstore.SeatsTaken, seatstore.NoSeatsFound, seatstore.HoldEnded, seatstore.SeatStoreRefused)

_LIVES_THERE = f"EXISTS (SELECT 1 FROM {Inventory._meta.db_table} WHERE id = %s AND cluster = %s AND moves = %s)"


def hold_seats(
    *,
    customer: User,
    inventory: Inventory,
    seats: Sequence[str],
    first_leg: int,
    end_leg: int,
    request_id: str,
    passenger_types: Sequence[str] = (),
    any_seat: bool = False,
    now: datetime | None = None,
) -> Order:
    """Hold all the seats of one inventory on legs [first_leg, end_leg), or none. Returns an order to be paid.

    Raises: as hold_parts.
    """
    part = PartWanted(inventory, tuple(dict.fromkeys(seats)), first_leg, end_leg, tuple(passenger_types), any_seat)
    return hold_parts(customer=customer, parts=[part], request_id=request_id, now=now)


def hold_parts(
    *, customer: User, parts: Sequence[PartWanted], request_id: str, browser: str = "", now: datetime | None = None
) -> Order:
    """Hold all that is wanted, of one or several inventories, or nothing, if it is the customer's turn.

    Args:
        browser: the session in which he may have waited (booking/waiting_room/visitors.py).

    Raises:
        NotYourTurn: there is a waiting room, and he has not been let in.
        ...: as hold_in_any_case.
    """
    gated = [part.inventory for part in parts if part.inventory.has_waiting_room]
    if gated and not Order.objects.filter(customer=customer, request_id=request_id).exists():
        for inventory in gated:
            check_turn(inventory=inventory, user=customer, browser=browser)
    return hold_in_any_case(customer=customer, parts=parts, request_id=request_id, now=now)


def hold_in_any_case(
    *, customer: User, parts: Sequence[PartWanted], request_id: str, now: datetime | None = None
) -> Order:
    """Hold all that is wanted, of one or several inventories, or nothing. Returns an order to be paid.

    Waiting rooms are not looked at: for what the house itself offers somebody.

    The same request id gives the same order, whatever has become of it since.

    Raises:
        NothingChosen, TooManySeats, UnknownSeats, LegsOutOfRange, UnknownPassengerType, SeveralCurrencies: the request
            makes no sense.
        InventoryNotOnSale, DepartureGone, SaleNotStarted, SaleEnded, CustomerLimitReached: not for sale, or not now,
            or not to this customer.
        RequestConflict: the request id belongs to another request.
        ChoiceInvalid, NoneSoCheap: nothing can be chosen like this.
        seatstore.SeatsTaken: somebody else has some of them; nothing is held.
        seatstore.NoSeatsFound: there are not as many of this kind; nothing is held.
        seatstore.HoldEnded: the hold of this request id has ended meanwhile.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again with the same request id.
    """
    try:
        order = write_draft(customer=customer, parts=parts, request_id=request_id, now=now or timezone.now())
    except (DomainError, IntegrityError):
        # Asked before? Then it is answered as before, also when nothing could be held any more.
        earlier = Order.objects.filter(customer=customer, request_id=request_id).first()
        if earlier is None:
            raise
        return _resume_hold(earlier, parts)
    return _hold_in_store(order)


def _hold_in_store(order: Order, *, asked_before: bool = False) -> Order:
    """Ask the store and write down what it said. A refusal is the end of an order that never had a seat."""
    parts = parts_of(order)
    answers: list[datetime | seatstore.BestHeld] = []
    for part in parts:
        try:
            answer = _hold_part(order, part)
        except _NO as error:
            _give_up(order, parts[: len(answers)], error)
            write_moves(part, (), now=timezone.now())
            raise
        answers.append(answer)
        if isinstance(answer, seatstore.BestHeld):
            write_moves(part, answer.moved, now=timezone.now())
    # A repeated request gets its first answer back, whose lifetime began then: ask how much of it is left.
    held_until = _still_held_until(order) if asked_before else min(map(_until, answers))
    if order.status == S.DRAFT:
        try:
            _await_payment(order, answers, held_until)
        except DomainError as error:
            _give_up(order, parts, error)
            raise
    if order.status == S.DRAFT:
        advance(order, S.CANCELLED, reason=gettext_noop("The seats were moved to another store cluster meanwhile."))
    if order.status != S.AWAITING_PAYMENT:
        # It was given up meanwhile, by its customer or by the worker, or its inventory was moved.
        release_in_store(order, parts)
        raise seatstore.HoldEnded(order.status.lower())
    return order


def _give_up(order: Order, held: Sequence[OrderPart], error: DomainError | seatstore.SeatStoreError) -> None:
    if order.status == S.DRAFT:
        advance(order, S.CANCELLED, reason=error.remark[:200])
    release_in_store(order, held)


def _until(answer: datetime | seatstore.BestHeld) -> datetime:
    return answer if isinstance(answer, datetime) else answer.held_until


def _await_payment(order: Order, answers: Sequence[datetime | seatstore.BestHeld], held_until: datetime) -> None:
    """The step to AWAITING_PAYMENT, and with it the seats that the store chose.

    Raises:
        NoPrice, SaleNotStarted, SaleEnded, CustomerLimitReached: not these seats after all.
    """
    parts = parts_of(order)
    provided = _lives_where_it_was(parts)
    chosen = [(part, best) for part, best in zip(parts, answers, strict=True) if not isinstance(best, datetime)]
    if not chosen:
        advance(order, S.AWAITING_PAYMENT, provided=provided, held_until=held_until)
        return
    now = timezone.now()
    priced = [(part, price_chosen(part, best.seats)) for part, best in chosen]
    total = sum((seat.price for _, seats in priced for seat in seats), order.price)
    named = [seat for part in parts for seat in seats_of_part(order, part)]
    with transaction.atomic():
        rows = [row for part, seats in priced for row in write_chosen(order, part, seats, now=now)]
        if not advance(order, S.AWAITING_PAYMENT, provided=provided, held_until=held_until, amount=total.amount):
            transaction.set_rollback(True)
    if order.status == S.AWAITING_PAYMENT:
        know_rows(order, parts, [*named, *rows])


def _hold_part(order: Order, part: OrderPart) -> datetime | seatstore.BestHeld:
    request_id = f"{order.id}:hold" if part.position == 1 else f"{order.id}:hold:{part.position}"
    if part.choice is not None:
        return hold_chosen(order, part, request_id=request_id)
    return seatstore.hold_seats(
        inventory=part.inventory_id,
        hold_id=part.hold_id,
        seats=[seat.name for seat in seats_of_part(order, part)],
        first_leg=part.first_leg,
        end_leg=part.end_leg,
        ttl_s=settings.HOLD_TTL_S,
        request_id=request_id,
        cluster=part.inventory.cluster,
    )


def _lives_where_it_was(parts: Sequence[OrderPart]) -> RawSQL:
    """An order can be paid only where its inventories live: what the store held at an earlier place is never sold.

    As SQL, because building the same from querysets takes longer than carrying it out.
    """
    inventories = {part.inventory_id: part.inventory for part in parts}.values()
    places = tuple(value for of in inventories for value in (of.pk, of.cluster, of.moves))
    return RawSQL(" AND ".join([_LIVES_THERE] * len(inventories)), places, output_field=BooleanField())


def _still_held_until(order: Order) -> datetime:
    untils = []
    for part in parts_of(order):
        hold = seatstore.hold(part.hold_id, cluster=part.inventory.cluster)
        if hold is None or hold.state != "held":
            if order.status == S.DRAFT:
                advance(order, S.EXPIRED)
            release_in_store(order, [other for other in parts_of(order) if other != part])
            raise seatstore.HoldEnded(hold.state if hold else "expired")
        untils.append(hold.held_until)
    return min(untils)


def _asks_for(order: Order, part: OrderPart, want: PartWanted) -> bool:
    if part.choice is not None and want.choice is not None:
        asked = want.choice.to_json() | {"passengers": list(want.passengers)}
        return all(part.choice[name] == value for name, value in asked.items())
    if part.choice is not None or want.choice is not None:
        return False
    who = {seat.name: seat.passenger_type for seat in seats_of_part(order, part)}
    return who == dict(zip(want.seats, want.passengers, strict=True))


def _resume_hold(order: Order, wanted: Sequence[PartWanted]) -> Order:
    parts = parts_of(order)
    same = len(parts) == len(wanted) and all(
        (part.inventory_id, part.first_leg, part.end_leg) == (want.inventory.pk, want.first_leg, want.end_leg)
        and _asks_for(order, part, want)
        for part, want in zip(parts, wanted, strict=True)
    )
    if not same:
        raise RequestConflict
    for part, want in zip(parts, wanted, strict=True):
        part.inventory = want.inventory
    if order.held_until is not None:
        return order
    if order.status == S.EXPIRED:
        raise seatstore.HoldEnded("expired")
    return _hold_in_store(order, asked_before=True)
