"""A customer is moved to another seat: in one step of the real store, with the order's rows after it, come what may."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import seatstore
from booking.models import SeatMove
from booking.services import begin_confirming, confirm_in_store, hold_seats, mark_confirmed
from booking.services.reseating import MoveRefused, finish_moves, move_customer
from booking.tests.selling import a_customer, a_performance_on_sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

S = SeatMove.State


def buy(inventory, *seats):
    order = hold_seats(customer=a_customer(), inventory=inventory, seats=seats, first_leg=0, end_leg=1, request_id="r")
    begin_confirming(order=order)
    confirm_in_store(order=order)
    mark_confirmed(order=order, now=timezone.now())
    return order


@pytest.fixture
def hall():
    return a_performance_on_sale()


@pytest.fixture
def order(hall):
    return buy(hall, "A-1", "A-2")


def move(order, from_seat, to_seat, **more):
    seat = order.seats.select_related("part__order", "part__inventory").get(name=from_seat)
    return move_customer(seat=seat, to_seat=to_seat, **{"reason": "Broken seat", "by": a_customer(), **more})


def sold(inventory):
    return set(seatstore.availability(inventory.pk).sold)


def names(order):
    return list(order.seats.values_list("name", "zone", "amount"))


def test_a_moved_customer_has_the_new_seat_at_the_old_price_and_the_history_says_so(hall, order):
    assert move(order, "A-2", "B-4", by=a_customer("boss@example.com")).state == S.MOVED
    assert sold(hall) == {"A-1", "B-4"}
    assert names(order) == [("A-1", "A", 500), ("B-4", "B", 500)]
    part = order.parts.get()
    assert seatstore.hold(part.hold_id).seats == ("A-1", "B-4")
    told = order.history.last()
    assert (told.actor, told.reason) == ("boss@example.com", "Moved from A-2 to B-4: Broken seat")
    assert (told.from_status, told.to_status) == ("CONFIRMED", "CONFIRMED")


def test_nobody_is_moved_onto_somebody_else(hall, order):
    buy(hall, "B-1")
    with pytest.raises(seatstore.SeatsTaken):
        move(order, "A-2", "B-1")
    assert SeatMove.objects.get().state == S.REFUSED
    assert {name for name, *_ in names(order)} == {"A-1", "A-2"}
    assert move(order, "A-2", "B-2").state == S.MOVED


@pytest.mark.parametrize(
    ("from_seat", "to_seat", "reason"),
    [("A-1", "Z-9", "x"), ("A-1", "A-2", "x"), ("A-1", "A-1", "x"), ("A-1", "B-1", " ")],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(order, from_seat, to_seat, reason):
    with pytest.raises(MoveRefused):
        move(order, from_seat, to_seat, reason=reason)
    assert not SeatMove.objects.exists()


def test_only_a_customer_with_a_ticket_is_moved(hall):
    held = hold_seats(customer=a_customer(), inventory=hall, seats=["A-3"], first_leg=0, end_leg=1, request_id="r")
    with pytest.raises(MoveRefused, match="ticket"):
        move(held, "A-3", "B-1")
    bought = buy(hall, "A-4")
    bought.seats.update(cancelled_at=timezone.now())
    with pytest.raises(MoveRefused, match="ticket"):
        move(bought, "A-4", "B-1")


def silenced(monkeypatch, door, *, after=False):
    """The door answers no more; with `after`, it does what it was asked and its answer is lost."""
    real = getattr(seatstore, door)

    def without_an_answer(**call):
        if after:
            real(**call)
        raise seatstore.OutcomeUnknown("No answer.")

    monkeypatch.setattr(seatstore, door, without_an_answer)


@pytest.mark.parametrize("after", [False, True])
def test_a_move_that_the_store_did_not_answer_is_finished_by_the_worker(hall, order, monkeypatch, after):
    silenced(monkeypatch, "exchange_hold", after=after)
    made = move(order, "A-2", "B-4")
    assert (made.state, made.last_error) == (S.ASKED, "No answer.")
    assert {name for name, *_ in names(order)} == {"A-1", "A-2"}
    with pytest.raises(MoveRefused, match="under way"):
        move(order, "A-1", "B-1")
    monkeypatch.undo()
    assert finish_moves(limit=10) == 1
    assert finish_moves(limit=10) == 0
    assert {name for name, *_ in names(order)} == {"A-1", "B-4"}
    assert sold(hall) == {"A-1", "B-4"}
    assert order.history.filter(reason__startswith="Moved").count() == 1


def test_a_move_whose_answer_the_store_forgot_is_known_by_its_hold(hall, order, monkeypatch):
    silenced(monkeypatch, "exchange_hold", after=True)
    made = move(order, "A-2", "B-4")
    monkeypatch.undo()
    # Under another request id it is, to the store, a second exchange of a hold that is no more.
    real = seatstore.exchange_hold
    monkeypatch.setattr(seatstore, "exchange_hold", lambda **call: real(**{**call, "request_id": "another"}))
    finish_moves(limit=10)
    made.refresh_from_db()
    assert made.state == S.MOVED
    assert {name for name, *_ in names(order)} == {"A-1", "B-4"}


@pytest.mark.parametrize("cancelled", ["A-1", "A-2"])
def test_a_seat_that_was_cancelled_while_its_order_was_moved_goes_back_on_sale(hall, order, monkeypatch, cancelled):
    silenced(monkeypatch, "exchange_hold", after=True)
    move(order, "A-2", "B-4")
    monkeypatch.undo()
    order.seats.filter(name=cancelled).update(cancelled_at=timezone.now() - timedelta(seconds=1))
    finish_moves(limit=10)
    kept = {"A-1", "B-4"} - {{"A-2": "B-4"}.get(cancelled, cancelled)}
    assert sold(hall) == kept
    assert set(order.seats.filter(cancelled_at=None).values_list("name", flat=True)) == kept


def test_a_crash_before_the_last_seats_are_given_back_leaves_a_move_to_be_finished(hall, order, monkeypatch):
    silenced(monkeypatch, "exchange_hold", after=True)
    move(order, "A-2", "B-4")
    monkeypatch.undo()
    order.seats.filter(name="A-1").update(cancelled_at=timezone.now())
    silenced(monkeypatch, "cancel_seats")
    with pytest.raises(seatstore.OutcomeUnknown):
        finish_moves(limit=10)
    monkeypatch.undo()
    assert finish_moves(limit=10) == 1
    assert sold(hall) == {"B-4"}
