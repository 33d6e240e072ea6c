"""Whether what is told fits what was asked for: no dearer, no later, and fit for children."""

import pytest

from assistant.limits import Limit, take_limit
from assistant.reading import Reading
from booking.models import Show

from .conftest import SHOWS


@pytest.mark.parametrize(
    ("message", "limit"),
    [
        ("anything under 600 rupees", Limit(600, is_allowed=False)),
        ("max 1,000", Limit(1000, is_allowed=True)),
        ("for Rs. 750 or less", Limit(750, is_allowed=True)),
        ("cheaper than 2k please", Limit(2000, is_allowed=False)),
        ("budget of ₹10000", Limit(10000, is_allowed=True)),
        ("within 100 km", None),
        ("arriving before 900", None),
    ],
)
def test_what_it_may_cost_is_read_as_people_say_it(message, limit):
    assert take_limit(Reading(message)) == limit


def test_shows_are_told_that_cost_no_more_than_was_said_and_where_there_are_none_the_cheapest(ask, performances):
    performances[SHOWS[1]][0].prices.update(amount=500)
    told = ask("anything under 600 rupees on").text
    assert SHOWS[1] in told
    assert SHOWS[0] not in told
    assert ask("what is on tomorrow below 750").text.startswith("No show costs less than ₹750.00 then. The cheapest:")
    assert ask("what is on tomorrow for 750 or less").text.startswith("With seats for at most ₹750.00:")


def test_fares_are_told_of_the_classes_that_are_cheap_enough(ask):
    told = ask("how much is 12951 from Surat to Kota tomorrow, max 300").text
    assert "General: ₹220.00" in told
    assert "AC 2 Tier" not in told


def test_who_must_be_there_by_a_time_is_told_what_arrives_by_then_though_it_leaves_the_day_before(ask):
    told = ask("i need to reach Delhi by 3:30 am on monday from Mumbai").text
    assert told.startswith("Arriving before 03:30:")
    assert "12951 Mumbai Rajdhani Express: Mumbai Central Sun 22 Nov 17:00 IST → New Delhi Mon 23 Nov 02:55" in told
    assert "None arrives before 02:00." in ask("which train from Mumbai arrives in Delhi by 2 am on monday").text


def test_for_children_that_is_told_of_which_the_words_of_the_show_say_so(ask):
    Show.objects.filter(title=SHOWS[2]).update(summary="A jungle of paper. For everybody from five years on.")
    Show.objects.filter(title=SHOWS[1]).update(description="A family drama in two acts.")
    told = ask("something for kids").text
    assert SHOWS[2] in told
    assert not any(title in told for title in SHOWS if title != SHOWS[2])
    assert ask("anything for kids tomorrow").text.startswith("Not then, as far as I know. It is on:")
