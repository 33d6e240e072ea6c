"""What does each event of trade do to the accounts?

    event            debit                     credit
    RESERVATION      RESERVED                  RESERVATIONS
    VOID             RESERVATIONS              RESERVED
    CAPTURE          RESERVATIONS, GATEWAYS    RESERVED, CUSTOMERS
    SALE             CUSTOMERS                 SALES
    CANCELLATION     SALES                     CUSTOMERS, and FEES for what is kept
    EXCHANGE         CUSTOMERS                 SALES, for what the new seats cost more
    EXCHANGE_UNPAID  SALES                     CUSTOMERS, the same, where it could not be taken
    REFUND           CUSTOMERS                 GATEWAYS

So a customer's balance is zero when everything that was taken was sold, and everything taken back was paid back.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from moneyed import Money

from payments.models import Exchange, LedgerEntry, LedgerPosting, Payment, Refund

A = LedgerPosting.Account
K = LedgerEntry.Kind

Lines = tuple[tuple[str, Money], ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry to be written: `lines` are accounts and amounts, positive for a debit."""

    kind: str
    source: UUID
    order_id: UUID
    lines: Lines


def of_step(row: Payment | Refund, to: str) -> list[Draft]:
    """What is written when a payment or refund takes the step to status `to`."""
    if isinstance(row, Refund):
        return [_refund(row)] if to == Refund.Status.DONE and row.amount else []
    match to:
        case Payment.Status.AUTHORISED:
            return [_reservation(row)]
        case Payment.Status.VOIDED:
            return [_void(row)]
        case Payment.Status.CAPTURED:
            return [_capture(row)] if row.exchange_id else [_capture(row), _sale(row)]
        case _:
            return []


def cancellation(refund: Refund) -> Draft:
    """Seats were taken back: what was sold is owed to the customer, but for the fee."""
    back, fee = refund.price, refund.kept
    return _draft(
        K.CANCELLATION, refund.pk, refund.payment.order_id, (A.SALES, back + fee), (A.CUSTOMERS, -back), (A.FEES, -fee)
    )


def exchange_of_seats(exchange: Exchange) -> Draft:
    """The new seats are sold for the old ones: the difference is owed by the customer, or to the customer."""
    more = exchange.difference
    return _draft(K.EXCHANGE, exchange.pk, exchange.order_id, (A.CUSTOMERS, more), (A.SALES, -more))


def unpaid_exchange(exchange: Exchange) -> Draft:
    """The difference could not be taken: the customer has the old seats again, or the new ones for the old price."""
    more = exchange.difference
    return _draft(K.EXCHANGE_UNPAID, exchange.pk, exchange.order_id, (A.SALES, more), (A.CUSTOMERS, -more))


def _reservation(payment: Payment) -> Draft:
    reserved = payment.price
    return _draft(K.RESERVATION, payment.pk, payment.order_id, (A.RESERVED, reserved), (A.RESERVATIONS, -reserved))


def _void(payment: Payment) -> Draft:
    reserved = payment.price
    return _draft(K.VOID, payment.pk, payment.order_id, (A.RESERVATIONS, reserved), (A.RESERVED, -reserved))


def _capture(payment: Payment) -> Draft:
    taken = payment.price
    return _draft(
        K.CAPTURE,
        payment.pk,
        payment.order_id,
        (A.RESERVATIONS, taken),
        (A.RESERVED, -taken),
        (A.GATEWAYS, taken),
        (A.CUSTOMERS, -taken),
    )


def _sale(payment: Payment) -> Draft:
    sold = payment.price
    return _draft(K.SALE, payment.order_id, payment.order_id, (A.CUSTOMERS, sold), (A.SALES, -sold))


def _refund(refund: Refund) -> Draft:
    back = refund.price
    return _draft(K.REFUND, refund.pk, refund.payment.order_id, (A.CUSTOMERS, back), (A.GATEWAYS, -back))


def _draft(kind: str, source: UUID, order_id: UUID, *lines: tuple[str, Money]) -> Draft:
    return Draft(kind, source, order_id, tuple(_that_move(lines)))


def _that_move(lines: Iterable[tuple[str, Money]]) -> Iterable[tuple[str, Money]]:
    return ((account, amount) for account, amount in lines if amount.amount)
