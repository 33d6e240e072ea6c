"""How is an entry written? Balanced or not at all, once however often it is tried, in the transaction of its event."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID, uuid5

from payments.ledger.rules import Draft
from payments.models import LedgerEntry, LedgerPosting

# Draws the ids of entries from what they are about.
_ENTRIES = UUID("7a3c9d52-4a0e-4f7c-9a55-2f1c0a6d3b11")


class Unbalanced(ValueError):
    """Debits and credits differ: the rule that made the entry is wrong, and nothing was written."""


def entry_id(kind: str, source: UUID) -> UUID:
    """The same for the same event, so that a second try finds the first one's place taken."""
    return uuid5(_ENTRIES, f"{kind}:{source}")


def post(drafts: Sequence[Draft]) -> None:
    """Write entries. Call it inside the transaction that writes the event; an entry that exists already stays.

    Raises:
        Unbalanced: an entry does not sum to zero in each of its currencies, or names an account twice.
    """
    # An exchange for seats at the same price moves nothing.
    drafts = [draft for draft in drafts if draft.lines]
    for draft in drafts:
        _check_balance(draft)
    if not drafts:
        return
    entries = [
        LedgerEntry(
            id=entry_id(draft.kind, draft.source), kind=draft.kind, source=draft.source, order_id=draft.order_id
        )
        for draft in drafts
    ]
    LedgerEntry.objects.bulk_create(entries, ignore_conflicts=True)
    LedgerPosting.objects.bulk_create(
        [
            LedgerPosting(entry=entry, account=account, amount=amount.amount, currency=amount.currency.code)
            for entry, draft in zip(entries, drafts, strict=True)
            for account, amount in draft.lines
        ],
        ignore_conflicts=True,
    )


def _check_balance(draft: Draft) -> None:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    if len({(account, amount.currency) for account, amount in draft.lines}) < len(draft.lines):
        raise Unbalanced(f"{draft.kind} of {draft.source} names an account twice")
    for _, amount in draft.lines:
        sums[amount.currency.code] += amount.amount
    if off := {currency: by for currency, by in sums.items() if by}:
        raise Unbalanced(f"{draft.kind} of {draft.source} does not balance: {off}")
