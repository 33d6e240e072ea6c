"""Many cards for one seat, at once: one of them is charged, and none before the seat is decided."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from booking.errors import OrderNotPayable
from booking.models import Order
from booking.seatstore import SeatsTaken
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_held_order, a_performance_on_sale
from payments.cards import Card
from payments.errors import PaymentInProgress
from payments.models import Payment, SandboxCharge
from payments.services import pay_order
from payments.tests.paying import GOOD, assert_ticket_or_money_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

CARDS = 300
AT_ONCE = 12


def all_at_once(act: Callable[[int], str], times: int) -> list[str]:
    """What each of them says; nobody begins before all are there."""
    gate = threading.Barrier(AT_ONCE)

    def one(number: int) -> str:
        if number < AT_ONCE:
            gate.wait()
        try:
            return act(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(times)))


def test_of_300_cards_for_one_order_one_is_charged():
    order = a_held_order()

    def pay(number: int) -> str:
        try:
            pay_order(order=Order.objects.get(pk=order.pk), method=GOOD, request_id=f"p{number}")
        except (PaymentInProgress, OrderNotPayable) as refusal:
            return refusal.code
        return "paid"

    said = all_at_once(pay, CARDS)
    assert said.count("paid") == 1
    assert set(said) <= {"paid", "payment-in-progress", "order-not-payable"}
    assert SandboxCharge.objects.count() == 1
    assert_ticket_or_money_back(order)


def test_of_many_customers_with_a_card_for_one_seat_only_the_one_who_holds_it_is_charged():
    inventory = a_performance_on_sale()
    customers = [a_customer() for _ in range(40)]

    def buy(number: int) -> str:
        try:
            order = hold_seats(
                customer=customers[number],
                inventory=inventory,
                seats=("A-1",),
                first_leg=0,
                end_leg=1,
                request_id=uuid4().hex,
            )
        except SeatsTaken:
            return "taken"
        return str(pay_order(order=order, method=GOOD, request_id=f"p{number}").status)

    assert sorted(all_at_once(buy, len(customers))) == sorted(["CAPTURED", *["taken"] * 39])
    assert SandboxCharge.objects.count() == Payment.objects.count() == 1


@pytest.mark.parametrize("status", [status for status in Order.Status if status != Order.Status.AWAITING_PAYMENT])
def test_no_card_is_charged_for_an_order_that_does_not_await_it(status):
    order = a_held_order()
    Order.objects.filter(pk=order.pk).update(status=status)
    with pytest.raises(OrderNotPayable):
        pay_order(order=Order.objects.get(pk=order.pk), method=Card(GOOD.number, 12, 2040, "123"), request_id="p1")
    assert not Payment.objects.exists()
    assert not SandboxCharge.objects.exists()
