"""Days, money and seats as people write them in a terminal."""

import doctest
from datetime import date
from io import StringIO

import pytest
from rich.console import Console
from rich.text import Text

from booking.api import editing
from ticketsite.cli import catalogue, reaching, words
from ticketsite.cli.catalogue import LISTS, address_of, stop
from ticketsite.cli.commands import lining
from ticketsite.cli.errors import Problem, TicketError
from ticketsite.cli.layout import groups, table
from ticketsite.cli.seats import SeatMap, pictures, seats_meant

SATURDAY = date(2026, 11, 21)


def test_the_examples_in_the_descriptions_are_true():
    assert [doctest.testmod(module).failed for module in (words, catalogue, reaching, lining)] == [0] * 4


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("today", SATURDAY),
        ("Tomorrow", date(2026, 11, 22)),
        ("sat", SATURDAY),
        ("mon", date(2026, 11, 23)),
        ("+3", date(2026, 11, 24)),
        ("2027-01-31", date(2027, 1, 31)),
    ],
)
def test_a_day_is_written_as_people_say_it(text, meant):
    assert words.day(text, SATURDAY) == meant


@pytest.mark.parametrize("text", ["", "someday", "31.12.", "2026-02-30", "+", "m"])
def test_what_is_no_day_is_refused_with_examples(text):
    with pytest.raises(TicketError, match="tomorrow, friday"):
        words.day(text, SATURDAY)


def _coaches(*names: str) -> SeatMap:
    sections: dict[str, list] = {}
    for name in names:
        coach, label = name.split("-")
        seats = sections.setdefault(coach, [])
        seats.append({"name": name, "label": label, "x": float(len(seats) % 2), "y": float(len(seats) // 2)})
    drawn = [{"label": coach, "title": f"Coach {coach}", "seats": seats} for coach, seats in sections.items()]
    return SeatMap(drawn, {names[0]: "sold"}, is_train=True, index=1, log="a")


@pytest.mark.parametrize("text", ["B1-14", "b1-14", "b114", "B1 14", "14"])
def test_a_seat_may_be_shortened_as_long_as_it_is_the_only_one(text):
    assert seats_meant(_coaches("B1-14", "B1-15", "B2-15"), [text]) == ["B1-14"]


def test_a_number_that_several_seats_have_is_asked_about():
    with pytest.raises(TicketError, match="B1-15, B2-15"):
        seats_meant(_coaches("B1-14", "B1-15", "B2-15"), ["15"])


def test_a_seat_that_there_is_not_is_refused():
    with pytest.raises(TicketError, match='no seat "Z9"'):
        seats_meant(_coaches("B1-14"), ["Z9"])


def test_a_coach_is_drawn_from_above_and_says_by_more_than_colour_what_is_sold():
    [(title, wide)] = pictures(_coaches("B1-1", "B1-12", "B1-3"), width=80)
    [(_, narrow)] = pictures(_coaches("B1-1", "B1-12", "B1-3"), width=5)
    assert title == "Coach B1: 2 of 3 free"
    assert wide.plain.splitlines() == [" x 12 ", " 3 "]
    assert narrow.plain.splitlines() == ["x o ", "o "]


def test_no_seat_is_left_out_of_a_row_that_is_curved_or_of_berths_that_are_close():
    places = [{"name": f"A-{n}", "label": str(n), "x": n * 0.4, "y": n * 0.1} for n in range(1, 10)]
    hall = SeatMap([{"label": "H", "title": "Hall", "seats": places}], {}, is_train=False, index=1, log="a")
    [(_, drawn)] = pictures(hall, width=80)
    [(title, row)] = pictures(hall, width=10, row="a")
    assert drawn.plain.split() == ["A", *"123456789"]
    assert (title, row.plain.split()) == ("Hall, row A: 9 of 9 free", list("123456789"))


def test_what_does_not_fit_beside_each_other_stands_below_and_no_code_is_cut_in_two():
    rows = [("t213", "a" * 30, Text("Sold out"))]
    wide, narrow = (_drawn(table(("Run", "Train", "Left"), rows, width=width), width) for width in (60, 40))
    assert [line.split() for line in wide] == [["Run", "Train", "Left"], ["t213", "a" * 30, "Sold", "out"]]
    assert narrow == ["Run: t213", f"Train: {'a' * 30}", "Left: Sold out"]
    train = (("t213", "Rajdhani", "17:00 – 08:32"), [("AC 3 Tier", "INR 1"), ("AC", "INR 22")])
    assert _drawn(groups([train], width=24), 24) == [
        "t213  Rajdhani", "      17:00 – 08:32", "      AC 3 Tier  INR 1", "      AC         INR 22"
    ]  # fmt: skip


def _drawn(parts, width):
    console = Console(width=width, file=StringIO(), highlight=False)
    console.print(*parts, sep="\n")
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_refusal_says_which_seats_or_which_fields_it_is_about():
    taken = Problem(409, {"code": "seats-taken", "seats": ["A-1", "A-2"]})
    wrong = Problem(400, {"code": "invalid", "detail": "See errors.", "errors": {"legs": {"first": ["Too small."]}}})
    assert "A-1, A-2" in str(taken)
    assert str(wrong) == "legs.first: Too small."


def test_the_lists_that_can_be_completed_are_those_that_the_site_has():
    assert set(LISTS) == set(editing.LISTS)


@pytest.mark.parametrize("wrong", ["NDLS", "NDLS 8:30", "NDLS 08:30 x"])
def test_a_stop_that_cannot_be_read_says_how_one_is_written(wrong):
    with pytest.raises(TicketError, match="NDLS 08:30 1384"):
        stop(wrong)


@pytest.mark.parametrize(("run", "only"), [("x1", "ts"), ("s9", "t"), ("t", "ts")])
def test_only_runs_of_the_kind_are_late_or_cancelled(run, only):
    with pytest.raises(TicketError, match="t213"):
        address_of(run, "delay", only=only)
