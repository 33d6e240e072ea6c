"""What is sent to the browser that draws a map: short, complete, and in the order in which states are told."""

import gzip
import json

import pytest
from django.urls import reverse

from booking.drawnplan import drawn_names, plan_to_draw
from booking.seatplan import a_seat, a_section, plan_for


def layout(kind: str, *seats: tuple, zones: str = "XY") -> dict:
    """Seats as (name, x, y, zone, *features)."""
    made = [a_seat(name, name.split("-")[1], x, y, zone, tuple(features)) for name, x, y, zone, *features in seats]
    section = a_section("B1", "Coach B1", "X", 4, 3, made)
    return {"kind": kind, "sections": [section], "zones": [{"code": code, "name": code} for code in zones]}


def rows(of: dict) -> list[dict]:
    return plan_to_draw(of)["sections"][0]["rows"]


def test_the_rows_of_a_coach_lie_at_one_height_and_those_of_a_hall_bend_and_have_labels():
    coach = layout("train", ("B1-3", 0, 1, "X"), ("B1-2", 1, 0, "X"), ("B1-1", 0, 0, "X"))
    assert rows(coach) == [
        {"prefix": "B1", "x": [0, 1], "y": 0, "from": 1, "zone": 0},
        {"prefix": "B1", "x": [0], "y": 1, "from": 3, "zone": 0},
    ]
    assert list(drawn_names(coach)) == ["B1-1", "B1-2", "B1-3"]
    hall = layout("show", ("A-2", 1, 0.3, "X"), ("A-1", 0, 0.2, "X"), ("B-1", 0, 1.9, "Y"))
    assert rows(hall) == [
        {"prefix": "A", "label": "A", "x": [0, 1], "y": 0.2, "bend": [0.0, 0.1], "from": 1, "zone": 0},
        {"prefix": "B", "label": "B", "x": [0], "y": 1.9, "from": 1, "zone": 1},
    ]
    assert list(drawn_names(hall)) == ["A-1", "A-2", "B-1"]


def test_numbers_out_of_turn_zones_within_a_row_features_and_walls_are_said():
    [row] = rows(layout("show", ("A-2", 0, 0, "X"), ("A-1", 1, 0, "Y", "aisle", "unheard-of"), ("A-1b", 2, 0, "X")))
    assert row["labels"] == ["2", "1", "1b"]
    assert row["zonesOf"] == [0, 1, 0]
    assert row["bits"] == [0, 0b10, 0]
    coach = layout("train", ("B1-1", 0, 0, "X"))
    coach["sections"][0]["seats"][0]["compartment"] = 3
    assert rows(coach)[0]["compartment"] == 3


def test_who_stands_has_no_place_in_the_drawing():
    hall = layout("show", ("A-1", 0, 0, "X"))
    hall["sections"].append({**a_section("PIT", "The pit", "Y", 1, 1, [a_seat("PIT-001", "001", 0, 0, "Y", ())])})
    hall["sections"][1]["kind"] = "standing"
    assert list(drawn_names(hall)) == ["A-1"]
    assert len(plan_to_draw(hall)["sections"]) == 1


def test_a_hall_of_twenty_thousand_seats_is_sent_in_less_than_fifty_kilobytes():
    seats = [(f"R{row}-{n + 1}", n, row + n * n / 280, "X") for row in range(125) for n in range(160)]
    text = json.dumps(plan_to_draw(layout("show", *seats)), separators=(",", ":"))
    assert len(gzip.compress(text.encode())) < 50_000


@pytest.mark.django_db
def test_a_plan_has_an_address_that_is_kept_for_ever(client):
    plan = plan_for(layout("show", ("A-1", 0, 0, "X")))
    answer = client.get(reverse("booking:seat_plan", args=[plan.digest]))
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert json.loads(gzip.decompress(answer.content)) == plan_to_draw(plan.layout) | {
        "features": list(plan_to_draw(plan.layout)["features"])
    }
    assert client.get(reverse("booking:seat_plan", args=["0" * 64])).status_code == 404
