"""What is to be told, and to whom? Each step of an order becomes a message for each partner who follows it.

The step's row of history was written in the step's own transaction, and says that nobody was told of it yet: whatever
crashes in between, it is found here. Messages, deliveries and that it was told are one transaction again. A step of
which no message can be made is put aside in that transaction, tried again, and in the end left to people: it holds up
no other.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_noop

from booking.api.order_serializers import OrderSerializer
from booking.models import Order, OrderEvent
from booking.selectors import order_of
from payments.models import Finding
from payments.reconciliation import report
from ticketsite.partners.models import (
    Agreement,
    Partner,
    UntoldStep,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookMessage,
)

logger = logging.getLogger(__name__)

# What partners can have told again.
MESSAGES_ARE_KEPT = timedelta(days=30)
# After each attempt to make a message of a step, until the next one; then it is left to people.
PAUSES = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1))

TEST = "webhook.test"
CHANGED = "order.changed"
# What a message is called by where the order got; a step that leads where it was changes its seats, or its time.
KINDS: dict[str, str] = {
    Order.Status.AWAITING_PAYMENT: "order.held",
    Order.Status.CONFIRMING: "order.confirming",
    Order.Status.CONFIRMED: "order.confirmed",
    Order.Status.PARTLY_CANCELLED: "order.partly_cancelled",
    Order.Status.CANCELLED: "order.cancelled",
    Order.Status.EXPIRED: "order.expired",
    Order.Status.NEEDS_ATTENTION: "order.needs_attention",
}


def tell_of_steps(*, now: datetime, limit: int) -> int:
    """Write the messages about up to `limit` steps that nobody was told of. Returns how many steps are told."""
    events = list(OrderEvent.objects.filter(told=False).select_related("order__customer").order_by("id")[:limit])
    followers = _followers_of({event.order.customer_id for event in events})
    with transaction.atomic():
        claimed = OrderEvent.objects.filter(pk__in=[event.pk for event in events], told=False).update(told=True)
        if claimed != len(events):
            # Another worker has some of them; this one looks again.
            transaction.set_rollback(True)
            return 0
        failed = [
            UntoldStep(event=event, error=error, failed_at=now, due_at=now + PAUSES[0])
            for event in events
            if (error := _tell(event, followers[event.order.customer_id], now))
        ]
        UntoldStep.objects.bulk_create(failed)
    return len(events) - len(failed)


def tell_again(*, now: datetime, limit: int) -> int:
    """Try up to `limit` of the steps that could not be told, where it is time. Returns how many are told."""
    due = UntoldStep.objects.filter(due_at__lte=now).select_related("event__order__customer").order_by("due_at")[:limit]
    return sum(_retell(step, now) for step in due)


def tell_once_more(*, step: UntoldStep, now: datetime) -> None:
    """Have a step told that was given up, or not wait for its next attempt; it is as one that failed once."""
    UntoldStep.objects.filter(pk=step.pk).update(attempts=1, due_at=now)


def tell_test(*, endpoint: WebhookEndpoint, now: datetime) -> WebhookDelivery:
    """A message that says nothing, to see whether it arrives."""
    with transaction.atomic():
        message = _message(endpoint.partner, endpoint.is_sandbox, TEST, now, {"endpoint": str(endpoint.pk)})
        return WebhookDelivery.objects.create(message=message, endpoint=endpoint, due_at=now)


def forget_old_messages(*, now: datetime, limit: int) -> int:
    """Delete up to `limit` messages that are too old to be told again. Returns how many."""
    old = WebhookMessage.objects.filter(created_at__lt=now - MESSAGES_ARE_KEPT).values_list("pk", flat=True)[:limit]
    keys = list(old)
    WebhookMessage.objects.filter(pk__in=keys).delete()
    return len(keys)


def kind_of(event: OrderEvent) -> str:
    return CHANGED if event.from_status == event.to_status else KINDS[event.to_status]


def _followers_of(customers: Collection[int]) -> dict[int, set[Partner]]:
    """The partners who are told of each customer's orders: their own, and those of customers who agreed."""
    followers: dict[int, set[Partner]] = defaultdict(set)
    own = Q(account__in=customers) | Q(sandbox__in=customers)
    for partner in Partner.objects.filter(own) if customers else ():
        followers[partner.account_id].add(partner)
        followers[partner.sandbox_id].add(partner)
    for agreement in Agreement.objects.filter(customer__in=customers).select_related("partner"):
        followers[agreement.customer_id].add(agreement.partner)
    return followers


def _retell(step: UntoldStep, now: datetime) -> bool:
    customer = step.event.order.customer_id
    followers = _followers_of({customer})[customer]
    pause = PAUSES[step.attempts] if step.attempts < len(PAUSES) else None
    mine = UntoldStep.objects.filter(pk=step.pk, attempts=step.attempts, due_at=step.due_at)
    with transaction.atomic():
        if not mine.update(attempts=step.attempts + 1, due_at=pause and now + pause, failed_at=now):
            return False
        error = _tell(step.event, followers, now)
        if not error:
            UntoldStep.objects.filter(pk=step.pk).delete()
            return True
        UntoldStep.objects.filter(pk=step.pk).update(error=error)
    if pause is None:
        _report(step, error)
    return False


def _report(step: UntoldStep, error: str) -> None:
    order = step.event.order
    report(
        kind=Finding.Kind.STEP_UNTOLD,
        subject=f"step {step.event_id}",
        order=order,
        what=f"Partners who follow order {order.reference} could not be told of a step of it: {error}.",
        suggestion=gettext_noop(
            "Find the mistake in the worker's log. When it is mended, an administrator has the step told once more, "
            "under Steps that were not told."
        ),
    )


def _tell(event: OrderEvent, partners: Collection[Partner], now: datetime) -> str:
    """Tell all who follow the order. What kept it from being told, or nothing: a mistake of ours in one step keeps no
    other from being told."""
    if not partners or event.order.held_until is None:
        # A request that never got a seat is no order to anybody.
        return ""
    try:
        with transaction.atomic():
            _write_messages(event, partners, now)
    except Exception as error:
        logger.exception("The step %s of order %s could not be told", event.pk, event.order_id)
        return f"{type(error).__name__}: {error}"[:200]
    return ""


def _write_messages(event: OrderEvent, partners: Iterable[Partner], now: datetime) -> None:
    order, number = event.order, _number_of(event)
    shown = OrderSerializer(order_of(customer=order.customer, order_id=order.pk)).data
    told = {
        "number": number,
        "at": event.at.isoformat(),
        "from_status": event.from_status,
        "to_status": event.to_status,
        "reason": event.reason,
        "order": shown,
    }
    for partner in partners:
        is_sandbox = order.customer.is_sandbox
        message = _message(partner, is_sandbox, kind_of(event), now, told, order=order, number=number)
        endpoints = WebhookEndpoint.objects.filter(partner=partner, is_sandbox=is_sandbox, disabled_at=None)
        WebhookDelivery.objects.bulk_create(
            WebhookDelivery(message=message, endpoint=endpoint, due_at=now) for endpoint in endpoints
        )


def _message(
    partner: Partner, is_sandbox: bool, kind: str, now: datetime, told: dict[str, Any], **about: Any
) -> WebhookMessage:
    body = {"type": kind, "timestamp": now.isoformat(), "sandbox": is_sandbox, "data": told}
    return WebhookMessage.objects.create(
        partner=partner, is_sandbox=is_sandbox, kind=kind, body=json.dumps(body, default=str), created_at=now, **about
    )


def _number_of(event: OrderEvent) -> int:
    """Its place among the order's steps. One follows the other's commit, so nothing comes between them later."""
    return OrderEvent.objects.filter(order=event.order_id, pk__lte=event.pk).count()


def kinds() -> Sequence[str]:
    """All that a partner may be told."""
    return (*KINDS.values(), CHANGED, TEST)
