"""What did a gateway tell us? Each event is a row of its own, committed before the gateway hears that it arrived.

    signature checked ─► row written (one for each event, however often it comes) ─► handled at once ─► 200
                                                        └─► what that could not do, the worker does

An event is a hint to look, never a fact (payments/gateways/base.py): handling one means asking the gateway what it
knows and taking the payment as far as that goes. So late, twice, in the wrong order and never all end the same.
"""

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F

from booking.errors import DomainError
from booking.seatstore import OutcomeUnknown, StoreUnavailable
from payments import gateways
from payments.gateways import GatewayUnavailable
from payments.models import Payment, WebhookEvent
from payments.services import resume_payment
from payments.services.rounds import each_for_itself

logger = logging.getLogger(__name__)

# Whoever takes an event has it this long, which is longer than handling one takes.
GRACE = timedelta(seconds=30)
MAX_BACKOFF = timedelta(hours=1)


def receive_webhook(*, gateway: str, headers: Mapping[str, str], body: bytes, now: datetime) -> WebhookEvent:
    """Write down what a gateway tells. One that is told again is counted on its first row.

    Raises:
        KeyError: there is no such gateway.
        BadSignature: it was not this gateway that sent it.
    """
    event = gateways.named(gateway).read_webhook(headers=headers, body=body)
    row, is_new = WebhookEvent.objects.get_or_create(
        gateway=gateway,
        event_id=event.id,
        defaults={"kind": event.kind, "key": event.key, "reference": event.reference, "due_at": now},
    )
    if not is_new:
        WebhookEvent.objects.filter(pk=row.pk).update(deliveries=F("deliveries") + 1)
    return row


def handle_event(*, event: WebhookEvent, now: datetime) -> bool:
    """Bring the payment that an event speaks of up to date. False: somebody else has the event, or had it.

    Raises:
        GatewayUnavailable, seatstore.StoreUnavailable, seatstore.OutcomeUnknown: the worker tries again.
    """
    if not _claim(event, now):
        return False
    payment = _payment_of(event)
    if payment is None:
        return _handled(event, now, "It is about no payment of ours.")
    try:
        resume_payment(payment=payment, now=now)
    except GatewayUnavailable:
        raise
    except DomainError as error:
        return _handled(event, now, str(error))
    return _handled(event, now, f"The payment is {payment.get_status_display().lower()}.")


def handle_events(*, now: datetime, limit: int) -> int:
    """Handle up to `limit` events of each gateway that nobody has brought to an end. Returns how many were.

    A gateway that does not answer, or an error in one of them, keeps no other waiting.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: the rest waits for the next round.
    """
    waiting = WebhookEvent.objects.filter(handled_at=None, due_at__lte=now).order_by("due_at")
    return each_for_itself(
        waiting, gateway="gateway", limit=limit, work=lambda event: handle_event(event=event, now=now)
    )


def handle_at_once(*, event: WebhookEvent, now: datetime) -> None:
    """Handle an event while the gateway waits for its answer, which must not depend on how that goes."""
    try:
        handle_event(event=event, now=now)
    except (GatewayUnavailable, StoreUnavailable, OutcomeUnknown) as error:
        logger.warning("The event %s is left to the worker: %s", event, error)
    except Exception:
        logger.exception("The event %s is left to the worker", event)


def _claim(event: WebhookEvent, now: datetime) -> bool:
    """Take the event for GRACE, and longer each time it could not be handled."""
    next_due = now + min(GRACE * 2**event.attempts, MAX_BACKOFF)
    mine = WebhookEvent.objects.filter(pk=event.pk, handled_at=None, due_at=event.due_at, due_at__lte=now)
    return bool(mine.update(due_at=next_due, attempts=F("attempts") + 1))


def _handled(event: WebhookEvent, now: datetime, outcome: str) -> bool:
    WebhookEvent.objects.filter(pk=event.pk).update(handled_at=now, outcome=outcome[:120])
    return True


def _payment_of(event: WebhookEvent) -> Payment | None:
    payments = Payment.objects.filter(gateway=event.gateway).select_related("order")
    if payment_id := Payment.id_of(event.key):
        return payments.filter(pk=payment_id).first()
    return payments.filter(gateway_reference=event.reference).first() if event.reference else None
