"""What if the difference cannot be taken, and the new seats are sold already? The customer gets the old ones back.

    SWAPPED ─► RETURNING, with the id of the hold that the old seats will have ─► one command of the store: the new
    seats are given back and the old ones sold, or neither ─► RETURNED, with the order's rows, tickets and books

Where that cannot be, because somebody else has an old seat by now, it has begun, or a new ticket was used: UNPAID.
The customer has the new seats for the price of the old ones, which is what was paid, and a person is told.
"""

from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_noop, override

from booking import remarks
from booking.errors import OrderNotCancellable
from booking.models import Order, OrderEvent, OrderPart, OrderSeat
from booking.services import boards_at
from booking.tickets.issuing import issue_tickets, refuse_used
from payments import ledger
from payments.models import Exchange, Finding, Payment
from payments.reconciliation.findings import report
from payments.services.swapping import SeatsOfRun, ask_store

E = Exchange.Status


def begin_return(exchange: Exchange, payment: Payment, *, now: datetime) -> None:
    """From here on the old seats are tried for, if they may be; payment says why the difference could not be taken."""
    with transaction.atomic():
        Order.objects.select_for_update().get(pk=exchange.order_id)
        swapped = Exchange.objects.filter(pk=exchange.pk, status=E.SWAPPED)
        swapped.update(failure=payment.failure)
        why = _why_not(exchange, now)
        if not why:
            swapped.update(status=E.RETURNING, back_hold_id=uuid4(), updated_at=now)
    exchange.refresh_from_db(fields=["status", "failure", "back_hold_id", "updated_at"])
    if why:
        leave_unpaid(exchange, payment, why, now=now)


def return_seats(exchange: Exchange, payment: Payment, *, now: datetime) -> None:
    """Take the old seats again, or tell a person why that cannot be.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    assert exchange.back_hold_id is not None
    part = exchange.part
    old = SeatsOfRun(part.inventory, tuple(exchange.old_seats), part.first_leg, part.end_leg)
    why = ask_store(
        exchange.new_hold_id,
        exchange.back_hold_id,
        old,
        request_id=f"exchange-back:{exchange.pk}",
        movable=part.any_seat,
    )
    if why:
        leave_unpaid(exchange, payment, why, now=now)
    else:
        write_return(exchange, now=now)


def write_return(exchange: Exchange, *, now: datetime) -> bool:
    """The order's rows, tickets and books follow the store. False: somebody else wrote them."""
    with transaction.atomic():
        told = remarks.EXCHANGED_BACK % {"seats": ", ".join(exchange.old_seats), "why": exchange.failure}
        order = _close(exchange, E.RETURNED, told, now)
        if order is None:
            return False
        OrderSeat.objects.filter(part=exchange.new_part_id, cancelled_at=None).update(cancelled_at=now)
        OrderPart.objects.filter(pk=exchange.part_id).update(hold_id=exchange.back_hold_id)
        OrderSeat.objects.filter(part=exchange.part_id, name__in=exchange.old_seats).update(cancelled_at=None)
        issue_tickets(order=order, now=now)
    return True


def leave_unpaid(exchange: Exchange, payment: Payment, why: str, *, now: datetime) -> bool:
    """The customer keeps the new seats, for the price of the old ones: more was not paid, nor is more paid back."""
    with transaction.atomic():
        told = remarks.NOT_EXCHANGED_BACK % {"obstacle": why, "why": exchange.failure}
        if _close(exchange, E.UNPAID, told, now) is None:
            return False
        new = OrderSeat.objects.filter(part=exchange.new_part_id).order_by("id")
        old = OrderSeat.objects.filter(part=exchange.part_id, name__in=exchange.old_seats)
        for seat, price in zip(new, old.order_by("id"), strict=True):
            OrderSeat.objects.filter(pk=seat.pk).update(amount=price.amount)
        report(
            kind=Finding.Kind.EXCHANGE_UNPAID,
            subject=exchange.pk,
            order=exchange.order,
            payment=payment,
            what=f"The seats of order {exchange.order.reference} were exchanged for ones that cost "
            f"{exchange.difference} more, which could not be taken: {payment.failure} They were not exchanged back: "
            f"{why}",
            suggestion=gettext_noop(
                "The customer has them for the old price. Ask for the difference, or cancel the seats."
            ),
        )
    return True


def _close(exchange: Exchange, to: str, told: str, now: datetime) -> Order | None:
    """The last step, with order and books as if it had cost nothing. Call it in a transaction. None: it was taken."""
    order = Order.objects.select_for_update().get(pk=exchange.order_id)
    under_way = Exchange.objects.filter(pk=exchange.pk, status__in=(E.SWAPPED, E.RETURNING))
    if not under_way.update(status=to, updated_at=now):
        exchange.refresh_from_db()
        return None
    exchange.status = to
    Order.objects.filter(pk=order.pk).update(amount=order.amount - exchange.difference.amount, updated_at=now)
    OrderEvent.objects.create(
        order=order,
        at=now,
        from_status=order.status,
        to_status=order.status,
        reason=told[:200],
    )
    ledger.post([ledger.unpaid_exchange(exchange)])
    return order


def _why_not(exchange: Exchange, now: datetime) -> str:
    """Why the old seats are not even to be tried for. Call it in a transaction, with the order locked."""
    part = exchange.part
    if boards_at(inventory=part.inventory, first_leg=part.first_leg) <= now:
        return gettext_noop("What was given for them has begun.")
    new = OrderSeat.objects.filter(part=exchange.new_part_id, cancelled_at=None)
    try:
        with override("en"):  # it is written down
            refuse_used(list(new))
    except OrderNotCancellable as error:
        return str(error)
    return ""
