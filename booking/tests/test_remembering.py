"""What is remembered is asked again when its time is over, and never kept without bound."""

import pytest

from booking import remembering
from booking.remembering import remembered


@pytest.fixture
def asked():
    return []


@pytest.fixture
def fact(asked):
    @remembered
    def ask(about):
        asked.append(about)
        return f"{about}, told for the {len(asked)}. time"

    return ask


def test_within_its_time_a_fact_is_asked_for_once_and_each_fact_by_itself(fact, asked, settings):
    settings.SALE_FACTS_FRESH_S = 3600
    assert [fact("price"), fact("price"), fact("timetable"), fact("price")][-1] == "price, told for the 1. time"
    assert asked == ["price", "timetable"]


def test_when_its_time_is_over_it_is_asked_anew(fact, asked, settings, monkeypatch):
    settings.SALE_FACTS_FRESH_S = 10
    now_s = 100.0
    monkeypatch.setattr(remembering.time, "monotonic", lambda: now_s)
    fact("price")
    now_s += 9.9
    fact("price")
    assert len(asked) == 1
    now_s += 0.1
    assert fact("price") == "price, told for the 2. time"


def test_so_many_facts_are_remembered_and_no_more(fact, asked, settings, monkeypatch):
    settings.SALE_FACTS_FRESH_S = 3600
    monkeypatch.setattr(remembering, "LIMIT", 2)
    for about in ("a", "b", "c", "c"):
        fact(about)
    assert asked == ["a", "b", "c"]
    fact("a")
    assert asked == ["a", "b", "c", "a"]


def test_a_question_that_fails_is_asked_again(settings):
    settings.SALE_FACTS_FRESH_S = 3600
    failures = [RuntimeError("the database is away")]

    @remembered
    def ask():
        if failures:
            raise failures.pop()
        return "answer"

    with pytest.raises(RuntimeError):
        ask()
    assert ask() == "answer"
