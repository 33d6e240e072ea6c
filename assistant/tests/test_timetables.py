"""What is told of trains without a day, of places by other names, and of titles in short."""

import pytest

from assistant.context import Context
from assistant.services import answer

from .conftest import NOW, SHOWS


@pytest.fixture
def talk(world):
    def talk(*messages: str) -> str:
        context, told = Context(), ""
        for message in messages:
            found = answer(message=message, customer=None, now=NOW, context=context)
            context, told = found.context, found.text
        return told

    return talk


def test_when_a_train_leaves_how_long_it_takes_and_how_far_it_goes_needs_no_day(ask):
    assert ask("when does 12951 leave").text.startswith(
        "12951 Mumbai Rajdhani Express leaves Mumbai Central at 17:00 and reaches New Delhi at 02:55 +1 "
        "(9 h 55 min, 500 km), local times. It runs every day."
    )
    assert "leaves Surat at 21:00 and reaches Kota Junction at 00:55 +1 (3 h 55 min, 200 km)" in (
        ask("how long does 12951 take from surat to kota").text
    )


def test_the_days_on_which_a_train_runs_are_told_with_those_on_sale(talk):
    told = talk("when does 12951 leave", "on what days does it run")
    assert "It runs every day. Runs from Sat 21 Nov 2026 to Sun 22 Nov 2026 are on sale." in told


def test_one_stop_after_another_is_told_and_an_unknown_one_is_said_to_be_unknown(talk):
    assert "Vadodara Junction: arrives 22:55" in talk("when does 12951 reach Kota", "does it stop at Vadodara")
    assert "no station or city called “salem”" in talk("does 12951 stop at Surat", "and in salem?")


def test_whoever_asks_for_another_train_is_told_that_there_is_none(talk):
    assert talk("trains from Kota to Delhi tomorrow", "any other one?").startswith("There is no other that day.")
    assert "12953" in talk("12951 from Mumbai to Delhi tomorrow", "any other train?")


def test_all_that_leave_a_station_on_a_day_are_told(ask):
    told = ask("show me all trains from surat tomorrow").text
    assert told.startswith("Trains from Surat on Sun 22 Nov 2026:")
    assert "12951 Mumbai Rajdhani Express: Surat Sun 22 Nov 21:00 IST → New Delhi Mon 23 Nov 02:55 IST" in told
    assert "12953 August Kranti Rajdhani: Surat Sun 22 Nov 19:30 IST → Hazrat Nizamuddin" in told


@pytest.mark.parametrize("way", ["mumbai-dilli", "bombai to dehli", "from mumbay to delhii"])
def test_places_are_found_by_old_and_misspelt_names(ask, way):
    assert ask(f"trains {way} tomorrow").text.startswith("Trains from Mumbai to New Delhi on Sun 22 Nov 2026:")


def test_another_city_is_not_taken_for_a_slip_of_one_that_is_known(ask):
    assert "no station or city called “mota”" in ask("trains from Mumbai to mota tomorrow").text


@pytest.mark.parametrize("title", ["platform 9", "monsoon wedding"])
def test_a_title_is_found_by_how_it_begins_and_with_digits(ask, title):
    known = {"platform 9": SHOWS[3], "monsoon wedding": SHOWS[1]}
    assert known[title] in ask(f"how much is {title}").text


def test_a_platform_is_no_title(ask):
    assert "I do not know platforms" in ask("does 12951 leave from platform 9 today").text
