"""The worker's rounds: what is wrong with one payment, one refund or one gateway holds up no other."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking.models import Departure, Order
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_held_order, a_train_on_sale
from booking.trains.departures import cancel_departure
from payments import gateways
from payments.gateways import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.methods import Upi
from payments.models import Payment, Refund, SandboxCharge, WebhookEvent
from payments.reconciliation import compare_charges
from payments.services import (
    cancel_order,
    follow_waiting,
    pay_order,
    refund_cancelled_runs,
    rounds,
    settle_unfinished,
)
from payments.services.resuming import ASK_AFTER
from payments.services.settling import GRACE
from payments.tests.paying import GOOD, Crash, assert_ticket_or_money_back, crashing_before, settle
from payments.webhooks import handle_events

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

P = Payment.Status
R = Refund.Status


class Away(SandboxGateway):
    """Another gateway, which does not answer."""

    name = "away"

    def __getattribute__(self, name: str):
        if name in ("find", "abandon", "capture", "void", "refund", "charges"):
            raise GatewayUnavailable
        return super().__getattribute__(name)


@pytest.fixture
def two_gateways(monkeypatch):
    """The sandbox, and one that is away."""
    known = {"sandbox": gateways.current(), "away": Away()}
    monkeypatch.setattr(gateways, "named", known.__getitem__)
    monkeypatch.setattr(gateways, "names", lambda: ["away", "sandbox"])


def left_before(step: str, monkeypatch) -> Order:
    """An order whose payment died before this call of the gateway."""
    order = a_held_order()
    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, step, crashing_before(None))
        with pytest.raises(Crash):
            pay_order(order=order, method=GOOD, request_id="p")
    return order


def of_gateway(name: str, order: Order) -> None:
    """It was begun there, and before all others."""
    long_ago = timezone.now() - timedelta(days=1)
    Payment.objects.filter(order=order).update(gateway=name, updated_at=long_ago)


def failing_first(real):
    """A defect that shows with one row only: the first that is asked for."""
    calls = []

    def call(*args, **kwargs):
        calls.append(kwargs)
        if kwargs == calls[0]:
            raise RuntimeError("a defect")
        return real(*args, **kwargs)

    return call


def test_an_error_in_one_payment_leaves_the_others_their_round(monkeypatch):
    orders = [left_before("capture", monkeypatch) for _ in range(3)]
    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "capture", failing_first(SandboxGateway.capture))
        assert settle() == 2
    assert Payment.objects.filter(status=P.CAPTURED).count() == 2
    Payment.objects.update(updated_at=timezone.now())
    assert settle() == 1
    for order in orders:
        order.refresh_from_db()
        assert order.status == Order.Status.CONFIRMED


def test_an_error_in_one_refund_leaves_the_others_their_round(monkeypatch):
    for _ in range(3):
        order = a_held_order()
        pay_order(order=order, method=GOOD, request_id="p")
        with monkeypatch.context() as patched:
            patched.setattr(SandboxGateway, "refund", crashing_before(None))
            with pytest.raises(Crash):
                cancel_order(order=order, request_id="c")
    monkeypatch.setattr(SandboxGateway, "refund", failing_first(SandboxGateway.refund))
    assert settle() == 2
    assert Refund.objects.filter(status=R.DONE).count() == 2


def test_a_gateway_that_nobody_knows_any_more_holds_up_only_its_own_payments(monkeypatch):
    gone, other = (left_before("capture", monkeypatch) for _ in range(2))
    of_gateway("gone", gone)
    assert settle() == 1
    other.refresh_from_db()
    assert other.status == Order.Status.CONFIRMED


@pytest.mark.usefixtures("two_gateways")
def test_a_gateway_that_is_away_takes_nobody_elses_place_in_a_round(monkeypatch):
    orders = [left_before("capture", monkeypatch) for _ in range(3)]
    for order in orders[:2]:
        of_gateway("away", order)
    assert settle_unfinished(now=timezone.now() + GRACE, limit=1) == 1
    orders[2].refresh_from_db()
    assert orders[2].status == Order.Status.CONFIRMED


@pytest.mark.usefixtures("two_gateways")
def test_payments_that_wait_elsewhere_are_asked_after_while_a_gateway_is_away():
    orders = [a_held_order(), a_held_order()]
    for order in orders:
        pay_order(order=order, method=Upi("never@bank"), request_id="p")
    of_gateway("away", orders[0])
    SandboxCharge.objects.update(decides_at=timezone.now())
    assert follow_waiting(now=timezone.now() + ASK_AFTER + timedelta(seconds=1), limit=1) == 1
    orders[1].refresh_from_db()
    assert orders[1].status == Order.Status.CONFIRMED


@pytest.mark.usefixtures("two_gateways")
def test_events_of_another_gateway_are_handled_while_one_is_away():
    orders = [a_held_order(), a_held_order()]
    for order, name in zip(orders, ("away", "sandbox"), strict=True):
        payment = pay_order(order=order, method=Upi("never@bank"), request_id="p")
        of_gateway(name, order)
        key = payment.authorisation_key
        WebhookEvent.objects.create(gateway=name, event_id=name, kind="k", key=key, due_at=timezone.now())
    SandboxCharge.objects.update(decides_at=timezone.now())
    assert handle_events(now=timezone.now(), limit=10) == 1
    orders[1].refresh_from_db()
    assert orders[1].status == Order.Status.CONFIRMED


@pytest.mark.usefixtures("two_gateways")
def test_the_books_of_another_gateway_are_compared_while_one_is_away():
    """A reservation that no payment knows of is let go all the same."""
    SandboxCharge.objects.create(
        key="nobody's", reference="r", amount=5, currency="INR", status=SandboxCharge.Status.AUTHORISED
    )
    with pytest.raises(GatewayUnavailable):
        compare_charges(now=timezone.now() + timedelta(minutes=5))
    assert SandboxCharge.objects.get().status == SandboxCharge.Status.VOIDED


def test_every_ticket_of_a_cancelled_run_has_its_refund_though_the_gateway_is_away(monkeypatch):
    train = a_train_on_sale()
    for seat in ("C1-1", "C1-2"):
        order = hold_seats(
            customer=a_customer(), inventory=train, seats=(seat,), first_leg=0, end_leg=4, request_id="h"
        )
        pay_order(order=order, method=GOOD, request_id="p")
    cancel_departure(departure=Departure.objects.get(), reason="Flood", now=timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "refund", crashing_before(None, GatewayUnavailable()))
        assert refund_cancelled_runs(now=timezone.now(), limit=10) == 2
    assert Refund.objects.filter(status=R.IN_TRANSIT).count() == 2
    assert settle() == 2
    assert Refund.objects.filter(status=R.DONE).count() == 2


@pytest.mark.usefixtures("two_gateways")
def test_the_worker_says_once_that_a_gateway_is_away(monkeypatch, caplog):
    monkeypatch.setattr(rounds, "_silent", set())
    order = left_before("capture", monkeypatch)
    for _ in range(2):
        of_gateway("away", order)
        assert settle() == 0
    assert caplog.text.count("The gateway away does not answer") == 1
    of_gateway("sandbox", order)
    assert settle() == 1
    assert_ticket_or_money_back(order)
