"""A run that does not take place is paid back in full, to everybody, once, whatever stops in between."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from booking import seatstore
from booking.models import Inventory, Order
from booking.services import PartWanted, hold_parts
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale
from booking.trains.departures import cancel_departure
from payments import ledger
from payments.gateways.sandbox import SandboxGateway
from payments.models import Refund
from payments.services import cancel_order, pay_order, refund_cancelled_runs
from payments.tests.paying import GOOD, Crash, crashing_after, crashing_before, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


def a_paid_order(inventory: Inventory, *seats: str, other: Inventory | None = None) -> Order:
    parts = [PartWanted(inventory, seats, 0, 2)]
    if other is not None:
        parts.append(PartWanted(other, ("A-1",), 0, 1))
    order = hold_parts(customer=a_customer(), parts=parts, request_id="h")
    pay_order(order=order, method=GOOD, request_id="p")
    return order


def cancel(inventory: Inventory) -> None:
    cancel_departure(departure=inventory.departure, reason="The line is closed.", now=timezone.now())


def round_of_the_worker() -> int:
    return refund_cancelled_runs(now=timezone.now(), limit=100)


def paid_back(order: Order) -> object:
    return sum(refund.amount for refund in Refund.objects.filter(payment__order=order, status="DONE"))


def test_every_ticket_of_a_cancelled_run_is_paid_back_in_full():
    inventory = a_train_on_sale()
    orders = [a_paid_order(inventory, "C1-1", "C1-2"), a_paid_order(inventory, "C1-3")]
    assert round_of_the_worker() == 0, "it takes place"
    cancel(inventory)
    assert round_of_the_worker() == 2
    for order in orders:
        order.refresh_from_db()
        assert (order.status, paid_back(order)) == (Order.Status.CANCELLED, order.amount)
    assert seatstore.availability(inventory.pk).sold == {}
    assert not list(ledger.check_ledger())
    assert round_of_the_worker() == 0, "once"


def test_what_the_customer_gave_back_before_is_not_paid_back_again():
    inventory = a_train_on_sale()
    order = a_paid_order(inventory, "C1-1", "C1-2")
    cancel_order(order=order, seats=["C1-1"], request_id="c")
    cancel(inventory)
    round_of_the_worker()
    assert sorted(Refund.objects.values_list("seats", flat=True)) == [["C1-1"], ["C1-2"]]
    assert not list(ledger.check_ledger())


def test_of_a_journey_there_and_back_the_half_that_takes_place_stays():
    inventory, hall = a_train_on_sale(), a_performance_on_sale()
    order = a_paid_order(inventory, "C1-1", other=hall)
    cancel(inventory)
    round_of_the_worker()
    order.refresh_from_db()
    assert order.status == Order.Status.PARTLY_CANCELLED
    assert paid_back(order) == order.seats.get(name="C1-1").amount
    assert set(seatstore.availability(hall.pk).sold) == {"A-1"}


DYING = {
    "before the seats go back": (seatstore, "cancel_seats", crashing_before),
    "the seats are back": (seatstore, "cancel_seats", crashing_after),
    "the money is back, we were not told": (SandboxGateway, "refund", crashing_after),
}


@pytest.mark.parametrize("boundary", DYING.values(), ids=DYING)
def test_a_crash_in_the_midst_leaves_nobody_without_and_pays_nobody_twice(boundary, monkeypatch):
    owner, name, crashing = boundary
    inventory = a_train_on_sale()
    orders = [a_paid_order(inventory, "C1-1"), a_paid_order(inventory, "C1-2")]
    cancel(inventory)
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing(getattr(owner, name)))
        with pytest.raises(Crash):
            round_of_the_worker()
    round_of_the_worker()
    settle()
    assert [paid_back(order) for order in orders] == [order.amount for order in orders]
    assert not list(ledger.check_ledger())


def test_the_command_pays_back_with_a_bar_and_refuses_a_run_that_takes_place(capsys):
    inventory = a_train_on_sale()
    order = a_paid_order(inventory, "C1-1")
    with pytest.raises(CommandError, match="not the inventory of a run that was cancelled"):
        call_command("refund_run", inventory.pk)
    cancel(inventory)
    call_command("refund_run", inventory.pk)
    said = capsys.readouterr()
    assert "1 of 1" in said.err
    assert "1 refunds: paid back" in said.out
    assert paid_back(order) == order.amount
