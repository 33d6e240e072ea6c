"""What is asked of a list that was just told: all of it, or the one that is most of something."""

from decimal import Decimal

import pytest

from assistant.context import Context
from assistant.services import answer
from assistant.wishes import Wishes, with_other_ages
from booking.models import Show

from .conftest import NOW, SHOWS


@pytest.fixture
def talk(world):
    """Say several things after each other, as nobody; what is answered to the last."""

    def talk(*messages: str) -> str:
        context, told = Context(), ""
        for message in messages:
            found = answer(message=message, customer=None, now=NOW, context=context)
            context, told = Context.from_json(found.context.as_json()), found.text
        return told

    return talk


def test_the_cheapest_of_shows_just_listed_is_picked_and_talked_of_from_then_on(talk, performances):
    performances[SHOWS[2]][0].prices.update(amount=Decimal(300))
    told = talk("what is on next week", "cheapest of these")
    assert SHOWS[2] in told
    assert "₹300.00" in told
    assert SHOWS[1] not in told
    assert "Opera House" in talk("what is on next week", "cheapest of these", "where is it played")


def test_prices_of_a_list_are_those_of_everything_on_it(talk):
    told = talk("what is on next week", "what do they cost")
    assert all(title in told for title in SHOWS[1:])


def test_the_cheapest_and_the_longest_show_are_said_first(talk, performances):
    performances[SHOWS[1]][0].prices.update(amount=Decimal(300))
    assert talk("cheapest ticket for any show next week").startswith("The cheapest: Stalls, ₹300.00.")
    Show.objects.filter(title=SHOWS[3]).update(duration_minutes=170)
    assert talk("which is the longest show you have").startswith("Platform Nine takes 170 minutes:")


def test_one_of_several_trains_is_picked_by_a_word_of_its_name_and_stays_picked(talk):
    several = talk("how do I get from Mumbai to Delhi by rajdhani")
    assert "12951" in several
    told = talk("trains from Mumbai to Delhi rajdhani", "the kranti one", "tomorrow")
    assert "12953 August Kranti Rajdhani: Mumbai Central Sun 22 Nov" in told
    assert "12951" not in told


def test_asked_when_it_arrives_the_end_of_the_journey_just_told_is_said(talk):
    assert "New Delhi Mon 23 Nov 02:55" in talk("12951 from Mumbai to Delhi tomorrow", "when does it reach")


def test_so_many_times_is_a_number_of_travellers_and_no_seat(talk):
    assert "₹2,200.00 for 2 × adult" in talk("Mumbai to Delhi tomorrow 12951 2AC x2", "how much is it")


def test_after_another_age_the_others_still_travel_and_whoever_is_too_young_for_a_fare_has_none():
    told_before = Wishes(passengers={"adult": 2, "child": 1}, count=3)
    younger = with_other_ages("and if he was 4", Wishes(ages=(4,)), told_before)
    assert (younger.passengers, younger.count) == ({"adult": 2}, 2)
    older = with_other_ages("what if he was 7", Wishes(ages=(7,), passengers={"child": 1}), told_before)
    assert older.passengers == {"adult": 2, "child": 1}


def test_of_a_return_journey_both_ways_are_told_the_way_back_on_the_weekday_after(talk):
    told = talk("i need a return ticket from Mumbai to Delhi going tomorrow coming back friday")
    assert "Trains from Mumbai to New Delhi on Sun 22 Nov" in told
    assert "Fri 27 Nov" in told or "No train on sale here runs from" in told
    assert "Cancel" not in told
