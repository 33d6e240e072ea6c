"""Layouts: what a drawing means, where seats are, and that a published layout stays what it was."""

import pytest
from django.core.exceptions import ValidationError

from booking.halls.layout import layout_of
from booking.halls.reading import drawing_of
from booking.models import CoachLayout, SeatClass
from booking.seatplan import plan_for, seat_names, train_layout, zone_of_seats
from booking.tests.catalogue import a_class, a_coach, a_hall, a_station, a_train
from booking.trains.coachplan import PlanError, parse_coach_plan


def a_layout(hall):
    return layout_of(drawing_of(hall), title=hall.name)


def places(plan):
    return {seat.label: (seat.x, seat.y) for seat in parse_coach_plan(plan)}


def test_seats_lie_where_they_are_drawn_and_the_aisle_takes_a_place():
    assert places("1 2 | 3\n4 . | 6") == {"1": (0, 0), "2": (1, 0), "3": (3, 0), "4": (0, 1), "6": (3, 1)}


def test_an_empty_line_is_a_wall_half_a_seat_thick():
    assert places("1 | 2\n\n3 | 4") == {"1": (0, 0), "2": (2, 0), "3": (0, 1.5), "4": (2, 1.5)}


def test_outermost_seats_are_at_the_window_and_neighbours_of_the_aisle_at_the_aisle():
    features = {seat.label: seat.features for seat in parse_coach_plan("1 2 3 | 4")}
    assert features == {"1": ("window",), "2": (), "3": ("aisle",), "4": ("window", "aisle")}


def test_letters_after_a_slash_say_which_berth_it_is_and_for_whom():
    features = {seat.label: seat.features for seat in parse_coach_plan("1/L 2/M 3/U | 7/SL\n4 5/T 6/AT | 8/SU")}
    assert features["1"] == ("window", "lower")
    assert features["2"] == ("middle",)
    assert features["3"] == ("aisle", "upper")
    assert features["7"] == ("window", "aisle", "lower", "side")
    assert features["6"] == ("aisle", "accessible", "table")


def test_walls_divide_a_coach_into_compartments_however_thick_they_are():
    plan = parse_coach_plan("\n1 | 2\n3 | 4\n\n\n5 | 6\n\n7 | .\n\n")
    assert [seat.compartment for seat in plan] == [1, 1, 1, 1, 2, 2, 3]


@pytest.mark.parametrize(
    ("plan", "line", "reason"),
    [
        ("1\n2/X", 2, "each of L, M, U, S, A, T may stand once"),
        ("1/LL", 1, "may stand once"),
        ("1/LU", 1, "either lower, middle or upper"),
        ("1/", 1, "'1/' is no seat"),
        ("1 2 | 3\n4 | 6", 2, "3 places"),
        ("1 2\n3 2", 2, "on line 1 already"),
        ("1 2\n3 x!", 2, "'x!' is no seat"),
        ("| .", 0, "no seat"),
        ("\n".join(str(n) for n in range(201)), 0, "201 seats"),
    ],
)
def test_a_drawing_that_cannot_be_read_is_refused_with_its_line(plan, line, reason):
    with pytest.raises(PlanError, match=reason) as refused:
        parse_coach_plan(plan)
    assert refused.value.line == line


@pytest.mark.django_db
def test_the_back_office_shows_the_fault_beside_the_drawing():
    layout = CoachLayout(name="Broken", seat_class=a_class("AC3"), plan="1 2\n3")
    with pytest.raises(ValidationError) as refused:
        layout.full_clean()
    assert "Line 2" in refused.value.message_dict["plan"][0]


@pytest.mark.django_db
def test_a_train_has_a_section_per_coach_and_zones_best_first():
    train = a_train((a_station("AAA"), 0, 0), (a_station("BBB"), 60, 60))
    a_coach(train, "H1", seat_class=a_class("AC1", rank=0), plan="1 |")
    SeatClass.objects.filter(code="AC3").update(rank=2)
    layout = train_layout(train)
    assert [section["label"] for section in layout["sections"]] == ["B1", "H1"]
    assert layout["sections"][0]["title"] == "Coach B1 · Class AC3"
    assert (layout["sections"][0]["width"], layout["sections"][0]["height"]) == (4, 2)
    assert [zone["code"] for zone in layout["zones"]] == ["AC1", "AC3"]
    assert seat_names(layout)[0] == "B1-1"
    assert layout["sections"][1]["seats"][0] == {
        "name": "H1-1", "label": "1", "x": 0, "y": 0, "zone": "AC1", "features": ["window", "aisle"],
    }  # fmt: skip


@pytest.mark.django_db
def test_seats_of_a_coach_with_walls_say_their_compartment():
    train = a_train((a_station("AAA"), 0, 0), (a_station("BBB"), 60, 60))
    a_coach(train, "H1", seat_class=a_class("AC1"), plan="1/L | 2/L\n\n3/L | 4/L")
    open_coach, cabins = train_layout(train)["sections"]
    assert all("compartment" not in seat for seat in open_coach["seats"])
    assert [(seat["compartment"], seat["features"][-1]) for seat in cabins["seats"]] == [
        (1, "lower"), (1, "lower"), (2, "lower"), (2, "lower"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_rows_of_a_hall_are_centred_and_split_by_their_aisle():
    section = a_layout(a_hall())["sections"][0]
    x = {seat["name"]: seat["x"] for seat in section["seats"]}
    middle_of_a, middle_of_b = (x["A-1"] + x["A-6"]) / 2, (x["B-1"] + x["B-8"]) / 2
    assert middle_of_a == pytest.approx(middle_of_b)
    assert x["A-4"] - x["A-3"] > x["A-3"] - x["A-2"] == 1
    assert [seat["name"] for seat in section["seats"] if "aisle" in seat["features"]] == ["A-3", "A-4"]
    assert min(x.values()) == 0
    assert section["width"] == pytest.approx(max(x.values()) + 1, abs=0.01)


@pytest.mark.django_db
def test_rows_bend_around_the_stage_and_never_touch():
    seats = {seat["name"]: seat for seat in a_layout(a_hall())["sections"][0]["seats"]}
    assert seats["B-1"]["y"] < seats["B-4"]["y"]
    distances = [
        ((a["x"] - b["x"]) ** 2 + (a["y"] - b["y"]) ** 2) ** 0.5
        for a in seats.values()
        for b in seats.values()
        if a is not b
    ]
    assert min(distances) >= 1


@pytest.mark.django_db
def test_the_same_layout_has_one_plan_and_another_layout_another():
    hall = a_hall()
    plan = plan_for(a_layout(hall))
    assert plan_for(a_layout(hall)) == plan
    assert plan.seat_count == 14
    hall.rows.filter(label="B").update(places="1-9")
    assert plan_for(a_layout(hall)).pk != plan.pk
    assert zone_of_seats(plan.pk)["B-8"] == "REST"
    assert "B-9" not in zone_of_seats(plan.pk)
