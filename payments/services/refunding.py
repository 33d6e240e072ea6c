"""How does a customer cancel and get the money back?

    seats marked cancelled and Refund CREATED, in one transaction ─► seats back in the store ─► IN_TRANSIT
    ─► refund at the gateway ─► DONE

Once the rows are written the cancellation is certain; what cannot be done at once, the worker does.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from moneyed import Money

from booking import seatstore
from booking.errors import OrderNotCancellable, RefundOfferEnded, RequestConflict
from booking.models import Order, RefundOffer
from booking.orders import advance as advance_order
from booking.services import claim_cancellation, give_back_in_store, release_order
from payments import gateways, ledger
from payments.gateways import GatewayUnavailable, Refused
from payments.models import Exchange, Finding, Payment, Refund
from payments.reconciliation.findings import report
from payments.steps import advance

logger = logging.getLogger(__name__)

R = Refund.Status


def cancel_order(
    *,
    order: Order,
    seats: Sequence[str] = (),
    request_id: str,
    offer: RefundOffer | None = None,
    now: datetime | None = None,
) -> list[Refund]:
    """Cancel seats of an order, by label, all that are left if none is named, and pay back what their terms say.

    With an offer, its seats are cancelled, for the amount that it promises.

    An unpaid order is given back as a whole, without a refund. The same request id gives the same refund.
    A refund that is not DONE yet is on its way: the worker finishes it.

    Raises:
        OrderNotCancellable: no such seats, or cancelled before, or being paid.
        DepartureGone: the journey or show has begun.
        RefundOfferEnded: the offer is another order's, was accepted before, or its time is over.
        RequestConflict: the request id belongs to another cancellation.
    """
    seats = seats if offer is None else offer.seats
    refunds = _earlier(order, seats, request_id)
    if not refunds and order.confirmed_at is None and not seats:
        release_order(order=order)
        return []
    if not refunds:
        try:
            refunds = write_refunds(
                order=order, seats=seats, request_id=request_id, offer=offer, now=now or timezone.now()
            )
        except (OrderNotCancellable, RefundOfferEnded, IntegrityError):
            # The same request id may have come twice at the same time; then the other one has it.
            refunds = _earlier(order, seats, request_id)
            if not refunds:
                raise
    for refund in refunds:
        try:
            carry_on_refund(refund=refund)
        except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown, GatewayUnavailable) as error:
            logger.warning("Refund %s is left to the worker: %s", refund.id, error)
    return refunds


def carry_on_refund(*, refund: Refund) -> None:
    """Take a refund from wherever it stopped to its end.

    Raises:
        GatewayUnavailable, seatstore.StoreUnavailable, seatstore.OutcomeUnknown: try again later.
    """
    payment = refund.payment
    if refund.status == R.CREATED:
        of_order = payment.order.seats.select_related("part")
        give_back_in_store(
            order=payment.order,
            seats=[seat for seat in of_order if seat.label in refund.seats],
            request_id=f"{payment.order_id}:cancel:{refund.id}",
        )
        advance(refund, R.IN_TRANSIT)
    if refund.status == R.IN_TRANSIT and not refund.amount:
        # Everything is kept: there is nothing to ask the gateway for.
        _end(refund, R.DONE)
    if refund.status == R.IN_TRANSIT:
        answer = gateways.named(payment.gateway).refund(
            key=f"{refund.id}:refund", reference=payment.gateway_reference, price=refund.price
        )
        if isinstance(answer, Refused):
            _tell_of_refusal(refund, answer)
            _end(refund, R.FAILED, failure=answer.reason)
        else:
            _end(refund, R.DONE, gateway_reference=answer.reference)


def _earlier(order: Order, seats: Sequence[str], request_id: str) -> list[Refund]:
    found = Refund.objects.filter(payment__order=order, request_id=request_id).select_related("payment__order")
    refunds = list(found.order_by("created_at", "-whole_order"))
    named = {seat for refund in refunds for seat in refund.seats}
    if refunds and not (named == set(seats) if seats else any(refund.whole_order for refund in refunds)):
        raise RequestConflict
    return refunds


def write_refunds(
    *,
    order: Order,
    seats: Sequence[str],
    request_id: str,
    now: datetime,
    offer: RefundOffer | None = None,
    free: bool = False,
) -> list[Refund]:
    """Mark seats as cancelled, and write down what goes back for them: from here on it is certain.

    It goes back the way it came: one refund, or one for each of the payments that it takes, where an exchange was paid.

    Args:
        free: all of it goes back, also once it has begun: whoever runs it cancelled it.

    Raises: as cancel_order; IntegrityError, if this request has its refunds.
    """
    with transaction.atomic():
        cancelled = claim_cancellation(order=order, seats=seats, now=now, offer=offer.pk if offer else None, free=free)
        if Exchange.objects.filter(order=order, status__in=Exchange.UNDER_WAY).exists():
            raise OrderNotCancellable(_("This order is being exchanged; try again in a moment."))
        refunds = _refunds(order, cancelled.back, request_id)
        # The first one tells what all of them are for.
        first = refunds[0]
        first.fee, first.whole_order = cancelled.fee.amount, not seats
        first.seats = [seat.label for seat in cancelled.seats]
        Refund.objects.bulk_create(refunds)
        ledger.post([ledger.cancellation(refund) for refund in refunds])
        return refunds


def refund_difference(exchange: Exchange) -> None:
    """Write down what goes back for seats that were exchanged for cheaper ones. Call it in that transaction."""
    Refund.objects.bulk_create(
        _refunds(exchange.order, -exchange.difference, f"exchange:{exchange.pk}", exchange=exchange)
    )


def _refunds(order: Order, back: Money, request_id: str, exchange: Exchange | None = None) -> list[Refund]:
    """Not written yet: of the order's payments as much as each of them has left; at least one."""
    captured = Payment.objects.filter(order=order, status=Payment.Status.CAPTURED).order_by("created_at", "pk")
    refunds: list[Refund] = []
    left = back
    for payment in captured.prefetch_related("refunds"):
        spent = sum((refund.price for refund in payment.refunds.all()), back * 0)
        part = min(left, payment.price - spent)
        if part.amount > 0 or (not left.amount and not refunds):
            payment.order = order
            refunds.append(
                Refund(
                    payment=payment,
                    exchange=exchange,
                    request_id=request_id,
                    amount=part.amount,
                    currency=part.currency.code,
                )
            )
            left -= part
    if left.amount or not refunds:
        raise OrderNotCancellable(_("No payment of this order was found; please ask us to look into it."))
    return refunds


def _tell_of_refusal(refund: Refund, answer: Refused) -> None:
    order = refund.payment.order
    report(
        kind=Finding.Kind.REFUND_REFUSED,
        subject=refund.pk,
        order=order,
        payment=refund.payment,
        what=f"{refund.price} could not be paid back for order {order.reference}: {answer.reason}",
        suggestion=gettext_noop("Ask the customer for a bank account, and pay it back by transfer."),
    )


def _end(refund: Refund, to: str, **fields: str) -> None:
    """A refund's last step. Money that the gateway will never give back is a person's to settle, and the order says so.

    Not before its last seat is cancelled, though: until then it still is a ticket for the others.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=refund.payment.order_id)
        advance(refund, to, **fields)
        owed = Refund.objects.filter(payment__order=order, status=R.FAILED)
        if order.status == Order.Status.CANCELLED and owed.exists():
            advance_order(order, Order.Status.NEEDS_ATTENTION)
