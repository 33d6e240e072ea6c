"""How does a customer exchange seats for others, of the same run or of another one?

    Exchange CREATED ─► difference authorised, if the new seats cost more ─► one command of the store: the old seats are
    given back and the new ones sold, or neither ─► SWAPPED, with the order's rows ─► difference captured ─► DONE

A difference that cannot be taken after all: RETURNING ─► the old seats again ─► RETURNED (swapping_back.py).
Cheaper ones: DONE with the order's rows, and a refund of the difference. New seats that somebody else has: FAILED, and
what was reserved is let go. Nobody else gets the old seats before the customer has the new ones.
"""

import logging
from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from moneyed import Money

from booking import seatstore
from booking.errors import RequestConflict
from booking.models import Order
from booking.remarks import in_words_of_the_reader
from booking.selling.sale_rules import check_sale_rules
from booking.tickets.issuing import refuse_used
from booking.waiting_room.visitors import check_turn
from payments import gateways
from payments.errors import CardDeclined
from payments.exchange_terms import ExchangePrice, ExchangeRefused, ExchangeWanted, PaymentNeeded, price_exchange
from payments.gateways import GatewayUnavailable, Refused
from payments.methods import Method, kept_of
from payments.models import Exchange, Payment
from payments.services.authorising import authorise, let_go
from payments.services.refunding import carry_on_refund
from payments.services.swapping import move, swap_in_store, write_swap
from payments.services.swapping_back import begin_return, leave_unpaid, return_seats
from payments.steps import advance

logger = logging.getLogger(__name__)

E = Exchange.Status
P = Payment.Status


def exchange_seats(
    *,
    order: Order,
    wanted: ExchangeWanted,
    request_id: str,
    method: Method | None = None,
    return_url: str = "",
    expected: Money | None = None,
    browser: str = "",
    now: datetime | None = None,
) -> Exchange:
    """Exchange all that is left of a part of an order. Returns the exchange: DONE, or CREATED while a payment waits.

    The same request id gives the same exchange, or takes one up that was interrupted.

    Args:
        method: with what the difference is paid; not needed if there is none.
        expected: the difference that the customer was shown; another one is not charged.
        browser: the session in which he may have waited, where there is a waiting room before the new seats.

    Raises: as price_exchange, and
        ExchangeRefused: the new seats are gone, or another one is under way.
        PaymentNeeded: it costs more, and nothing pays for it.
        CardInvalid, UpiIdInvalid, MethodNotTaken, CardDeclined: the difference cannot be paid like this. Where that
            shows after the step of the store, the old seats are taken back.
        CustomerLimitReached: with these seats the customer would have too many of the other performance.
        OrderNotCancellable: somebody was let in with one of the tickets.
        NotYourTurn: there is a waiting room before the new seats, and he has not been let in.
        RequestConflict: the request id belongs to another exchange.
        GatewayUnavailable, seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again with the same request id.
    """
    now = now or timezone.now()
    exchange = _earlier(order, wanted, request_id)
    if exchange is None:
        check_turn(inventory=wanted.inventory, user=order.customer, browser=browser)
        price = price_exchange(order=order, wanted=wanted, now=now)
        if expected is not None and price.difference != expected:
            raise ExchangeRefused(_("The prices have changed a moment ago; please look at the new ones."))
        exchange = _write(order, wanted, price, request_id, method, now)
    payment = payment_of(exchange)
    if payment is not None and payment.status == P.CREATED and method is not None:
        authorise(payment, method, return_url)
    carry_on_exchange(exchange=exchange, now=now)
    if exchange.status in (E.FAILED, E.RETURNED):
        declined = exchange.status == E.RETURNED or (payment is not None and payment.status == P.FAILED)
        raise CardDeclined(exchange.failure) if declined else ExchangeRefused(in_words_of_the_reader(exchange.failure))
    return exchange


def payment_of(exchange: Exchange) -> Payment | None:
    """The payment of its difference, if there is one."""
    return Payment.objects.filter(exchange=exchange).select_related("order", "exchange").first()


def carry_on_exchange(*, exchange: Exchange, now: datetime) -> None:
    """Take an exchange from wherever it stopped to its end, or to where it waits for a payment.

    Raises:
        GatewayUnavailable, seatstore.StoreUnavailable, seatstore.OutcomeUnknown: try again later.
    """
    payment = payment_of(exchange)
    if exchange.status == E.CREATED and payment is not None and payment.status in (P.CREATED, P.REQUIRES_ACTION):
        return
    if exchange.status == E.CREATED and payment is not None and payment.status != P.AUTHORISED:
        move(exchange, E.CREATED, E.FAILED, payment.failure or gettext_noop("The difference was not paid."))
    if exchange.status == E.CREATED:
        if why := swap_in_store(exchange):
            move(exchange, E.CREATED, E.FAILED, why)
        else:
            write_swap(exchange, now=now)
    if exchange.status == E.FAILED and payment is not None and payment.status == P.AUTHORISED:
        let_go(payment, failure=exchange.failure)
    if exchange.status == E.SWAPPED and payment is not None:
        _capture(exchange, payment, now)
    if exchange.status == E.RETURNING and payment is not None:
        return_seats(exchange, payment, now=now)
    if exchange.status == E.DONE:
        _pay_back(exchange)


def _earlier(order: Order, wanted: ExchangeWanted, request_id: str) -> Exchange | None:
    exchange = Exchange.objects.filter(order=order, request_id=request_id).select_related("inventory", "part").first()
    if exchange is None:
        return None
    same = (exchange.part_id, exchange.inventory_id, exchange.first_leg, exchange.end_leg) == (
        wanted.part.pk,
        wanted.inventory.pk,
        wanted.first_leg,
        wanted.end_leg,
    )
    if not same or {seat["name"] for seat in exchange.seats} != set(wanted.seats):
        raise RequestConflict
    return exchange


def _write(
    order: Order, wanted: ExchangeWanted, price: ExchangePrice, request_id: str, method: Method | None, now: datetime
) -> Exchange:
    """The rows, if the tickets still are what was priced; a cancellation has to wait for their end."""
    if price.difference.amount > 0:
        if method is None:
            raise PaymentNeeded(price.difference)
        gateways.of_order(order).check(method, today=now.date())
    try:
        with transaction.atomic():
            order.refresh_from_db(from_queryset=Order.objects.select_for_update())
            if price_exchange(order=order, wanted=wanted, now=now).old_seats != price.old_seats:
                raise ExchangeRefused(_("Some of these seats were cancelled meanwhile."))
            refuse_used(price.old_seats)
            if wanted.inventory != wanted.part.inventory:
                check_sale_rules(
                    customer=order.customer, inventory=wanted.inventory, count=len(price.new_seats), now=now
                )
            exchange = Exchange.objects.create(
                order=order,
                request_id=request_id,
                part=wanted.part,
                old_hold_id=type(wanted.part).objects.get(pk=wanted.part.pk).hold_id,
                old_seats=[seat.name for seat in price.old_seats],
                inventory=wanted.inventory,
                first_leg=wanted.first_leg,
                end_leg=wanted.end_leg,
                seats=[
                    {"name": s.name, "zone": s.zone, "amount": str(s.price.amount), "passenger_type": s.passenger_type}
                    for s in price.new_seats
                ],
                old_amount=price.old.amount,
                new_amount=price.new.amount,
                currency=price.new.currency.code,
            )
            if method is not None and price.difference.amount > 0:
                Payment.objects.create(
                    order=order,
                    exchange=exchange,
                    request_id=f"exchange:{exchange.pk}",
                    amount=price.difference.amount,
                    currency=exchange.currency,
                    gateway=gateways.of_order(order).name,
                    **asdict(kept_of(method)),
                )
    except IntegrityError as error:
        raise ExchangeRefused(_("Another exchange of this order is under way; try again in a moment.")) from error
    return exchange


def _capture(exchange: Exchange, payment: Payment, now: datetime) -> None:
    if payment.status == P.AUTHORISED:
        answer = gateways.named(payment.gateway).capture(
            key=f"{payment.id}:capture", reference=payment.gateway_reference
        )
        if isinstance(answer, Refused):
            let_go(payment, failure=answer.reason)
        else:
            advance(payment, P.CAPTURED)
    if payment.status == P.CAPTURED:
        move(exchange, E.SWAPPED, E.DONE)
    elif payment.status == P.VOIDED:
        begin_return(exchange, payment, now=now)
    elif payment.status == P.FAILED:
        leave_unpaid(exchange, payment, gettext_noop("Whether the money was taken after all is unknown."), now=now)


def _pay_back(exchange: Exchange) -> None:
    """What cannot be done at once, the worker does."""
    for refund in exchange.refunds.select_related("payment__order"):
        try:
            carry_on_refund(refund=refund)
        except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown, GatewayUnavailable) as error:
            logger.warning("Refund %s is left to the worker: %s", refund.id, error)
