"""The back office's seat map: who has which seat, as the store and the orders say, and what may be done from there."""

import json
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from booking import seatstore
from booking.models import SeatBlock
from booking.services import begin_confirming, confirm_in_store, hold_seats, mark_confirmed
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]


def login(client, role):
    person = User.objects.create(email=f"{role.lower().replace(' ', '.')}@example.com", is_staff=True)
    group, _ = Group.objects.get_or_create(name=role)
    person.groups.add(group)
    client.force_login(person)
    return client


@pytest.fixture
def office(client):
    return login(client, "Box office")


@pytest.fixture
def hall():
    return a_performance_on_sale()


def buy(inventory, *seats, legs=(0, 1), customer=None, pays=True):
    order = hold_seats(
        customer=customer or a_customer(),
        inventory=inventory,
        seats=seats,
        first_leg=legs[0],
        end_leg=legs[1],
        request_id="r",
    )
    if pays:
        begin_confirming(order=order)
        confirm_in_store(order=order)
        mark_confirmed(order=order, now=timezone.now())
    return order


def address(inventory, name="seats"):
    return reverse(f"admin:booking_inventory_{name}", args=[inventory.pk])


def who(office, inventory, *seats, **legs):
    return json.loads(office.get(address(inventory, "who"), {"seat": seats, **legs}).content)


def post(office, inventory, do, query="", **fields):
    data = {"do": do, **{f"{do}-{name}": value for name, value in fields.items()}}
    return office.post(f"{address(inventory)}?{query}", data, follow=True)


def sold(inventory):
    return set(seatstore.availability(inventory.pk).sold)


def test_the_map_tells_each_seats_state_and_who_has_it(office, hall):
    bought = buy(hall, "A-1", customer=User.objects.create(email="ada@example.com", name="Ada"))
    buy(hall, "A-2", pays=False)
    post(office, hall, "block", seats="A-3", reason="Sound desk")
    page = office.get(address(hall)).content.decode()
    for seat, state in (("A-1", "sold"), ("A-2", "held"), ("A-3", "blocked"), ("A-4", "free")):
        assert f'data-seat="{seat}" data-state="{state}"' in page
    assert bought.reference in page
    assert "Ada" in page
    assert "Sound desk" in page
    answer = who(office, hall, "A-1", "A-4")
    assert answer["A-4"] == {"state": "free", "rows": []}
    [row] = answer["A-1"]["rows"]
    assert (row["name"], row["who"], row["status"]) == (bought.reference, "Ada", "Confirmed")


def test_a_train_shows_who_sits_there_on_the_legs_that_are_looked_at(office):
    train = a_train_on_sale()
    first, second = buy(train, "C1-1", legs=(0, 2)), buy(train, "C1-1", legs=(2, 4))
    ways = [(row["legs"], row["name"]) for row in who(office, train, "C1-1")["C1-1"]["rows"]]
    assert ways == [("AAA – CCC", first.reference), ("CCC – EEE", second.reference)]
    [row] = who(office, train, "C1-1", first_leg=2, end_leg=3)["C1-1"]["rows"]
    assert row["name"] == second.reference
    assert who(office, train, "C1-2", first_leg=9, end_leg=1)["C1-2"]["state"] == "free"


def test_a_seat_that_the_store_has_taken_and_nobody_knows_of_is_said_to_be_so(office, hall):
    seatstore.hold_seats(
        inventory=hall.pk, hold_id="stray", seats=["B-1"], first_leg=0, end_leg=1, ttl_s=60, request_id=hall.pk
    )
    [row] = who(office, hall, "B-1")["B-1"]["rows"]
    assert "no order and no block says by whom" in row["name"]


def test_seats_are_blocked_and_given_back_from_the_map_and_the_log_says_who_did_it(office, hall):
    page = post(office, hall, "block", seats="A-1, A-2\nA-3", reason="Sound desk")
    assert "Blocked: A-1, A-2, A-3." in page.content.decode()
    assert sold(hall) == {"A-1", "A-2", "A-3"}
    page = post(office, hall, "give_back", seats="A-2 B-1")
    assert "On sale again: A-2." in page.content.decode()
    assert sold(hall) == {"A-1", "A-3"}
    told = list(LogEntry.objects.order_by("pk").values_list("user__email", "change_message"))
    assert told == [
        ("box.office@example.com", "Blocked A-1, A-2, A-3: Sound desk"),
        ("box.office@example.com", "Gave back A-2"),
    ]


def test_the_time_of_release_is_by_the_clock_of_the_venue(office, hall):
    ahead = (timezone.now() + timedelta(days=2)).replace(second=0, microsecond=0)
    local = ahead.astimezone(hall.performance.hall.venue.zone)
    post(office, hall, "block", seats="A-1", reason="House", release_at=f"{local:%Y-%m-%dT%H:%M}")
    assert SeatBlock.objects.get().release_at == ahead


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"seats": "A-1", "reason": "x"}, "Nothing was blocked. No longer free: A-1."),
        ({"seats": "Z-1", "reason": "x"}, "Nothing was blocked. There is no seat Z-1 here."),
        ({"seats": "A-2", "reason": ""}, "This field is required."),
        ({"seats": "A-2", "reason": "x", "release_at": "2020-01-01T10:00"}, "must lie ahead"),
    ],
)
def test_what_cannot_be_blocked_is_said_on_the_page(office, hall, fields, told):
    buy(hall, "A-1")
    assert told in post(office, hall, "block", **fields).content.decode()
    assert sold(hall) == {"A-1"}


def test_a_customer_is_moved_from_the_map(office, hall):
    order = buy(hall, "A-1")
    seat = order.seats.get()
    assert f"Move {order.reference}" in office.get(address(hall), {"move": seat.pk}).content.decode()
    page = post(office, hall, "move", query=f"move={seat.pk}", to_seat="B-4", reason="Broken seat")
    assert f"Moved {order.reference} from A-1 to B-4." in page.content.decode()
    assert sold(hall) == {"B-4"}
    assert order.tickets.filter(voided_at=None).get().seat_name == "B-4"


def test_a_seat_of_another_run_cannot_be_moved_from_here(office, hall):
    seat = buy(a_performance_on_sale(), "A-1").seats.get()
    assert post(office, hall, "move", query=f"move={seat.pk}", to_seat="B-4", reason="x").status_code == 404


@pytest.mark.parametrize(
    ("role", "looks", "blocks"), [("Catalogue editor", 403, 403), ("Finance", 200, 403), ("Administrator", 200, 200)]
)
def test_who_may_not_see_orders_sees_no_map_and_only_the_box_office_does_something_there(
    client, hall, role, looks, blocks
):
    person = login(client, role)
    order = buy(hall, "A-1")
    for name in ("seats", "who", "sales"):
        assert person.get(address(hall, name)).status_code == looks
    assert post(person, hall, "block", seats="A-2", reason="x").status_code == blocks
    assert post(person, hall, "give_back", seats="A-2").status_code == blocks
    query = f"move={order.seats.get().pk}"
    assert post(person, hall, "move", query=query, to_seat="B-1", reason="x").status_code == blocks


def test_a_silent_store_leaves_the_orders_to_be_seen(office, hall, monkeypatch):
    order = buy(hall, "A-1")

    def without_an_answer(*asked, **more):
        raise seatstore.StoreUnavailable("No leader answers.")

    monkeypatch.setattr(seatstore, "availability", without_an_answer)
    monkeypatch.setattr("booking.admin.seat_map.availability", without_an_answer)
    page = office.get(address(hall)).content.decode()
    assert "does not answer" in page
    assert order.reference in page
    assert "does not answer" in office.get(address(hall, "sales")).content.decode()


def test_many_seats_cost_no_query_more_than_few(office, hall, django_assert_num_queries):
    office.get(address(hall))
    with django_assert_num_queries(7) as few:
        office.get(address(hall))
    for seat in ("A-1", "A-2", "B-1", "B-2"):
        buy(hall, seat)
    with django_assert_num_queries(len(few)):
        office.get(address(hall))


def test_sales_are_shown_by_class_and_by_day(office, hall):
    buy(hall, "A-1", "A-2")
    cancelled = buy(hall, "B-1")
    buy(hall, "A-3", pays=False)
    post(office, hall, "block", seats="B-4", reason="House")
    cancelled.seats.update(cancelled_at=timezone.now())
    page = office.get(address(hall, "sales"))
    by_class = [(each.name, each.sold, each.held, each.kept, each.free) for each in page.context["classes"]]
    assert by_class == [("Zone A", 2, 1, 0, 1), ("Zone B", 1, 0, 1, 2)]
    [day] = page.context["days"]
    assert (day.taken.amount, day.given_back.amount) == (1300, 300)
    text = page.content.decode()
    assert text.count("<rect") == 10
    assert "style=" not in text.partition("office-picture")[2]
