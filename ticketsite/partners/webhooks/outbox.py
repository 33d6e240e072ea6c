"""What is to be told, and to whom? Each step of an order becomes a message for each partner who follows it.

The step's row of history was written in the step's own transaction, and says that nobody was told of it yet: whatever
crashes in between, it is found here. Messages, deliveries and that it was told are one transaction again.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from booking.api.order_serializers import OrderSerializer
from booking.models import Order, OrderEvent
from booking.selectors import order_of
from ticketsite.partners.models import Agreement, Partner, WebhookDelivery, WebhookEndpoint, WebhookMessage

logger = logging.getLogger(__name__)

# What partners can have told again.
MESSAGES_ARE_KEPT = timedelta(days=30)

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
    """Write the messages about up to `limit` steps that nobody was told of. Returns how many steps they were."""
    events = list(OrderEvent.objects.filter(told=False).select_related("order__customer").order_by("id")[:limit])
    followers = _followers_of({event.order.customer_id for event in events})
    with transaction.atomic():
        claimed = OrderEvent.objects.filter(pk__in=[event.pk for event in events], told=False).update(told=True)
        if claimed != len(events):
            # Another worker has some of them; this one looks again.
            transaction.set_rollback(True)
            return 0
        return sum(_told(event, followers[event.order.customer_id], now) for event in events)


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


def _told(event: OrderEvent, partners: Collection[Partner], now: datetime) -> bool:
    """Whether it was told to all who follow the order. A mistake of ours in one step keeps no other from being told."""
    if not partners or event.order.held_until is None:
        # A request that never got a seat is no order to anybody.
        return True
    try:
        with transaction.atomic():
            _tell(event, partners, now)
    except Exception:
        logger.exception("The step %s of order %s could not be told", event.pk, event.order_id)
        OrderEvent.objects.filter(pk=event.pk).update(told=False)
        return False
    return True


def _tell(event: OrderEvent, partners: Iterable[Partner], now: datetime) -> None:
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
