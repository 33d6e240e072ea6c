"""What is offered to somebody whose seats were taken a moment ago: as near, as dear and as good as what was chosen."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from booking import seatstore
from booking.choosing.instead import seats_instead
from booking.models import Order
from booking.seatplan import a_seat, a_section
from booking.services import hold_seats
from booking.tests.selling import a_customer, a_performance_on_sale


def hall(*rows: str) -> dict:
    """A row for each text, A in front: a letter is a seat's zone, a blank an aisle, a capital one for a wheelchair."""
    seats = []
    for y, row in enumerate(rows):
        numbered = [(x, zone) for x, zone in enumerate(row) if zone != " "]
        for number, (x, zone) in enumerate(numbered, start=1):
            features = ("accessible",) if zone.isupper() else ()
            seats.append(a_seat(f"{'ABC'[y]}-{number}", str(number), x, y, zone.lower(), features))
    zones = sorted({seat["zone"] for seat in seats})
    section = a_section("hall", "Hall", "", max(map(len, rows)), len(rows), seats)
    return {"kind": "show", "sections": [section], "zones": [{"code": code, "name": code} for code in zones]}


def instead(layout: dict, *, gone: str, kept: str = "", taken: str = "") -> str:
    sold = dict.fromkeys([*gone.split(), *taken.split()], 1)
    availability = seatstore.Availability("run", 1, True, 1, {}, sold)
    found = seats_instead(
        layout=layout, availability=availability, first_leg=0, end_leg=1, kept=kept.split(), gone=gone.split()
    )
    return " ".join(found)


def test_for_one_seat_the_nearest_of_its_zone_is_offered():
    assert instead(hall("xxxxx", "yyyyy"), gone="A-3", taken="A-2") == "A-4"
    assert instead(hall("xxyyy", "yyxyy"), gone="A-1", taken="A-2") == "B-3"


def test_who_chose_neighbours_is_offered_neighbours_around_what_is_left_of_them():
    assert instead(hall("xxxxxx"), kept="A-2 A-3", gone="A-4") == "A-1 A-2 A-3"
    assert instead(hall("xxxxxx", "xxxxxx"), kept="A-3", gone="A-2", taken="A-4") == "B-2 B-3"


def test_an_aisle_lies_between_no_neighbours():
    assert instead(hall("xx xxx"), kept="A-2", gone="A-1") != "A-2 A-3"
    assert instead(hall("xx xxx"), kept="A-2", gone="A-1") == "A-3 A-4"


def test_who_chose_seats_apart_keeps_those_that_are_left():
    assert instead(hall("xxxxxx"), kept="A-1", gone="A-5") == "A-1 A-4"


def test_who_finds_no_neighbours_is_offered_seats_apart():
    assert instead(hall("x x xx"), kept="A-3", gone="A-4") == "A-3 A-2"


def test_a_place_for_a_wheelchair_is_offered_only_to_who_had_chosen_one():
    layout = hall("xxXxxX")
    assert instead(layout, gone="A-2", taken="A-1") == "A-4"
    assert instead(layout, gone="A-6") == "A-3"


def test_nothing_is_offered_where_the_zone_has_not_as_many_left_or_a_name_is_of_no_seat():
    assert instead(hall("xyyy"), gone="A-1") == ""
    assert instead(hall("xxxx"), gone="Z-1") == ""
    assert instead(hall("xxxx"), gone="A-1", kept="Z-1") == ""


@pytest.mark.django_db
def test_who_comes_a_moment_too_late_sees_why_and_holds_the_next_best_seats_with_one_click(client, seat_store):
    inventory = a_performance_on_sale()
    where = {"inventory": inventory, "first_leg": 0, "end_leg": 1}
    hold_seats(customer=a_customer(), seats=["A-1"], request_id="first", **where)
    late = a_customer()
    client.force_login(late)
    wanted = {"inventory": inventory.pk, "first_leg": 0, "end_leg": 1, "page": "0b9d5c1e-6a0b-4a7c-9a52-0c8f1d7a3b11"}
    answer = client.post(reverse("booking:hold"), wanted | {"seats": ["A-1", "A-2"]}, follow=True)
    page = answer.content.decode()
    assert "A-1 was taken a moment ago" in page
    assert "Hold A-2, A-3 instead" in page
    answer = client.post(reverse("booking:hold"), wanted | {"seats": ["A-2", "A-3"]})
    order = Order.objects.get(customer=late, status=Order.Status.AWAITING_PAYMENT)
    assert answer.url == reverse("booking:order", args=[order.reference])
    assert sorted(seat.name for seat in order.seats.all()) == ["A-2", "A-3"]


@pytest.mark.django_db
def test_a_map_that_is_open_asks_for_the_next_best_seats_too(client, seat_store):
    inventory = a_performance_on_sale()
    where = {"inventory": inventory, "first_leg": 0, "end_leg": 1}
    hold_seats(customer=a_customer(), seats=["B-1"], request_id="first", **where)
    asked = {"inventory": inventory.pk, "first_leg": 0, "end_leg": 1, "gone": "B-1", "seats": "B-2"}
    address = reverse("booking:instead")
    assert client.get(f"{address}?{urlencode(asked)}").json() == {"seats": ["B-2", "B-3"]}
    assert client.get(f"{address}?{urlencode(asked | {'end_leg': 2})}").status_code == 400
