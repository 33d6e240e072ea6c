"""Webhooks that come late, twice, in the wrong order, forged or never: the payment ends as the gateway's books say."""

import json
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from booking import seatstore
from booking.models import Order
from booking.tests.selling import a_held_order
from payments import webhooks
from payments.cards import Card
from payments.gateways import GatewayUnavailable, sandbox
from payments.gateways.sandbox import send_webhooks, sending
from payments.gateways.sandbox.signing import HEADER, TOLERANCE_S, signature
from payments.methods import Upi
from payments.models import Payment, SandboxCharge, SandboxWebhook, WebhookEvent
from payments.services import pay_order
from payments.tests.paying import GOOD, assert_ticket_or_money_back, crashing_before

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

LATE, TWICE, OUT_OF_ORDER, NEVER = ("4000000000003006", "4000000000004004", "4000000000005001", "4000000000006009")


@pytest.fixture
def site(live_server, settings):
    """The sandbox sends its webhooks to this site, by HTTP."""
    settings.SITE_ADDRESS = live_server.url
    return live_server


def waiting_payment(method: Card | Upi) -> Payment:
    return pay_order(order=a_held_order(), method=method, request_id="p1")


def card(number: str) -> Card:
    return Card(number, 12, GOOD.exp_year, "123")


def time_passes(seconds: float = 3600) -> int:
    """The bank has decided, and the worker sends what is due until nothing is. How much arrived."""
    SandboxCharge.objects.exclude(decides_at=None).update(decides_at=timezone.now())
    now, arrived = timezone.now() + timedelta(seconds=seconds), 0
    while sent := send_webhooks(now=now, limit=100):
        arrived += sent
        now += timedelta(hours=1)
    return arrived


def event_body(payment: Payment, **changes: str) -> bytes:
    reference = payment.gateway_reference
    event = {"id": "sbe_1", "kind": "charge.authorised", "key": payment.authorisation_key, "reference": reference}
    return json.dumps({**event, **changes}).encode()


def post(client, body: bytes, header: str | None = None, gateway: str = "sandbox"):
    header = signature(body, at_s=int(time.time())) if header is None else header
    return client.post(f"/pay/webhooks/{gateway}/", body, content_type="application/json", headers={HEADER: header})


def assert_paid(payment: Payment) -> None:
    payment.refresh_from_db()
    assert payment.status == Payment.Status.CAPTURED
    assert_ticket_or_money_back(payment.order)
    assert payment.order.status == Order.Status.CONFIRMED


@pytest.mark.parametrize("method", [card(LATE), Upi("late@bank"), Upi("success@bank")], ids=["card", "late", "prompt"])
def test_a_webhook_that_comes_late_brings_the_ticket(site, method):
    payment = waiting_payment(method)
    assert payment.status == Payment.Status.REQUIRES_ACTION
    assert send_webhooks(now=timezone.now(), limit=100) == 0
    assert time_passes() == 1
    assert_paid(payment)
    event = WebhookEvent.objects.get()
    assert (event.deliveries, event.attempts, event.outcome) == (1, 1, "The payment is paid.")
    assert event.handled_at is not None


def test_how_late_is_late_the_settings_say(site, settings):
    settings.SANDBOX_LATE_S = 500
    waiting_payment(card(LATE))
    assert send_webhooks(now=timezone.now() + timedelta(seconds=400), limit=100) == 0


@pytest.mark.parametrize("method", [card(TWICE), Upi("twice@bank")], ids=["card", "upi"])
def test_a_webhook_that_comes_twice_is_one_event_and_one_payment(site, method):
    payment = waiting_payment(method)
    assert time_passes() == 2
    assert_paid(payment)
    assert WebhookEvent.objects.get().deliveries == 2


def test_webhooks_in_the_wrong_order_end_as_in_the_right_one(site):
    payment = waiting_payment(card(OUT_OF_ORDER))
    assert time_passes() == 2
    assert_paid(payment)
    kinds = WebhookEvent.objects.order_by("received_at").values_list("kind", flat=True)
    assert list(kinds) == ["charge.authorised", "charge.created"]


def test_a_webhook_that_never_comes_is_not_sent(site):
    waiting_payment(card(NEVER))
    assert time_passes() == 0
    assert not SandboxWebhook.objects.exists()


def test_a_declined_payment_is_told_and_leaves_the_order_to_be_paid(site):
    payment = waiting_payment(Upi("declined@bank"))
    time_passes()
    payment.refresh_from_db()
    assert (payment.status, payment.order.status) == (Payment.Status.FAILED, Order.Status.AWAITING_PAYMENT)
    assert WebhookEvent.objects.get().outcome == "The bank declined the payment."


def test_the_second_step_at_the_bank_is_told_too(site):
    payment = waiting_payment(card("4000000000001000"))
    sandbox.answer_step(charge=sandbox.charge_at_step(reference=payment.gateway_reference), approved=True)
    assert time_passes() == 1
    assert_paid(payment)


def test_a_webhook_before_the_payment_knows_its_reference_finds_it_by_its_key(client):
    payment = waiting_payment(card(LATE))
    Payment.objects.update(status=Payment.Status.CREATED, gateway_reference="")
    SandboxCharge.objects.update(decides_at=timezone.now())
    assert post(client, event_body(payment)).status_code == 200
    assert_paid(payment)


@pytest.mark.parametrize(
    "forged",
    [
        lambda body: "",
        lambda body: "t=1,v1=" + "0" * 64,
        lambda body: signature(body + b" ", at_s=int(time.time())),
        lambda body: signature(body, at_s=int(time.time()) - TOLERANCE_S - 5),
        lambda body: signature(body, at_s=int(time.time())).replace("v1", "v0"),
    ],
    ids=["nothing", "made up", "of another body", "too old", "another scheme"],
)
def test_what_the_gateway_did_not_sign_is_not_taken(client, forged):
    payment = waiting_payment(card(LATE))
    body = event_body(payment)
    answer = post(client, body, forged(body))
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-signature")
    assert not WebhookEvent.objects.exists()


def test_what_a_webhook_claims_counts_for_nothing(client):
    """Signed, but not true: the bank has not decided."""
    payment = waiting_payment(Upi("ignored@bank"))
    assert post(client, event_body(payment)).status_code == 200
    payment.refresh_from_db()
    assert payment.status == Payment.Status.REQUIRES_ACTION


def test_an_event_about_nothing_of_ours_is_kept_and_answered(client):
    payment = waiting_payment(card(LATE))
    for number, strange in enumerate(({"key": "", "reference": ""}, {"key": "x", "reference": "sbx_0"})):
        assert post(client, event_body(payment, id=f"sbe_{number}", **strange)).status_code == 200
    assert set(WebhookEvent.objects.values_list("outcome", flat=True)) == {"It is about no payment of ours."}


def test_a_gateway_that_there_is_not_gets_no_answer(client):
    assert post(client, b"{}", gateway="nobody").status_code == 404


def test_only_posts_are_webhooks(client):
    assert client.get("/pay/webhooks/sandbox/").status_code == 405


@pytest.mark.parametrize(
    "error", [GatewayUnavailable(), seatstore.StoreUnavailable("no leader"), RuntimeError("a defect")]
)
def test_an_event_is_on_disk_before_it_is_answered_and_the_worker_handles_what_could_not_be_at_once(
    client, monkeypatch, error
):
    payment = waiting_payment(card(LATE))
    SandboxCharge.objects.update(decides_at=timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr(webhooks, "resume_payment", crashing_before(None, error))
        assert post(client, event_body(payment)).status_code == 200
    event = WebhookEvent.objects.get()
    assert (event.handled_at, event.attempts) == (None, 1)
    assert webhooks.handle_events(now=timezone.now(), limit=10) == 0
    assert webhooks.handle_events(now=timezone.now() + webhooks.GRACE, limit=10) == 1
    assert_paid(payment)


def test_an_event_is_written_before_it_is_handled_and_outside_of_any_transaction(client, monkeypatch):
    payment = waiting_payment(card(LATE))

    def look(**_):
        assert not connection.in_atomic_block
        assert WebhookEvent.objects.filter(handled_at=None).count() == 1
        return payment

    monkeypatch.setattr(webhooks, "resume_payment", look)
    post(client, event_body(payment))
    assert WebhookEvent.objects.get().handled_at is not None


def test_two_who_handle_the_same_event_do_it_once(client, monkeypatch):
    payment = waiting_payment(card(LATE))
    real = webhooks.resume_payment

    def meanwhile(**arguments):
        assert webhooks.handle_events(now=timezone.now(), limit=10) == 0
        # The other one had read it before it was taken.
        read_before = WebhookEvent.objects.get()
        read_before.due_at = read_before.received_at
        assert not webhooks.handle_event(event=read_before, now=timezone.now())
        return real(**arguments)

    monkeypatch.setattr(webhooks, "resume_payment", meanwhile)
    assert post(client, event_body(payment)).status_code == 200
    assert WebhookEvent.objects.get().attempts == 1


def test_a_site_that_does_not_answer_is_told_again_later_each_time(settings, monkeypatch):
    settings.SITE_ADDRESS = "http://127.0.0.1:1"
    waiting_payment(card(LATE))
    now, pauses = timezone.now() + timedelta(hours=1), []
    for _ in range(sending.ATTEMPTS):
        assert send_webhooks(now=now, limit=100) == 0
        due = SandboxWebhook.objects.get().due_at
        pauses.append((due - now).total_seconds())
        now = due
    assert pauses == [2.0**attempt for attempt in range(sending.ATTEMPTS)]
    assert send_webhooks(now=now + timedelta(days=1), limit=100) == 0
    assert SandboxWebhook.objects.get().attempts == sending.ATTEMPTS
