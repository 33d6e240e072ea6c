"""Cancelling: seats go back on sale, their price goes back in full, each once, whatever is interrupted."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from booking import seatstore
from booking.errors import DepartureGone, OrderNotCancellable, RequestConflict
from booking.models import Order
from booking.tests.selling import a_held_order
from payments.gateways import GatewayUnavailable, Refused
from payments.gateways.sandbox import SandboxGateway
from payments.models import Refund, SandboxRefund
from payments.services import cancel_order, pay_order, refunding
from payments.tests.paying import GOOD, Crash, crashing_after, crashing_before, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

S = Order.Status


@pytest.fixture
def order():
    """A ticket for A-1 (500), A-2 (500) and B-1 (300)."""
    order = a_held_order(seats=("A-1", "A-2", "B-1"))
    pay_order(order=order, method=GOOD, request_id="p1")
    order.refresh_from_db()
    return order


def sold(order):
    return seatstore.availability(order.parts.get().inventory_id).taken(0, 1)


def returned():
    return [refund.amount for refund in SandboxRefund.objects.order_by("id")]


def test_one_of_several_seats_can_be_cancelled(order):
    [refund] = cancel_order(order=order, seats=["A-2"], request_id="c1")
    order.refresh_from_db()
    assert (refund.status, refund.amount, order.status) == (Refund.Status.DONE, Decimal(500), S.PARTLY_CANCELLED)
    assert sold(order) == {"A-1", "B-1"}
    assert {seat.name for seat in order.seats.exclude(cancelled_at=None)} == {"A-2"}


def test_cancelling_without_naming_seats_gives_back_all_that_are_left(order):
    cancel_order(order=order, seats=["A-2"], request_id="c1")
    cancel_order(order=order, request_id="c2")
    order.refresh_from_db()
    assert order.status == S.CANCELLED
    assert sold(order) == set()
    assert returned() == [Decimal(500), Decimal(800)]


def test_the_same_request_gives_the_same_refund(order):
    first = cancel_order(order=order, seats=["A-2"], request_id="c1")
    assert cancel_order(order=order, seats=["A-2"], request_id="c1") == first
    assert returned() == [Decimal(500)]


@pytest.mark.parametrize("seats", [["A-1"], ["A-1", "A-2"], []])
def test_the_same_request_id_for_other_seats_is_refused(order, seats):
    cancel_order(order=order, seats=["A-2"], request_id="c1")
    with pytest.raises(RequestConflict):
        cancel_order(order=order, seats=seats, request_id="c1")


@pytest.mark.parametrize("seats", [["A-2"], ["A-1", "A-2"], ["Z-9"]])
def test_a_seat_is_paid_back_once(order, seats):
    cancel_order(order=order, seats=["A-2"], request_id="c1")
    with pytest.raises(OrderNotCancellable):
        cancel_order(order=order, seats=seats, request_id="c2")
    assert returned() == [Decimal(500)]


def test_a_stale_view_of_the_order_does_not_pay_a_seat_back_twice(order):
    stale = Order.objects.get(pk=order.pk)
    cancel_order(order=order, request_id="c1")
    with pytest.raises(OrderNotCancellable):
        cancel_order(order=stale, request_id="c2")


def test_a_stale_view_of_the_order_cancels_what_is_left_of_it(order):
    stale = Order.objects.get(pk=order.pk)
    cancel_order(order=order, seats=["A-2"], request_id="c1")
    cancel_order(order=stale, request_id="c2")
    order.refresh_from_db()
    assert order.status == S.CANCELLED
    assert returned() == [Decimal(500), Decimal(800)]


def test_what_has_begun_is_not_paid_back(order):
    with pytest.raises(DepartureGone):
        cancel_order(order=order, request_id="c1", now=order.parts.get().inventory.performance.starts_at)
    assert sold(order) == {"A-1", "A-2", "B-1"}


def test_an_unpaid_order_gives_its_seats_back_and_there_is_nothing_to_refund():
    order = a_held_order()
    for _ in range(2):
        assert cancel_order(order=order, request_id="c1") == []
    assert order.status == S.CANCELLED
    assert sold(order) == set()


def test_single_seats_of_an_unpaid_order_cannot_be_cancelled():
    with pytest.raises(OrderNotCancellable):
        cancel_order(order=a_held_order(), seats=["A-1"], request_id="c1")


BOUNDARIES = {
    "before the seats go back": (seatstore, "cancel_seats", crashing_before),
    "the seats are back, we were not told": (seatstore, "cancel_seats", crashing_after),
    "before the gateway is asked": (SandboxGateway, "refund", crashing_before),
    "the gateway paid back, we were not told": (SandboxGateway, "refund", crashing_after),
}


def _interrupt(order, boundary, monkeypatch, error=None):
    owner, name, crashing = boundary
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, crashing(getattr(owner, name), error))
        return cancel_order(order=order, seats=["A-1", "B-1"], request_id="c1")


@pytest.mark.parametrize("boundary", BOUNDARIES.values(), ids=BOUNDARIES)
def test_the_worker_finishes_a_cancellation_that_was_interrupted(order, boundary, monkeypatch):
    with pytest.raises(Crash):
        _interrupt(order, boundary, monkeypatch)
    assert settle() == 1
    assert Refund.objects.get().status == Refund.Status.DONE
    assert sold(order) == {"A-2"}
    assert returned() == [Decimal(800)]
    assert settle() == 0


@pytest.mark.parametrize("boundary", BOUNDARIES.values(), ids=BOUNDARIES)
def test_the_same_request_finishes_a_cancellation_that_was_interrupted(order, boundary, monkeypatch):
    with pytest.raises(Crash):
        _interrupt(order, boundary, monkeypatch)
    [refund] = cancel_order(order=order, seats=["A-1", "B-1"], request_id="c1")
    assert refund.status == Refund.Status.DONE
    assert returned() == [Decimal(800)]


@pytest.mark.parametrize(
    "error", [seatstore.StoreUnavailable("no leader"), seatstore.OutcomeUnknown("no answer"), GatewayUnavailable()]
)
@pytest.mark.parametrize("boundary", BOUNDARIES.values(), ids=BOUNDARIES)
def test_a_customer_who_cancels_during_an_outage_is_not_sent_away(order, boundary, error, monkeypatch):
    [refund] = _interrupt(order, boundary, monkeypatch, error)
    assert refund.status in (Refund.Status.CREATED, Refund.Status.IN_TRANSIT)
    settle()
    refund.refresh_from_db()
    assert refund.status == Refund.Status.DONE
    assert sold(order) == {"A-2"}


def test_a_refund_that_the_gateway_refuses_calls_for_a_person(order, monkeypatch):
    monkeypatch.setattr(SandboxGateway, "refund", lambda self, **_: Refused("The account is closed."))
    [refund] = cancel_order(order=order, request_id="c1")
    assert (refund.status, refund.failure) == (Refund.Status.FAILED, "The account is closed.")
    order.refresh_from_db()
    assert order.status == S.NEEDS_ATTENTION


def refusing_once(monkeypatch):
    real = SandboxGateway.refund

    def refuse(self, **_):
        monkeypatch.setattr(SandboxGateway, "refund", real)
        return Refused("The account is closed.")

    monkeypatch.setattr(SandboxGateway, "refund", refuse)


def test_a_refused_refund_of_a_part_leaves_the_ticket_for_the_rest(order, monkeypatch):
    refusing_once(monkeypatch)
    [refund] = cancel_order(order=order, seats=["A-2"], request_id="c1")
    order.refresh_from_db()
    assert (refund.status, order.status) == (Refund.Status.FAILED, S.PARTLY_CANCELLED)


def test_a_refused_refund_of_a_part_calls_for_a_person_once_the_rest_is_cancelled_too(order, monkeypatch):
    refusing_once(monkeypatch)
    cancel_order(order=order, seats=["A-2"], request_id="c1")
    [refund] = cancel_order(order=order, request_id="c2")
    order.refresh_from_db()
    assert (refund.status, order.status) == (Refund.Status.DONE, S.NEEDS_ATTENTION)


def test_a_refund_of_a_part_that_is_refused_after_the_rest_was_cancelled_calls_for_a_person(order, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(SandboxGateway, "refund", crashing_before(None, GatewayUnavailable()))
        cancel_order(order=order, seats=["A-2"], request_id="c1")
    cancel_order(order=order, request_id="c2")
    refusing_once(monkeypatch)
    settle()
    order.refresh_from_db()
    assert order.status == S.NEEDS_ATTENTION


def test_a_refund_that_is_refused_while_the_rest_is_being_cancelled_calls_for_a_person(order, monkeypatch):
    real = SandboxGateway.refund

    def refuse_late(self, **_):
        monkeypatch.setattr(SandboxGateway, "refund", real)
        cancel_order(order=Order.objects.get(pk=order.pk), request_id="c2")
        return Refused("The account is closed.")

    monkeypatch.setattr(SandboxGateway, "refund", refuse_late)
    cancel_order(order=order, seats=["A-2"], request_id="c1")
    order.refresh_from_db()
    assert order.status == S.NEEDS_ATTENTION


def test_one_request_id_for_two_cancellations_at_once_is_refused_to_the_second(order, monkeypatch):
    real = refunding.write_refunds

    def overtaken(**arguments):
        monkeypatch.setattr(refunding, "write_refunds", real)
        cancel_order(order=Order.objects.get(pk=order.pk), seats=["A-1"], request_id="c1")
        return real(**arguments)

    monkeypatch.setattr(refunding, "write_refunds", overtaken)
    with pytest.raises(RequestConflict):
        cancel_order(order=order, seats=["A-2"], request_id="c1")
    assert returned() == [Decimal(500)]
    assert sold(order) == {"A-2", "B-1"}


def test_the_same_request_that_came_twice_at_once_cancels_once(order, monkeypatch):
    real = refunding.write_refunds

    def overtaken(**arguments):
        monkeypatch.setattr(refunding, "write_refunds", real)
        cancel_order(order=Order.objects.get(pk=order.pk), seats=["A-1"], request_id="c1")
        return real(**arguments)

    monkeypatch.setattr(refunding, "write_refunds", overtaken)
    [refund] = cancel_order(order=order, seats=["A-1"], request_id="c1")
    assert Refund.objects.get() == refund
    assert returned() == [Decimal(500)]


def test_a_ticket_can_be_cancelled_until_it_begins(order):
    begins = order.parts.get().inventory.performance.starts_at
    [refund] = cancel_order(order=order, request_id="c1", now=begins - timedelta(seconds=1))
    assert refund.status == Refund.Status.DONE
    assert begins > timezone.now()
