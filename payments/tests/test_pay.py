"""Paying an order: a ticket for the money, or nothing at all."""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone

from booking import seatstore
from booking.errors import DepartureGone, OrderNotPayable, RequestConflict
from booking.models import Order, Performance
from booking.services import expire_orders, hold_seats, release_order
from booking.tests.selling import a_customer, a_held_order
from payments.cards import Card
from payments.errors import CardDeclined, PaymentInProgress
from payments.gateways import Refused
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment, SandboxCharge
from payments.services import CardInvalid, cancel_order, pay_order
from payments.tests.paying import DECLINED, GOOD, assert_ticket_or_money_back, everything_in_the_database, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


@pytest.fixture
def order():
    return a_held_order()


def pay(order, card=GOOD, request_id="p1", **more):
    return pay_order(order=order, method=card, request_id=request_id, **more)


def test_a_paid_order_is_confirmed_here_at_the_gateway_and_in_the_store(order):
    payment = pay(order)
    assert payment.status == Payment.Status.CAPTURED
    assert payment.amount == order.amount
    assert (payment.card_brand, payment.card_last4) == ("Visa", "4242")
    order.refresh_from_db()
    assert order.status == Order.Status.CONFIRMED
    assert order.confirmed_at is not None
    assert_ticket_or_money_back(order)


def test_a_declined_card_costs_nothing_and_another_may_be_tried(order):
    with pytest.raises(CardDeclined):
        pay(order, DECLINED)
    assert Payment.objects.get().status == Payment.Status.FAILED
    order.refresh_from_db()
    assert order.status == Order.Status.AWAITING_PAYMENT
    assert pay(order, request_id="p2").status == Payment.Status.CAPTURED


def test_a_declined_request_is_declined_alike_when_it_comes_again(order):
    for _ in range(2):
        with pytest.raises(CardDeclined):
            pay(order, DECLINED)
    assert SandboxCharge.objects.count() == 1


def test_the_same_request_id_pays_once(order):
    first = pay(order)
    order.refresh_from_db()
    assert pay(order) == first
    assert SandboxCharge.objects.count() == 1


def test_a_request_id_with_another_card_under_it_is_refused(order):
    pay(order)
    with pytest.raises(RequestConflict):
        pay(order, Card("5555555555554444", 12, GOOD.exp_year, "123"))


def test_a_request_id_of_another_order_is_refused(order):
    pay(order)
    with pytest.raises(RequestConflict):
        pay(a_held_order(customer=order.customer))


@pytest.mark.parametrize(
    ("card", "field"),
    [
        (Card("4242424242424241", 12, GOOD.exp_year, "123"), "number"),
        (Card("4242", 12, GOOD.exp_year, "123"), "number"),
        (Card("4242424242424242", 13, GOOD.exp_year, "123"), "exp_month"),
        (Card("4242424242424242", 1, 2020, "123"), "exp_year"),
        (Card("4242424242424242", 12, GOOD.exp_year, "12"), "cvc"),
    ],
)
def test_a_card_that_cannot_be_right_is_refused_before_anything_is_written(order, card, field):
    with pytest.raises(CardInvalid) as refusal:
        pay(order, card)
    assert refusal.value.field == field
    assert not Payment.objects.exists()


def test_a_card_expires_at_the_end_of_its_month(order):
    now = timezone.now().replace(year=2031, month=5, day=31)
    Performance.objects.update(starts_at=now + timedelta(days=1))
    order = Order.objects.get(pk=order.pk)
    with pytest.raises(CardInvalid):
        pay(order, Card("4242424242424242", 4, 2031, "123"), now=now)
    assert pay(order, Card("4242424242424242", 5, 2031, "123"), now=now)


def test_an_order_cannot_be_paid_twice(order):
    pay(order)
    order.refresh_from_db()
    with pytest.raises(OrderNotPayable):
        pay(order, request_id="p2")


def test_what_has_begun_cannot_be_paid_however_long_it_is_still_held(order):
    begins = order.parts.get().inventory.performance.starts_at
    with pytest.raises(DepartureGone):
        pay(order, now=begins)
    assert not SandboxCharge.objects.exists()
    order.refresh_from_db()
    assert order.status == Order.Status.AWAITING_PAYMENT
    assert pay(order, request_id="p2", now=begins - timedelta(seconds=1)).status == Payment.Status.CAPTURED


def test_an_order_that_was_given_back_cannot_be_paid(order):
    release_order(order=order)
    with pytest.raises(OrderNotPayable):
        pay(order)


def test_an_order_whose_hold_has_ended_in_the_store_expires_instead_of_being_charged(order):
    seatstore.release_hold(hold_id=str(order.parts.get().hold_id), request_id=uuid4().hex)
    with pytest.raises(OrderNotPayable):
        pay(order)
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    assert not SandboxCharge.objects.exists()


def test_a_second_payment_waits_for_the_first_to_end(order, monkeypatch):
    real = SandboxGateway.authorise

    def pay_again_meanwhile(self, **arguments):
        with pytest.raises(PaymentInProgress):
            pay(Order.objects.get(pk=order.pk), request_id="p2")
        return real(self, **arguments)

    monkeypatch.setattr(SandboxGateway, "authorise", pay_again_meanwhile)
    assert pay(order).status == Payment.Status.CAPTURED


def test_the_hold_is_extended_while_the_customer_pays(order, settings):
    settings.PAYMENT_EXTENSION_S = settings.HOLD_TTL_S + 300
    before = order.held_until
    pay(order)
    assert order.held_until > before + timedelta(minutes=4)


def test_a_confirmation_that_is_refused_gives_the_money_back(order, monkeypatch):
    real = SandboxGateway.authorise

    def lose_the_hold_meanwhile(self, **arguments):
        part = order.parts.get()
        seatstore.release_hold(hold_id=part.hold_id, request_id=uuid4().hex)
        others = ["B-1", "B-2", "B-3", "B-4"]
        hold_seats(
            customer=a_customer(), inventory=part.inventory, seats=others, first_leg=0, end_leg=1, request_id="other"
        )
        return real(self, **arguments)

    monkeypatch.setattr(SandboxGateway, "authorise", lose_the_hold_meanwhile)
    with pytest.raises(OrderNotPayable):
        pay(order)
    order.refresh_from_db()
    assert order.status == Order.Status.EXPIRED
    assert Payment.objects.get().status == Payment.Status.VOIDED
    assert_ticket_or_money_back(order)
    order.refresh_from_db()
    with pytest.raises(OrderNotPayable):
        pay(order)


def test_an_order_given_back_while_it_was_being_authorised_gives_the_money_back(order, monkeypatch):
    real = SandboxGateway.authorise

    def give_back_meanwhile(self, **arguments):
        release_order(order=Order.objects.get(pk=order.pk))
        return real(self, **arguments)

    monkeypatch.setattr(SandboxGateway, "authorise", give_back_meanwhile)
    with pytest.raises(OrderNotPayable):
        pay(order)
    assert_ticket_or_money_back(order)


def test_money_that_cannot_be_taken_puts_the_seats_back_on_sale(order, monkeypatch):
    monkeypatch.setattr(SandboxGateway, "capture", lambda self, **_: Refused("No money there."))
    with pytest.raises(CardDeclined):
        pay(order)
    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert seatstore.availability(order.parts.get().inventory_id).taken(0, 1) == set()
    assert_ticket_or_money_back(order)


def test_money_that_cannot_be_let_go_calls_for_a_person(order, monkeypatch):
    monkeypatch.setattr(SandboxGateway, "capture", lambda self, **_: Refused("No money there."))
    monkeypatch.setattr(SandboxGateway, "void", lambda self, **_: Refused("It is gone."))
    with pytest.raises(OrderNotPayable):
        pay(order)
    order.refresh_from_db()
    assert order.status == Order.Status.NEEDS_ATTENTION
    assert settle() == 0


def test_an_order_that_is_being_confirmed_does_not_expire(order, monkeypatch):
    def expire_meanwhile(**arguments):
        assert expire_orders(now=timezone.now() + timedelta(hours=1), limit=10) == 0
        real(**arguments)

    real = seatstore.confirm_hold
    monkeypatch.setattr(seatstore, "confirm_hold", expire_meanwhile)
    assert pay(order).status == Payment.Status.CAPTURED


@pytest.mark.django_db(transaction=True)
def test_neither_store_nor_gateway_is_asked_inside_a_transaction(monkeypatch):
    asked = []

    def watch(owner, name):
        real = getattr(owner, name)

        def ask(*args, **kwargs):
            assert not connection.in_atomic_block, f"{name} was called inside a transaction"
            asked.append(name)
            return real(*args, **kwargs)

        monkeypatch.setattr(owner, name, ask)

    for name in ("hold_seats", "extend_hold", "confirm_hold", "release_hold", "cancel_seats", "hold"):
        watch(seatstore, name)
    for name in ("authorise", "capture", "void", "refund", "abandon"):
        watch(SandboxGateway, name)
    pay(order := a_held_order())
    cancel_order(order=order, request_id="c1")
    release_order(order=a_held_order())
    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "capture", lambda self, **_: Refused("No money there."))
        with pytest.raises(CardDeclined):
            pay(a_held_order())
    assert set(asked) >= {"hold_seats", "extend_hold", "confirm_hold", "release_hold", "cancel_seats"}
    assert set(asked) >= {"authorise", "capture", "void", "refund"}


@pytest.mark.django_db(transaction=True)
def test_no_card_number_reaches_the_database_or_the_log(caplog):
    card = Card("4012 8888 8888 1881", 12, GOOD.exp_year, "737")
    with caplog.at_level(logging.DEBUG):
        pay(a_held_order(), card)
        with pytest.raises(CardInvalid):
            pay(a_held_order(), Card("4012888888881882", 12, GOOD.exp_year, "737"))
    assert "1881" in {payment.card_last4 for payment in Payment.objects.all()}
    kept = everything_in_the_database()
    for secret in ("401288888888", "4012 8888 8888", "40128888"):
        assert secret not in caplog.text
        assert secret not in kept
    assert repr(card) == "Card()"
