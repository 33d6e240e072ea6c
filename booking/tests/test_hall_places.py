"""A row of a hall as text: what its places mean, and that they are written as they are read."""

import pytest

from booking.halls.errors import HallPlanError
from booking.halls.places import Place, Space, beside_an_aisle, read_places, seats_of, write_places


def numbers(text):
    return [seat.number for seat in seats_of(read_places(text))]


def test_seats_come_one_by_one_or_as_a_range_up_or_down():
    assert numbers("1 3-5 | 8-6") == [1, 3, 4, 5, 8, 7, 6]


def test_letters_say_what_a_seat_is_like_and_a_code_its_zone():
    assert read_places("1w . 2-3r:BEST") == (
        Place(1, ("accessible",)),
        Space.GAP,
        Place(2, ("restricted",), "BEST"),
        Place(3, ("restricted",), "BEST"),
    )


def test_a_seat_may_say_where_it_is():
    assert read_places("7@3.5,-2")[0] == Place(7, at=(3.5, -2.0))


def test_seats_on_both_sides_of_an_aisle_are_beside_it():
    assert beside_an_aisle(read_places("1-3 | 4-6 . 7")) == {3, 4}


@pytest.mark.parametrize(
    "text", ["1-4 | 5-10r . 12w", "8-1", "1w:BEST 2w:BEST 3", "2@1,2.5 1@2,2.5", "7 5 3 1 | 2 4 6"]
)
def test_places_are_written_as_they_are_read(text):
    places = read_places(text)
    assert read_places(write_places(places)) == places


def test_runs_of_like_seats_are_written_as_ranges():
    assert write_places(read_places("1 2 3 4r 5r | 7 9 8")) == "1-3 4-5r | 7 9-8"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1 2 x", "'x' is no place"),
        ("1-3 2", "Seat 2 is in this row twice"),
        ("0-3", "numbered from 1"),
        ("-3", "no place"),
        ("| .", "no seat in this row"),
        ("1-401", "too many for one row"),
        ("1-300 500-700", "too many for one row"),
        ("1@1,1 2", "of every seat where it is, or of none"),
        ("1-3@1,1", "cannot be in one place"),
        ("1 " * 15_000, "too long"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_with_the_reason(text, reason):
    with pytest.raises(HallPlanError, match=reason):
        read_places(text)
