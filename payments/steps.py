"""Which steps may a payment and a refund take? As with orders: a table, and a conditional UPDATE that takes one.

Payment: CREATED ──► AUTHORISED ──► CAPTURED                     Refund: CREATED ──► IN_TRANSIT ──► DONE
            ├─► REQUIRES_ACTION ─┘└─► VOIDED                                              └─► FAILED
            └─► FAILED ◄┘
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from payments import ledger
from payments.models import Exchange, Payment, Refund

P = Payment.Status
R = Refund.Status

TRANSITIONS: dict[str, frozenset[str]] = {
    P.CREATED: frozenset({P.REQUIRES_ACTION, P.AUTHORISED, P.FAILED}),
    P.REQUIRES_ACTION: frozenset({P.AUTHORISED, P.FAILED}),
    # FAILED from here: the gateway would not void it, which a person has to look into.
    P.AUTHORISED: frozenset({P.CAPTURED, P.VOIDED, P.FAILED}),
    P.CAPTURED: frozenset(),
    P.FAILED: frozenset(),
    P.VOIDED: frozenset(),
}

REFUND_TRANSITIONS: dict[str, frozenset[str]] = {
    R.CREATED: frozenset({R.IN_TRANSIT}),
    # IN_TRANSIT: the store has its seats back, the gateway is being asked.
    R.IN_TRANSIT: frozenset({R.DONE, R.FAILED}),
    R.DONE: frozenset(),
    R.FAILED: frozenset(),
}


def advance(row: Payment | Refund, to: str, **fields: Any) -> bool:
    """Move a payment or refund from the status it was read in to `to`, setting `fields` with it.

    What the step does to the accounts is written in the same transaction. Returns False, and reads the row anew, if
    it had moved on meanwhile.

    Raises:
        ValueError: the table has no such step; a defect, not an event.
    """
    table = TRANSITIONS if isinstance(row, Payment) else REFUND_TRANSITIONS
    if to not in table[row.status]:
        raise ValueError(f"A {row._meta.verbose_name} cannot go from {row.status} to {to}.")
    changes = {"status": to, "updated_at": timezone.now(), **fields}
    with transaction.atomic(savepoint=False):
        taken = type(row)._default_manager.filter(pk=row.pk, status=row.status).update(**changes)
        if taken:
            ledger.post(ledger.of_step(row, to))
    if not taken:
        row.refresh_from_db()
        return False
    for name, value in changes.items():
        setattr(row, name, value)
    return True


def claim(row: Payment | Refund | Exchange, *, now: datetime) -> bool:
    """Take an unfinished row for this worker's round: whoever touches it first has it."""
    untouched = type(row)._default_manager.filter(pk=row.pk, status=row.status, updated_at=row.updated_at)
    return bool(untouched.update(updated_at=now))
