"""Store, orders, gateway and books are compared; what is safe is put right, and a person is told of the rest."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from moneyed import Money

from accounts.models import User
from booking import seatstore
from booking.models import Inventory, Order
from booking.tests.selling import a_held_order, a_performance_on_sale
from payments.gateways import Refused
from payments.gateways.sandbox import SandboxGateway
from payments.models import Finding, Payment, SandboxCharge
from payments.reconciliation import books, compare_books, compare_charges, compare_seats
from payments.services import cancel_order, pay_order
from payments.tests.paying import GOOD

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

K = Finding.Kind
Charged = SandboxCharge.Status


def later():
    """When whatever is under way now has long come to rest."""
    return timezone.now() + timedelta(minutes=10)


def a_paid_order() -> Order:
    order = a_held_order()
    pay_order(order=order, method=GOOD, request_id="p1")
    return order


def compare() -> int:
    return compare_seats(now=later(), limit=100) + compare_charges(now=later()) + compare_books(limit=100)


def found() -> list[str]:
    return sorted(Finding.objects.filter(settled_at=None).values_list("kind", flat=True))


def test_where_all_agree_nothing_is_done_and_nobody_is_told():
    cancel_order(order=a_paid_order(), seats=["A-1"], request_id="c1")
    a_paid_order()
    assert compare() == 0
    assert not found()


def test_seats_that_an_expired_order_still_holds_are_released():
    order = a_held_order()
    Order.objects.filter(pk=order.pk).update(status=Order.Status.EXPIRED)
    assert compare_seats(now=later(), limit=100) == 1
    assert seatstore.hold(order.parts.get().hold_id).state == "released"
    assert not found()


def test_seats_that_were_sold_to_an_order_that_ended_are_given_back():
    order = a_held_order()
    seatstore.confirm_hold(hold_id=order.parts.get().hold_id, request_id=uuid4().hex)
    Order.objects.filter(pk=order.pk).update(status=Order.Status.CANCELLED)
    assert compare_seats(now=later(), limit=100) == 1
    assert seatstore.availability(order.parts.get().inventory_id).sold == {}


def test_a_seat_that_was_cancelled_here_and_not_in_the_store_is_given_back():
    order = a_paid_order()
    order.seats.filter(name="A-1").update(cancelled_at=timezone.now())
    assert compare_seats(now=later(), limit=100) == 1
    assert set(seatstore.availability(order.parts.get().inventory_id).sold) == {"B-1"}


def test_a_ticket_without_its_seat_is_for_a_person_to_settle():
    order = a_paid_order()
    seatstore.cancel_seats(hold_id=order.parts.get().hold_id, seats=["A-1"], request_id=uuid4().hex)
    compare_seats(now=later(), limit=100)
    assert found() == [K.SEATS_DIFFER]
    assert "A-1" in Finding.objects.get().what


def a_hold_of_nobody(inventory: Inventory) -> str:
    hold_id = str(uuid4())
    seatstore.hold_seats(
        inventory=inventory.pk, hold_id=hold_id, seats=["A-1"], first_leg=0, end_leg=1, ttl_s=60, request_id=hold_id
    )
    return hold_id


def test_seats_that_are_sold_to_nobody_are_for_a_person_to_settle():
    hold_id = a_hold_of_nobody(a_performance_on_sale())
    assert compare_seats(now=later(), limit=100) == 0, "it ends by itself"
    seatstore.confirm_hold(hold_id=hold_id, request_id=f"{hold_id}:confirm")
    compare_seats(now=later(), limit=100)
    assert found() == [K.UNKNOWN_HOLD]


def test_the_command_that_a_person_is_told_puts_seats_of_nobody_back_on_sale(capsys):
    inventory = a_performance_on_sale()
    hold_id = a_hold_of_nobody(inventory)
    seatstore.confirm_hold(hold_id=hold_id, request_id=f"{hold_id}:confirm")
    compare_seats(now=later(), limit=100)
    command = Finding.objects.get().suggestion.partition("manage.py ")[2].split()
    for _ in range(2):
        call_command(*command)
        assert "Back on sale: A-1." in capsys.readouterr().out
        assert seatstore.availability(inventory.pk).sold == {}


def test_seats_of_somebody_or_that_were_not_sold_are_not_given_back_by_command():
    order, inventory = a_paid_order(), a_performance_on_sale()
    part = order.parts.get()
    only_held = a_hold_of_nobody(inventory)
    for arguments, reason in (
        ((part.inventory_id, part.hold_id), "is a customer's or the house's"),
        ((inventory.pk, only_held), "No seats of .* are sold to hold"),
        ((inventory.pk, uuid4()), "No seats of .* are sold to hold"),
        (("nothing", uuid4()), "There is no inventory nothing"),
    ):
        with pytest.raises(CommandError, match=reason):
            call_command("give_back_hold", *map(str, arguments))
    assert set(seatstore.availability(part.inventory_id).sold) == {"A-1", "B-1"}
    assert set(seatstore.availability(inventory.pk).held) == {"A-1"}


def test_an_order_that_somebody_is_at_work_on_is_left_alone():
    order = a_held_order()
    Order.objects.filter(pk=order.pk).update(status=Order.Status.EXPIRED, updated_at=timezone.now())
    assert compare_seats(now=timezone.now(), limit=100) == 0
    assert seatstore.hold(order.parts.get().hold_id).state == "held"


def test_a_walk_goes_on_where_it_stopped_and_begins_again_at_the_end():
    for _ in range(3):
        Order.objects.filter(pk=a_held_order().pk).update(status=Order.Status.EXPIRED)
    assert [compare_seats(now=later(), limit=2) for _ in range(3)] == [2, 1, 0]


def test_an_order_whose_books_cannot_be_read_hides_no_other(monkeypatch):
    unreadable, faulty = sorted((a_paid_order(), a_paid_order()), key=lambda order: order.pk)
    Order.objects.filter(pk=faulty.pk).update(currency="EUR")
    real = books.faults_of

    def faults_of(order):
        if order.pk == unreadable.pk:
            raise RuntimeError
        return real(order)

    monkeypatch.setattr(books, "faults_of", faults_of)
    assert compare_books(limit=10) == 1
    assert Finding.objects.get().order == faulty


def test_money_that_is_put_aside_for_nobody_is_let_go():
    SandboxGateway().authorise(key="lost", price=Money(5, "INR"), method=GOOD, return_url="")
    assert compare_charges(now=later()) == 1
    assert SandboxCharge.objects.get().status == Charged.VOIDED
    assert not found()


def test_money_that_was_taken_for_nobody_is_for_a_person_to_settle():
    gateway = SandboxGateway()
    answer = gateway.authorise(key="lost", price=Money(5, "INR"), method=GOOD, return_url="")
    gateway.capture(key="lost:capture", reference=answer.reference)
    compare_charges(now=later())
    assert found() == [K.UNKNOWN_CHARGE]


DISAGREEMENTS = {
    "the gateway has not taken what we think is paid": lambda: SandboxCharge.objects.update(status=Charged.VOIDED),
    "the gateway has taken another sum": lambda: SandboxCharge.objects.update(amount=900),
    "somebody paid back on the gateway's page": lambda: SandboxCharge.objects.get().refunds.create(
        key="by hand", reference="by hand", amount=10
    ),
    "we think that nothing was taken": lambda: Payment.objects.update(status=Payment.Status.VOIDED),
}


@pytest.mark.parametrize("disagree", DISAGREEMENTS.values(), ids=DISAGREEMENTS)
def test_gateway_and_payment_that_disagree_are_for_a_person_to_settle(disagree):
    a_paid_order()
    disagree()
    compare_charges(now=later())
    assert found() == [K.CHARGE_DIFFERS]


def test_a_fault_in_the_books_is_for_a_person_to_settle():
    a_paid_order()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE payments_ledgerposting SET amount = 700 WHERE account = 'GATEWAYS'")
    compare_books(limit=100)
    assert found() == [K.BOOKS_DIFFER]


def test_a_refund_that_is_refused_is_for_a_person_to_settle(monkeypatch):
    order = a_paid_order()
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: Refused("The account is closed."))
    cancel_order(order=order, request_id="c1")
    assert found() == [K.REFUND_REFUSED]


def test_what_was_found_is_found_once_and_again_if_it_was_not_put_right(client):
    a_paid_order()
    SandboxCharge.objects.update(amount=900)
    compare_charges(now=later())
    compare_charges(now=later())
    assert found() == [K.CHARGE_DIFFERS]
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    page = reverse("admin:payments_finding_changelist")
    assert "Ask the customer to pay again" in client.get(page).content.decode()
    client.post(page, {"action": "settle", "_selected_action": [Finding.objects.get().pk]})
    assert not found()
    assert Finding.objects.get().settled_by == "boss@example.com"
    compare_charges(now=later())
    assert found() == [K.CHARGE_DIFFERS]
