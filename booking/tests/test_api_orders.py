"""Buying through REST: hold, look, pay, cancel; and every refusal as a problem document with its code."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from booking import seatstore
from booking.models import Departure, Order
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": timezone.now().year + 2, "cvc": "123"}


@pytest.fixture
def train():
    return a_train_on_sale()


@pytest.fixture
def api():
    return client()


def client() -> APIClient:
    api = APIClient()
    api.force_authenticate(a_customer())
    return api


def send(api, path, body, key=None):
    return api.post(f"/api/v1/{path}/", body, format="json", headers={"Idempotency-Key": key} if key else {})


def hold(api, inventory, seats=("C1-1", "C1-2"), key=None, **journey):
    journey = journey or {"legs": {"first": 2, "last": 4}}
    return send(api, "holds", {"inventory": inventory.pk, "seats": list(seats), **journey}, key)


def pay(api, order_id, key=None, **card):
    return send(api, "payments", {"order": order_id, "card": {**CARD, **card}}, key)


def refused(answer, status, code):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], problem["code"]) == (status, code)
    assert problem.keys() >= {"type", "title", "detail"}
    return problem


def test_a_hold_tells_its_seats_price_and_remaining_time(api, train):
    answer = hold(api, train)
    assert answer.status_code == 201
    body = answer.json()
    assert (body["inventory"], body["seats"], body["legs"]) == (train.pk, ["C1-1", "C1-2"], {"first": 2, "last": 4})
    assert (body["state"], body["total"]) == ("held", {"amount": "700.00", "currency": "INR"})
    assert 590 <= body["remaining_seconds"] <= 600
    assert datetime.fromisoformat(body["expires_at"]) > timezone.now()
    assert answer["Location"] == f"/api/v1/holds/{body['id']}/"
    assert api.get(answer["Location"]).json()["order"] == body["order"]


@pytest.mark.parametrize(
    ("journey", "legs"),
    [
        ({"from": "BBB", "to": "DDD"}, (1, 3)),
        ({"from": "aaa", "to": "eee"}, (0, 4)),
        ({"legs": {"first": 1, "last": 1}}, (0, 1)),
    ],
)
def test_a_journey_is_said_by_places_or_by_legs(api, train, journey, legs):
    assert hold(api, train, **journey).status_code == 201
    part = Order.objects.get().parts.get()
    assert (part.first_leg, part.end_leg) == legs


@pytest.mark.parametrize(
    ("journey", "code", "field"),
    [
        ({"from": "DDD", "to": "BBB"}, "unclear", "to"),
        ({"from": "XXX", "to": "BBB"}, "unknown-place", "from"),
        ({"from": "AAA"}, "unknown-place", "to"),
        ({"legs": {"first": 3, "last": 2}}, "unclear", "legs"),
        ({"legs": None}, "invalid", "legs"),
        ({"any_seat": False}, "unclear", "legs"),
    ],
)
def test_a_journey_that_is_none_is_refused(api, train, journey, code, field):
    problem = refused(hold(api, train, **journey), 400, code)
    assert field in problem["errors"]


def test_a_show_needs_no_legs(api):
    show = a_performance_on_sale()
    assert send(api, "holds", {"inventory": show.pk, "seats": ["A-1"]}).status_code == 201


def test_seats_that_are_gone_are_named(api, train):
    hold(client(), train, ["C1-2"])
    problem = refused(hold(api, train, ["C1-1", "C1-2"], **{"from": "DDD", "to": "EEE"}), 409, "seats-taken")
    assert problem["seats"] == ["C1-2"]


@pytest.mark.parametrize(
    ("seats", "code"),
    [([], "nothing-chosen"), (["C1-9"], "unknown-seat"), ([f"C1-{n}" for n in range(11)], "too-many-seats")],
)
def test_a_choice_that_cannot_be_is_refused(api, train, seats, code):
    refused(hold(api, train, seats), 400, code)


def test_legs_beyond_the_last_stop_are_refused(api, train):
    refused(hold(api, train, legs={"first": 1, "last": 5}), 400, "legs-out-of-range")


def test_an_unknown_inventory_is_refused(api):
    answer = send(api, "holds", {"inventory": "nowhere", "seats": ["A-1"]})
    refused(answer, 400, "unknown-inventory")


def test_without_a_token_nothing_can_be_held(train):
    refused(hold(APIClient(), train), 401, "not-authenticated")


def test_the_same_key_replays_and_another_body_under_it_is_refused(api, train):
    first = hold(api, train, key="k1")
    again = hold(api, train, key="k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["id"] == again.json()["id"]
    refused(hold(api, train, ["C1-3"], key="k1"), 422, "idempotency-conflict")


@pytest.mark.parametrize("key", ["", "k" * 129])
def test_a_key_has_a_length_that_can_be_kept(api, train, key):
    body = {"inventory": train.pk, "seats": ["C1-1"], "legs": {"first": 1, "last": 1}}
    answer = api.post("/api/v1/holds/", body, format="json", headers={"Idempotency-Key": key})
    refused(answer, 400, "invalid")


def test_a_hold_whose_outcome_is_unknown_is_found_by_its_key(api, train, monkeypatch):
    real = seatstore.hold_seats

    def lose_the_answer(**arguments):
        real(**arguments)
        raise seatstore.OutcomeUnknown("no answer", retry_after_s=1)

    with monkeypatch.context() as patched:
        patched.setattr(seatstore, "hold_seats", lose_the_answer)
        answer = hold(api, train, key="k1")
    refused(answer, 503, "outcome-unknown")
    assert answer["Retry-After"] == "1"
    assert hold(api, train, key="k1").status_code == 201
    assert Order.objects.count() == 1


def test_a_hold_is_given_back_once_and_again(api, train):
    hold_id = hold(api, train).json()["id"]
    for _ in range(2):
        assert api.delete(f"/api/v1/holds/{hold_id}/").status_code == 204
    assert api.get(f"/api/v1/holds/{hold_id}/").json()["state"] == "released"
    assert hold(client(), train).status_code == 201


def test_nobody_sees_pays_or_cancels_anothers_order(api, train):
    theirs = hold(client(), train).json()
    for answer in (
        api.get(f"/api/v1/holds/{theirs['id']}/"),
        api.delete(f"/api/v1/holds/{theirs['id']}/"),
        api.get(f"/api/v1/orders/{theirs['order']}/"),
        pay(api, theirs["order"]),
        send(api, f"orders/{theirs['order']}/cancel", {}),
        api.get(f"/api/v1/orders/{uuid4()}/"),
    ):
        refused(answer, 404, "not-found")


def test_a_paid_order_shows_its_ticket(api, train):
    order_id = hold(api, train).json()["order"]
    answer = pay(api, order_id)
    assert answer.status_code == 201
    payment = answer.json()
    assert payment["status"] == "CAPTURED"
    assert payment["card"] == {"brand": "Visa", "last4": "4242", "expiry": f"{CARD['exp_year']}-12"}
    assert payment["order"]["status"] == "CONFIRMED"
    order = api.get(f"/api/v1/orders/{order_id}/").json()
    assert order == payment["order"]
    assert order["trip"]["from"]["place"]["code"] == "BBB"
    assert order["trip"]["from"]["departs_at"].endswith("+05:30")
    assert order["trip"]["to"]["time_zone"] == "Asia/Kolkata"
    assert [seat["price"]["amount"] for seat in order["seats"]] == ["350.00", "350.00"]
    assert api.get(f"/api/v1/payments/{payment['id']}/").json() == payment
    assert "4242424242424242" not in answer.content.decode()


def test_a_payment_is_replayed_by_its_key(api, train):
    order_id = hold(api, train).json()["order"]
    first, again = pay(api, order_id, key="p1"), pay(api, order_id, key="p1")
    assert first.json() == again.json()
    refused(pay(api, order_id, key="p1", number="5555555555554444"), 422, "idempotency-conflict")
    refused(pay(api, order_id, key="p2"), 409, "order-not-payable")


def test_a_declined_card_says_so_and_the_seats_stay_held(api, train):
    order_id = hold(api, train).json()["order"]
    problem = refused(pay(api, order_id, number="4000000000009999"), 402, "card-declined")
    assert problem["reason"]
    assert api.get(f"/api/v1/orders/{order_id}/").json()["status"] == "AWAITING_PAYMENT"


def test_a_mistyped_card_names_the_field(api, train):
    problem = refused(pay(api, hold(api, train).json()["order"], number="4242424242424241"), 400, "card-invalid")
    assert list(problem["errors"]) == ["number"]


def test_seats_are_cancelled_one_by_one_or_all(api, train):
    order_id = hold(api, train).json()["order"]
    pay(api, order_id)
    first = send(api, f"orders/{order_id}/cancel", {"seats": ["C1-1"]}, key="c1").json()
    assert first["order"]["status"] == "PARTLY_CANCELLED"
    assert [(refund["status"], refund["amount"]["amount"]) for refund in first["refunds"]] == [("DONE", "350.00")]
    assert send(api, f"orders/{order_id}/cancel", {"seats": ["C1-1"]}, key="c1").json() == first
    refused(send(api, f"orders/{order_id}/cancel", {"seats": ["C1-2"]}, key="c1"), 422, "idempotency-conflict")
    refused(send(api, f"orders/{order_id}/cancel", {"seats": ["C1-1"]}), 409, "order-not-cancellable")
    assert send(api, f"orders/{order_id}/cancel", {}).json()["order"]["status"] == "CANCELLED"
    assert seatstore.availability(train.pk).taken(0, 4) == set()


def test_an_empty_choice_of_seats_cancels_nothing(api, train):
    order_id = hold(api, train).json()["order"]
    pay(api, order_id)
    assert list(refused(send(api, f"orders/{order_id}/cancel", {"seats": []}), 400, "invalid")["errors"]) == ["seats"]
    assert api.get(f"/api/v1/orders/{order_id}/").json()["status"] == "CONFIRMED"


def test_a_hold_is_confirmed_while_a_seat_of_its_ticket_is_left_and_released_after_that(api, train):
    body = hold(api, train).json()

    def state():
        return api.get(f"/api/v1/holds/{body['id']}/").json()["state"]

    pay(api, body["order"])
    assert state() == "confirmed"
    send(api, f"orders/{body['order']}/cancel", {"seats": ["C1-1"]})
    assert state() == "confirmed"
    send(api, f"orders/{body['order']}/cancel", {})
    assert state() == "released"


def test_an_order_that_a_person_has_to_look_at_holds_no_seats(api, train):
    hold_id = hold(api, train).json()["id"]
    Order.objects.update(status=Order.Status.NEEDS_ATTENTION)
    assert api.get(f"/api/v1/holds/{hold_id}/").json()["state"] == "released"


def test_what_has_left_cannot_be_paid(api, train):
    order_id = hold(api, train).json()["order"]
    Departure.objects.update(date=timezone.now() - timedelta(days=1))
    refused(pay(api, order_id), 409, "departure-gone")


def test_my_orders_come_newest_first_in_pages(api, train):
    placed = [hold(api, train, ["C1-1"], legs={"first": n, "last": n}).json()["order"] for n in (1, 2, 3)]
    hold(client(), train, ["C1-2"])
    body = api.get("/api/v1/orders/").json()
    assert [order["id"] for order in body["results"]] == placed[::-1]
    assert body["next"] is None


def test_reading_many_orders_asks_the_database_no_more_than_reading_one(api, train, django_assert_max_num_queries):
    for n in (1, 2, 3, 4):
        hold(api, train, ["C1-1"], legs={"first": n, "last": n})
    with django_assert_max_num_queries(6):
        assert len(api.get("/api/v1/orders/").json()["results"]) == 4
