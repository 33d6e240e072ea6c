"""Is it free? Asked of a real seat store, with seats held and sold in it."""

from uuid import uuid4

import pytest

from assistant.services import answer
from booking import seatstore
from booking.models import Inventory

from .conftest import NOW, SHOWS, TOMORROW


@pytest.fixture
def train(in_store, departures) -> Inventory:
    """Tomorrow's 12951: Mumbai Central 0 Borivali 1 Surat 2 Vadodara 3 Kota 4 New Delhi."""
    return departures["12951", TOMORROW].inventory


@pytest.fixture
def evening(in_store, performances) -> Inventory:
    return performances[SHOWS[0]][1].inventory


def hold(inventory: Inventory, *seats: str, legs: tuple[int, int] = (0, 1)) -> str:
    hold_id = str(uuid4())
    seatstore.hold_seats(
        inventory=inventory.pk,
        hold_id=hold_id,
        seats=seats,
        first_leg=legs[0],
        end_leg=legs[1],
        ttl_s=600,
        request_id=f"{hold_id}:hold",
    )
    return hold_id


def sell(inventory: Inventory, *seats: str, legs: tuple[int, int] = (0, 1)) -> None:
    hold_id = hold(inventory, *seats, legs=legs)
    seatstore.confirm_hold(hold_id=hold_id, request_id=f"{hold_id}:confirm")


def test_a_free_seat_is_free_and_has_its_price(ask, train):
    found = ask("Is B1-14 free on 12951 tomorrow from Mumbai to Delhi?")
    assert "Yes, B1-14 is free, for ₹1,100.00." in found.text
    assert "Mumbai Central to New Delhi, Sun 22 Nov 17:00 IST" in found.text
    assert found.suggestions[0].url.endswith("/MMCT/NDLS/?seats=B1-14")


def test_a_seat_sold_on_other_legs_is_free_on_these(ask, train):
    sell(train, "B1-14", legs=(2, 4))
    assert "Yes, B1-14 is free" in ask("is B1-14 free on 12951 tomorrow from Mumbai to Surat").text
    assert "Yes, B1-14 is free" in ask("is B1-14 free on 12951 on Monday from Kota to Delhi").text
    assert "No, B1-14 is sold." in ask("is B1-14 free on 12951 tomorrow from Surat to Vadodara").text


def test_a_train_that_left_yesterday_is_meant_where_it_calls_after_midnight(ask, train):
    """Kota is reached at one o'clock in the morning: "Monday" there is the train that set out on Sunday."""
    sell(train, "B1-14", legs=(4, 5))
    found = ask("is B1-14 free on 12951 on Monday from Kota to Delhi")
    assert "Kota Junction to New Delhi, Mon 23 Nov 01:00 IST" in found.text
    assert "No, B1-14 is sold." in found.text


def test_a_seat_taken_on_part_of_the_way_is_told_where_it_is_free(ask, train):
    sell(train, "B1-14", legs=(2, 4))
    assert (
        "No, B1-14 is sold. It is free from Mumbai Central to Surat, and from Kota Junction to New Delhi."
        in ask("is B1-14 free on 12951 tomorrow").text
    )


def test_a_held_seat_is_told_from_a_sold_one(ask, train):
    hold(train, "B1-14", legs=(0, 5))
    assert "No, B1-14 is held by somebody" in ask("is B1-14 free on 12951 tomorrow").text


def test_several_seats_are_answered_one_by_one(ask, train):
    sell(train, "B1-14", legs=(0, 5))
    found = ask("are B1-13, 14 and B1-99 free on 12951 tomorrow?")
    assert "Yes, B1-13 is free" in found.text
    assert "No, B1-14 is sold." in found.text
    assert "There is no seat B1-99 there; seats are named like B1-1." in found.text


def test_misspelt_questions_are_answered_all_the_same(ask, train):
    sell(train, "B1-14", legs=(0, 5))
    found = ask("is seat 14 in coach b1 availble on the mumbai rajdani tommorow form mumbi to dehli")
    assert "No, B1-14 is sold." in found.text


def test_without_a_train_number_the_seat_itself_tells_the_train(ask, train):
    """12953 goes from Mumbai to Delhi too, but has no coach B1."""
    assert "Yes, B1-14 is free" in ask("is B1-14 free from Mumbai to Delhi tomorrow").text


def test_a_seat_that_several_trains_have_is_asked_back(ask, train):
    found = ask("is GN-2 free from Mumbai to Delhi tomorrow")
    assert found.text.startswith("Several trains run that day. Which one do you mean?")
    assert "12951" in found.text
    assert "12953" in found.text


def test_a_seat_without_a_day_or_without_a_train_is_asked_back(ask, train):
    assert ask("is B1-14 free on 12951").text.startswith("On which day?")
    assert ask("is B1-14 free").text.startswith("Which train or show do you mean")


@pytest.mark.parametrize(
    "message", ["is 14 free on 12951 tomorrow from Mumbai to Delhi", "seat no. 14 on 12951 tomorrow mumbai delhi?"]
)
def test_a_number_alone_is_that_seat_of_every_coach(ask, train, message):
    sell(train, "B1-14", legs=(0, 2))
    found = ask(message).text
    assert "No, B1-14 is sold." in found
    assert "free:" not in found


def test_the_coach_may_be_said_after_the_number(ask, train):
    first = ask("is 2 still free on 12951 tomorrow from Mumbai to Delhi")
    assert "B1-2 is free" in first.text
    assert "GN-2 is free" in first.text
    then = answer(message="coach GN", customer=None, now=NOW, context=first.context)
    assert "GN-2 is free" in then.text
    assert "B1-2" not in then.text


def test_a_coach_is_told_as_a_whole(ask, train):
    sell(train, "B1-14", legs=(0, 5))
    told = ask("is B1 free on 12951 tomorrow from Mumbai to Delhi").text
    assert "Coach B1: 5 free, among them B1-1, B1-2, B1-3" in told
    assert "B1-14" not in told
    prepared = ask("book two seats in coach B1 on 12951 tomorrow from Mumbai to Delhi")
    assert all(seat.startswith("B1-") for seat in prepared.actions[0].body["seats"])


def test_a_number_alone_that_too_many_rows_have_is_asked_back(ask, evening, monkeypatch):
    monkeypatch.setattr("assistant.answers.seats.MAX_SEATS_ASKED", 1)
    found = ask("is seat 2 still free at the clockmakers daughter on friday").text
    assert found.startswith("In which coach or row is the seat 2 that you mean? For example: A-2.")


def test_free_seats_are_counted_by_class_on_the_legs_asked(ask, train):
    sell(train, "B1-14", "GN-1", legs=(0, 2))
    found = ask("how many seats are left on 12951 tomorrow from Mumbai to Delhi")
    assert "AC 2 Tier: 5 free" in found.text
    assert "General: 2 free" in found.text
    assert "AC 2 Tier: 6 free" in ask("any seats left on 12951 tomorrow from Surat to Delhi").text


def test_a_seat_at_a_show_is_answered_for_each_performance_of_that_day(ask, evening):
    sell(evening, "A-12")
    found = ask("is A-12 free for the clokmakers daughter tomorrow?")
    afternoon, night = found.text.split("\n\n")
    assert "14:30" in afternoon
    assert "Yes, A-12 is free, for ₹750.00." in afternoon
    assert "19:30" in night
    assert "No, A-12 is sold." in night


def test_a_show_sold_in_part_is_counted_by_zone(ask, evening):
    sell(evening, "A-12", "A-11")
    assert "Stalls: 22 free" in ask("any tickets left for the clockmakers daughter tomorrow").text


def test_seats_the_store_does_not_sell_yet_are_said_to_be_off_sale(ask, train, departures):
    departure = departures["12951", TOMORROW]
    departure.inventory = Inventory.objects.create(
        id=f"assistant-{uuid4()}", plan=train.plan, legs=train.legs, state=Inventory.State.OPEN
    )
    departure.save()
    assert ask("is B1-14 free on 12951 tomorrow").text.startswith("Its seats are not on sale at the moment")


def test_a_store_that_does_not_answer_is_said_not_to(ask, settings, unused_tcp_port):
    settings.SEAT_STORE_ADDRESSES = [f"127.0.0.1:{unused_tcp_port}"]
    settings.SEAT_STORE_DEADLINE_S = 0.5
    found = ask("Is B1-14 free on 12951 tomorrow from Mumbai to Delhi?")
    assert found.intent == "seat_free"
    assert found.text.startswith("I cannot see the seats right now")
    assert "free." in found.text
    assert "Yes" not in found.text
