"""How orders end: given back, out of time by the store's clock, and never by a step the table does not know."""

from datetime import timedelta

import pytest
from django.http import Http404
from django.utils import timezone

from booking import seatstore
from booking.errors import OrderNotCancellable
from booking.models import Order
from booking.orders import ORDER_TRANSITIONS, advance
from booking.selectors import order_of, order_of_hold
from booking.services import begin_confirming, confirm_in_store, expire_orders, release_order
from booking.tests.selling import a_customer, a_held_order

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

S = Order.Status


@pytest.fixture
def order():
    return a_held_order()


def test_an_order_that_is_given_back_frees_its_seats_at_once(order):
    release_order(order=order)
    assert order.status == S.CANCELLED
    assert seatstore.availability(order.parts.get().inventory_id).taken(0, 1) == set()


def test_giving_back_what_has_ended_is_no_error(order):
    release_order(order=order)
    assert release_order(order=order).status == S.CANCELLED


def test_an_order_that_is_being_paid_cannot_be_given_back(order):
    begin_confirming(order=Order.objects.get(pk=order.pk))
    with pytest.raises(OrderNotCancellable):
        release_order(order=order)
    assert order.status == S.CONFIRMING


def test_an_order_is_given_back_even_while_the_store_is_away(order, monkeypatch):
    def no_leader(**_):
        raise seatstore.StoreUnavailable("no leader")

    monkeypatch.setattr(seatstore, "release_hold", no_leader)
    assert release_order(order=order).status == S.CANCELLED


def test_a_draft_that_gets_its_seats_while_it_is_given_up_is_given_up_all_the_same(order):
    stale = Order.objects.get(pk=order.pk)
    stale.status = S.DRAFT
    assert release_order(order=stale).status == S.CANCELLED
    assert seatstore.availability(order.parts.get().inventory_id).taken(0, 1) == set()


def test_a_draft_that_is_paid_while_it_is_given_up_stays_paid(order):
    stale = Order.objects.get(pk=order.pk)
    stale.status = S.DRAFT
    begin_confirming(order=order)
    with pytest.raises(OrderNotCancellable):
        release_order(order=stale)


def test_an_order_expires_when_its_hold_has(order):
    seatstore.release_hold(hold_id=str(order.parts.get().hold_id), request_id=f"{order.id}:gone")
    assert expire_orders(now=order.held_until + timedelta(seconds=1), limit=10) == 1
    order.refresh_from_db()
    assert order.status == S.EXPIRED


def test_an_order_lives_as_long_as_the_store_holds_its_seats(order):
    """The store's time stands still while it has no leader; ours does not, and must not overtake it."""
    Order.objects.filter(pk=order.pk).update(held_until=timezone.now() - timedelta(minutes=1))
    assert expire_orders(now=timezone.now(), limit=10) == 0
    order.refresh_from_db()
    assert order.status == S.AWAITING_PAYMENT
    assert order.held_until > timezone.now() + timedelta(minutes=5)


def test_while_the_store_is_away_nothing_expires(order, monkeypatch):
    def no_leader(*_, **__):
        raise seatstore.StoreUnavailable("no leader")

    monkeypatch.setattr(seatstore, "hold", no_leader)
    with pytest.raises(seatstore.StoreUnavailable):
        expire_orders(now=order.held_until + timedelta(hours=1), limit=10)
    order.refresh_from_db()
    assert order.status == S.AWAITING_PAYMENT


@pytest.mark.parametrize("error", [seatstore.StoreUnavailable("no leader"), seatstore.OutcomeUnknown("no answer")])
def test_a_store_that_is_away_is_asked_once_a_round_however_many_drafts_were_abandoned(error, monkeypatch):
    orders = [a_held_order() for _ in range(3)]
    Order.objects.update(status=S.DRAFT)
    asked = []

    def no_answer(**arguments):
        asked.append(arguments["hold_id"])
        raise error

    later = timezone.now() + timedelta(minutes=5)
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "release_hold", no_answer)
        with pytest.raises(type(error)):
            expire_orders(now=later, limit=10)
    assert asked == [orders[0].parts.get().hold_id]
    assert expire_orders(now=later, limit=10) == 2


def test_a_draft_that_never_reached_the_store_does_not_hold_up_the_others(monkeypatch):
    for order in [a_held_order() for _ in range(2)]:
        Order.objects.filter(pk=order.pk).update(status=S.DRAFT)

    def unknown(**_):
        raise seatstore.SeatStoreRefused("unknown_hold", "No such hold.")

    monkeypatch.setattr(seatstore, "release_hold", unknown)
    assert expire_orders(now=timezone.now() + timedelta(minutes=5), limit=10) == 2


def test_an_expired_order_is_kept(order):
    seatstore.release_hold(hold_id=str(order.parts.get().hold_id), request_id=f"{order.id}:gone")
    expire_orders(now=order.held_until, limit=10)
    assert order_of(customer=order.customer, order_id=order.pk).seats.count() == 2


def test_one_round_ends_no_more_orders_than_it_may():
    for order in [a_held_order() for _ in range(3)]:
        seatstore.release_hold(hold_id=str(order.parts.get().hold_id), request_id=f"{order.id}:gone")
    later = timezone.now() + timedelta(hours=1)
    assert [expire_orders(now=later, limit=2) for _ in range(3)] == [2, 1, 0]


def test_confirming_twice_changes_nothing(order):
    begin_confirming(order=order)
    confirm_in_store(order=order)
    confirm_in_store(order=order)
    assert seatstore.hold(str(order.parts.get().hold_id)).state == "confirmed"


def test_a_step_that_somebody_else_took_first_is_not_taken_again(order):
    stale = Order.objects.get(pk=order.pk)
    assert advance(order, S.CANCELLED)
    assert not advance(stale, S.EXPIRED)
    assert stale.status == S.CANCELLED


@pytest.mark.parametrize("status", S.values)
def test_a_step_that_the_table_does_not_know_is_a_defect(order, status):
    order.status = status
    for to in set(S.values) - ORDER_TRANSITIONS[status]:
        with pytest.raises(ValueError, match="cannot go"):
            advance(order, to)


def test_nobody_sees_another_customers_order(order):
    assert order_of(customer=order.customer, reference=order.reference.lower()) == order
    assert order_of_hold(customer=order.customer, hold_id=order.parts.get().hold_id) == order
    for asked in ({"order_id": order.pk}, {"reference": order.reference}):
        with pytest.raises(Http404):
            order_of(customer=a_customer(), **asked)
    with pytest.raises(Http404):
        order_of_hold(customer=a_customer(), hold_id=order.parts.get().hold_id)
