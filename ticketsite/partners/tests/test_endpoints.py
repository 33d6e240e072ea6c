"""What a partner's programs see of its addresses, and have told again: their own world's, and no more than asked."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from booking.models import Order
from booking.tests.selling import a_customer
from ticketsite.partners.keys import approve_partner, become_partner, make_key
from ticketsite.partners.models import Partner, WebhookDelivery, WebhookEndpoint, WebhookMessage
from ticketsite.partners.tests.test_keys import person, program, refused
from ticketsite.partners.webhooks import endpoints
from ticketsite.partners.webhooks.endpoints import MAX_ENDPOINTS, add_endpoint, send_test

pytestmark = pytest.mark.django_db

NOW = timezone.now()
URL = "https://hooks.example.com/"


def a_partner() -> Partner:
    partner = become_partner(account=a_customer(), name="Reise AG")
    approve_partner(partner=partner, now=NOW)
    partner.refresh_from_db()
    return partner


@pytest.fixture
def partner() -> Partner:
    return a_partner()


def an_endpoint(partner: Partner, *, sandbox: bool = True) -> WebhookEndpoint:
    return add_endpoint(partner=partner, url=URL, is_sandbox=sandbox).endpoint


def a_message(partner: Partner, *, days_ago: int = 0, sandbox: bool = True) -> WebhookMessage:
    order = Order.objects.create(customer=partner.sandbox, amount=5, currency="INR", request_id=uuid4().hex)
    at = NOW - timedelta(days=days_ago)
    return WebhookMessage.objects.create(
        partner=partner, is_sandbox=sandbox, kind="order.held", order=order, number=1, body="{}", created_at=at
    )


def told_again(endpoint: WebhookEndpoint, *, days_ago: int) -> tuple[dict, set]:
    """What is answered to who asks for all since then, and the messages that are on their way."""
    since = {"since": (NOW - timedelta(days=days_ago)).isoformat()}
    client = person(endpoint.partner.account)
    answer = client.post(f"/api/v1/webhook-endpoints/{endpoint.pk}/replay/", since, format="json")
    assert answer.status_code == 202, answer.content
    return answer.json(), set(endpoint.deliveries.values_list("message", flat=True))


def test_an_address_of_the_inside_is_not_even_written_down(partner, settings):
    settings.WEBHOOKS_INSIDE = False
    answer = person(partner.account).post("/api/v1/webhook-endpoints/", {"url": "https://10.0.0.1/"}, format="json")
    refused(answer, 400, "address-refused")
    assert not partner.endpoints.exists()


def test_there_are_not_more_addresses_than_somebody_can_watch(partner):
    for _ in range(MAX_ENDPOINTS):
        an_endpoint(partner)
    refused(person(partner.account).post("/api/v1/webhook-endpoints/", {"url": URL}, format="json"), 409, "too-many")


def test_a_key_sees_and_tells_again_what_is_of_its_own_world_alone(partner):
    tried, real = an_endpoint(partner), an_endpoint(partner, sandbox=False)
    sent = {endpoint: str(send_test(endpoint=endpoint, now=NOW).pk) for endpoint in (tried, real)}
    since = {"since": NOW.isoformat()}
    for own, others in ((tried, real), (real, tried)):
        client = program(make_key(partner=partner, label="x", is_sandbox=own.is_sandbox).secret)
        listed = client.get("/api/v1/webhook-deliveries/").json()["results"]
        assert [delivery["id"] for delivery in listed] == [sent[own]]
        assert client.get(f"/api/v1/webhook-deliveries/{sent[own]}/").status_code == 200
        refused(client.get(f"/api/v1/webhook-deliveries/{sent[others]}/"), 404, "not-found")
        refused(client.post(f"/api/v1/webhook-deliveries/{sent[others]}/replay/"), 404, "not-found")
        for endpoint, status in ((own, 202), (others, 404)):
            answer = client.post(f"/api/v1/webhook-endpoints/{endpoint.pk}/replay/", since, format="json")
            assert answer.status_code == status
    assert len(person(partner.account).get("/api/v1/webhook-deliveries/").json()["results"]) == 2


def test_told_again_is_what_is_the_partners_of_that_world_and_since_then(partner):
    endpoint, wanted = an_endpoint(partner), a_message(partner)
    a_message(partner, days_ago=3)
    a_message(partner, sandbox=False)
    a_message(a_partner())
    answer, on_their_way = told_again(endpoint, days_ago=2)
    assert (answer["count"], on_their_way) == (1, {wanted.pk})


def test_more_than_can_be_told_at_once_is_told_from_where_the_answer_says(partner, monkeypatch):
    monkeypatch.setattr(endpoints, "MOST_REPLAYED", 2)
    endpoint = an_endpoint(partner)
    oldest, older, _newest = (a_message(partner, days_ago=days) for days in (5, 4, 3))
    answer, on_their_way = told_again(endpoint, days_ago=6)
    assert (answer["count"], on_their_way) == (2, {oldest.pk, older.pk})
    assert answer["until"].startswith(f"{older.created_at:%Y-%m-%dT%H:%M:%S}")


def test_nothing_is_sent_once_more_to_an_address_that_is_disabled(partner):
    endpoint = an_endpoint(partner)
    delivery = send_test(endpoint=endpoint, now=NOW)
    WebhookEndpoint.objects.update(disabled_at=NOW)
    WebhookDelivery.objects.update(state=WebhookDelivery.State.DELIVERED)
    client = person(partner.account)
    refused(client.post(f"/api/v1/webhook-deliveries/{delivery.pk}/replay/"), 409, "endpoint-disabled")
    since = {"since": NOW.isoformat()}
    again = client.post(f"/api/v1/webhook-endpoints/{endpoint.pk}/replay/", since, format="json")
    refused(again, 409, "endpoint-disabled")
    assert not WebhookDelivery.objects.filter(state=WebhookDelivery.State.WAITING).exists()
