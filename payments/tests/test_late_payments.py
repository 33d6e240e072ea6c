"""Money that arrives when the order's time is over buys the same seats, if they are still free, or is let go."""

from uuid import uuid4

import pytest

from booking import seatstore
from booking.models import LateOffer, Order
from booking.services import PartWanted, hold_parts, release_order
from booking.tests.selling import a_customer, a_held_order, a_performance_on_sale, a_train_on_sale
from payments.models import Payment
from payments.tests.late import a_payment_that_waits, arrives, expire, take, the_bank_says_yes
from payments.tests.paying import Crash, assert_ticket_or_money_back, crashing_after, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

P = Payment.Status


def test_the_same_seats_are_sold_if_they_are_still_free():
    order = a_held_order()
    payment = a_payment_that_waits(order)
    expire(order)
    the_bank_says_yes()
    order = arrives(payment)
    assert order.status == Order.Status.CONFIRMED
    assert_ticket_or_money_back(order)
    assert set(seatstore.availability(order.parts.get().inventory_id).sold) == {"A-1", "B-1"}


def test_the_money_is_let_go_if_somebody_has_one_of_the_seats_and_there_are_no_others():
    order = a_held_order()
    payment = a_payment_that_waits(order)
    expire(order)
    take(order, "B-1", "B-2", "B-3", "B-4")
    the_bank_says_yes()
    order = arrives(payment)
    assert order.status == Order.Status.EXPIRED
    assert Payment.objects.get().status == P.VOIDED
    assert LateOffer.objects.get().state == LateOffer.State.NOTHING
    assert seatstore.availability(order.parts.get().inventory_id).taken(0, 1) == {"B-1", "B-2", "B-3", "B-4"}
    assert_ticket_or_money_back(order)


def test_of_several_parts_all_are_taken_again_or_none():
    wanted = [PartWanted(a_performance_on_sale(), ("A-1",), 0, 1), PartWanted(a_train_on_sale(), ("C1-1",), 0, 2)]
    order = hold_parts(customer=a_customer(), parts=wanted, request_id="h1")
    payment = a_payment_that_waits(order)
    expire(order)
    take(order, *(f"C1-{number}" for number in range(1, 7)))
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


def test_a_hold_that_ended_on_the_way_is_taken_once_more_and_nobody_is_asked(monkeypatch):
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
    assert order.status == Order.Status.CONFIRMED
    assert not order.mails.filter(kind="late_offer").exists()
    seats = seatstore.availability(order.parts.first().inventory_id)
    assert (set(seats.sold), seats.held) == ({"A-1", "B-1"}, {})
    assert Payment.objects.get().status == P.CAPTURED
