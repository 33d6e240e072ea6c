"""All that a gateway ever took and paid back is compared with payments and books, in both directions."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from booking.models import Order
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_performance_on_sale
from payments.models import Bookmark, Finding, Payment, SandboxCharge
from payments.reconciliation import compare_history
from payments.reconciliation.whole_history import PAUSE, read_history
from payments.services import cancel_order, pay_order
from payments.tests.paying import GOOD
from payments.tests.test_exchanged_back import unpaid

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

Charged = SandboxCharge.Status


def later():
    return timezone.now() + timedelta(minutes=10)


def a_paid_order(seats: tuple[str, ...] = ("A-1", "B-1"), *, days_ago: int = 0) -> Order:
    """Bought, and charged, that long ago; the two clocks differ a little."""
    order = hold_seats(
        customer=a_customer(),
        inventory=a_performance_on_sale(),
        seats=seats,
        first_leg=0,
        end_leg=1,
        request_id=uuid4().hex,
    )
    payment = pay_order(order=order, method=GOOD, request_id="p")
    at = payment.created_at - timedelta(days=days_ago)
    Payment.objects.filter(pk=payment.pk).update(created_at=at)
    SandboxCharge.objects.filter(reference=payment.gateway_reference).update(created_at=at + timedelta(seconds=1))
    return order


def wrong() -> list[str]:
    return [str(one) for portion in read_history(gateway="sandbox", now=later()) for one in portion.wrong]


def alter(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_where_all_agree_nothing_is_found_however_long_ago_it_was():
    for days in (0, 1, 400):
        a_paid_order(days_ago=days)
    cancel_order(order=a_paid_order(days_ago=30), seats=["A-1"], request_id="c")
    portions = list(read_history(gateway="sandbox", now=later()))
    assert [one for portion in portions for one in portion.wrong] == []
    assert sum(portion.charges for portion in portions) == sum(portion.payments for portion in portions) == 4
    assert sum(portion.kept["INR"] for portion in portions) == 3 * 800 + 300


def test_an_exchange_that_was_not_paid_agrees_too():
    order = a_paid_order(("B-1",))
    unpaid(order)
    assert wrong() == []


DISAGREEING = {
    "the charge is gone": ("DELETE FROM payments_sandboxcharge", "knows no charge"),
    "the gateway has let it go": ("UPDATE payments_sandboxcharge SET status = 'voided'", "was taken for order"),
    "the gateway has taken less": ("UPDATE payments_sandboxcharge SET amount = 700", "was taken for order"),
    "the gateway has only reserved it": (
        "UPDATE payments_sandboxcharge SET status = 'authorised'",
        "was taken for order",
    ),
    "nobody knows of the payment": (
        "UPDATE payments_sandboxcharge SET key = 'other', reference = 'other'",
        "for no payment of ours",
    ),
    "the payment is not taken": ("UPDATE payments_payment SET status = 'VOIDED'", "was taken for order"),
    "the books say less": (
        "UPDATE payments_ledgerposting SET amount = 700 WHERE account = 'GATEWAYS'",
        "the books say",
    ),
    "the books say nothing": ("DELETE FROM payments_ledgerposting WHERE account = 'GATEWAYS'", "the books say"),
    "the books are in another currency": (
        "UPDATE payments_ledgerposting SET currency = 'EUR' WHERE account = 'GATEWAYS'",
        "the books say",
    ),
}


@pytest.mark.parametrize(("sql", "said"), DISAGREEING.values(), ids=DISAGREEING)
def test_what_does_not_agree_is_found_after_months(sql, said):
    a_paid_order(days_ago=100)
    assert not wrong()
    alter(sql)
    assert any(said in sentence for sentence in wrong())


def test_what_the_gateway_paid_back_by_itself_is_found():
    order = a_paid_order(days_ago=100)
    cancel_order(order=order, seats=["A-1"], request_id="c")
    alter("UPDATE payments_sandboxrefund SET amount = 100")
    assert any("went back to the customer" in sentence for sentence in wrong())


def test_what_is_under_way_or_a_moment_old_is_left_alone():
    a_paid_order()
    Payment.objects.update(status=Payment.Status.AUTHORISED)
    assert wrong() == []
    Payment.objects.update(status=Payment.Status.VOIDED)
    assert not [one for portion in read_history(gateway="sandbox", now=timezone.now()) for one in portion.wrong]


def rounds(count: int, now) -> int:
    return sum(compare_history(now=now) for _ in range(count))


def test_the_worker_goes_through_all_of_it_once_a_day_and_tells_a_person():
    for days in (100, 3):
        a_paid_order(days_ago=days)
    alter("UPDATE payments_sandboxcharge SET amount = 700")
    now = later()
    assert [compare_history(now=now) for _ in range(4)] == [1, 1, 0, 0]
    assert Finding.objects.filter(kind=Finding.Kind.CHARGE_DIFFERS).count() == 2
    assert rounds(3, now + PAUSE / 2) == 0
    assert rounds(3, now + PAUSE + timedelta(seconds=1)) > 0
    assert Finding.objects.filter(kind=Finding.Kind.CHARGE_DIFFERS).count() == 2


def test_a_round_reads_one_hour_of_the_past_and_remembers_where_it_was():
    for days in (100, 3):
        a_paid_order(days_ago=days)
    compare_history(now=later())
    first = Payment.objects.earliest("created_at").created_at
    position = Bookmark.objects.get(walk="history:sandbox").position
    assert position == (first.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)).isoformat()


def test_an_old_reservation_for_nobody_is_let_go():
    a_paid_order(days_ago=100)
    SandboxCharge.objects.create(key="k", reference="r", amount=5, currency="INR", status=Charged.AUTHORISED)
    SandboxCharge.objects.filter(key="k").update(created_at=timezone.now() - timedelta(days=100))
    assert rounds(3, later()) == 1
    assert SandboxCharge.objects.get(key="k").status == Charged.VOIDED
    assert not Finding.objects.exists()


def test_the_command_compares_the_gateway_that_it_is_told(capsys):
    a_paid_order(days_ago=100)
    call_command("check_ledger", "--gateway", "sandbox")
    said = capsys.readouterr()
    assert "sandbox has 1 charges, and keeps" in said.out
    assert "800" in said.out
    assert "1 of 1" in said.err
    alter("UPDATE payments_sandboxcharge SET amount = 700")
    call_command("check_ledger")
    with pytest.raises(CommandError, match="faults"):
        call_command("check_ledger", "--gateway", "sandbox")
    assert "was taken for order" in capsys.readouterr().out
