"""What state, price and place has each seat of a drawn map, for one journey?"""

import pytest
from moneyed import Money

from booking.seatmap import free_by_zone, seat_map
from booking.seatplan import plan_for
from booking.seatstore import Availability


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


FARES = {"AC2": Money("420.00", "INR"), "BEST": Money("500.00", "INR"), "REST": Money("300.00", "INR")}
TWO_SEATS = (seat("B1-1", 0, 0, features=("window",)), seat("B1-2", 1, 0, features=("aisle",)))


def of_train(availability: Availability | None, first_leg: int = 1, end_leg: int = 3):
    return seat_map(
        layout=train(*TWO_SEATS), availability=availability, fares=FARES, first_leg=first_leg, end_leg=end_leg
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
    assert drawn.state_of == {"B1-1": state, "B1-2": "free"}
    assert drawn.states == state[0] + "f"
    assert (drawn.free, drawn.zones[0].free) == ((2, 2) if state == "free" else (1, 1))


def test_a_map_without_an_answer_of_the_store_claims_nothing():
    drawn = of_train(None)
    assert drawn.states == "uu"
    assert (drawn.known, drawn.free, drawn.zones[0].free, drawn.index) == (False, None, None, 0)


def test_seats_without_a_price_are_not_offered():
    drawn = seat_map(layout=train(*TWO_SEATS), availability=taken(), fares={}, first_leg=0, end_leg=1)
    assert drawn.states == "uu"


def test_a_standing_area_is_one_with_a_count_and_without_seats():
    places = [seat(f"PIT-{n:03}", n, 0, "REST") for n in range(1, 6)]
    area = {**hall(*places)["sections"][0], "label": "PIT", "title": "The pit", "zone": "REST", "kind": "standing"}
    layout = hall(seat("A-1", 0, 0, "BEST"))
    layout["sections"].append(area)
    availability = taken(held={"PIT-002": 1}, sold={"PIT-005": 1}, legs=1)
    drawn = seat_map(layout=layout, availability=availability, fares=FARES, first_leg=0, end_leg=1, standing={"PIT": 2})
    hall_section, pit = drawn.sections
    assert not hall_section.is_standing
    assert (pit.is_standing, pit.gone, pit.free, pit.total, pit.wanted) == (True, (2, 5), 3, 5, 2)
    assert drawn.states == "f"
    assert drawn.areas == [pit]
    assert drawn.free == 4
    assert [(zone.code, zone.free) for zone in drawn.zones] == [("BEST", 1), ("REST", 3)]
    unknown = seat_map(layout=layout, availability=None, fares=FARES, first_leg=0, end_leg=1)
    assert unknown.sections[1].free is None


@pytest.mark.django_db
def test_free_seats_are_counted_by_class_without_the_drawing():
    plan = plan_for(hall(seat("A-1", 0, 0, "BEST"), seat("A-2", 1, 0, "BEST"), seat("B-1", 0, 1, "REST")))
    availability = taken(held={"A-1": 1}, sold={"B-1": 1}, legs=1)
    assert free_by_zone(plan_digest=plan.digest, availability=availability, first_leg=0, end_leg=1) == {
        "BEST": 1,
        "REST": 0,
    }
