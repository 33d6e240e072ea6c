"""The whole purchase as a mobile client makes it: register, search, hold, pay, look, cancel."""

import datetime
import re
import uuid

import pytest

from tests.system.conftest import Site

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": datetime.date.today().year + 2, "cvc": "123"}
DECLINED_CARD = {**CARD, "number": "4000000000009999"}


@pytest.fixture
def registered(site: Site):
    """A client that has registered and logged in, as a customer would."""
    email = f"{uuid.uuid4()}@example.com"
    password = "a long enough passphrase"
    with site.client() as stranger:
        opened = stranger.post("register/", json={"email": email, "password": password})
        assert opened.status_code == 202, opened.text
        code = re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", site.server.mail(email)[-1], re.MULTILINE)
        assert code is not None
        confirmed = {"verification": opened.json()["verification"], "code": code[0]}
        assert stranger.post("register/confirm/", json=confirmed).status_code == 201
        login = stranger.post("token/", json={"email": email, "password": password})
    assert login.status_code == 200, login.text
    with site.client(login.json()["access_token"]) as client:
        yield client


def a_long_trip(client) -> dict:
    """A run with six legs: Mumbai Central to New Delhi, the day after tomorrow."""
    day = datetime.date.today() + datetime.timedelta(days=2)
    trips = client.get("trips/", params={"from": "MMCT", "to": "NDLS", "date": day.isoformat()}).json()["results"]
    return next(trip for trip in trips if trip["legs"] == {"first": 1, "last": 6})


def free_seats(client, inventory: str, first: int, last: int) -> list[str]:
    layout = client.get(f"seat-maps/{inventory}/").json()
    names = [seat["name"] for section in layout["sections"] for seat in section["seats"]]
    query = {"first": first, "last": last}
    taken = {seat["seat"] for seat in client.get(f"seat-maps/{inventory}/availability/", params=query).json()["seats"]}
    return [name for name in names if name not in taken]


def test_two_seats_on_legs_2_to_4_are_sold_there_and_free_elsewhere(registered):
    trip = a_long_trip(registered)
    inventory = trip["inventory"]
    seats = free_seats(registered, inventory, 1, trip["legs"]["last"])[:2]
    hold = registered.post("holds/", json={"inventory": inventory, "seats": seats, "legs": {"first": 2, "last": 4}})
    assert hold.status_code == 201, hold.text
    assert 0 < hold.json()["remaining_seconds"] <= 600

    order_id = hold.json()["order"]
    declined = registered.post("payments/", json={"order": order_id, "card": DECLINED_CARD})
    assert (declined.status_code, declined.json()["code"]) == (402, "card-declined")
    paid = registered.post("payments/", json={"order": order_id, "card": CARD})
    assert paid.status_code == 201, paid.text
    assert paid.json()["status"] == "CAPTURED"
    order = registered.get(f"orders/{order_id}/").json()
    assert order["status"] == "CONFIRMED"
    assert [seat["seat"] for seat in order["seats"]] == seats

    assert not set(seats) & set(free_seats(registered, inventory, 2, 4))
    assert not set(seats) & set(free_seats(registered, inventory, 4, 5))
    assert set(seats) <= set(free_seats(registered, inventory, 1, 1))
    assert set(seats) <= set(free_seats(registered, inventory, 5, 5))
    assert [mine["id"] for mine in registered.get("orders/").json()["results"]] == [order_id]

    conflict = registered.post("holds/", json={"inventory": inventory, "seats": seats, "legs": {"first": 3, "last": 3}})
    assert conflict.status_code == 409
    assert conflict.headers["content-type"].startswith("application/problem+json")
    assert (conflict.json()["code"], conflict.json()["seats"]) == ("seats-taken", seats)

    cancelled = registered.post(f"orders/{order_id}/cancel/", json={"seats": seats[:1]})
    assert cancelled.status_code == 200, cancelled.text
    assert registered.get(f"orders/{order_id}/").json()["status"] == "PARTLY_CANCELLED"
    assert seats[0] in free_seats(registered, inventory, 2, 4)
    assert seats[1] not in free_seats(registered, inventory, 2, 4)


def test_the_same_idempotency_key_holds_once_and_another_body_under_it_is_refused(registered):
    performance = registered.get("performances/").json()["results"][-1]
    seats = free_seats(registered, performance["inventory"], 1, 1)
    body = {"inventory": performance["inventory"], "seats": seats[:2]}
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = registered.post("holds/", json=body, headers=key)
    again = registered.post("holds/", json=body, headers=key)
    other = registered.post("holds/", json={**body, "seats": seats[2:4]}, headers=key)
    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json()["id"] == again.json()["id"]


def test_another_customers_order_cannot_be_seen_paid_or_cancelled(site: Site, registered):
    performance = registered.get("performances/").json()["results"][-1]
    seats = free_seats(registered, performance["inventory"], 1, 1)[:1]
    order_id = registered.post("holds/", json={"inventory": performance["inventory"], "seats": seats}).json()["order"]
    with site.client(site.tokens(f"nosy-{uuid.uuid4()}", 1)[0]) as other:
        answers = [
            other.get(f"orders/{order_id}/"),
            other.post("payments/", json={"order": order_id, "card": CARD}),
            other.post(f"orders/{order_id}/cancel/", json={}),
        ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
