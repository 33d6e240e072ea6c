"""Buying through REST without an account: a token of the guest's own opens what the guest bought, and nothing else."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.adopting import adopt_guests
from accounts.guest_api import GuestThrottle
from accounts.models import User
from accounts.services import vouch_for
from accounts.tokens import issue_tokens
from booking.models import Order
from booking.services.unused_guests import UNUSED_FOR, forget_unused_guests
from booking.tests.queueing import a_room
from booking.tests.selling import a_customer, a_performance_on_sale
from booking.tests.test_api_orders import CARD, refused

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

EMAIL = "ada@example.com"


@pytest.fixture(autouse=True)
def fresh_limits():
    cache.clear()


@pytest.fixture
def show():
    return a_performance_on_sale()


def a_guest(email: str = EMAIL) -> APIClient:
    answer = APIClient().post("/api/v1/guests/", {"email": email}, format="json")
    assert (answer.status_code, answer.json()["email"]) == (201, email.lower())
    return with_token(answer.json()["guest_token"])


def with_token(token: str) -> APIClient:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return api


def send(api: APIClient, path: str, body: dict, key: str = "k"):
    return api.post(f"/api/v1/{path}/", body, format="json", headers={"Idempotency-Key": key})


def bought_by(api: APIClient, show, seat: str) -> dict:
    held = send(api, "holds", {"inventory": show.pk, "seats": [seat]}, key=f"hold {seat}")
    assert held.status_code == 201, held.content
    paid = send(api, "payments", {"order": held.json()["order"], "card": CARD}, key=f"pay {seat}")
    assert paid.status_code == 201, paid.content
    return paid.json()["order"]


def test_a_guest_buys_looks_gives_back_and_is_seen_by_nobody_else(show):
    guest = a_guest("Ada@example.com")
    order = bought_by(guest, show, "A-1")
    address = f"/api/v1/orders/{order['id']}/"
    assert guest.get(address).json()["status"] == "CONFIRMED"
    assert len(guest.get(f"{address}tickets/").json()) == 1
    assert guest.get(f"{address}tickets.pdf").status_code == 200
    assert [each["id"] for each in guest.get("/api/v1/orders/").json()["results"]] == [order["id"]]
    for other in (a_guest(), with_token("tsg_made.up.token")):
        assert other.get(address).status_code in (401, 404)
    assert send(guest, f"orders/{order['id']}/cancel", {}).json()["order"]["status"] == "CANCELLED"


def test_a_hold_whose_answer_was_lost_is_the_guests_under_the_same_key(show):
    guest = a_guest()
    first, again = (send(guest, "holds", {"inventory": show.pk, "seats": ["A-1"]}) for _ in range(2))
    assert first.json()["order"] == again.json()["order"]


def test_a_guest_waits_in_a_list_once_however_often_it_is_asked(show):
    guest = a_guest()
    wish = {"inventory": show.pk, "count": 2}
    first, again = (send(guest, "waiting-list", wish) for _ in range(2))
    assert (first.status_code, again.json()) == (201, first.json())
    refused(send(guest, "waiting-list", wish, key="another"), 409, "already-waiting")
    [entry] = guest.get("/api/v1/waiting-list/").json()
    assert guest.delete(f"/api/v1/waiting-list/{entry['id']}/").status_code == 204


def test_a_guest_is_in_the_line_of_a_waiting_room_and_so_is_an_account(show):
    a_room(show, opens_in=timedelta(minutes=5))
    for api in (a_guest(), as_account()):
        refused(send(api, "holds", {"inventory": show.pk, "seats": ["A-1"]}), 409, "not-your-turn")
        here = api.get(f"/api/v1/waiting-rooms/{show.pk}/")
        assert here.status_code == 200, here.content
        assert here.json()["proof"]["challenge"]


def as_account() -> APIClient:
    return with_token(issue_tokens(user=a_customer()).access)


def test_the_way_back_from_the_bank_lets_the_guest_in(show, client):
    guest = a_guest()
    held = send(guest, "holds", {"inventory": show.pk, "seats": ["A-1"]}).json()
    card = {**CARD, "number": "4000000000001000"}
    waits = send(guest, "payments", {"order": held["order"], "card": card}, key="p")
    assert (waits.status_code, waits.json()["status"]) == (202, "REQUIRES_ACTION")
    reference = Order.objects.get().reference
    approved = client.post(waits.json()["action_url"].partition("testserver")[2], {"answer": "yes"}, follow=True)
    assert [hop for hop, _ in approved.redirect_chain if f"/pay/{reference}/waiting/" in hop]
    assert Order.objects.get().status == Order.Status.CONFIRMED
    assert guest.get(f"/api/v1/payments/{waits.json()['id']}/").json()["status"] == "CAPTURED"


def test_what_is_for_accounts_is_refused_to_guests_with_the_reason():
    guest = a_guest()
    for path in ("me/", "me/devices/", "me/passengers/", "me/erasure/"):
        refused(guest.get(f"/api/v1/{path}"), 403, "account-needed")
    assert guest.get("/api/v1/check-ins/", {"inventory": "x"}).status_code == 403


def test_an_account_with_the_address_takes_over_and_the_token_ends(show):
    guest = a_guest()
    order = bought_by(guest, show, "A-1")
    person = User.objects.create_user(EMAIL, "correct horse battery")
    vouch_for(person=person)
    assert adopt_guests(person=person) == 1
    assert Order.objects.get(pk=order["id"]).customer == person
    refused(guest.get("/api/v1/orders/"), 401, "authentication-failed")


def test_guests_who_never_bought_are_forgotten_after_a_while_and_others_are_not(show):
    buyer, waiter, idle = a_guest(), a_guest(), a_guest()
    bought_by(buyer, show, "A-1")
    send(waiter, "waiting-list", {"inventory": show.pk, "count": 1})
    now = timezone.now()
    assert forget_unused_guests(now=now, limit=10) == 0
    # Those who stay do not use the limit up, although they came first.
    assert forget_unused_guests(now=now + UNUSED_FOR, limit=1) == 1
    assert [api.get("/api/v1/orders/").status_code for api in (buyer, waiter, idle)] == [200, 200, 401]


def test_making_up_guests_is_slowed(monkeypatch):
    monkeypatch.setattr(GuestThrottle, "rate", "2/min", raising=False)
    answers = [APIClient().post("/api/v1/guests/", {"email": EMAIL}, format="json") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert APIClient().post("/api/v1/guests/", {"email": "nobody"}, format="json").status_code in (400, 429)
