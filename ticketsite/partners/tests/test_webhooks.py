"""What partners are told: each step of the orders they follow, signed, until it arrives; and nobody else's."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from uuid import UUID

import pytest
from django.core import mail as mailbox
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from booking.models import OrderEvent
from booking.tests.selling import a_customer, a_performance_on_sale
from booking.tests.test_outbox import refusing
from payments.models import Finding
from ticketsite.partners.agreements import agree, withdraw
from ticketsite.partners.keys import approve_partner, become_partner, make_key
from ticketsite.partners.models import UntoldStep, WebhookDelivery, WebhookEndpoint, WebhookMessage
from ticketsite.partners.tests.receiving import is_signed, receiving
from ticketsite.partners.tests.test_keys import buy, person, program, refused
from ticketsite.partners.webhooks import outbox
from ticketsite.partners.webhooks.delivering import MAX_ATTEMPTS, PAUSES, deliver_due, send_due_notices
from ticketsite.partners.webhooks.outbox import MESSAGES_ARE_KEPT, forget_old_messages, tell_again, tell_of_steps

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

S = WebhookDelivery.State


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def partner():
    partner = become_partner(account=a_customer(), name="Reise AG")
    approve_partner(partner=partner, now=timezone.now())
    partner.refresh_from_db()
    return partner


@pytest.fixture
def sandbox(partner) -> APIClient:
    return program(make_key(partner=partner, label="Test", is_sandbox=True).secret)


def listen(partner, url: str, *, sandbox: bool = True) -> dict:
    added = person(partner.account).post("/api/v1/webhook-endpoints/", {"url": url, "sandbox": sandbox}, format="json")
    assert added.status_code == 201, added.content
    return added.json()


def work(after: timedelta = timedelta(0)) -> int:
    """What the worker does within a second or so."""
    now = timezone.now() + after
    tell_of_steps(now=now, limit=100)
    return sum(deliver_due(now=now, limit=10) for _ in range(3))


def test_each_step_of_an_order_is_told_signed_and_numbered(partner, sandbox, receiver):
    secret = listen(partner, receiver.url)["secret"]
    order = buy(sandbox, a_performance_on_sale(), "A-1")["order"]
    sandbox.post(f"/api/v1/orders/{order['id']}/cancel/", {}, format="json")
    work()
    told = sorted(receiver.told, key=lambda message: message["data"]["number"])
    assert [message["data"]["number"] for message in told] == list(range(1, len(told) + 1))
    kinds = [message["type"] for message in told]
    assert (kinds[0], kinds[-1]) == ("order.held", "order.cancelled")
    assert "order.confirmed" in kinds
    assert all(message["data"]["order"]["id"] == order["id"] and message["sandbox"] for message in told)
    assert all(is_signed(headers, body, secret) for headers, body in receiver.requests)
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == len(told)
    headers, body = receiver.requests[0]
    assert not is_signed(headers, body + b" ", secret)
    assert work() == 0


def test_a_secret_that_is_replaced_is_good_for_another_day(partner, receiver):
    first = listen(partner, receiver.url)
    client, address = person(partner.account), f"/api/v1/webhook-endpoints/{first['id']}"
    second = client.post(f"{address}/secret/").json()["secret"]
    client.post(f"{address}/test/")
    client.post(f"{address}/test/")
    deliver_due(now=timezone.now(), limit=10)
    headers, body = receiver.requests[0]
    assert is_signed(headers, body, first["secret"])
    assert is_signed(headers, body, second)
    receiver.requests.clear()
    client.post(f"{address}/test/")
    deliver_due(now=timezone.now() + timedelta(days=1, seconds=1), limit=10)
    headers, body = receiver.requests[0]
    assert not is_signed(headers, body, first["secret"])
    assert is_signed(headers, body, second)
    kept = WebhookEndpoint.objects.get().secret
    assert second not in kept


def test_what_does_not_arrive_is_tried_for_three_days_then_the_partner_hears_of_it(partner, receiver):
    endpoint = listen(partner, receiver.url)
    receiver.answer = 500
    person(partner.account).post(f"/api/v1/webhook-endpoints/{endpoint['id']}/test/")
    now, pauses = timezone.now(), []
    for _ in range(MAX_ATTEMPTS):
        deliver_due(now=now, limit=10)
        delivery = WebhookDelivery.objects.get()
        pauses.append(delivery.due_at - now)
        now = delivery.due_at
    assert len(receiver.requests) == MAX_ATTEMPTS
    assert len({headers["webhook-id"] for headers, _ in receiver.requests}) == 1
    for pause, meant in zip(pauses, PAUSES, strict=False):
        assert 0.9 * meant <= pause <= 1.1 * meant
    assert (delivery.state, delivery.status, delivery.error) == (S.GIVEN_UP, 500, "Answered 500.")
    assert WebhookEndpoint.objects.get().disabled_at is not None
    assert send_due_notices(now=now, limit=10) == 1
    assert mailbox.outbox[0].to == [partner.account.email]
    assert receiver.url in mailbox.outbox[0].body
    assert send_due_notices(now=now, limit=10) == 0


def test_a_partner_whose_mail_is_refused_keeps_no_other_from_being_told(monkeypatch):
    now, addresses = timezone.now(), ["https://one.example/", "https://two.example/"]
    for number, address in enumerate(addresses):
        partner = become_partner(account=a_customer(f"{number}@example.com"), name=address)
        WebhookEndpoint.objects.create(
            partner=partner, url=address, is_sandbox=True, disabled_at=now + timedelta(seconds=number), notice_due=True
        )
    refusing(monkeypatch, SMTPRecipientsRefused({"0@example.com": (550, b"no such user")}), names=addresses[0])
    assert send_due_notices(now=now, limit=10) == 1
    assert [message.to for message in mailbox.outbox] == [["1@example.com"]]
    assert send_due_notices(now=now, limit=10) == 0


def test_an_address_that_is_gone_is_disabled_at_once_and_catches_up_when_enabled(partner, sandbox, receiver):
    endpoint = listen(partner, receiver.url)
    client, address = person(partner.account), f"/api/v1/webhook-endpoints/{endpoint['id']}"
    receiver.answer = 410
    client.post(f"{address}/test/")
    deliver_due(now=timezone.now(), limit=10)
    before = timezone.now()
    buy(sandbox, a_performance_on_sale(), "A-1")
    receiver.requests.clear()
    # Neither what is new, nor what was to be tried again.
    assert work(after=timedelta(hours=1)) == 0
    assert receiver.requests == []
    refused(client.post(f"{address}/test/"), 409, "endpoint-disabled")
    receiver.answer = 204
    assert client.post(f"{address}/enable/").json()["disabled_at"] is None
    replayed = sandbox.post(f"{address}/replay/", {"since": before.isoformat()}, format="json")
    assert replayed.status_code == 202
    work()
    assert replayed.json()["count"] == len(receiver.requests) == WebhookMessage.objects.exclude(order=None).count()
    assert "order.confirmed" in [message["type"] for message in receiver.told]


def test_one_delivery_is_sent_once_more_with_the_same_id(partner, receiver):
    endpoint = listen(partner, receiver.url)
    client = person(partner.account)
    sent = client.post(f"/api/v1/webhook-endpoints/{endpoint['id']}/test/").json()
    deliver_due(now=timezone.now(), limit=10)
    listed = client.get("/api/v1/webhook-deliveries/", {"state": "delivered"}).json()["results"]
    assert [delivery["id"] for delivery in listed] == [sent["id"]]
    for filtered in ("order", "endpoint", "state"):
        assert client.get("/api/v1/webhook-deliveries/", {filtered: ""}).status_code == 400, filtered
    again = client.post(f"/api/v1/webhook-deliveries/{sent['id']}/replay/")
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    deliver_due(now=timezone.now(), limit=10)
    ids = [headers["webhook-id"] for headers, _ in receiver.requests]
    assert ids == [sent["webhook_id"]] * 2
    other = become_partner(account=a_customer(), name="Other")
    for path in (f"webhook-deliveries/{sent['id']}", f"webhook-endpoints/{endpoint['id']}"):
        refused(person(other.account).get(f"/api/v1/{path}/"), 404, "not-found")


def test_a_customer_who_agreed_is_followed_until_they_withdraw(partner, receiver):
    listen(partner, receiver.url, sandbox=False)
    ada, bob, inventory = a_customer(), a_customer(), a_performance_on_sale()
    assert person(ada).put(f"/api/v1/agreements/{partner.pk}/").json()["name"] == "Reise AG"
    agree(customer=bob, partner=partner)
    withdraw(customer=bob, partner_id=partner.pk)
    mine = buy(person(ada), inventory, "A-1")["order"]["id"]
    buy(person(bob), inventory, "A-2")
    work()
    assert {message["data"]["order"]["id"] for message in receiver.told} == {mine}
    assert person(ada).delete(f"/api/v1/agreements/{partner.pk}/").status_code == 204
    receiver.requests.clear()
    buy(person(ada), inventory, "A-3")
    work()
    assert receiver.requests == []


@pytest.fixture
def broken(monkeypatch):
    """Orders of whose steps no message can be made."""
    orders: set[str] = set()
    write = outbox._write_messages

    def write_all_but_those(event, *args):
        if str(event.order_id) in orders:
            raise RuntimeError("broken")
        write(event, *args)

    monkeypatch.setattr(outbox, "_write_messages", write_all_but_those)
    return orders


def told_of(receiver) -> set[str]:
    return {message["data"]["order"]["id"] for message in receiver.told}


def test_a_step_that_cannot_be_told_keeps_no_other_waiting(partner, sandbox, receiver, broken):
    listen(partner, receiver.url)
    inventory = a_performance_on_sale()
    bad, well = (buy(sandbox, inventory, seat)["order"]["id"] for seat in ("A-1", "A-2"))
    broken.add(bad)
    tell_of_steps(now=timezone.now(), limit=100)
    assert not OrderEvent.objects.filter(told=False).exists(), "they stay at the head, where they are all that is read"
    work()
    assert told_of(receiver) == {well}
    broken.clear()
    assert tell_again(now=timezone.now(), limit=100) == 0, "it is not its time yet"
    steps = UntoldStep.objects.count()
    assert tell_again(now=timezone.now() + outbox.PAUSES[0], limit=100) == steps > 0
    assert not UntoldStep.objects.exists()
    work(after=outbox.PAUSES[0])
    assert told_of(receiver) == {well, bad}
    numbers = [message["data"]["number"] for message in receiver.told if message["data"]["order"]["id"] == bad]
    assert sorted(numbers) == list(range(1, steps + 1))


def test_a_step_that_can_never_be_told_is_left_to_people_and_told_when_they_say_so(
    partner, sandbox, receiver, broken, client
):
    listen(partner, receiver.url)
    bad = buy(sandbox, a_performance_on_sale(), "A-1")["order"]["id"]
    broken.add(bad)
    now = timezone.now()
    tell_of_steps(now=now, limit=100)
    for pause in outbox.PAUSES:
        now += pause
        assert tell_again(now=now, limit=100) == 0
    assert set(UntoldStep.objects.values_list("attempts", "due_at", "error")) == {(4, None, "RuntimeError: broken")}
    assert {finding.order_id for finding in Finding.objects.all()} == {UUID(bad)}
    broken.clear()
    assert tell_again(now=now + timedelta(days=9), limit=100) == 0
    client.force_login(User.objects.create_superuser("boss@example.com", "secret-of-the-boss"))
    steps = list(UntoldStep.objects.values_list("pk", flat=True))
    client.post(reverse("admin:partners_untoldstep_changelist"), {"action": "tell", "_selected_action": steps})
    assert tell_again(now=timezone.now(), limit=100) == len(steps) > 0
    work()
    assert told_of(receiver) == {bad}


def test_an_unapproved_partner_cannot_be_agreed_with():
    stranger = become_partner(account=a_customer(), name="Whoever")
    refused(person(a_customer()).put(f"/api/v1/agreements/{stranger.pk}/"), 404, "not-found")


def test_real_orders_are_not_told_to_addresses_of_the_sandbox(partner, receiver):
    listen(partner, receiver.url, sandbox=True)
    buy(program(make_key(partner=partner, label="Shop", is_sandbox=False).secret), a_performance_on_sale(), "A-1")
    work()
    assert receiver.requests == []
    assert WebhookMessage.objects.filter(is_sandbox=False).exists()


def test_old_messages_are_forgotten(partner, receiver):
    endpoint = listen(partner, receiver.url)
    person(partner.account).post(f"/api/v1/webhook-endpoints/{endpoint['id']}/test/")
    assert forget_old_messages(now=timezone.now(), limit=10) == 0
    assert forget_old_messages(now=timezone.now() + MESSAGES_ARE_KEPT + timedelta(seconds=1), limit=10) == 1
    assert WebhookDelivery.objects.count() == 0
