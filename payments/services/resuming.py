"""What did bank or customer decide meanwhile? A payment that waits is taken up from what the gateway's books say.

Whoever has a reason to ask may ask, at any time and any number of times: the customer who comes back from the bank's
page, a webhook, the worker. Only what the gateway answers now counts, not why it was asked.
"""

import logging
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import assert_never

from django.conf import settings
from django.utils.translation import gettext_noop

from booking.errors import DomainError
from booking.models import Order
from booking.services import extend_for_payment
from payments import gateways
from payments.gateways import Charge, ChargeState, GatewayUnavailable
from payments.models import Payment
from payments.services.exchanging import carry_on_exchange
from payments.services.paying import carry_on
from payments.services.rounds import each_for_itself
from payments.steps import advance, claim

logger = logging.getLogger(__name__)

P = Payment.Status

# How long the worker waits for a webhook before it asks, each time.
ASK_AFTER = timedelta(seconds=15)


def resume_payment(*, payment: Payment, now: datetime) -> Payment:
    """Ask the gateway what became of a payment, and take it as far as it goes. REQUIRES_ACTION: it still waits.

    Raises: as pay_order.
    """
    if payment.status in (P.CREATED, P.REQUIRES_ACTION):
        charge = gateways.named(payment.gateway).find(
            key=payment.authorisation_key, reference=payment.gateway_reference
        )
        if charge is not None:
            _learn(payment, charge)
    if payment.status == P.CREATED:
        # The gateway has never heard of it; the request that began it may still be on its way there.
        return payment
    if payment.exchange is not None:
        carry_on_exchange(exchange=payment.exchange, now=now)
        payment.refresh_from_db()
        return payment
    return carry_on(payment=payment, now=now)


def give_up_payment(*, payment: Payment, now: datetime) -> Payment:
    """The customer no longer wants to pay this way. FAILED, unless the bank has said yes already: then it is paid.

    Raises: as pay_order.
    """
    resume_payment(payment=payment, now=now)
    if payment.status == P.REQUIRES_ACTION:
        _abandon(payment, gettext_noop("The payment was given up."))
        if payment.exchange is not None:
            # Nothing stands between the customer and another exchange.
            carry_on_exchange(exchange=payment.exchange, now=now)
    return payment


def follow_waiting(*, now: datetime, limit: int) -> int:
    """Ask after up to `limit` payments that wait, and give up those that have waited too long. Returns how many ended.

    A gateway that does not answer, or an error in one of them, keeps no other waiting.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: the rest waits for the next round.
    """
    waiting = Payment.objects.filter(status=P.REQUIRES_ACTION, updated_at__lte=now - ASK_AFTER)
    return each_for_itself(
        waiting.select_related("order").order_by("updated_at"),
        gateway="gateway",
        limit=limit,
        work=lambda payment: _follow(payment, now),
    )


def _learn(payment: Payment, charge: Charge) -> None:
    match charge.state:
        case ChargeState.ACTION_REQUIRED | ChargeState.PENDING:
            if payment.status == P.CREATED:
                advance(payment, P.REQUIRES_ACTION, gateway_reference=charge.reference, action_url=charge.url)
        case ChargeState.AUTHORISED | ChargeState.CAPTURED:
            # What the gateway's own page was paid with, it alone knows.
            advance(
                payment,
                P.AUTHORISED,
                gateway_reference=charge.reference,
                **(asdict(charge.kept) if charge.kept else {}),
            )
        case ChargeState.DECLINED:
            advance(payment, P.FAILED, failure=charge.reason)
        case ChargeState.VOIDED:
            advance(payment, P.FAILED, failure=gettext_noop("The payment was not completed."))
        case _:
            assert_never(charge.state)


def _follow(payment: Payment, now: datetime) -> int:
    """1: it waits no more."""
    if not claim(payment, now=now):
        return 0
    try:
        resume_payment(payment=payment, now=now)
        if payment.status == P.REQUIRES_ACTION:
            _keep_waiting(payment, now)
    except GatewayUnavailable:
        raise
    except DomainError as error:
        # An end as good as any: nothing was charged, and the rows say why.
        logger.info("Payment %s: %s", payment.id, error)
    return int(payment.status != P.REQUIRES_ACTION)


def _keep_waiting(payment: Payment, now: datetime) -> None:
    """Unless it has waited too long, or for nothing."""
    if payment.created_at <= now - timedelta(seconds=settings.PAYMENT_WAIT_S):
        _abandon(payment, gettext_noop("The payment was not completed in time."))
    elif payment.order.status == Order.Status.CANCELLED:
        # One that merely expired may still find its seats free.
        _abandon(payment, gettext_noop("The seats were given back."))
    else:
        extend_for_payment(order=payment.order, now=now)


def _abandon(payment: Payment, reason: str) -> None:
    gateways.named(payment.gateway).abandon(key=payment.authorisation_key, reference=payment.gateway_reference)
    advance(payment, P.FAILED, failure=reason)
