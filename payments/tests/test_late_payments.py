"""Money that arrives when the order's time is over buys the same seats, if they are still free, or is let go."""

import contextlib
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from booking import seatstore
from booking.errors import OrderNotPayable
from booking.models import Order
from booking.services import PartWanted, expire_orders, hold_parts, release_order
from booking.tests.selling import a_customer, a_held_order, a_performance_on_sale, a_train_on_sale
from payments.methods import Upi
from payments.models import Payment, SandboxCharge
from payments.services import pay_order, resume_payment
from payments.tests.paying import Crash, assert_ticket_or_money_back, crashing_after, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

P = Payment.Status


def a_payment_that_waits(order: Order) -> Payment:
    """For the customer's bank, which never tells."""
    payment = pay_order(order=order, method=Upi("never@bank"), request_id="p1")
    assert payment.status == P.REQUIRES_ACTION
    return payment


def expire(order: Order) -> None:
    for part in order.parts.all():
        seatstore.release_hold(hold_id=part.hold_id, request_id=uuid4().hex)
    expire_orders(now=timezone.now() + timedelta(hours=1), limit=10)
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED


def the_bank_says_yes() -> None:
    SandboxCharge.objects.update(status=SandboxCharge.Status.AUTHORISED)


def take(order: Order, seat: str) -> None:
    part = order.parts.order_by("position").last()
    hold_id = uuid4()
    seatstore.hold_seats(
        inventory=part.inventory_id,
        hold_id=hold_id,
        seats=[seat],
        first_leg=part.first_leg,
        end_leg=part.end_leg,
        ttl_s=600,
        request_id=hold_id.hex,
    )


def arrives(payment: Payment) -> Order:
    payment = Payment.objects.select_related("order").get(pk=payment.pk)
    with contextlib.suppress(OrderNotPayable):
        resume_payment(payment=payment, now=timezone.now())
    return Order.objects.get(pk=payment.order_id)


def test_the_same_seats_are_sold_if_they_are_still_free():
    order = a_held_order()
    payment = a_payment_that_waits(order)
    expire(order)
    the_bank_says_yes()
    order = arrives(payment)
    assert order.status == Order.Status.CONFIRMED
    assert_ticket_or_money_back(order)
    assert set(seatstore.availability(order.parts.get().inventory_id).sold) == {"A-1", "B-1"}


def test_the_money_is_let_go_if_somebody_has_one_of_the_seats():
    order = a_held_order()
    payment = a_payment_that_waits(order)
    expire(order)
    take(order, "B-1")
    the_bank_says_yes()
    order = arrives(payment)
    assert order.status == Order.Status.EXPIRED
    assert Payment.objects.get().status == P.VOIDED
    assert_ticket_or_money_back(order)


def test_of_several_parts_all_are_taken_again_or_none():
    wanted = [PartWanted(a_performance_on_sale(), ("A-1",), 0, 1), PartWanted(a_train_on_sale(), ("C1-1",), 0, 2)]
    order = hold_parts(customer=a_customer(), parts=wanted, request_id="h1")
    payment = a_payment_that_waits(order)
    expire(order)
    take(order, "C1-1")
    the_bank_says_yes()
    assert arrives(payment).status == Order.Status.EXPIRED
    assert Payment.objects.get().status == P.VOIDED
    assert seatstore.availability(wanted[0].inventory.pk).taken(0, 1) == set()


def test_an_order_that_its_customer_gave_up_stays_given_up():
    order = a_held_order()
    payment = a_payment_that_waits(order)
    release_order(order=order)
    the_bank_says_yes()
    assert arrives(payment).status == Order.Status.CANCELLED
    assert Payment.objects.get().status == P.VOIDED


def test_what_has_begun_or_is_off_sale_is_not_sold_any_more():
    order = a_held_order()
    payment = a_payment_that_waits(order)
    expire(order)
    inventory = order.parts.get().inventory
    seatstore.close_inventory(inventory=inventory.pk)
    the_bank_says_yes()
    assert arrives(payment).status == Order.Status.EXPIRED
    assert Payment.objects.get().status == P.VOIDED


DYING = {
    "the seats are held": "hold_seats",
    "the seats are sold": "confirm_hold",
}


@pytest.mark.parametrize("boundary", DYING)
def test_a_crash_on_the_way_ends_in_the_ticket_all_the_same(boundary, monkeypatch):
    order = a_held_order()
    payment = a_payment_that_waits(order)
    expire(order)
    the_bank_says_yes()
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, DYING[boundary], crashing_after(getattr(seatstore, DYING[boundary])))
        with pytest.raises(Crash):
            arrives(payment)
    assert settle() == 1
    order.refresh_from_db()
    assert order.status == Order.Status.CONFIRMED
    assert_ticket_or_money_back(order)


def test_the_hold_of_a_late_payment_that_ended_on_the_way_is_not_paid_for(monkeypatch):
    order = a_held_order()
    payment = a_payment_that_waits(order)
    expire(order)
    the_bank_says_yes()
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_seats", crashing_after(seatstore.hold_seats))
        with pytest.raises(Crash):
            arrives(payment)
    seatstore.release_hold(hold_id=order.parts.get().hold_id, request_id=uuid4().hex)
    settle()
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    assert_ticket_or_money_back(order)
