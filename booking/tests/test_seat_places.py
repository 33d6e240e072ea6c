"""What is the store told of where seats are? Rows, neighbours, and in which order the house gives its seats away."""

import pytest

from booking.choosing.places import places_of
from booking.halls.layout import layout_of
from booking.halls.reading import drawing_of
from booking.models import HallRow
from booking.seatplan import a_seat, a_section, seat_names, train_layout
from booking.tests.catalogue import a_class, a_coach, a_hall, a_station, a_train

pytestmark = pytest.mark.django_db


def hall_layout(hall):
    return layout_of(drawing_of(hall), title=hall.name)


def by_name(layout):
    return dict(zip(seat_names(layout), places_of(layout), strict=True))


def are_neighbours(one, other):
    return one.row == other.row and abs(one.number - other.number) == 1


def test_in_a_coach_neighbours_sit_in_one_row_with_no_aisle_and_no_gap_between_them():
    train = a_train((a_station("AAA"), 0, 0), (a_station("BBB"), 60, 60))
    a_coach(train, "H1", seat_class=a_class("AC1"), plan="1 2 | 3\n4 . 5 6")
    place = by_name(train_layout(train))
    beside = [
        (one, other)
        for one in place
        for other in place
        if one < other and one.startswith("H1") and are_neighbours(place[one], place[other])
    ]
    assert beside == [("H1-1", "H1-2"), ("H1-5", "H1-6")]
    assert not are_neighbours(place["B1-3"], place["H1-1"])
    assert (place["H1-1"].zone, place["H1-1"].features) == ("AC1", {"window"})
    assert place["B1-1"].rank < place["H1-1"].rank


def test_in_a_hall_rows_go_by_their_label_though_they_are_bent_and_an_aisle_separates():
    place = by_name(hall_layout(a_hall()))
    assert are_neighbours(place["A-2"], place["A-3"])
    assert not are_neighbours(place["A-3"], place["A-4"])
    assert not are_neighbours(place["A-6"], place["B-1"])
    assert [place[f"B-{n}"].number - place["B-1"].number for n in range(1, 9)] == list(range(8))


def test_a_hall_gives_the_middle_of_its_first_rows_away_first():
    place = by_name(hall_layout(a_hall()))
    in_order = sorted(place, key=lambda name: place[name].rank)
    assert set(in_order[:2]) == {"A-3", "A-4"}
    assert place["B-4"].rank < place["B-3"].rank < place["B-1"].rank
    assert place["A-1"].rank < place["B-1"].rank
    assert sorted(seat.rank for seat in place.values()) == list(range(14))


def test_places_for_a_wheelchair_and_those_that_see_little_are_given_last():
    hall = a_hall()
    HallRow.objects.filter(hall=hall, label="A").update(places="1-2 3r | 4w 5-6")
    place = by_name(layout_of(drawing_of(hall), title=hall.name))
    assert {name for name in place if place[name].rank > 11} == {"A-3", "A-4"}


def test_who_stands_stands_together_wherever_the_drawing_breaks_its_lines():
    seats = [a_seat(f"FLOOR-{n:03}", f"{n:03}", n % 25, n // 25, "FLOOR", ()) for n in range(60)]
    area = {**a_section("FLOOR", "Floor", "FLOOR", 25, 3, seats), "kind": "standing"}
    stalls = hall_layout(a_hall())
    place = by_name({**stalls, "sections": [area, *stalls["sections"]]})
    assert are_neighbours(place["FLOOR-024"], place["FLOOR-025"])
    assert place["FLOOR-000"].rank > place["B-8"].rank
