"""A crash between any two steps of a payment: the same request or the worker brings it to an end.

Each boundary is a place to die at, before or after something happened. Whoever comes next must find, from the rows
alone, where it stopped: every paid order ends with a ticket or with its money back.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from booking import seatstore
from booking.errors import OrderNotPayable
from booking.models import Order
from booking.services import expire_orders
from booking.tests.selling import a_held_order
from payments.errors import CardDeclined
from payments.gateways import GatewayUnavailable, Refused
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment, SandboxCharge
from payments.services import pay_order, paying, settle_unfinished
from payments.tests.paying import (
    GOOD,
    Crash,
    assert_ticket_or_money_back,
    crashing_after,
    crashing_before,
    settle,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

NEVER_AUTHORISED = {
    "before the gateway is asked": (SandboxGateway, "authorise", crashing_before),
}
AUTHORISED = {
    "the gateway authorised, we were not told": (SandboxGateway, "authorise", crashing_after),
    "before the order is confirming": (paying, "begin_confirming", crashing_before),
    "the order is confirming": (paying, "begin_confirming", crashing_after),
    "before the store is asked": (seatstore, "confirm_hold", crashing_before),
    "the store confirmed, we were not told": (seatstore, "confirm_hold", crashing_after),
    "before the money is taken": (SandboxGateway, "capture", crashing_before),
    "the money is taken, we were not told": (SandboxGateway, "capture", crashing_after),
    "the payment is captured, the order not confirmed": (paying, "mark_confirmed", crashing_before),
    "before the last commit": (paying, "mark_confirmed", crashing_after),
}
ERRORS = [Crash(), seatstore.StoreUnavailable("no leader"), seatstore.OutcomeUnknown("no answer"), GatewayUnavailable()]

Boundary = tuple[object, str, Callable[..., object]]


def pay(order):
    return pay_order(order=order, method=GOOD, request_id="p1")


def crash_at(boundary: Boundary, monkeypatch, error: Exception | None = None) -> Order:
    """An order whose payment died at the boundary."""
    owner, name, crashing = boundary
    order = a_held_order()
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing(getattr(owner, name), error))
        with pytest.raises(type(error or Crash())):
            pay(order)
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize(
    "boundary", [*NEVER_AUTHORISED.values(), *AUTHORISED.values()], ids=[*NEVER_AUTHORISED, *AUTHORISED]
)
def test_the_same_request_brings_an_interrupted_payment_to_its_ticket(boundary, monkeypatch):
    order = crash_at(boundary, monkeypatch)
    assert pay(order).status == Payment.Status.CAPTURED
    assert SandboxCharge.objects.count() == 1
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.CONFIRMED


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("boundary", AUTHORISED.values(), ids=AUTHORISED)
def test_the_worker_brings_an_authorised_payment_to_its_ticket(boundary, error, monkeypatch):
    order = crash_at(boundary, monkeypatch, error)
    assert settle() == 1
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.CONFIRMED


@pytest.mark.parametrize("boundary", NEVER_AUTHORISED.values(), ids=NEVER_AUTHORISED)
def test_the_worker_lets_go_of_what_was_never_known_to_be_authorised(boundary, monkeypatch):
    order = crash_at(boundary, monkeypatch)
    assert settle() == 1
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.AWAITING_PAYMENT
    with pytest.raises(CardDeclined):
        pay(order)
    order.refresh_from_db()
    assert pay_order(order=order, method=GOOD, request_id="p2").status == Payment.Status.CAPTURED


def test_an_authorisation_that_arrives_after_it_was_given_up_reserves_nothing(monkeypatch):
    real = SandboxGateway.authorise

    def arrive_late(self, **arguments):
        settle()
        return real(self, **arguments)

    order = a_held_order()
    monkeypatch.setattr(SandboxGateway, "authorise", arrive_late)
    with pytest.raises(CardDeclined):
        pay(order)
    assert_ticket_or_money_back(order)


@pytest.mark.parametrize("boundary", AUTHORISED.values(), ids=AUTHORISED)
def test_an_interrupted_payment_of_an_order_that_expired_meanwhile_ends_consistently(boundary, monkeypatch):
    order = crash_at(boundary, monkeypatch)
    if seatstore.hold(str(order.parts.get().hold_id)).state == "held":
        seatstore.release_hold(hold_id=str(order.parts.get().hold_id), request_id=f"{order.id}:gone")
    expire_orders(now=timezone.now() + timedelta(hours=1), limit=10)
    settle()
    assert_ticket_or_money_back(order)


DYING_IN_VOID = {
    "before the void": (SandboxGateway, "void", crashing_before),
    "voided, we were not told": (SandboxGateway, "void", crashing_after),
}


@pytest.mark.parametrize("boundary", DYING_IN_VOID.values(), ids=DYING_IN_VOID)
def test_a_void_that_was_interrupted_is_made_by_the_worker(boundary, monkeypatch):
    owner, name, crashing = boundary
    order = a_held_order()
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing(getattr(owner, name)))
        patched.setattr(paying, "confirm_in_store", _seats_lost)
        with pytest.raises(Crash):
            pay(order)
    settle()
    assert_ticket_or_money_back(order)
    assert Payment.objects.get().status == Payment.Status.VOIDED


def _seats_lost(*, order):
    """The hold has ended and others were quicker: free seats, or others as good, would go to who paid after all."""
    part = order.parts.get()
    seatstore.release_hold(hold_id=str(part.hold_id), request_id=f"{order.id}:gone")
    seatstore.hold_seats(
        inventory=part.inventory_id,
        hold_id=f"{order.id}:other",
        seats=[f"{row}-{number}" for row in "AB" for number in range(1, 5)],
        first_leg=part.first_leg,
        end_leg=part.end_leg,
        ttl_s=60,
        request_id=f"{order.id}:other",
    )
    Order.objects.filter(pk=order.pk).update(status=Order.Status.EXPIRED)
    raise OrderNotPayable("EXPIRED")


DYING_IN_TAKING_BACK = {
    "before the seats go back": (seatstore, "cancel_seats", crashing_before),
    "the seats are back, we were not told": (seatstore, "cancel_seats", crashing_after),
    "the order is cancelled": (paying, "take_back_unpaid", crashing_after),
    "before the void": (SandboxGateway, "void", crashing_before),
    "voided": (SandboxGateway, "void", crashing_after),
}


@pytest.mark.parametrize("boundary", DYING_IN_TAKING_BACK.values(), ids=DYING_IN_TAKING_BACK)
def test_a_capture_that_was_refused_is_cleaned_up_after_a_crash(boundary, monkeypatch):
    owner, name, crashing = boundary
    order = a_held_order()
    monkeypatch.setattr(SandboxGateway, "capture", lambda self, **_: Refused("No money there."))
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing(getattr(owner, name)))
        with pytest.raises(Crash):
            pay(order)
    settle()
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.CANCELLED
    assert seatstore.availability(order.parts.get().inventory_id).taken(0, 1) == set()


def test_a_payment_that_is_being_worked_on_is_left_alone(monkeypatch):
    crash_at(AUTHORISED["before the store is asked"], monkeypatch)
    assert settle_unfinished(now=timezone.now(), limit=100) == 0


def test_two_workers_do_not_take_the_same_payment(monkeypatch):
    order = crash_at(AUTHORISED["before the store is asked"], monkeypatch)
    real = seatstore.confirm_hold

    def work_meanwhile(**arguments):
        assert settle() == 0
        return real(**arguments)

    monkeypatch.setattr(seatstore, "confirm_hold", work_meanwhile)
    assert settle() == 1
    assert_ticket_or_money_back(order)


def test_a_store_that_is_still_away_leaves_the_payment_for_the_next_round(monkeypatch):
    order = crash_at(AUTHORISED["before the store is asked"], monkeypatch)
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "confirm_hold", crashing_before(None, seatstore.StoreUnavailable("no leader")))
        with pytest.raises(seatstore.StoreUnavailable):
            settle()
    assert settle_unfinished(now=timezone.now() + timedelta(minutes=2), limit=100) == 1
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.CONFIRMED


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        (paying, "begin_confirming"),
        (seatstore, "confirm_hold"),
        (SandboxGateway, "capture"),
    ],
)
def test_a_request_that_the_worker_overtakes_at_any_step_still_gets_its_ticket(owner, name, monkeypatch):
    order = a_held_order()
    real = getattr(owner, name)

    def overtaken(*args, **kwargs):
        monkeypatch.setattr(owner, name, real)
        settle()
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, overtaken)
    assert pay(order).status == Payment.Status.CAPTURED
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.CONFIRMED
