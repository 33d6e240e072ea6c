"""Leaving the choice of seats to a real store, through the only door to it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from booking import seatstore
from booking.tests.selling import a_performance_on_sale, a_train_on_sale

pytestmark = pytest.mark.django_db


def ask(inventory, count=1, *, hold_id=None, **wish):
    hold_id = hold_id or uuid4()
    wish = {"first_leg": 0, "end_leg": inventory.legs, "ttl_s": 60, "request_id": f"best:{hold_id}", **wish}
    return seatstore.hold_best(inventory=inventory.pk, hold_id=hold_id, count=count, **wish)


def test_what_is_published_can_be_chosen_from_side_by_side(seat_store):
    show = a_performance_on_sale()
    asked_at = timezone.now()
    best = ask(show, 2, together=True)
    row, numbers = {seat.split("-")[0] for seat in best.seats}, sorted(int(seat.split("-")[1]) for seat in best.seats)
    assert len(row) == 1
    assert numbers[1] - numbers[0] == 1
    assert timedelta(seconds=55) < best.held_until - asked_at < timedelta(seconds=65)
    assert set(seatstore.availability(show.pk).held) == set(best.seats)


def test_the_same_hold_asked_for_again_has_the_same_seats(seat_store):
    train, hold_id = a_train_on_sale(), uuid4()
    first = ask(train, 2, hold_id=hold_id, movable=True)
    assert ask(train, 2, hold_id=hold_id, movable=True, request_id="another").seats == first.seats
    known = seatstore.hold(hold_id)
    assert known is not None
    assert (known.seats, known.movable) == (first.seats, True)
    assert [held.movable for held in seatstore.holds_of(train.pk)] == [True]


def test_who_asks_for_more_than_there_is_is_told_so_and_nothing_is_held(seat_store):
    train = a_train_on_sale()
    for wish in ({"count": 7}, {"zones": ["AC1"]}, {"must_have": ["lower"]}, {"count": 4, "together": True}):
        with pytest.raises(seatstore.NoSeatsFound):
            ask(train, **wish)
    with pytest.raises(seatstore.SeatStoreRefused) as refused:
        ask(train, count=0)
    assert refused.value.code == "invalid"
    with pytest.raises(ValueError, match="tuple"):
        ask(train, must_have=["a view of the sea"])
    assert seatstore.availability(train.pk).held == {}


def test_a_crowd_that_wants_the_best_seat_gets_as_many_different_ones(seat_store):
    train = a_train_on_sale()
    with ThreadPoolExecutor(6) as crowd:
        seats = [best.seats for best in crowd.map(lambda _: ask(train), range(6))]
    assert sorted(seats) == [(f"C1-{number}",) for number in range(1, 7)]
