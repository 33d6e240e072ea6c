"""Keys of programs: shown once, kept as digests, revoked at once, and opening no more than buying."""

import pytest
from django.core.cache import caches
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import KeptAnswer, User
from booking.models import Inventory, Order
from booking.tests.selling import a_customer, a_performance_on_sale
from payments.models import Payment
from ticketsite.partners.authentication import OPEN_TO_KEYS
from ticketsite.partners.keys import MAX_KEYS, approve_partner, become_partner, make_key, revoke_key
from ticketsite.partners.models import ApiKey, Partner
from ticketsite.partners.throttles import KeyThrottle, PersonThrottle

pytestmark = pytest.mark.django_db

CARD = {"number": "4242424242424242", "exp_month": 12, "exp_year": timezone.now().year + 2, "cvc": "123"}


def person(user: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def program(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


@pytest.fixture
def partner() -> Partner:
    return become_partner(account=a_customer(), name="Reise AG")


@pytest.fixture
def sandbox(partner) -> APIClient:
    return program(make_key(partner=partner, label="Test", is_sandbox=True).secret)


@pytest.fixture
def live(partner) -> APIClient:
    approve_partner(partner=partner, now=timezone.now())
    partner.refresh_from_db()
    return program(make_key(partner=partner, label="Shop", is_sandbox=False).secret)


def buy(client: APIClient, inventory: Inventory, seat: str) -> dict:
    held = client.post("/api/v1/holds/", {"inventory": inventory.pk, "seats": [seat]}, format="json")
    assert held.status_code == 201, held.content
    paid = client.post("/api/v1/payments/", {"order": held.json()["order"], "card": CARD}, format="json")
    assert paid.status_code == 201, paid.content
    return paid.json()


def refused(answer, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.content


def test_an_account_becomes_a_partner_and_makes_a_key_that_is_shown_once():
    client = person(a_customer())
    refused(client.get("/api/v1/api-keys/"), 403, "not-a-partner")
    made = client.post("/api/v1/partner/", {"name": "Reise AG"}, format="json")
    assert (made.status_code, made.json()["approved_at"]) == (201, None)
    refused(client.post("/api/v1/partner/", {"name": "Again"}, format="json"), 409, "already-a-partner")
    new = client.post("/api/v1/api-keys/", {"label": "Laptop"}, format="json").json()
    assert new["key"].startswith(new["prefix"])
    assert new["prefix"].startswith("tsk_test_")
    listed = client.get("/api/v1/api-keys/").json()
    assert [(key["label"], key["prefix"]) for key in listed] == [("Laptop", new["prefix"])]
    kept = {str(value) for value in ApiKey.objects.values().get().values()}
    assert not any(new["key"] in value for value in kept)
    assert program(new["key"]).get("/api/v1/partner/").json()["id"] == made.json()["id"]


def test_the_same_request_for_a_key_makes_one_and_is_answered_with_it_again(partner):
    def ask(label: str):
        wanted = {"label": label}
        return person(partner.account).post("/api/v1/api-keys/", wanted, "json", headers={"Idempotency-Key": "k1"})

    first, again = ask("Laptop"), ask("Laptop")
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Cache-Control"] == "no-store"
    assert partner.keys.count() == 1
    refused(ask("Phone"), 422, "idempotency-conflict")
    assert first.json()["key"] not in str(KeptAnswer.objects.values().get())


def test_a_key_for_real_money_takes_somebody_who_approves(partner):
    client = person(partner.account)
    wanted = {"label": "Shop", "sandbox": False}
    refused(client.post("/api/v1/api-keys/", wanted, format="json"), 403, "not-approved")
    approve_partner(partner=partner, now=timezone.now())
    assert client.post("/api/v1/api-keys/", wanted, format="json").json()["key"].startswith("tsk_live_")


def test_a_revoked_key_opens_nothing_from_that_moment_on(partner):
    key = make_key(partner=partner, label="Lost", is_sandbox=True)
    client = program(key.secret)
    assert client.get("/api/v1/orders/").status_code == 200
    assert ApiKey.objects.get().last_used_at is not None
    assert person(partner.account).delete(f"/api/v1/api-keys/{key.row.pk}/").status_code == 204
    refused(client.get("/api/v1/orders/"), 401, "authentication-failed")


def test_a_key_ends_with_its_account(partner, sandbox):
    User.objects.filter(pk=partner.account_id).update(is_active=False)
    refused(sandbox.get("/api/v1/orders/"), 401, "authentication-failed")


def test_a_key_that_asks_too_often_stops_neither_another_nor_its_account(partner, sandbox, monkeypatch):
    caches["throttles"].clear()
    for throttle in (KeyThrottle, PersonThrottle):
        monkeypatch.setattr(throttle, "rate", "2/min", raising=False)
        monkeypatch.setattr(throttle, "timer", lambda _: 1_000.0)
    other = program(make_key(partner=partner, label="Other", is_sandbox=True).secret)
    for client in (sandbox, other, person(partner.account)):
        assert [client.get("/api/v1/orders/").status_code for _ in range(3)] == [200, 200, 429]
    answer = sandbox.get("/api/v1/orders/")
    refused(answer, 429, "throttled")
    assert answer["Retry-After"] == "20"


def test_there_are_not_more_keys_than_somebody_can_watch(partner):
    for number in range(MAX_KEYS):
        make_key(partner=partner, label=str(number), is_sandbox=True)
    client = person(partner.account)
    refused(client.post("/api/v1/api-keys/", {"label": "x"}, format="json"), 409, "too-many")
    revoke_key(key=partner.keys.first(), now=timezone.now())
    assert client.post("/api/v1/api-keys/", {"label": "x"}, format="json").status_code == 201


def test_nobody_revokes_the_key_of_another_partner(partner):
    key = make_key(partner=partner, label="Mine", is_sandbox=True)
    other = become_partner(account=a_customer(), name="Other")
    refused(person(other.account).delete(f"/api/v1/api-keys/{key.row.pk}/"), 404, "not-found")
    assert ApiKey.objects.get(pk=key.row.pk).revoked_at is None


def test_a_key_opens_buying_and_nothing_that_a_person_decides(live, sandbox, partner):
    for closed in ("me", "api-keys", "webhook-endpoints", "agreements"):
        refused(live.get(f"/api/v1/{closed}/"), 403, "not-for-keys")
    refused(sandbox.post("/api/v1/partner/", {"name": "Of a sandbox"}, format="json"), 403, "not-for-keys")
    User.objects.filter(pk=partner.account_id).update(is_staff=True, is_superuser=True)
    refused(live.get("/api/v1/check-ins/?inventory=x"), 403, "not-for-keys")


def test_what_is_open_to_keys_exists():
    schema = APIClient().get("/api/v1/schema/", {"format": "json"}).json()
    described = {path.removeprefix("/api/v1/"): operations for path, operations in schema["paths"].items()}
    assert described.keys() >= OPEN_TO_KEYS
    said = {
        path
        for path, operations in described.items()
        if any({"apiKey": []} in operation.get("security", []) for operation in operations.values())
    }
    assert said == OPEN_TO_KEYS


@pytest.mark.usefixtures("seat_store")
def test_the_sandbox_and_the_real_account_do_not_see_each_other(sandbox, live, partner):
    inventory = a_performance_on_sale()
    tried, bought = buy(sandbox, inventory, "A-1"), buy(live, inventory, "A-2")
    for client, own, others in ((sandbox, tried, bought), (live, bought, tried)):
        assert [order["id"] for order in client.get("/api/v1/orders/").json()["results"]] == [own["order"]["id"]]
        assert [payment["id"] for payment in client.get("/api/v1/payments/").json()["results"]] == [own["id"]]
        assert client.get(f"/api/v1/orders/{others['order']['id']}/").status_code == 404
    assert Order.objects.get(pk=bought["order"]["id"]).customer == partner.account


@pytest.mark.usefixtures("seat_store")
def test_where_money_is_real_a_sandbox_key_buys_only_what_is_for_trying(sandbox, settings):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = "sk_live_x", "whsec_x"
    real, trial = a_performance_on_sale(), a_performance_on_sale()
    Inventory.objects.filter(pk=trial.pk).update(for_trying=True)
    wanted = {"inventory": real.pk, "seats": ["A-1"]}
    refused(sandbox.post("/api/v1/holds/", wanted, format="json"), 409, "not-for-trying")
    buy(sandbox, trial, "A-1")
    assert Payment.objects.get().gateway == "sandbox"
    somebody = person(a_customer())
    wanted = {"inventory": trial.pk, "seats": ["A-2"]}
    refused(somebody.post("/api/v1/holds/", wanted, format="json"), 409, "for-trying-only")
