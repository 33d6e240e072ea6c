"""What state, price and place has each seat of a drawn map, for one journey?"""

import re
import time

import pytest
from moneyed import Money

from booking.seatmap import free_by_zone, seat_map
from booking.seatplan import plan_for
from booking.seatstore import Availability
from booking.templatetags.seat_markup import drawn_seats, listed_seats


def seat(name: str, x: float, y: float, zone: str = "AC2", features: tuple[str, ...] = ()) -> dict:
    return {"name": name, "label": name.split("-")[1], "x": x, "y": y, "zone": zone, "features": list(features)}


def train(*seats: dict) -> dict:
    section = {"label": "B1", "title": "Coach B1 · AC 2 Tier", "zone": "AC2", "width": 4, "height": 3, "seats": seats}
    return {"kind": "train", "sections": [section], "zones": [{"code": "AC2", "name": "AC 2 Tier"}]}


def hall(*seats: dict) -> dict:
    section = {"label": "hall", "title": "Main hall", "zone": "", "width": 4, "height": 3, "seats": seats}
    zones = [{"code": "BEST", "name": "Best"}, {"code": "REST", "name": "The rest"}]
    return {"kind": "show", "sections": [section], "zones": zones}


def taken(*, held: dict[str, int] | None = None, sold: dict[str, int] | None = None, legs: int = 4) -> Availability:
    return Availability("train-1", 7, True, legs, held or {}, sold or {})


def states(drawn) -> dict[str, str]:
    return {seat.name: seat.state for section in drawn.sections for row in section.rows for seat in row.seats}


FARES = {"AC2": Money("420.00", "INR"), "BEST": Money("500.00", "INR"), "REST": Money("300.00", "INR")}
TWO_SEATS = (seat("B1-1", 0, 0, features=("window",)), seat("B1-2", 1, 0, features=("aisle",)))


def of_train(availability: Availability | None, first_leg: int = 1, end_leg: int = 3, **more):
    return seat_map(
        layout=train(*TWO_SEATS), availability=availability, fares=FARES, first_leg=first_leg, end_leg=end_leg, **more
    )


@pytest.mark.parametrize(
    ("held", "sold", "state"),
    [
        (0, 0, "free"),
        (0b0001, 0b1000, "free"),
        (0b0010, 0, "held"),
        (0b0100, 0, "held"),
        (0, 0b0100, "sold"),
        (0b0010, 0b0100, "sold"),
    ],
)
def test_a_seat_is_free_if_it_is_so_on_every_leg_of_the_journey(held, sold, state):
    drawn = of_train(taken(held={"B1-1": held}, sold={"B1-1": sold}))
    assert states(drawn) == {"B1-1": state, "B1-2": "free"}
    assert (drawn.free, drawn.zones[0].free) == ((2, 2) if state == "free" else (1, 1))


def test_a_map_without_an_answer_of_the_store_claims_nothing():
    drawn = of_train(None, chosen=["B1-1"])
    assert set(states(drawn).values()) == {"unknown"}
    assert (drawn.known, drawn.free, drawn.zones[0].free, drawn.index) == (False, None, None, 0)
    assert not drawn.sections[0].rows[0].seats[0].chosen


def test_what_was_chosen_before_is_ticked_only_where_it_is_still_free():
    drawn = of_train(taken(held={"B1-1": 0b0010}), chosen=["B1-1", "B1-2", "B9-9"])
    assert [seat.chosen for seat in drawn.sections[0].rows[0].seats] == [False, True]


def test_seats_without_a_price_are_not_offered():
    drawn = seat_map(layout=train(*TWO_SEATS), availability=taken(), fares={}, first_leg=0, end_leg=1)
    assert set(states(drawn).values()) == {"unknown"}


def test_the_rows_of_a_coach_lie_at_one_height_and_those_of_a_hall_bend_and_have_names():
    coach = seat_map(
        layout=train(seat("B1-3", 0, 1), seat("B1-2", 1, 0), seat("B1-1", 0, 0)),
        availability=taken(),
        fares=FARES,
        first_leg=0,
        end_leg=1,
    )
    assert [[seat.name for seat in row.seats] for row in coach.sections[0].rows] == [["B1-1", "B1-2"], ["B1-3"]]
    bent = hall(seat("A-2", 1, 0.3, "BEST"), seat("A-1", 0, 0.2, "BEST"), seat("B-1", 0, 1.9, "REST"))
    drawn = seat_map(layout=bent, availability=taken(), fares=FARES, first_leg=0, end_leg=1)
    assert [(row.label, [seat.name for seat in row.seats]) for row in drawn.sections[0].rows] == [
        ("A", ["A-1", "A-2"]),
        ("B", ["B-1"]),
    ]


def test_every_seat_of_the_list_has_a_full_name_and_only_free_ones_can_be_ticked():
    section = of_train(taken(held={"B1-2": 0b0010}), chosen=["B1-1"]).sections[0]
    listed = listed_seats(section, on_sale=True)
    assert "<legend>Coach B1</legend>" in listed
    assert (
        'value="B1-1" data-zone="AC2" data-price="420.00" checked> Seat 1, window, <span>free</span>, ₹420.00' in listed
    )
    assert (
        'value="B1-2" data-zone="AC2" data-price="420.00" disabled> Seat 2, aisle, <span>being bought</span>' in listed
    )
    assert "enabled" not in listed_seats(section, on_sale=False)
    assert listed_seats(section, on_sale=False).count("disabled") == 2


def test_the_list_of_a_coach_goes_by_number_and_its_drawing_by_place():
    layout = train(seat("B1-10", 0, 0), seat("B1-9", 1, 0), seat("B1-2", 0, 1))
    section = seat_map(layout=layout, availability=taken(), fares=FARES, first_leg=0, end_leg=1).sections[0]
    assert re.findall(r'value="(.*?)"', listed_seats(section, on_sale=True)) == [
        "B1-2",
        "B1-9",
        "B1-10",
    ]
    assert re.findall(r'data-seat="(.*?)"', drawn_seats(section, labelled=True)) == ["B1-10", "B1-9", "B1-2"]


def test_a_wheelchair_place_is_round_a_restricted_view_crossed_out_and_both_are_said():
    layout = hall(seat("A-1", 0, 0, "BEST", ("accessible",)), seat("A-2", 1, 0, "BEST", ("restricted",)))
    drawn = seat_map(layout=layout, availability=taken(), fares=FARES, first_leg=0, end_leg=1)
    assert drawn.features == {"accessible", "restricted"}
    markup = drawn_seats(drawn.sections[0], labelled=False)
    assert re.findall(r'rx="(\d+)"', markup) == ["7", "5"]
    assert markup.count('class="blind"') == 1
    listed = listed_seats(drawn.sections[0], on_sale=True)
    assert "Seat 1, place for a wheelchair, <span>free" in listed
    assert "Seat 2, restricted view, <span>free" in listed


def test_a_standing_area_is_one_with_a_count_and_without_seats():
    places = [seat(f"PIT-{n:03}", n, 0, "REST") for n in range(1, 6)]
    area = {**hall(*places)["sections"][0], "label": "PIT", "title": "The pit", "zone": "REST", "kind": "standing"}
    layout = hall(seat("A-1", 0, 0, "BEST"))
    layout["sections"].append(area)
    availability = taken(held={"PIT-002": 1}, sold={"PIT-005": 1}, legs=1)
    drawn = seat_map(layout=layout, availability=availability, fares=FARES, first_leg=0, end_leg=1, standing={"PIT": 2})
    hall_section, pit = drawn.sections
    assert not hall_section.is_standing
    assert (pit.is_standing, pit.rows, pit.gone, pit.free, pit.total, pit.wanted) == (True, (), (2, 5), 3, 5, 2)
    assert drawn.free == 4
    assert [(zone.code, zone.free) for zone in drawn.zones] == [("BEST", 1), ("REST", 3)]
    unknown = seat_map(layout=layout, availability=None, fares=FARES, first_leg=0, end_leg=1)
    assert unknown.sections[1].free is None


def test_names_are_escaped_wherever_they_are_written():
    odd = hall(seat('<i>-"1', 0, 0, "BEST", ("<b>",)))
    section = seat_map(layout=odd, availability=taken(), fares=FARES, first_leg=0, end_leg=1).sections[0]
    markup = drawn_seats(section, labelled=True) + listed_seats(section, on_sale=True)
    assert "<i>" not in markup
    assert "<b>" not in markup


@pytest.mark.django_db
def test_free_seats_are_counted_by_class_without_the_drawing():
    plan = plan_for(hall(seat("A-1", 0, 0, "BEST"), seat("A-2", 1, 0, "BEST"), seat("B-1", 0, 1, "REST")))
    availability = taken(held={"A-1": 1}, sold={"B-1": 1}, legs=1)
    assert free_by_zone(plan_digest=plan.digest, availability=availability, first_leg=0, end_leg=1) == {
        "BEST": 1,
        "REST": 0,
    }


def test_a_hall_of_two_thousand_seats_is_written_in_well_under_a_second():
    seats = [seat(f"R{row}-{n}", n, row, "BEST") for row in range(40) for n in range(50)]
    begun = time.perf_counter()
    drawn = seat_map(layout=hall(*seats), availability=taken(), fares=FARES, first_leg=0, end_leg=1)
    section = drawn.sections[0]
    markup = drawn_seats(section, labelled=False) + listed_seats(section, on_sale=True)
    assert time.perf_counter() - begun < 0.5
    assert markup.count("data-seat=") == markup.count('type="checkbox"') == 2000
