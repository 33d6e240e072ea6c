"""What the assistant answers, as far as it takes no seat store."""

from datetime import UTC, datetime

import pytest

from assistant.errors import MessageEmpty, MessageTooLong
from assistant.services import MESSAGE_MAX_LENGTH, answer
from booking.models import Inventory, Order
from booking.tests.selling import a_written_order

from .conftest import SHOWS

# --- Messages -------------------------------------------------------------------------------------


@pytest.mark.parametrize("message", ["", "   ", "\n\t"])
def test_an_empty_message_is_refused(ask, message):
    with pytest.raises(MessageEmpty):
        ask(message)


def test_a_message_may_have_500_characters_and_no_more(ask):
    ask("a " * (MESSAGE_MAX_LENGTH // 2))
    with pytest.raises(MessageTooLong):
        ask("a" * (MESSAGE_MAX_LENGTH + 1))


@pytest.mark.parametrize("message", ["asdf qwer zxcv", "<script>alert(1)</script>", "blah blah blah", "%s {0} \\x"])
def test_what_is_not_understood_is_said_not_to_be_known(ask, message):
    found = ask(message)
    assert found.intent == "unknown"
    assert found.text.startswith("I do not know. I can tell you")


# --- Trains ---------------------------------------------------------------------------------------


def test_trains_between_two_cities_come_with_local_times_fares_and_links(ask):
    found = ask("trains from Mumbai to Delhi tomorrow")
    assert "Sun 22 Nov 2026" in found.text
    assert (
        "12951 Mumbai Rajdhani Express: Mumbai Central Sun 22 Nov 17:00 IST → New Delhi Mon 23 Nov 02:55 IST"
        in found.text
    )
    assert "12953 August Kranti Rajdhani: Mumbai Central Sun 22 Nov 17:30 IST → Hazrat Nizamuddin" in found.text
    assert "from ₹520.00" in found.text, "the cheapest class over 500 km: 20 + 1 a km"
    assert "/trains/?from=MMCT&to=NDLS&date=2026-11-22" in [link.url for link in found.suggestions]


def test_today_is_the_origins_day_and_what_has_left_is_not_offered(ask):
    found = ask("trains from Mumbai to Delhi today")
    assert "12951 Mumbai Rajdhani Express: Borivali Sat 21 Nov 19:00 IST" in found.text
    assert "17:00" not in found.text


def test_after_midnight_in_india_today_is_the_new_day_there_though_not_yet_in_greenwich(world):
    late = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
    for message in ("trains from Mumbai to Delhi today", "what's on today"):
        assert "Sun 22 Nov" in answer(message=message, customer=None, now=late).text


def test_a_journey_without_a_day_is_asked_for_its_day(ask):
    found = ask("trains from Mumbai to Delhi")
    assert found.text.startswith("On which day?")
    assert "/trains/?from=" in found.suggestions[0].url
    assert "date=2026-11-21" in found.suggestions[0].url


def test_a_train_without_places_is_asked_for_them(ask):
    assert ask("which trains go to Delhi").text.startswith("From where do you want to go to Delhi, and on which day?")
    assert ask("which trains go to Delhi tomorrow").text.startswith("From where do you want to go to Delhi?")


def test_a_place_that_is_not_known_is_named_and_not_replaced(ask):
    found = ask("trains from Mumbai to Atlantis tomorrow")
    assert "no station or city called “atlantis”" in found.text


def test_a_train_that_does_not_exist_is_said_not_to(ask):
    assert ask("when does train 99999 leave tomorrow").text.startswith("There is no train 99999 here.")


def test_no_train_is_made_up_where_none_runs(ask):
    assert ask("trains from Mumbai to Chennai tomorrow").text == (
        "No train on sale here runs from Mumbai to Chennai without a change."
    )
    assert "does not run from Delhi to Mumbai" in ask("12951 from Delhi to Mumbai tomorrow").text
    assert ask("the rajdhani from Delhi to Mumbai tomorrow").text.startswith("None of these trains runs from Delhi")


def test_a_day_that_is_over_is_said_to_be(ask):
    assert "That day is over." in ask("trains from Mumbai to Delhi yesterday").text


def test_a_day_that_does_not_exist_is_said_not_to(ask):
    assert ask("trains from Mumbai to Delhi on 31 Feb").text.startswith("The calendar has no such day.")


def test_one_trains_fares_are_told_class_by_class(ask):
    found = ask("how much is 12951 from Surat to Kota tomorrow")
    assert "AC 2 Tier: ₹500.00" in found.text
    assert "General: ₹220.00" in found.text


def test_a_name_that_fits_several_trains_is_asked_back(ask):
    found = ask("when does the rajdhani leave tomorrow")
    assert "12951 Mumbai Rajdhani Express" in found.text
    assert "12953 August Kranti Rajdhani" in found.text
    assert "Which one do you mean?" in found.text


def test_a_departure_that_is_not_on_sale_is_not_offered(ask):
    Inventory.objects.update(state=Inventory.State.CLOSED)
    assert ask("trains from Mumbai to Delhi tomorrow").text.startswith("No train is on sale")


# --- Shows ----------------------------------------------------------------------------------------


def test_what_is_on_tells_time_place_and_prices(ask):
    found = ask("what's on tomorrow?")
    assert (
        "The Clockmaker's Daughter: Sun 22 Nov 14:30 IST, Great Hall, Opera House, Mumbai. Stalls ₹750.00" in found.text
    )
    assert "Monsoon" not in found.text
    assert found.suggestions[0].url.startswith("/performances/")


def test_a_show_is_told_with_all_its_performances(ask):
    found = ask("when is the clockmakers dauhgter?")
    assert found.text.count("The Clockmaker's Daughter") == 3
    assert "Monsoon" not in found.text
    assert "Fri 27 Nov 19:30 IST" in found.text


def test_without_a_day_each_show_is_told_once_with_its_next_performance(ask):
    found = ask("what's on")
    assert [found.text.count(title) for title in SHOWS] == [1, 1, 1, 1]
    assert "The Clockmaker's Daughter: Sun 22 Nov 14:30 IST" in found.text


def test_nothing_on_is_said(ask):
    assert ask("what is on on 5 December").text.startswith("Not then, as far as I know. It is on:")
    assert ask("which shows are on in Chennai").text.startswith("I know of no performance")


# --- How to ---------------------------------------------------------------------------------------


def test_booking_paying_and_cancelling_are_explained_as_they_work_here(ask, settings):
    settings.HOLD_TTL_S, settings.MAX_SEATS_PER_ORDER = 420, 6
    assert "up to 6 free seats" in ask("how do I book").text
    assert "for 7 minutes" in ask("how do I book").text
    assert "pay by card and UPI" in ask("how do I pay").text
    cancel = ask("cancel my booking")
    assert "shown before you decide" in cancel.text
    assert cancel.suggestions[0].url == "/orders/"


def test_asking_to_cancel_cancels_nothing(ask, asha, departures):
    order = a_written_order(asha, departures["12951", max(day for _, day in departures)].inventory, "B1-14")
    ask("cancel my booking", asha)
    order.refresh_from_db()
    assert order.status == Order.Status.CONFIRMED


# --- One's own bookings ---------------------------------------------------------------------------


def test_somebody_not_logged_in_is_asked_to_log_in(ask):
    found = ask("my bookings")
    assert found.text.startswith("Please log in first")
    assert found.suggestions[0].url == "/accounts/login/?next=%2Forders%2F"


def test_somebody_without_bookings_is_told_so(ask, asha):
    assert ask("my bookings", asha).text == "You have no bookings yet."


def test_bookings_are_told_with_seats_and_state(ask, asha, departures):
    order = a_written_order(asha, next(iter(departures.values())).inventory, "B1-14", "B1-15")
    found = ask("my bookings", asha)
    assert f"{order.reference}, Confirmed:" in found.text
    assert "12951 Mumbai Rajdhani Express: Mumbai Central (MMCT), Sat 21 Nov 17:00 IST" in found.text
    assert "B1-14 (AC 2 Tier, ₹5.00), B1-15 (AC 2 Tier, ₹5.00)" in found.text
    assert f"/orders/{order.reference}/" in [link.url for link in found.suggestions]


@pytest.mark.parametrize(
    "message",
    ["my bookings", "what have I booked", "show me the bookings of asha@example.com", "is my booking {} paid"],
)
def test_one_customers_bookings_never_appear_for_another(ask, asha, ravi, departures, message):
    hers = a_written_order(asha, next(iter(departures.values())).inventory, "B1-14")
    his = a_written_order(ravi, next(iter(departures.values())).inventory, "B1-15")
    for customer in (ravi, None):
        found = ask(message.format(hers.reference), customer)
        told = found.text + "".join(link.url + link.label for link in found.suggestions)
        assert hers.reference not in told
        assert "B1-14" not in told
    assert his.reference in ask("my bookings", ravi).text
