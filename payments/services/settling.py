"""What did a crash leave between two steps, and how does it end? The worker asks this every few seconds."""

import logging
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_noop

from booking import seatstore
from booking.errors import DomainError
from booking.models import LateOffer
from payments import gateways
from payments.gateways import GatewayUnavailable
from payments.models import Exchange, Payment, Refund
from payments.services.exchanging import carry_on_exchange
from payments.services.refunding import carry_on_refund
from payments.services.resuming import resume_payment
from payments.services.rounds import each_for_itself
from payments.steps import advance, claim

logger = logging.getLogger(__name__)

E = Exchange.Status
P = Payment.Status
R = Refund.Status

# Longer than any request takes: what is younger is most likely still being worked on by the request itself.
GRACE = timedelta(seconds=30)


def settle_unfinished(*, now: datetime, limit: int) -> int:
    """Finish up to `limit` of each cluster's and gateway's payments and refunds that nobody has touched for GRACE.

    Returns how many were finished. A gateway that does not answer, or an error in one of them, keeps no other waiting.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: no cluster answered; the rest waits for the next round.
    """
    return seatstore.on_each_cluster(lambda cluster: _settle_on(cluster, now, limit))


def _settle_on(cluster: str, now: datetime, limit: int) -> int:
    stale = {"updated_at__lte": now - GRACE}
    payments = Payment.objects.filter(
        status__in=(P.CREATED, P.AUTHORISED),
        # An order over several clusters is looked after where its first part lives.
        order__parts__position=1,
        order__parts__inventory__cluster=cluster,
        **stale,
    ).exclude(pk__in=_waiting_for_an_answer(now).values("attempt"))
    refunds = Refund.objects.filter(
        status__in=(R.CREATED, R.IN_TRANSIT),
        payment__order__parts__position=1,
        payment__order__parts__inventory__cluster=cluster,
        **stale,
    )
    # Those whose payment waits are taken up when that goes on.
    exchanges = Exchange.objects.filter(
        Q(status=E.SWAPPED) | Q(payment=None) | ~Q(payment__status__in=(P.CREATED, P.REQUIRES_ACTION)),
        status__in=Exchange.UNDER_WAY,
        inventory__cluster=cluster,
        **stale,
    )
    return (
        each_for_itself(
            payments.select_related("order", "exchange").order_by("updated_at"),
            gateway="gateway",
            limit=limit,
            work=lambda payment: _settle_payment(payment, now),
        )
        + each_for_itself(
            refunds.select_related("payment__order").order_by("updated_at"),
            gateway="payment__gateway",
            limit=limit,
            work=lambda refund: _settle_refund(refund, now),
        )
        + each_for_itself(
            exchanges.select_related("order", "inventory", "part").order_by("updated_at"),
            gateway="payment__gateway",
            limit=limit,
            work=lambda exchange: _settle_exchange(exchange, now),
        )
    )


def _waiting_for_an_answer(now: datetime) -> QuerySet[LateOffer]:
    """Other seats that customers are offered now (late_offers.py): whose payments they are about, `attempt` says."""
    return LateOffer.objects.filter(state=LateOffer.State.OFFERED, valid_until__gt=now)


def _settle_payment(payment: Payment, now: datetime) -> int:
    if not claim(payment, now=now):
        return 0
    # Others of this round came first, which may have taken a while.
    payment.order.refresh_from_db()
    try:
        resume_payment(payment=payment, now=now)
        if payment.status == P.CREATED:
            # Its card is gone with the request, so it cannot be completed; make sure nothing was or will be taken.
            gateways.named(payment.gateway).abandon(key=payment.authorisation_key)
            advance(payment, P.FAILED, failure=gettext_noop("The payment was not completed."))
    except GatewayUnavailable:
        raise
    except DomainError as error:
        # An end as good as any: nothing was charged, and the rows say why.
        logger.info("Payment %s: %s", payment.id, error)
    return 1


def _settle_refund(refund: Refund, now: datetime) -> int:
    if not claim(refund, now=now):
        return 0
    carry_on_refund(refund=refund)
    return 1


def _settle_exchange(exchange: Exchange, now: datetime) -> int:
    if not claim(exchange, now=now):
        return 0
    carry_on_exchange(exchange=exchange, now=now)
    return 1
