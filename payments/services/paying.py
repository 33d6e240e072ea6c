"""How is an order paid? One line of steps, which a retry or the worker takes up wherever it stopped.

    extend the hold ─► Payment CREATED ─► authorise ─► AUTHORISED ─► order CONFIRMING ─► confirm in the store
    ─► capture ─► CAPTURED and order CONFIRMED, in one transaction

Where the customer or the bank has still to say yes, it stops at REQUIRES_ACTION; resuming.py takes it up from there.
Money is only reserved until the seats are sold, and only taken once they are. Confirmation refused, because the order
had expired: the same seats are taken again if they are free (booking/services/reviving.py), others as good are offered
if they are not (late_offers.py), and only then void.
Capture refused: the seats go back, then void.
"""

from dataclasses import asdict
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from booking.errors import OrderNotPayable, RequestConflict
from booking.models import Order
from booking.orders import advance as advance_order
from booking.services import (
    accept_late_offer,
    begin_confirming,
    confirm_in_store,
    extend_for_payment,
    has_others,
    mark_confirmed,
    offer_others,
    take_again,
    take_back_unpaid,
)
from payments import gateways
from payments.errors import CardDeclined, OtherSeatsOffered, PaymentInProgress
from payments.gateways import Refused
from payments.methods import Kept, Method, kept_of
from payments.models import Payment
from payments.services.authorising import authorise, let_go
from payments.steps import advance

P = Payment.Status


def pay_order(
    *, order: Order, method: Method, request_id: str, return_url: str = "", now: datetime | None = None
) -> Payment:
    """Pay an order that awaits payment. Returns the payment: CAPTURED, and the order is CONFIRMED; or REQUIRES_ACTION.

    The latter waits for the customer at its action_url, which leads back to `return_url`, or for the bank. The same
    request id gives the same payment, or takes one up that was interrupted.

    Raises:
        CardInvalid, UpiIdInvalid: this cannot be right; it names the field.
        MethodNotTaken: one does not pay that way here.
        CardDeclined: the bank said no, or the money could not be taken; nothing was charged.
        OrderNotPayable: it does not await payment, or its hold ended on the way; nothing was charged.
        OtherSeatsOffered: its hold ended on the way and its seats are gone; nothing is charged unless it is accepted.
        DepartureGone: the journey or show has begun; nothing was charged.
        PaymentInProgress: another payment of this order is under way.
        RequestConflict: the request id belongs to another payment.
        GatewayUnavailable, seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again with the same request id.
    """
    now = now or timezone.now()
    payment = _earlier(order, request_id)
    if payment is None:
        gateways.of_order(order).check(method, today=now.date())
        extend_for_payment(order=order, now=now)
        payment = _create(order, kept_of(method), request_id)
    elif payment.order_id != order.pk or not _is_with(payment, kept_of(method)):
        raise RequestConflict
    if payment.status == P.CREATED:
        authorise(payment, method, return_url)
    return carry_on(payment=payment, now=now)


def carry_on(*, payment: Payment, now: datetime) -> Payment:
    """Take a payment from AUTHORISED to its end; one that has ended, or waits, gives its first answer again.

    Raises: as pay_order.
    """
    if payment.status == P.AUTHORISED:
        _sell(payment, now)
    if payment.status in (P.CAPTURED, P.REQUIRES_ACTION):
        return payment
    if payment.failure and payment.order.status != Order.Status.NEEDS_ATTENTION:
        raise CardDeclined(payment.failure)
    raise OrderNotPayable(payment.order.status)


def _earlier(order: Order, request_id: str) -> Payment | None:
    """The customer's payment under this request id, be it for this order or (a mistake) for another."""
    mine = Payment.objects.filter(order__customer_id=order.customer_id, request_id=request_id)
    return mine.select_related("order").order_by("created_at").first()


def _is_with(payment: Payment, kept: Kept) -> bool:
    """What the gateway itself found out of a card typed on its page was not known when it was asked."""
    if payment.method != kept.method or kept.method == Payment.Method.HOSTED:
        return payment.method == kept.method
    return all(getattr(payment, column) == value for column, value in asdict(kept).items())


def _create(order: Order, kept: Kept, request_id: str) -> Payment:
    try:
        with transaction.atomic():
            return Payment.objects.create(
                order=order,
                request_id=request_id,
                amount=order.amount,
                currency=order.currency,
                gateway=gateways.of_order(order).name,
                **asdict(kept),
            )
    except IntegrityError as error:
        raise PaymentInProgress from error


def _sell(payment: Payment, now: datetime) -> None:
    order = payment.order
    try:
        _confirm(payment, now)
    except OrderNotPayable:
        _end_unsold(payment, now)
        return
    answer = gateways.named(payment.gateway).capture(key=f"{payment.id}:capture", reference=payment.gateway_reference)
    if isinstance(answer, Refused):
        take_back_unpaid(order=order)
        _void(payment, failure=answer.reason)
        return
    with transaction.atomic():
        if advance(payment, P.CAPTURED):
            mark_confirmed(order=order, now=now)


def _end_unsold(payment: Payment, now: datetime) -> None:
    """The order has ended: it gets its seats once more, others are offered, or the money is let go.

    Raises:
        OtherSeatsOffered: the payment waits for the customer's answer.
    """
    order = payment.order
    offer = offer_others(order=order, attempt=payment.pk, now=now)
    if offer is not None and has_others(offer):
        raise OtherSeatsOffered(offer)
    if offer is not None:
        accept_late_offer(offer=offer, now=now)
        order.refresh_from_db()
        _sell(payment, now)
        return
    # Read after the offer: accepting one and taking the order up again are one transaction.
    order.refresh_from_db()
    if order.confirmed_at is not None:
        # Somebody else, the worker perhaps, brought this very payment to its end meanwhile.
        payment.refresh_from_db()
    elif order.status != Order.Status.CONFIRMING:
        # While it is being confirmed, whoever does that has the payment too.
        _void(payment)


def _confirm(payment: Payment, now: datetime) -> None:
    """Have the store sell the seats: those that are held or, for one who paid late, the same ones if they are free.

    Raises:
        OrderNotPayable: the order has ended, and the money must go back.
    """
    order = payment.order
    try:
        begin_confirming(order=order)
        confirm_in_store(order=order)
    except OrderNotPayable:
        if not take_again(order=order, attempt=payment.pk, now=now):
            raise
        confirm_in_store(order=order)


def _void(payment: Payment, *, failure: str = "") -> None:
    if not let_go(payment, failure=failure):
        advance_order(payment.order, Order.Status.NEEDS_ATTENTION)
