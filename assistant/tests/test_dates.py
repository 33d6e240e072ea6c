"""Days in plain words."""

from datetime import date

import pytest

from assistant.dates import NoSuchDay
from assistant.days_said import take_day
from assistant.reading import Reading

SATURDAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("message", "day"),
    [
        ("today", date(2026, 11, 21)),
        ("anything tonight", date(2026, 11, 21)),
        ("tomorrow", date(2026, 11, 22)),
        ("tommorow please", date(2026, 11, 22)),
        ("the day after tomorrow", date(2026, 11, 23)),
        ("yesterday", date(2026, 11, 20)),
        ("on Saturday", date(2026, 11, 21)),
        ("on friday", date(2026, 11, 27)),
        ("wendesday", date(2026, 11, 25)),
        ("fri", date(2026, 11, 27)),
        ("next Monday", date(2026, 11, 23)),
        ("next saturday", date(2026, 11, 28)),
        ("in 3 days", date(2026, 11, 24)),
        ("in a week", date(2026, 11, 28)),
        ("21 Nov", date(2026, 11, 21)),
        ("20 Nov", date(2027, 11, 20)),
        ("Nov 25", date(2026, 11, 25)),
        ("the 1st of December", date(2026, 12, 1)),
        ("1 decembr", date(2026, 12, 1)),
        ("3rd January 2027", date(2027, 1, 3)),
        ("2026-12-24", date(2026, 12, 24)),
        ("24/12", date(2026, 12, 24)),
        ("24.12.2026", date(2026, 12, 24)),
        ("on 5.12.", date(2026, 12, 5)),
        ("the 28. november", date(2026, 11, 28)),
        ("tonite", date(2026, 11, 21)),
        ("29 Feb", date(2028, 2, 29)),
    ],
)
def test_a_day_is_understood_however_it_is_put(message, day):
    mention = take_day(Reading(message))
    assert mention is not None
    assert mention.date(SATURDAY) == day


@pytest.mark.parametrize(
    "message", ["B1-14 on 12951", "12 seats", "14 separate tickets", "show me the money", "2 tickets", "at 5.12."]
)
def test_no_day_is_read_into_what_is_none(message):
    assert take_day(Reading(message)) is None


@pytest.mark.parametrize("message", ["31 Feb", "24/13", "2026-02-30"])
def test_a_day_the_calendar_lacks_is_refused(message):
    mention = take_day(Reading(message))
    assert mention is not None
    with pytest.raises(NoSuchDay):
        mention.date(SATURDAY)


def test_what_was_read_as_a_day_is_not_read_again():
    reading = Reading("12951 on 21 Nov")
    take_day(reading)
    assert [word.text for word in reading.untaken()] == ["12951", "on"]


def test_weekdays_through_another_are_all_of_them_unless_something_is_moved_from_one_to_the_other():
    mention = take_day(Reading("what is on wed to fri"))
    assert (mention.date(SATURDAY), mention.last(SATURDAY)) == (date(2026, 11, 25), date(2026, 11, 27))
    moved = take_day(Reading("move it from wed to fri"))
    assert moved.date(SATURDAY) == moved.last(SATURDAY)
