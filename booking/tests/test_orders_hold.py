"""Holding seats: all or none, once per request id, and whatever was interrupted is found again."""

import time
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from booking import seatstore
from booking.errors import (
    DepartureGone,
    InventoryNotOnSale,
    LegsOutOfRange,
    NothingChosen,
    RequestConflict,
    TooManySeats,
    UnknownSeats,
)
from booking.models import Inventory, Order
from booking.selectors import orders_of
from booking.services import expire_orders, hold_seats, release_order
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

S = Order.Status


@pytest.fixture
def train():
    return a_train_on_sale()


@pytest.fixture
def customer():
    return a_customer()


def hold(customer, inventory, seats, legs=(0, 4), request_id="r1", **more):
    return hold_seats(
        customer=customer,
        inventory=inventory,
        seats=seats,
        first_leg=legs[0],
        end_leg=legs[1],
        request_id=request_id,
        **more,
    )


def losing_its_answer(ask):
    """The store does what it is asked, but its answer never comes."""

    def asked(**arguments):
        ask(**arguments)
        raise seatstore.OutcomeUnknown("no answer")

    return asked


def test_a_held_order_awaits_payment_at_the_price_of_its_seats(train, customer):
    order = hold(customer, train, ["C1-1", "C1-2"], legs=(1, 3))
    assert order.status == S.AWAITING_PAYMENT
    assert order.amount == Decimal("500.00")
    assert [(seat.name, seat.zone, seat.amount) for seat in order.seats.all()] == [
        ("C1-1", "AC2", Decimal("250.00")),
        ("C1-2", "AC2", Decimal("250.00")),
    ]
    assert timedelta(minutes=9) < order.held_until - timezone.now() <= timedelta(minutes=10)
    assert seatstore.hold(str(order.parts.get().hold_id)).seats == ("C1-1", "C1-2")


def test_the_same_seat_is_sold_again_on_other_legs(train, customer):
    hold(customer, train, ["C1-1"], legs=(0, 2), request_id="r1")
    assert hold(customer, train, ["C1-1"], legs=(2, 4), request_id="r2").status == S.AWAITING_PAYMENT


def test_seats_that_somebody_has_are_named_and_none_of_the_others_is_held(train, customer):
    hold(customer, train, ["C1-1"])
    with pytest.raises(seatstore.SeatsTaken) as refusal:
        hold(a_customer(), train, ["C1-2", "C1-1"], legs=(3, 4))
    assert refusal.value.seats == ("C1-1",)
    assert seatstore.availability(train.pk).taken(0, 4) == {"C1-1"}


def test_a_request_that_got_no_seat_ends_cancelled_and_is_nobodys_booking(train, customer):
    hold(a_customer(), train, ["C1-1"])
    with pytest.raises(seatstore.SeatsTaken):
        hold(customer, train, ["C1-1"])
    assert Order.objects.get(customer=customer).status == S.CANCELLED
    assert not orders_of(customer).exists()


def test_a_refused_request_is_refused_alike_when_it_comes_again(train, customer):
    first = hold(a_customer(), train, ["C1-1"])
    for _ in range(2):
        with pytest.raises(seatstore.SeatsTaken):
            hold(customer, train, ["C1-1"])
    release_order(order=first)
    with pytest.raises(seatstore.SeatsTaken):
        hold(customer, train, ["C1-1"])
    assert hold(customer, train, ["C1-1"], request_id="r2").status == S.AWAITING_PAYMENT


def test_the_same_request_id_gives_the_same_order(train, customer):
    first = hold(customer, train, ["C1-1", "C1-2"])
    again = hold(customer, train, ["C1-2", "C1-1"])
    assert again == first
    assert Order.objects.count() == 1


def test_the_same_request_id_of_another_customer_is_another_request(train, customer):
    assert hold(customer, train, ["C1-1"]) != hold(a_customer(), train, ["C1-2"])


@pytest.mark.parametrize(("seats", "legs"), [(["C1-2"], (0, 4)), (["C1-1"], (0, 3)), (["C1-1", "C1-2"], (0, 4))])
def test_a_request_id_with_another_request_under_it_is_refused(train, customer, seats, legs):
    hold(customer, train, ["C1-1"])
    with pytest.raises(RequestConflict):
        hold(customer, train, seats, legs)


@pytest.mark.parametrize(
    ("seats", "legs", "error"),
    [
        ([], (0, 4), NothingChosen),
        ([f"C1-{n}" for n in range(1, 12)], (0, 4), TooManySeats),
        (["C1-1", "C9-1"], (0, 4), UnknownSeats),
        (["C1-1"], (0, 5), LegsOutOfRange),
        (["C1-1"], (2, 2), LegsOutOfRange),
        (["C1-1"], (-1, 2), LegsOutOfRange),
    ],
)
def test_a_request_that_makes_no_sense_leaves_no_order(train, customer, seats, legs, error):
    with pytest.raises(error):
        hold(customer, train, seats, legs)
    assert not Order.objects.exists()


def test_what_is_off_sale_cannot_be_held(train, customer):
    train.state = Inventory.State.CLOSED
    with pytest.raises(InventoryNotOnSale):
        hold(customer, train, ["C1-1"])


def test_a_train_can_be_boarded_later_on_its_way_but_not_where_it_has_left(train, customer):
    left = timezone.now() + timedelta(days=3)
    left = left.replace(hour=6, minute=0)  # 11:30 in India: AAA at 10:05 is over, CCC at 12:05 is not.
    with pytest.raises(DepartureGone):
        hold(customer, train, ["C1-1"], legs=(0, 4), now=left)
    assert hold(customer, train, ["C1-1"], legs=(2, 4), now=left).status == S.AWAITING_PAYMENT


def test_a_show_that_has_begun_is_not_sold(customer):
    show = a_performance_on_sale()
    with pytest.raises(DepartureGone):
        hold(customer, show, ["A-1"], legs=(0, 1), now=show.performance.starts_at)


def test_a_lost_answer_is_found_by_the_same_request_id(train, customer, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_seats", losing_its_answer(seatstore.hold_seats))
        with pytest.raises(seatstore.OutcomeUnknown):
            hold(customer, train, ["C1-1"])
    assert Order.objects.get().status == S.DRAFT
    order = hold(customer, train, ["C1-1"])
    assert order.status == S.AWAITING_PAYMENT
    assert abs(order.held_until - seatstore.hold(str(order.parts.get().hold_id)).held_until) < timedelta(seconds=1)
    assert Order.objects.count() == 1


def test_a_countdown_whose_answer_was_lost_does_not_start_anew(train, customer, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_seats", losing_its_answer(seatstore.hold_seats))
        with pytest.raises(seatstore.OutcomeUnknown):
            hold(customer, train, ["C1-1"])
    ends = seatstore.hold(str(Order.objects.get().parts.get().hold_id)).held_until
    time.sleep(1.5)
    assert abs(hold(customer, train, ["C1-1"]).held_until - ends) < timedelta(seconds=1)


def test_a_hold_that_ended_while_its_answer_was_lost_is_not_promised(train, customer, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_seats", losing_its_answer(seatstore.hold_seats))
        with pytest.raises(seatstore.OutcomeUnknown):
            hold(customer, train, ["C1-1"])
    hold_id = Order.objects.get().parts.get().hold_id
    seatstore.release_hold(hold_id=str(hold_id), request_id=f"{hold_id}:gone")
    with pytest.raises(seatstore.HoldEnded):
        hold(customer, train, ["C1-1"])
    assert Order.objects.get().status == S.EXPIRED


def test_a_hold_whose_customer_never_came_back_is_given_back(train, customer, monkeypatch):
    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_seats", losing_its_answer(seatstore.hold_seats))
        with pytest.raises(seatstore.OutcomeUnknown):
            hold(customer, train, ["C1-1"])
    assert expire_orders(now=timezone.now(), limit=10) == 0
    assert expire_orders(now=timezone.now() + timedelta(minutes=2), limit=10) == 1
    assert Order.objects.get().status == S.EXPIRED
    assert seatstore.availability(train.pk).taken(0, 4) == set()
    with pytest.raises(seatstore.HoldEnded):
        hold(customer, train, ["C1-1"])


def test_a_store_without_a_leader_leaves_a_draft_that_a_retry_completes(train, customer, monkeypatch):
    def refuse(**arguments):
        raise seatstore.StoreUnavailable("no leader")

    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_seats", refuse)
        with pytest.raises(seatstore.StoreUnavailable):
            hold(customer, train, ["C1-1"])
    assert hold(customer, train, ["C1-1"]).status == S.AWAITING_PAYMENT


def test_a_draft_given_up_while_the_store_was_asked_gives_its_seats_back(train, customer, monkeypatch):
    real = seatstore.hold_seats

    def arrive_late(**arguments):
        assert expire_orders(now=timezone.now() + timedelta(minutes=2), limit=10) == 1
        return real(**arguments)

    monkeypatch.setattr(seatstore, "hold_seats", arrive_late)
    with pytest.raises(seatstore.HoldEnded):
        hold(customer, train, ["C1-1"])
    assert seatstore.availability(train.pk).taken(0, 4) == set()
