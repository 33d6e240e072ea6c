"""The books: written once by the step that moves the money, balanced, never changed, and checked against the rows."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from moneyed import Money

from booking.errors import DomainError
from booking.models import Order
from booking.tests.selling import a_held_order
from payments import ledger
from payments.gateways import Refused
from payments.gateways.sandbox import SandboxGateway
from payments.ledger import Draft, Unbalanced
from payments.models import LedgerEntry, LedgerIsImmutable, LedgerPosting, Payment, Refund
from payments.services import CardDeclined, cancel_order, pay_order
from payments.steps import advance
from payments.tests.paying import DECLINED, GOOD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

A = LedgerPosting.Account


def kinds() -> list[str]:
    return sorted(LedgerEntry.objects.values_list("kind", flat=True))


def balances(order: Order) -> dict[str, Decimal]:
    """What is on each account, but for those that are at zero."""
    sums = dict.fromkeys(A.values, Decimal(0))
    for posting in LedgerPosting.objects.filter(entry__order=order):
        sums[posting.account] += posting.amount
    return {account: amount for account, amount in sums.items() if amount}


def faults() -> list[str]:
    return [fault.sentence for fault in ledger.check_ledger()]


def a_paid_order() -> Order:
    order = a_held_order()
    pay_order(order=order, method=GOOD, request_id="p1")
    return order


def test_a_payment_is_reserved_taken_and_sold_in_the_books():
    order = a_paid_order()
    assert kinds() == ["CAPTURE", "RESERVATION", "SALE"]
    assert balances(order) == {A.GATEWAYS: 800, A.SALES: -800}
    assert not faults()


def test_a_cancelled_seat_leaves_the_sales_and_what_was_taken_for_it():
    order = a_paid_order()
    cancel_order(order=order, seats=["B-1"], request_id="c1")
    assert balances(order) == {A.GATEWAYS: 500, A.SALES: -500}
    assert not faults()
    cancel_order(order=order, request_id="c2")
    assert balances(order) == {}
    assert not faults()


def test_a_refund_that_the_gateway_refuses_stays_owed_to_the_customer(monkeypatch):
    order = a_paid_order()
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: Refused("No."))
    cancel_order(order=order, request_id="c1")
    assert balances(order) == {A.GATEWAYS: 800, A.CUSTOMERS: -800}
    assert not faults()


def test_money_that_was_only_reserved_leaves_nothing_when_it_is_let_go(monkeypatch):
    monkeypatch.setattr(SandboxGateway, "capture", lambda self, **_: Refused("No money there."))
    order = a_held_order()
    with pytest.raises(CardDeclined):
        pay_order(order=order, method=GOOD, request_id="p1")
    assert kinds() == ["RESERVATION", "VOID"]
    assert balances(order) == {}
    assert not faults()


def test_a_declined_card_is_not_in_the_books():
    with pytest.raises(CardDeclined):
        pay_order(order=a_held_order(), method=DECLINED, request_id="p1")
    assert kinds() == []


def test_an_event_is_in_the_books_once_however_often_it_is_posted():
    order = a_paid_order()
    payment = Payment.objects.get()
    ledger.post(ledger.of_step(payment, Payment.Status.CAPTURED))
    assert balances(order) == {A.GATEWAYS: 800, A.SALES: -800}
    assert not faults()


def test_a_step_that_somebody_else_took_writes_nothing():
    a_paid_order()
    stale = Payment.objects.get()
    stale.status = Payment.Status.AUTHORISED
    assert not advance(stale, Payment.Status.VOIDED)
    assert "VOID" not in kinds()


def test_a_step_whose_entry_cannot_be_written_is_not_taken(monkeypatch):
    order = a_held_order()
    payment = Payment.objects.create(order=order, request_id="p", amount=800, currency="INR", gateway="sandbox")

    def refuse(drafts):
        raise Unbalanced("off")

    monkeypatch.setattr(ledger, "post", refuse)
    with pytest.raises(Unbalanced), transaction.atomic():
        advance(payment, Payment.Status.AUTHORISED)
    payment.refresh_from_db()
    assert payment.status == Payment.Status.CREATED


def test_an_entry_is_never_changed_or_deleted():
    a_paid_order()
    entry, posting = LedgerEntry.objects.first(), LedgerPosting.objects.first()
    for attempt in (
        entry.save,
        entry.delete,
        posting.save,
        posting.delete,
        LedgerPosting.objects.all().delete,
        lambda: LedgerPosting.objects.update(amount=1),
        lambda: LedgerEntry.objects.update(kind="REFUND"),
    ):
        with pytest.raises(LedgerIsImmutable):
            attempt()


@pytest.mark.parametrize("wrong", [{"amount": 0}, {"currency": ""}])
def test_the_database_refuses_a_posting_of_nothing_or_in_no_currency(wrong):
    a_paid_order()
    line = {"entry": LedgerEntry.objects.first(), "account": A.FEES, "amount": 1, "currency": "INR"}
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerPosting.objects.create(**{**line, **wrong})


def alter(sql: str, *arguments: object) -> None:
    """What somebody with access to the database might do."""
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)


TAMPERING = {
    "an amount was altered": "UPDATE payments_ledgerposting SET amount = 700 WHERE account = 'GATEWAYS'",
    "both sides were altered": "UPDATE payments_ledgerposting SET amount = amount / 8 WHERE account IN "
    "('GATEWAYS', 'CUSTOMERS')",
    "a line was deleted": "DELETE FROM payments_ledgerposting WHERE account = 'SALES'",
    "a currency was altered": "UPDATE payments_ledgerposting SET currency = 'EUR' WHERE account = 'SALES'",
    "a payment was called void": "UPDATE payments_payment SET status = 'VOIDED'",
    "a payment's amount was altered": "UPDATE payments_payment SET amount = 900",
    "a seat's price was altered": "UPDATE booking_orderseat SET amount = 1 WHERE name = 'A-1'",
    "a seat was called cancelled": "UPDATE booking_orderseat SET cancelled_at = '2030-01-01' WHERE name = 'A-1'",
    "an order was never confirmed": "UPDATE booking_order SET confirmed_at = NULL",
}


@pytest.mark.parametrize("sql", TAMPERING.values(), ids=TAMPERING)
def test_what_was_altered_behind_the_books_is_found(sql):
    a_paid_order()
    assert not faults()
    alter(sql)
    assert faults()


def test_a_refund_that_was_made_up_is_found():
    a_paid_order()
    Refund.objects.create(
        payment=Payment.objects.get(), request_id="x", amount=10, currency="INR", status=Refund.Status.DONE
    )
    assert any("not in the books" in fault for fault in faults())


def test_the_nightly_command_says_what_is_wrong_and_fails(capsys):
    order = a_paid_order()
    call_command("check_ledger")
    assert "The ledger balances" in capsys.readouterr().out
    alter("DELETE FROM payments_ledgerposting WHERE account = 'SALES'")
    with pytest.raises(CommandError, match="faults"):
        call_command("check_ledger")
    assert order.reference in capsys.readouterr().out


amounts = st.decimals(min_value=-10_000, max_value=10_000, places=2).filter(bool)


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.tuples(st.sampled_from(A.values), amounts), min_size=1, max_size=5))
def test_only_entries_that_sum_to_zero_are_written(lines):
    order = Order.objects.first() or a_held_order()
    source = uuid4()
    draft = Draft("REFUND", source, order.pk, tuple((account, Money(amount, "INR")) for account, amount in lines))
    if sum(amount for _, amount in lines) or len(dict(lines)) < len(lines):
        with pytest.raises(Unbalanced):
            ledger.post([draft])
        assert not LedgerEntry.objects.filter(source=source).exists()
    else:
        ledger.post([draft])
        entry = LedgerEntry.objects.get(source=source)
        assert {(line.account, line.amount) for line in entry.postings.all()} == set(lines)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(st.sampled_from(["pay", "decline", "cancel a seat", "cancel all", "refuse"]), max_size=6))
def test_whatever_customers_and_gateways_do_the_books_balance(steps):
    order = a_held_order()
    for step in steps:
        order.refresh_from_db()
        with pytest.MonkeyPatch.context() as patched:
            if step == "refuse":
                patched.setattr(SandboxGateway, "refund", lambda self, **_: Refused("No."))
                patched.setattr(SandboxGateway, "capture", lambda self, **_: Refused("No."))
            _attempt(step, order)
    assert not faults()


def _attempt(step: str, order: Order) -> None:
    seats = [seat.name for seat in order.seats.filter(cancelled_at=None)[:1]] if step == "cancel a seat" else []
    try:
        if step in ("pay", "decline"):
            pay_order(order=order, method=GOOD if step == "pay" else DECLINED, request_id=uuid4().hex)
        else:
            cancel_order(order=order, seats=seats, request_id=uuid4().hex)
    except DomainError:
        # A rule of the trade said no, which is an end as good as any.
        pass
