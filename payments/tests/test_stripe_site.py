"""The site with Stripe as its gateway: paid on its page, told by its webhooks, asked by the worker, paid back."""

import runpy
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site_settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.tokens import issue_tokens
from booking.models import Order
from booking.tests.selling import a_held_order
from payments import gateways
from payments.gateways import GatewayUnavailable
from payments.gateways.stripe import StripeGateway
from payments.methods import Hosted, MethodNotTaken
from payments.models import Payment, WebhookEvent
from payments.services import cancel_order, follow_waiting, give_up_payment, pay_order, resume_payment
from payments.tests.paying import GOOD, settle
from payments.tests.stripe_stand_in import SECRET_KEY, WEBHOOK_SECRET, StripeStandIn

SHOP = "https://shop.example/pay/ABC/waiting/"


@pytest.fixture
def stripe():
    with StripeStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def order(seat_store, stripe, settings, monkeypatch, db):
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = SECRET_KEY, WEBHOOK_SECRET
    gateway = StripeGateway(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, address=stripe.address)
    monkeypatch.setattr(gateways, "_stripe", lambda *_: gateway)
    return a_held_order()


def pay(order, request_id="p1"):
    return pay_order(order=order, method=Hosted(), request_id=request_id, return_url=SHOP)


def look(payment):
    return resume_payment(payment=Payment.objects.get(pk=payment.pk), now=timezone.now())


def test_stripe_takes_the_money_only_where_it_is_configured(settings):
    assert gateways.current().name == "sandbox"
    with pytest.raises(KeyError):
        gateways.named("stripe")
    settings.STRIPE_SECRET_KEY, settings.STRIPE_WEBHOOK_SECRET = SECRET_KEY, WEBHOOK_SECRET
    assert gateways.current().name == "stripe"
    assert gateways.named("sandbox").name == "sandbox"


def test_an_order_is_paid_on_stripes_page_and_partly_paid_back(order, stripe):
    payment = pay(order)
    assert (payment.status, payment.gateway) == (Payment.Status.REQUIRES_ACTION, "stripe")
    assert look(payment).status == Payment.Status.REQUIRES_ACTION
    stripe.customer_pays(payment.gateway_reference)
    paid = look(payment)
    assert (paid.status, paid.paid_with) == (Payment.Status.CAPTURED, "Visa ending 4242")
    assert stripe.intents[stripe.sessions[payment.gateway_reference]["payment_intent"]]["status"] == "succeeded"
    order.refresh_from_db()
    assert order.status == Order.Status.CONFIRMED
    cancel_order(order=order, seats=["B-1"], request_id="c1")
    assert [refund["amount"] for refund in stripe.refunds] == [30_000]


def test_a_webhook_of_stripes_brings_the_ticket(order, stripe, client):
    payment = pay(order)
    body, headers = stripe.event("checkout.session.completed", stripe.sessions[payment.gateway_reference])
    stripe.customer_pays(payment.gateway_reference)
    for _ in range(2):
        answer = client.post("/pay/webhooks/stripe/", body, content_type="application/json", headers=headers)
        assert answer.status_code == 200
    order.refresh_from_db()
    assert order.status == Order.Status.CONFIRMED
    assert WebhookEvent.objects.get().deliveries == 2


def test_the_worker_asks_stripe_where_no_webhook_comes(order, stripe):
    payment = pay(order)
    stripe.customer_pays(payment.gateway_reference)
    assert follow_waiting(now=timezone.now() + timedelta(minutes=1), limit=10) == 1
    order.refresh_from_db()
    assert order.status == Order.Status.CONFIRMED


def test_a_customer_who_comes_back_unpaid_may_begin_again(order, stripe):
    payment = pay(order)
    assert give_up_payment(payment=payment, now=timezone.now()).status == Payment.Status.FAILED
    assert stripe.sessions[payment.gateway_reference]["status"] == "expired"
    again = pay(Order.objects.get(pk=order.pk), "p2")
    stripe.customer_pays(again.gateway_reference)
    assert look(again).status == Payment.Status.CAPTURED


def test_an_answer_of_stripes_that_was_lost_leaves_nothing_behind(order, stripe):
    stripe.goes_wrong = ["answer lost", "answer lost"]
    with pytest.raises(GatewayUnavailable):
        pay(order)
    assert settle() == 1
    assert Payment.objects.get().status == Payment.Status.FAILED
    assert pay(Order.objects.get(pk=order.pk), "p2").status == Payment.Status.REQUIRES_ACTION


def test_the_page_to_pay_has_no_field_for_a_card_and_leads_to_stripe(order, stripe, client):
    client.force_login(order.customer)
    page = client.get(f"/pay/{order.reference}/").content.decode()
    assert 'name="number"' not in page
    assert "Continue to pay" in page
    form = {"with": "hosted", "attempt": "5f4d6f0e-7f0c-4a5e-9d53-0c8f5a1f4b11"}
    waiting = client.post(f"/pay/{order.reference}/", form, follow=True).content.decode()
    assert f'href="{stripe.address}/pay/' in waiting


def test_a_card_sent_by_a_program_is_refused_before_it_goes_anywhere(order, stripe):
    with pytest.raises(MethodNotTaken):
        pay_order(order=order, method=GOOD, request_id="p1")
    assert not stripe.asked
    assert not Payment.objects.exists()


def test_a_program_that_wants_dearer_seats_is_led_to_stripes_page_for_the_difference(order, stripe):
    payment = pay(order)
    stripe.customer_pays(payment.gateway_reference)
    look(payment)
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=order.customer).access}")
    wanted = {"part": 1, "inventory": order.parts.get().inventory_id, "seats": ["A-2", "A-3"]}
    waits = api.post(f"/api/v1/orders/{order.pk}/exchanges/", wanted, format="json")
    assert (waits.status_code, waits.json()["status"]) == (202, "CREATED"), waits.json()
    assert api.get(f"/api/v1/payments/{waits.json()['payment']}/").json()["action_url"].startswith(stripe.address)


def test_a_sandbox_key_is_told_how_the_sandbox_is_paid_where_others_pay_by_stripe(order):
    api = APIClient()
    assert api.get("/api/v1/payment-methods/").json() == {"taken": ["hosted"]}
    api.force_authenticate(User.objects.create_user("sandbox-1@sandbox.invalid", is_sandbox=True))
    assert api.get("/api/v1/payment-methods/").json() == {"taken": ["card", "upi"]}


def test_half_a_configuration_is_none(monkeypatch):
    monkeypatch.setenv("STRIPE_SECRET_KEY", SECRET_KEY)
    monkeypatch.delenv("STRIPE_WEBHOOK_SECRET", raising=False)
    with pytest.raises(ImproperlyConfigured, match="Set both"):
        runpy.run_path(str(Path(site_settings.BASE_DIR, "ticketsite", "settings.py")))
