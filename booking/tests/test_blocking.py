"""The house keeps seats from sale, and gives them back: in the real store, whatever stops in between."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import seatstore
from booking.errors import LegsOutOfRange, NothingChosen, UnknownSeats
from booking.models import SeatBlock
from booking.services import hold_seats
from booking.services.blocking import BlockRefused, block_seats, give_back_block, settle_blocks
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

S = SeatBlock.State


@pytest.fixture
def hall():
    return a_performance_on_sale()


def block(inventory, *seats, legs=(0, 1), **more):
    fields = {"reason": "Broken", "by": a_customer(), "now": timezone.now(), **more}
    return block_seats(inventory=inventory, seats=seats, first_leg=legs[0], end_leg=legs[1], **fields)


def sold(inventory):
    return set(seatstore.availability(inventory.pk).sold)


def buy(inventory, *seats):
    return hold_seats(customer=a_customer(), inventory=inventory, seats=seats, first_leg=0, end_leg=1, request_id="r")


@pytest.fixture
def silent_store(monkeypatch):
    """Call with the name of a door; it answers no more until the test ends it."""

    def silence(door):
        def without_an_answer(**call):
            raise seatstore.StoreUnavailable("No leader answers.")

        monkeypatch.setattr(seatstore, door, without_an_answer)

    yield silence


def test_a_blocked_seat_is_sold_to_nobody_and_back_on_sale_when_given_back(hall):
    made = block(hall, "A-1", "A-2")
    assert made.state == S.BLOCKED
    assert sold(hall) == {"A-1", "A-2"}
    with pytest.raises(seatstore.SeatsTaken):
        buy(hall, "A-2")
    by = a_customer()
    given = give_back_block(block=made, by=by)
    assert (given.state, given.given_back_by) == (S.ENDED, by)
    assert sold(hall) == set()
    assert buy(hall, "A-2").status == "AWAITING_PAYMENT"


def test_one_seat_of_a_block_can_be_given_back(hall):
    made = give_back_block(block=block(hall, "A-1", "A-2"), seats=["A-1"], by=a_customer())
    assert (made.state, made.seats, made.giving_back) == (S.BLOCKED, ["A-2"], [])
    assert sold(hall) == {"A-2"}
    assert give_back_block(block=made, by=a_customer()).state == S.ENDED


def test_a_seat_is_blocked_on_some_legs_and_sold_on_the_others():
    train = a_train_on_sale()
    block(train, "C1-1", legs=(1, 2))
    assert seatstore.availability(train.pk).sold == {"C1-1": 0b10}
    assert buy(train, "C1-1").status == "AWAITING_PAYMENT"


def test_seats_that_somebody_has_are_not_blocked_and_neither_are_those_asked_for_with_them(hall):
    buy(hall, "A-1")
    with pytest.raises(seatstore.SeatsTaken):
        block(hall, "A-1", "A-2")
    assert SeatBlock.objects.get().state == S.REFUSED
    assert sold(hall) == set()


def test_seats_held_for_the_house_go_on_sale_when_their_time_has_come(hall):
    now = timezone.now()
    made = block(hall, "A-1", release_at=now + timedelta(hours=1))
    assert settle_blocks(now=now, limit=10) == 0
    assert settle_blocks(now=now + timedelta(hours=1), limit=10) == 1
    made.refresh_from_db()
    assert (made.state, made.given_back_by) == (S.ENDED, None)
    assert sold(hall) == set()


@pytest.mark.parametrize(
    ("seats", "more", "error"),
    [
        ([], {}, NothingChosen),
        (["Z-9"], {}, UnknownSeats),
        (["A-1"], {"legs": (0, 2)}, LegsOutOfRange),
        (["A-1"], {"legs": (1, 1)}, LegsOutOfRange),
        (["A-1"], {"reason": " "}, BlockRefused),
        (["A-1"], {"release_at": timezone.now() - timedelta(seconds=1)}, BlockRefused),
        ([f"A-{n}" for n in range(101)], {}, BlockRefused),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(hall, seats, more, error):
    with pytest.raises(error):
        block(hall, *seats, **more)
    assert not SeatBlock.objects.exists()


@pytest.mark.parametrize("door", ["hold_seats", "confirm_hold"])
def test_a_block_that_the_store_did_not_answer_is_finished_by_the_worker(hall, monkeypatch, silent_store, door):
    silent_store(door)
    made = block(hall, "A-1")
    assert (made.state, made.last_error) == (S.ASKED, "No leader answers.")
    with pytest.raises(seatstore.StoreUnavailable):
        settle_blocks(now=timezone.now(), limit=10)
    monkeypatch.undo()
    assert settle_blocks(now=timezone.now(), limit=10) == 1
    made.refresh_from_db()
    assert (made.state, made.last_error) == (S.BLOCKED, "")
    assert sold(hall) == {"A-1"}


def test_a_block_whose_hold_ran_out_before_it_was_a_sale_is_begun_anew(hall, monkeypatch, silent_store):
    silent_store("confirm_hold")
    made = block(hall, "A-1")
    monkeypatch.undo()
    seatstore.release_hold(hold_id=made.hold_id, request_id="gone")
    settle_blocks(now=timezone.now(), limit=10)
    settle_blocks(now=timezone.now(), limit=10)
    made.refresh_from_db()
    assert made.state == S.BLOCKED
    assert sold(hall) == {"A-1"}


def test_giving_back_that_the_store_did_not_answer_is_finished_by_the_worker(hall, monkeypatch, silent_store):
    made = block(hall, "A-1", "A-2")
    silent_store("cancel_seats")
    assert give_back_block(block=made, seats=["A-1"], by=a_customer()).state == S.GIVING_BACK
    with pytest.raises(BlockRefused):
        give_back_block(block=made, seats=["A-2"], by=a_customer())
    monkeypatch.undo()
    settle_blocks(now=timezone.now(), limit=10)
    made.refresh_from_db()
    assert (made.state, made.seats) == (S.BLOCKED, ["A-2"])
    assert sold(hall) == {"A-2"}


def test_of_two_who_give_the_same_block_back_one_learns_that_it_is_done(hall):
    made = block(hall, "A-1")
    stale = SeatBlock.objects.get(pk=made.pk)
    give_back_block(block=made, by=a_customer())
    with pytest.raises(BlockRefused, match="Given back"):
        give_back_block(block=stale, by=a_customer())
