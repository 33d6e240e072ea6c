"""What is said next, in few words: of what was told before, of who travels, and two questions at once."""

import pytest

from assistant.context import Context
from assistant.dates import CalendarDay, DayFromToday, Shifted, Weekday, WeekdayNear, beside, day_from_json, shifted
from assistant.people import AgeRange, ages_in_name, people_in
from assistant.services import answer
from assistant.two_questions import are_two, halves

from .conftest import NOW, TODAY

AGES = (AgeRange("child", 5, 11), AgeRange("senior", 60, 115))


@pytest.fixture
def talk(in_store, world):
    """Say one thing after the other; the answers' texts."""

    def talk(*messages: str) -> list[str]:
        context, told = Context(), []
        for message in messages:
            found = answer(message=message, customer=None, now=NOW, context=context)
            context = Context.from_json(found.context.as_json())
            told.append(found.text)
        return told

    return talk


def test_only_where_to_board_is_said_anew_and_the_run_stays(talk):
    assert (
        "Surat to New Delhi, Sun 22 Nov 21:00"
        in (talk("is B1-2 free on 12951 tomorrow from Mumbai to Delhi", "and from surat only")[1])
    )


def test_a_number_alone_is_another_seat_of_the_coach_and_both_are_booked(talk):
    _, one, both = talk("is B1-2 free on 12951 tomorrow from Mumbai to Delhi", "and 3?", "book both")
    assert "Yes, B1-3 is free" in one
    assert "B1-2, AC 2 Tier" in both
    assert "B1-3, AC 2 Tier" in both


def test_a_coach_as_a_whole_is_told_apart_from_its_seats(talk):
    assert "Coach B1: 6 free, among them B1-1, B1-2" in talk("is coach B1 full on 12951 tomorrow mumbai to delhi")[0]
    assert "There is no coach ZZ." in talk("is coach B1 full on 12951 tomorrow mumbai to delhi", "and coach ZZ")[1]


def test_what_is_still_being_chosen_is_changed_and_nothing_is_exchanged(talk):
    chosen, changed = talk("book 2 seats on 12951 tomorrow mumbai to delhi in 2 tier", "change it to general")
    assert "AC 2 Tier" in chosen
    assert "These seats are free:\n• GN-1, General" in changed


def test_a_later_train_is_later_than_the_one_that_was_told(talk):
    later = talk("first train from mumbai to delhi tomorrow", "is there a later one")[1]
    assert later.startswith("12953 August Kranti Rajdhani")
    assert talk("last train from mumbai to delhi today", "a later one please")[1].startswith("There is no later one")


@pytest.mark.parametrize(
    ("said", "of_kind"),
    [
        ("me and my wife and our two kids aged 7 and 10", {"adult": 2, "child": 2}),
        ("my parents theyre 67 and 71", {"senior": 2}),
        ("my son is 4 does he need a ticket", {}),
        ("for 2 people and a kid", {"adult": 2, "child": 1}),
        ("grandpa 67", {"senior": 1}),
        ("is 14 free", {}),
        ("my wife is travelling", {}),
    ],
)
def test_who_travels_is_counted_by_ages_and_by_what_they_are_to_somebody(said, of_kind):
    assert people_in(said, AGES).of_kind == of_kind


@pytest.mark.parametrize(
    ("name", "ages"),
    [("Child (5 to 11)", (5, 11)), ("Senior (from 60)", (60, 115)), ("Under 5", (0, 5)), ("Student", None)],
)
def test_the_name_of_a_passenger_type_says_its_ages(name, ages):
    assert ages_in_name("x", name) == (AgeRange("x", *ages) if ages else None)


def test_days_are_counted_from_what_was_talked_of():
    assert shifted(DayFromToday(1), 7).date(TODAY).isoformat() == "2026-11-29"
    assert shifted(shifted(DayFromToday(1), 7), -1) == Shifted(DayFromToday(1), 6)
    beside_sunday = beside(Weekday(0), CalendarDay(29, 11))
    assert beside_sunday.date(TODAY).isoformat() == "2026-11-30", "the Monday after that Sunday, not the next one"
    assert beside(Weekday(0), DayFromToday(1)) == Weekday(0)
    assert day_from_json(["shifted", 1, "shifted", 1, "days", 0]) is None, "no shift of a shift is kept"
    assert day_from_json(["near", 0, "date", 29, 11, None]) == WeekdayNear(0, CalendarDay(29, 11))


def test_two_questions_at_once_are_both_answered(talk):
    both = talk("do you take upi and can i get my money back if i fall ill")[0]
    assert "UPI" in both
    assert "choose Cancel" in both
    assert halves("salt and pepper") is None
    assert not are_two("trains", "timetable"), "of one thing, and answered as one"


def test_a_title_that_is_not_sold_here_is_said_to_be_unknown(talk):
    assert talk("two tickets for hamilton please")[0].startswith("I know no show, train or place called “hamilton”.")
