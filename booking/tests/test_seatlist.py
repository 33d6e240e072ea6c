"""Who has no script ticks seats in a list, a portion at a time, and loses nothing on the way from one to the next."""

from uuid import uuid4

import pytest
from django.urls import reverse
from moneyed import Money

from booking.models import Order
from booking.seatlist import seat_list
from booking.seatmap import seat_map
from booking.seatplan import Layout, a_seat, a_section
from booking.seatstore import Availability
from booking.tests.selling import a_customer, a_performance_on_sale


def of(layout: Layout, *, held: tuple[str, ...] = (), **more):
    availability = Availability("run", 7, True, 1, dict.fromkeys(held, 1), {})
    drawn = seat_map(
        layout=layout, availability=availability, fares={"X": Money("420.00", "INR")}, first_leg=0, end_leg=1
    )
    return seat_list(layout=layout, drawn=drawn, **more)


def hall(rows: int, seats: int, *features: str) -> Layout:
    made = [
        a_seat(f"R{row}-{n}", str(n), n, row, "X", features) for row in range(1, rows + 1) for n in range(1, seats + 1)
    ]
    section = a_section("hall", "Hall", "", seats, rows, made)
    return {"kind": "show", "sections": [section], "zones": [{"code": "X", "name": "Stalls"}]}


def train(*labels: str) -> Layout:
    sections = [
        a_section(label, label, "X", 1, 3, [a_seat(f"{label}-{n}", str(n), 0, -n, "X", ()) for n in (10, 9, 2)])
        for label in labels
    ]
    return {"kind": "train", "sections": sections, "zones": [{"code": "X", "name": "Class X"}]}


def test_a_portion_of_a_hall_is_as_many_rows_as_have_a_hundred_seats():
    listed = of(hall(5, 45))
    assert [(portion.title, portion.free) for portion in listed.portions] == [
        ("Rows R1 to R2", 90),
        ("Rows R3 to R4", 90),
        ("Row R5", 45),
    ]
    assert [row.title for row in listed.rows] == ["Row R1", "Row R2"]


def test_a_coach_is_a_portion_and_its_list_goes_by_number():
    listed = of(train("B1", "B2"))
    assert [portion.title for portion in listed.portions] == ["Coach B1", "Coach B2"]
    assert [seat.label for seat in listed.rows[0].seats] == ["2", "9", "10"]


def test_shown_is_what_was_asked_for_or_where_something_is_chosen_or_free():
    coaches = train("B1", "B2", "B3")
    assert of(coaches).shown.key == "B1"
    assert of(coaches, held=("B1-2", "B1-9", "B1-10")).shown.key == "B2"
    assert of(coaches, chosen=["B3-2"]).shown.key == "B3"
    assert of(coaches, chosen=["B3-2"], asked="B1").shown.key == "B1"


def test_what_was_chosen_stays_ticked_where_it_is_free_wherever_one_looks():
    listed = of(train("B1", "B2"), held=("B1-9",), chosen=["B1-2", "B1-9", "B2-2", "B9-9"])
    assert [seat.name for seat in listed.rows[0].seats if seat.chosen] == ["B1-2"]
    assert listed.chosen_elsewhere == ("B2-2",)


def test_seats_say_what_they_are_in_words():
    listed = of(hall(1, 1, "aisle", "restricted"))
    assert listed.rows[0].seats[0].features == ("aisle", "restricted view")


def test_a_plan_without_seats_to_point_at_has_no_list():
    assert of({"kind": "show", "sections": [], "zones": []}) is None


@pytest.mark.django_db
def test_looking_at_another_portion_keeps_the_choice_and_holds_nothing(client, seat_store):
    inventory = a_performance_on_sale()
    client.force_login(a_customer())
    address = reverse("booking:performance", args=[inventory.performance.pk])
    sent = {"inventory": inventory.pk, "first_leg": 0, "end_leg": 1, "page": uuid4(), "seats": ["A-1", "B-2"]}
    answer = client.post(reverse("booking:look_at"), {**sent, "map": address, "list": "A", "standing-PIT": "2"})
    assert answer.url == f"{address}?seats=A-1,B-2&standing=PIT:2&list=A#list"
    page = client.get(answer.url).content.decode()
    assert 'value="A-1" checked>' in page
    assert 'value="B-2" checked>' in page
    assert 'value="B-3">' in page
    assert not Order.objects.exists()
    away = client.post(reverse("booking:look_at"), {**sent, "map": "https://elsewhere.example/"})
    assert away.url.startswith(f"{reverse('booking:home')}?")
