"""Facts that are asked without a day: classes, reductions, how far ahead; and what a seat or a row is."""

from uuid import uuid4

import pytest

from booking import seatstore
from booking.models import PassengerType
from booking.tests.catalogue import a_carrier

from .conftest import SHOWS, TOMORROW


def test_classes_are_told_apart_by_their_coaches_the_cheapest_first(ask):
    told = ask("what is the difference between 2AC and general class").text
    assert "General: coaches of 3 seats, no berths\n• AC 2 Tier: coaches of 6 seats, no berths" in told


def test_a_class_that_the_train_has_not_is_said_not_to_be_there(ask):
    told = ask("how much is sleeper class on 12951 from Surat to Kota tomorrow").text
    assert told.startswith(
        "There is no sleeper class on 12951 Mumbai Rajdhani Express. Its classes: AC 2 Tier and General."
    )
    assert "There is no chair car on 12951" in ask("chair car on 12951 from Surat to Kota tomorrow").text


@pytest.mark.parametrize("who", ["students", "army", "nurses"])
def test_a_reduction_that_there_is_not_is_denied_and_those_that_there_are_told(ask, who):
    PassengerType.objects.create(carrier=a_carrier(), code="child", name="Child (5 to 11)", percent_off=50)
    told = ask(f"is there a discount for {who}").text
    assert told.startswith("No, I know of no reduced fare for that.")
    assert "Child (5 to 11): 50 % less than the full fare" in told


def test_how_far_ahead_one_can_book_is_told_by_what_is_on_sale(ask):
    told = ask("how far ahead can I book").text
    assert "now until Sun 22 Nov 2026" in told
    assert "The last performance that is announced is on Fri 27 Nov 2026." in told


def test_when_a_show_ends_is_reckoned_from_its_length(ask, performances):
    show = performances[SHOWS[1]][0].show
    show.duration_minutes = 95
    show.save()
    assert "Begins Mon 23 Nov 19:30 IST, ends at about 21:05." in ask(f"what time does {SHOWS[1]} finish").text


def test_children_pay_the_same_at_shows_and_it_is_said(ask):
    told = ask(f"how much is {SHOWS[1]} for 1 adult and 1 child").text
    assert "Stalls: ₹750.00, ₹1,500.00 for 2" in told
    assert told.endswith("At shows everybody pays the price of the seat, children too.")


def test_what_a_seat_is_which_row_is_first_and_what_is_sold_out_is_told(in_store, ask, departures, performances):
    run = departures["12951", TOMORROW].inventory
    assert "No, B1-2: aisle" in ask("is B1-2 a window seat on 12951 tomorrow from Mumbai to Delhi").text
    row = ask(f"which row is closest to the stage at {SHOWS[1]}").text
    assert row.startswith("Row A is the one that is given first: the closest to the stage.")
    assert "sold out" not in ask("how much is 12951 from Mumbai to Delhi tomorrow").text
    seatstore.hold_seats(
        inventory=run.pk,
        hold_id=str(uuid4()),
        seats=["GN-1", "GN-2", "GN-3"],
        first_leg=0,
        end_leg=run.legs,
        ttl_s=600,
        request_id=str(uuid4()),
    )
    told = ask("how much is 12951 from Mumbai to Delhi tomorrow").text
    assert "General: ₹520.00 for one adult, sold out" in told
    assert "AC 2 Tier: ₹1,100.00 for one adult\n" in f"{told}\n"


def test_of_two_trains_that_are_named_the_faster_is_told(ask):
    told = ask("which is faster from Mumbai to Kota tomorrow, 12951 or 12953").text
    assert told.startswith("The fastest of 2:\n12953 August Kranti Rajdhani: Mumbai Central Sun 22 Nov 17:30")


def test_what_somebody_of_an_age_pays_is_told_by_the_ages_that_the_types_names_say(ask):
    for code, name, percent in (("child", "Child (5 to 11)", 50), ("senior", "Senior (from 60)", 40)):
        PassengerType.objects.create(carrier=a_carrier(), code=code, name=name, percent_off=percent)
    told = {years: ask(f"my son is {years}, is there a discount").text for years in (4, 7, 12)}
    assert told[4].startswith("Aged 4: reduced fares begin with Child (5 to 11);")
    assert told[7].startswith("Aged 7: Child (5 to 11), 50 % less on trains.")
    assert told[12].startswith("Aged 12: no reduction, the full fare.")
