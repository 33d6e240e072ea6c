"""Stripe, over real HTTP to a stand-in: sessions on its page, captured by hand, asked about, told by webhooks."""

from datetime import timedelta

import pytest
from django.utils import timezone
from moneyed import Money

from payments.gateways import (
    ActionRequired,
    BadSignature,
    ChargeState,
    Declined,
    Done,
    GatewayUnavailable,
    Refused,
)
from payments.gateways.minor_units import from_minor, to_minor
from payments.gateways.stripe import StripeGateway
from payments.methods import Hosted, MethodNotTaken, Upi
from payments.tests.paying import GOOD
from payments.tests.stripe_stand_in import SECRET_KEY, WEBHOOK_SECRET, StripeStandIn

SHOP = "https://shop.example/pay/ABC/waiting/"


@pytest.fixture
def stripe():
    with StripeStandIn() as stand_in:
        yield stand_in


@pytest.fixture
def gateway(stripe):
    return StripeGateway(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, address=stripe.address)


PRICE = Money("800.00", "INR")


def authorise(gateway, key="k1", price=PRICE):
    return gateway.authorise(key=key, price=price, method=Hosted(), return_url=SHOP)


def reserved(gateway, stripe) -> str:
    reference = authorise(gateway).reference
    stripe.customer_pays(reference)
    return reference


def test_the_customer_is_sent_to_stripes_page_and_no_card_is_asked_for_here(gateway, stripe):
    answer = authorise(gateway)
    assert isinstance(answer, ActionRequired)
    assert answer.url.startswith(stripe.address)
    assert stripe.sessions[answer.reference]["amount_total"] == 80_000
    for method in (GOOD, Upi("a@bank")):
        with pytest.raises(MethodNotTaken):
            gateway.check(method, today=timezone.now().date())
    gateway.check(Hosted(), today=timezone.now().date())


def test_a_key_makes_one_session_however_often_it_comes(gateway, stripe):
    assert authorise(gateway) == authorise(gateway)
    assert len(stripe.sessions) == 1
    assert isinstance(authorise(gateway, price=Money(1, "INR")), Declined)


def test_what_stripe_knows_of_a_charge_follows_the_customer(gateway, stripe):
    reference = authorise(gateway).reference
    states = [gateway.find(reference=reference).state]
    stripe.customer_is_declined(reference)
    states.append(gateway.find(reference=reference).state)
    stripe.customer_pays(reference)
    states.append(gateway.find(reference=reference).state)
    gateway.capture(key="c1", reference=reference)
    states.append(gateway.find(reference=reference).state)
    assert states == [
        ChargeState.ACTION_REQUIRED,
        ChargeState.ACTION_REQUIRED,
        ChargeState.AUTHORISED,
        ChargeState.CAPTURED,
    ]


def test_a_charge_is_found_by_reference_and_by_key_with_card_and_amounts(gateway, stripe):
    reference = reserved(gateway, stripe)
    gateway.capture(key="c1", reference=reference)
    gateway.refund(key="r1", reference=reference, price=Money(300, "INR"))
    charge = gateway.find(key="k1")
    assert charge == gateway.find(reference=reference)
    assert (charge.price, charge.refunded) == (Money(800, "INR"), Money(300, "INR"))
    kept = charge.kept
    assert (kept.method, kept.card_brand, kept.card_last4, kept.card_expiry) == ("hosted", "Visa", "4242", "2040-08")
    assert gateway.find(key="k2") is None
    assert gateway.find(reference="cs_0") is None


def test_charges_are_listed_page_by_page(gateway, stripe):
    keys = [f"k{number}" for number in range(5)]
    for key in keys:
        authorise(gateway, key=key)
    since = timezone.now() - timedelta(minutes=1)
    assert sorted(charge.key for charge in gateway.charges(since=since)) == keys
    assert stripe.asked.count("GET /v1/checkout/sessions") == 3
    assert list(gateway.charges(since=timezone.now() + timedelta(minutes=1))) == []
    assert list(gateway.charges(since=since, until=timezone.now() - timedelta(seconds=30))) == []


def test_capture_and_void_can_be_repeated_but_exclude_each_other(gateway, stripe):
    first = reserved(gateway, stripe)
    assert gateway.capture(key="c1", reference=first) == gateway.capture(key="c1", reference=first) == Done(first)
    assert gateway.capture(key="c2", reference=first) == Done(first)
    assert isinstance(gateway.void(key="v1", reference=first), Refused)
    second = authorise(gateway, key="k2").reference
    stripe.customer_pays(second)
    assert gateway.void(key="v2", reference=second) == gateway.void(key="v2", reference=second) == Done(second)
    assert isinstance(gateway.capture(key="c3", reference=second), Refused)
    assert isinstance(gateway.capture(key="c4", reference="cs_0"), Refused)


def test_a_page_that_nobody_has_paid_on_is_closed_and_never_captured(gateway, stripe):
    reference = authorise(gateway).reference
    assert isinstance(gateway.capture(key="c", reference=reference), Refused)
    assert gateway.void(key="v", reference=reference) == Done(reference)
    assert gateway.find(reference=reference).state == ChargeState.VOIDED
    assert stripe.sessions[reference]["status"] == "expired"


def test_refunds_add_up_to_no_more_than_was_taken_and_a_repeated_one_pays_once(gateway, stripe):
    reference = reserved(gateway, stripe)
    assert isinstance(gateway.refund(key="r0", reference=reference, price=Money(1, "INR")), Refused)
    gateway.capture(key="c1", reference=reference)
    first = gateway.refund(key="r1", reference=reference, price=Money(500, "INR"))
    assert gateway.refund(key="r1", reference=reference, price=Money(500, "INR")) == first
    assert isinstance(gateway.refund(key="r2", reference=reference, price=Money(301, "INR")), Refused)
    assert isinstance(gateway.refund(key="r3", reference=reference, price=Money(300, "INR")), Done)
    assert [refund["amount"] for refund in stripe.refunds] == [50_000, 30_000]


def test_what_is_given_up_is_never_reserved(gateway, stripe):
    gateway.abandon(key="never heard of")
    reference = authorise(gateway).reference
    gateway.abandon(key="k1", reference=reference)
    assert stripe.sessions[reference]["status"] == "expired"
    paid = authorise(gateway, key="k2").reference
    stripe.customer_pays(paid)
    gateway.abandon(key="k2")
    assert gateway.find(reference=paid).state == ChargeState.VOIDED


@pytest.mark.parametrize("trouble", ["busy", "broken", "answer lost"])
def test_an_answer_that_does_not_come_is_asked_for_again_and_done_once(gateway, stripe, trouble):
    stripe.goes_wrong = [trouble, trouble]
    with pytest.raises(GatewayUnavailable):
        authorise(gateway)
    stripe.goes_wrong = []
    assert isinstance(authorise(gateway), ActionRequired)
    assert len(stripe.sessions) == 1


def test_a_stripe_that_is_not_there_is_unavailable(stripe):
    gateway = StripeGateway(secret_key=SECRET_KEY, webhook_secret=WEBHOOK_SECRET, address="http://127.0.0.1:1")
    for ask in (
        lambda: authorise(gateway),
        lambda: gateway.find(key="k"),
        lambda: gateway.capture(key="c", reference="cs_1"),
        lambda: gateway.refund(key="r", reference="cs_1", price=Money(1, "INR")),
    ):
        with pytest.raises(GatewayUnavailable):
            ask()


def test_a_key_that_stripe_does_not_accept_is_the_operators_to_see(stripe, caplog):
    gateway = StripeGateway(secret_key="sk_wrong", webhook_secret=WEBHOOK_SECRET, address=stripe.address)
    with pytest.raises(GatewayUnavailable):
        authorise(gateway)
    assert "does not accept our key" in caplog.text
    assert "sk_wrong" not in caplog.text


def test_a_webhook_names_the_charge_by_its_key(gateway, stripe):
    reference = authorise(gateway).reference
    intent = stripe.customer_pays(reference)
    body, headers = stripe.event("payment_intent.amount_capturable_updated", intent)
    event = gateway.read_webhook(headers=headers, body=body)
    assert (event.kind, event.key) == ("payment_intent.amount_capturable_updated", "k1")
    body, headers = stripe.event("checkout.session.completed", stripe.sessions[reference])
    event = gateway.read_webhook(headers=headers, body=body)
    assert (event.key, event.reference) == ("k1", reference)
    body, headers = stripe.event("balance.available", {"object": "balance"})
    assert gateway.read_webhook(headers=headers, body=body).key == ""


@pytest.mark.parametrize("wrong", [{"secret": "whsec_other"}, {"age_s": 1000}])
def test_a_webhook_that_stripe_did_not_sign_is_not_read(gateway, stripe, wrong):
    body, headers = stripe.event("payment_intent.succeeded", {"object": "payment_intent"}, **wrong)
    with pytest.raises(BadSignature):
        gateway.read_webhook(headers=headers, body=body)
    with pytest.raises(BadSignature):
        gateway.read_webhook(headers={}, body=body)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("800.00", "INR", 80_000), ("0.01", "EUR", 1), ("500", "JPY", 500), ("1.5", "KWD", 1500), ("5", "UGX", 500)],
)
def test_amounts_travel_in_the_smallest_unit(amount, currency, minor):
    assert to_minor(Money(amount, currency)) == minor
    assert from_minor(minor, currency.lower()) == Money(amount, currency)


def test_a_coin_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="0 decimals"):
        to_minor(Money("0.5", "JPY"))
