"""Do the books balance, and do they say what payments, refunds and orders say? Order by order, in bounded memory.

What the books should hold follows from the rows by the same rules that wrote them; so an entry that is missing, that
nobody knows the reason of, or that was altered since is found by comparing the two.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from moneyed import Money

from booking.models import Order
from payments.ledger.rules import Draft, cancellation, exchange_of_seats, of_step, unpaid_exchange
from payments.models import Exchange, LedgerEntry, LedgerPosting, Payment, Refund

A = LedgerPosting.Account
P = Payment.Status
R = Refund.Status
S = Order.Status

BATCH = 200

# The steps that led to where a payment is; one that FAILED may have been reserved before or not.
_STEPS_TO: dict[str, tuple[str, ...]] = {
    P.CREATED: (),
    P.REQUIRES_ACTION: (),
    P.FAILED: (),
    P.AUTHORISED: (P.AUTHORISED,),
    P.VOIDED: (P.AUTHORISED, P.VOIDED),
    P.CAPTURED: (P.AUTHORISED, P.CAPTURED),
}

EventKey = tuple[str, UUID]
Lines = frozenset[tuple[str, Money]]


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the books that must not be, in a sentence, and the order it is about."""

    order: Order
    sentence: str

    def __str__(self) -> str:
        return f"{self.order.reference}: {self.sentence}"


def check_ledger(*, tell: Callable[[int, int], None] = lambda done, of: None) -> Iterator[Fault]:
    """Every fault there is. What is at fault only while it is being written is not reported: it is read twice.

    Args:
        tell: hears how many orders were looked at, of how many.
    """
    paid = Order.objects.filter(
        Exists(Payment.objects.filter(order=OuterRef("pk"))) | Exists(LedgerEntry.objects.filter(order=OuterRef("pk")))
    )
    total = paid.count()
    for done, order in enumerate(with_money(paid.order_by("pk")).iterator(chunk_size=BATCH), 1):
        if any(faults_of(order)):
            for again in with_money(Order.objects.filter(pk=order.pk)):
                yield from faults_of(again)
        tell(done, total)


def with_money(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Read with everything that `faults_of` looks at."""
    return orders.prefetch_related("seats", "payments__refunds", "exchanges", "ledger_entries__postings")


def faults_of(order: Order) -> Iterator[Fault]:
    """What is wrong with an order's entries; it was read with its seats, payments, refunds and postings."""
    payments = list(order.payments.all())
    refunds = [refund for payment in payments for refund in payment.refunds.all()]
    entries = list(order.ledger_entries.all())
    for entry in entries:
        if off := _off_balance(entry.postings.all()):
            yield Fault(order, f"the {entry} does not balance: {off}")
    yield from _differences(order, payments, refunds, entries)
    yield from _unsettled(order, payments, refunds, entries)


def _off_balance(postings: Iterable[LedgerPosting]) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for posting in postings:
        sums[posting.currency] += posting.amount
    return {currency: by for currency, by in sums.items() if by}


def _differences(
    order: Order, payments: Sequence[Payment], refunds: Sequence[Refund], entries: Sequence[LedgerEntry]
) -> Iterator[Fault]:
    """Where the entries are not those that the rows call for."""
    written: dict[EventKey, Lines] = {
        (entry.kind, entry.source): frozenset((line.account, line.price) for line in entry.postings.all())
        for entry in entries
    }
    drafts = [*_called_for(payments, refunds), *map(exchange_of_seats, _swapped(order))]
    drafts += [unpaid_exchange(exchange) for exchange in _swapped(order) if exchange.status in Exchange.NOT_PAID]
    called_for = {(draft.kind, draft.source): frozenset(draft.lines) for draft in drafts if draft.lines}
    possible = {
        (draft.kind, draft.source): frozenset(draft.lines)
        for payment in payments
        if payment.status == P.FAILED
        for draft in of_step(payment, P.AUTHORISED)
    }
    for key in sorted(called_for.keys() - written.keys()):
        yield Fault(order, f"{key[0]} of {key[1]} is not in the books")
    for key in sorted(written.keys() - called_for.keys() - possible.keys()):
        yield Fault(order, f"{key[0]} of {key[1]} is in the books, and nothing calls for it")
    for key, lines in sorted((called_for | possible).items()):
        if key in written and written[key] != lines:
            yield Fault(order, f"{key[0]} of {key[1]} is in the books with other amounts than its row has")


def _called_for(payments: Sequence[Payment], refunds: Sequence[Refund]) -> Iterator[Draft]:
    for payment in payments:
        for step in _STEPS_TO[payment.status]:
            yield from of_step(payment, step)
    for refund in refunds:
        if refund.exchange_id is None:
            yield cancellation(refund)
        yield from of_step(refund, refund.status)


def _swapped(order: Order) -> list[Exchange]:
    """Those that the store has carried out, also where it has undone them since."""
    before = (Exchange.Status.CREATED, Exchange.Status.FAILED)
    return [exchange for exchange in order.exchanges.all() if exchange.status not in before]


def _unsettled(
    order: Order, payments: Sequence[Payment], refunds: Sequence[Refund], entries: Sequence[LedgerEntry]
) -> Iterator[Fault]:
    """Where the accounts do not say what the customer has: a ticket, or the money."""
    nothing = Money(0, order.currency)
    balance: dict[str, Money] = defaultdict(lambda: nothing)
    for entry in entries:
        for line in entry.postings.all():
            if line.currency != order.currency:
                yield Fault(order, f"{entry} is in {line.currency}, the order in {order.currency}")
                return
            balance[line.account] += line.price
    live = sum((Money(seat.amount, order.currency) for seat in order.seats.all() if seat.cancelled_at is None), nothing)
    tickets = live if order.confirmed_at else nothing
    if balance[A.SALES] != -tickets:
        yield Fault(order, f"its tickets cost {tickets}, the books have sold {-balance[A.SALES]}")
    owed = sum((refund.price for refund in refunds if refund.status != R.DONE), nothing)
    unpaid = {payment.exchange_id for payment in payments if payment.status != P.CAPTURED}
    lasting = [exchange for exchange in _swapped(order) if exchange.status not in Exchange.NOT_PAID]
    owed -= sum((exchange.difference for exchange in lasting if exchange.pk in unpaid), nothing)
    if balance[A.CUSTOMERS] != -owed:
        yield Fault(order, f"the customer is owed {owed}, the books say {-balance[A.CUSTOMERS]}")
