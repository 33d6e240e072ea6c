"""Standing room is bought by number: nobody chooses where, the store does, and each place is sold once."""

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection

from booking import seatstore
from booking.choosing.choice import ChoiceInvalid
from booking.halls.standing import parts_wanted
from booking.models import Order, Performance
from booking.services import hold_parts
from booking.tests.selling import a_customer, a_pit_on_sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]


@pytest.fixture
def customer(client):
    customer = a_customer()
    client.force_login(customer)
    return customer


def sent(inventory, *seats, page=None, **standing):
    return {
        "inventory": inventory.pk, "first_leg": 0, "end_leg": 1, "page": page or uuid4(), "seats": list(seats),
        **{f"standing-{area}": count for area, count in standing.items()},
    }  # fmt: skip


def names_of(order):
    return sorted(order.seats.values_list("name", flat=True))


def test_the_map_has_the_area_as_one_with_its_price_and_count(client):
    inventory = a_pit_on_sale()
    page = client.get(f"/performances/{inventory.performance.pk}/?standing=PIT:2").content.decode()
    assert "5 of 5 places free" in page
    assert 'data-area="PIT"' in page
    assert 'name="standing-PIT" min="0" max="10" step="1" value="2"' in page
    assert "PIT-001" not in page
    assert 'data-states="ffff"' in page


def test_seats_and_places_to_stand_are_one_order(client, customer):
    inventory = a_pit_on_sale()
    answer = client.post("/hold/", sent(inventory, "A-2", PIT=3))
    order = Order.objects.get(customer=customer)
    assert answer.url == f"/orders/{order.reference}/"
    names = names_of(order)
    assert names[0] == "A-2"
    assert len(names) == 4
    assert all(name.startswith("PIT-") for name in names[1:])
    assert order.amount == 500 + 3 * 300
    assert set(seatstore.availability(inventory.pk).held) == set(names)


def test_the_same_form_sent_twice_is_one_order(client, customer):
    inventory, page = a_pit_on_sale(), uuid4()
    for _ in range(2):
        client.post("/hold/", sent(inventory, page=page, PIT=2))
    assert Order.objects.get().seats.count() == 2


@pytest.mark.parametrize("count", ["0", ""])
def test_nobody_is_no_choice(client, customer, count):
    answer = client.post("/hold/", sent(a_pit_on_sale(), PIT=count), follow=True)
    assert "Choose at least one seat." in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [({"PIT": "-1"}, "less than no place"), ({"STAGE": "1"}, "no standing area STAGE"), ({"PIT": "11"}, "at most 10")],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_held(client, customer, wanted, reason):
    inventory = a_pit_on_sale()
    assert reason in client.post("/hold/", sent(inventory, **wanted), follow=True).content.decode()
    assert not seatstore.availability(inventory.pk).held


def test_more_than_there_is_room_for_is_refused_whole_with_the_seats_beside(client, customer):
    inventory = a_pit_on_sale(room=2)
    answer = client.post("/hold/", sent(inventory, "A-1", PIT=3), follow=True)
    assert "There are not as many free places as you asked for" in answer.content.decode()
    assert answer.redirect_chain[0][0].endswith("?seats=A-1&standing=PIT:3")
    assert not seatstore.availability(inventory.pk).held


def test_who_has_to_log_in_first_finds_the_choice_kept(client):
    inventory = a_pit_on_sale()
    answer = client.post("/hold/", sent(inventory, "A-1", PIT=3))
    assert "seats%3DA-1%26standing%3DPIT%3A3" in answer.content.decode()


def test_places_to_stand_count_for_a_customers_limit(client, customer):
    inventory = a_pit_on_sale()
    Performance.objects.filter(inventory=inventory).update(seats_per_customer=2)
    client.post("/hold/", sent(inventory, PIT=2))
    assert (
        "at most 2 seats of this performance"
        in client.post("/hold/", sent(inventory, PIT=1), follow=True).content.decode()
    )


def test_of_a_crowd_as_many_get_in_as_there_is_room():
    inventory = a_pit_on_sale(room=10)
    customers = [a_customer() for _ in range(8)]

    def try_to_get_in(customer):
        try:
            parts = parts_wanted(inventory=inventory, seats=(), first_leg=0, end_leg=1, standing={"PIT": 2})
            return names_of(hold_parts(customer=customer, parts=parts, request_id="in"))
        except seatstore.NoSeatsFound:
            return []
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        got = [name for names in pool.map(try_to_get_in, customers) for name in names]
    assert sorted(got) == [f"PIT-{number:03}" for number in range(1, 11)]


def test_an_area_that_the_plan_does_not_have_cannot_be_wanted():
    with pytest.raises(ChoiceInvalid, match="no standing area A"):
        parts_wanted(inventory=a_pit_on_sale(), seats=(), first_leg=0, end_leg=1, standing={"A": 1})
