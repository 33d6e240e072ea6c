"""Leaving the choice of seats to a real store, through the only door to it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.utils import timezone

from booking import seatstore
from booking.live.board import Board
from booking.tests.following import until
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


def ask_for_two_halves_and_the_whole(train):
    """The two who take half the way each accept any seat; the other seats are somebody else's."""
    first, second = uuid4(), uuid4()
    [seat] = ask(train, hold_id=first, movable=True, end_leg=2).seats
    others = [f"C1-{number}" for number in range(1, 7) if f"C1-{number}" != seat][:4]
    [free] = {f"C1-{number}" for number in range(1, 7)} - {seat, *others}
    legs = {"first_leg": 0, "end_leg": 4, "ttl_s": 60}
    seatstore.hold_seats(inventory=train.pk, hold_id=uuid4(), seats=others, request_id=f"others:{first}", **legs)
    seatstore.hold_seats(
        inventory=train.pk, hold_id=second, seats=[free], request_id=str(second), first_leg=2, end_leg=4, ttl_s=60
    )
    with pytest.raises(seatstore.NoSeatsFound):
        ask(train)
    return first, seat, free, ask(train, repack=True)


def test_who_accepted_any_seat_makes_room_for_a_longer_journey(seat_store):
    train = a_train_on_sale()
    first, seat, free, best = ask_for_two_halves_and_the_whole(train)
    assert best.seats == (seat,)
    assert best.moved == (seatstore.MovedSeat(str(first), seat, free),)
    moved = seatstore.hold(first)
    assert moved is not None
    assert moved.seats == (free,)


@pytest.mark.asyncio
async def test_a_live_map_follows_whoever_is_moved(seat_store):
    train = SimpleNamespace(pk=f"moves-{uuid4()}", legs=4)
    names = [f"C1-{number}" for number in range(1, 7)]
    await asyncio.to_thread(seatstore.open_inventory, inventory=train.pk, seats=names, legs=train.legs)
    board = Board(train.pk)

    async def follow():
        async for told in seatstore.watch():
            if isinstance(told, seatstore.WatchReset):
                board.take(await asyncio.to_thread(seatstore.availability, train.pk), asked_at=0)
                ready.set()
            else:
                board.hear([change for change in told if change.inventory == train.pk])

    ready = asyncio.Event()
    following = asyncio.create_task(follow())
    await ready.wait()
    await asyncio.to_thread(ask_for_two_halves_and_the_whole, train)
    now = await asyncio.to_thread(seatstore.availability, train.pk)
    await until(lambda: board.index >= now.index)
    assert (board.held, board.sold) == (now.held, now.sold)
    following.cancel()
