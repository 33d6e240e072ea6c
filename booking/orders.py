"""Which steps may an order take? The table below, and one function that takes them.

    DRAFT ──► AWAITING_PAYMENT ──► CONFIRMING ──► CONFIRMED ──► PARTLY_CANCELLED ──► CANCELLED

A step is a conditional UPDATE: it happens only if the row still is where the caller believes it to be, so of
two processes that want to take an order different ways, one wins and the other learns it. No lock is held. The
order's history gets its row in the same transaction.
"""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from booking.acting import actor_for
from booking.models import Order, OrderEvent

S = Order.Status

_ALWAYS = Q()

ORDER_TRANSITIONS: dict[str, frozenset[str]] = {
    # CANCELLED straight from DRAFT: the seats were somebody else's, nothing was ever held.
    S.DRAFT: frozenset({S.AWAITING_PAYMENT, S.CANCELLED, S.EXPIRED}),
    # To itself: the hold is extended while the customer pays.
    S.AWAITING_PAYMENT: frozenset({S.AWAITING_PAYMENT, S.CONFIRMING, S.CANCELLED, S.EXPIRED}),
    # EXPIRED: the hold had ended before it was confirmed. CANCELLED: confirmed, but the money could not be taken.
    S.CONFIRMING: frozenset({S.CONFIRMED, S.CANCELLED, S.EXPIRED}),
    S.CONFIRMED: frozenset({S.PARTLY_CANCELLED, S.CANCELLED}),
    S.PARTLY_CANCELLED: frozenset({S.PARTLY_CANCELLED, S.CANCELLED}),
    # Money that the gateway will not give back needs a person.
    S.CANCELLED: frozenset({S.NEEDS_ATTENTION}),
    # CONFIRMING: it was paid after its time was over, and its seats were still free.
    S.EXPIRED: frozenset({S.CONFIRMING, S.NEEDS_ATTENTION}),
    S.NEEDS_ATTENTION: frozenset(),
}


def advance(
    order: Order,
    to: str,
    *,
    provided: Q | RawSQL = _ALWAYS,
    reason: str = "",
    **fields: Any,
) -> bool:
    """Move the order from the status it was read in to `to`, setting `fields` with it; its history says so.

    Returns False, and reads the order anew, if it had moved on meanwhile, or is not as `provided`.

    Raises:
        ValueError: the table has no such step; a defect, not an event.
    """
    if to not in ORDER_TRANSITIONS[order.status]:
        raise ValueError(f"An order cannot go from {order.status} to {to}.")
    now = timezone.now()
    changes = {"status": to, "updated_at": now, **fields}
    with transaction.atomic():
        moved = Order.objects.filter(provided, pk=order.pk, status=order.status).update(**changes)
        if moved:
            OrderEvent.objects.create(
                order=order,
                at=now,
                from_status=order.status,
                to_status=to,
                actor=actor_for(order),
                reason=reason,
            )
    if not moved:
        order.refresh_from_db()
        return False
    for name, value in changes.items():
        setattr(order, name, value)
    return True
