"""Who pays less: counted on the map and in the form that has seats chosen, and charged so."""

import html
import json
import re
from uuid import uuid4

import pytest

from booking.models import Inventory, Order, PassengerType
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]


@pytest.fixture
def train():
    inventory = a_train_on_sale()
    carrier = inventory.departure.train.carrier
    PassengerType.objects.create(carrier=carrier, code="child", name="Child", percent_off=50)
    PassengerType.objects.create(carrier=carrier, code="senior", name="Senior", percent_off=40)
    return inventory


@pytest.fixture(autouse=True)
def customer(client):
    customer = a_customer()
    client.force_login(customer)
    return customer


def map_of(train: Inventory, query: str = "") -> str:
    return f"/trains/{train.departure.pk}/BBB/DDD/{query}"


def sent(inventory: Inventory, *seats: str, legs: tuple[int, int] = (1, 3), **more: object) -> dict[str, object]:
    form = {"inventory": inventory.pk, "first_leg": legs[0], "end_leg": legs[1], "page": uuid4(), "seats": list(seats)}
    return form | {name.replace("passengers_", "passengers-"): said for name, said in more.items()}


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def bought() -> list[tuple[str, int]]:
    return list(Order.objects.get().seats.order_by("amount").values_list("passenger_type", "amount"))


def test_children_and_seniors_are_counted_and_pay_less(client, train):
    assert "Child, 50 % off" in text_of(client.get(map_of(train)))
    client.post("/hold/", sent(train, "C1-1", "C1-2", "C1-3", passengers_child="1", passengers_senior="1"))
    assert bought() == [("child", 125), ("senior", 150), ("adult", 250)]
    assert Order.objects.get().seats.get(passenger_type="child").name == "C1-1"


def test_more_who_pay_less_than_seats_lead_back_with_the_numbers_kept(client, train):
    answer = client.post("/hold/", sent(train, "C1-1", passengers_child="2"), follow=True)
    assert "You chose 1 seats and said that 2 pay a reduced fare." in text_of(answer)
    assert 'name="passengers-child" value="2"' in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(("number", "reason"), [("two", "Say with a number"), ("-1", "Fewer passengers than none")])
@pytest.mark.parametrize("form", ["/hold/", "/hold/best/"])
def test_passengers_that_are_no_number_or_fewer_than_none_are_refused(client, train, form, number, reason):
    answer = client.post(form, sent(train, "C1-1", count=1, passengers_child=number), follow=True)
    assert reason in text_of(answer)
    assert not Order.objects.exists()


def test_the_map_knows_what_those_who_pay_less_pay_in_each_class(client, train):
    page = client.get(map_of(train, "?passengers=child:2,senior:x,nobody:1")).content.decode()
    prices = re.findall(r'data-passengers="(\w+)" data-prices="([^"]*)"', page)
    expected = [("child", {"AC2": "125.00"}), ("senior", {"AC2": "150.00"})]
    # Once in the form that has seats chosen, once beside the map.
    assert [(code, json.loads(html.unescape(text))) for code, text in prices] == expected * 2
    assert 'name="passengers-child" value="2"' in page
    assert 'name="passengers-senior" value="0"' in page
    crowd = client.get(map_of(train, "?passengers=child:999,senior:-1")).content.decode()
    assert 'name="passengers-child" value="10"' in crowd
    assert 'name="passengers-senior" value="0"' in crowd


# --- Seats that the store chooses -----------------------------------------------------------------


def test_who_has_seats_chosen_says_who_pays_less(client, train):
    client.post("/hold/best/", sent(train, count=3, passengers_child="1", passengers_senior="1"))
    assert bought() == [("child", 125), ("senior", 150), ("adult", 250)]


def test_more_who_pay_less_than_seats_to_be_chosen_are_refused(client, train):
    answer = client.post("/hold/best/", sent(train, count=1, passengers_child="2"), follow=True)
    assert "You chose 1 seats and said that 2 pay a reduced fare." in text_of(answer)
    assert not Order.objects.exists()


def test_other_passengers_on_the_same_page_are_another_order(client, train):
    form = sent(train, count=1)
    for more in ({}, {"passengers-child": "1"}, {}):
        client.post("/hold/best/", form | more)
    assert sorted(Order.objects.values_list("amount", flat=True)) == [125, 250]


def test_a_seat_costs_no_more_than_its_buyer_says(client):
    hall = a_performance_on_sale()
    client.post("/hold/best/", sent(hall, legs=(0, 1), count=1, at_most="300.00"))
    assert Order.objects.get().seats.get().zone == "B"
    answer = client.post("/hold/best/", sent(hall, legs=(0, 1), count=1, at_most="299.99"), follow=True)
    assert "The cheapest seats of this kind cost 300.00 INR." in text_of(answer)
    assert Order.objects.count() == 1


@pytest.mark.parametrize("at_most", ["0", "-5", "cheap", "1.001"])
def test_a_price_that_is_none_is_refused_in_words(client, at_most):
    form = sent(a_performance_on_sale(), legs=(0, 1), count=1, at_most=at_most)
    answer = client.post("/hold/best/", form, follow=True)
    assert "What a seat may cost:" in text_of(answer)
    assert not Order.objects.exists()
