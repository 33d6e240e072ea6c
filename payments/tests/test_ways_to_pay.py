"""Paying by UPI, with a second step, or not at once: what the customer and a program see, and what they have paid."""

import logging
import re
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.tokens import issue_tokens
from booking.models import Order
from booking.tests.selling import a_held_order
from payments import services
from payments.gateways import GatewayUnavailable
from payments.gateways.sandbox import SandboxGateway
from payments.models import Payment, SandboxCharge
from payments.services import cancel_order, pay_order
from payments.tests.paying import DECLINED, GOOD, crashing_before, everything_in_the_database

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]

SECOND_STEP = "4000 0000 0000 1000"


@pytest.fixture
def order(client):
    order = a_held_order()
    client.force_login(order.customer)
    return order


@pytest.fixture
def api(order):
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=order.customer).access}")
    return api


def by_card(client, order, number: str):
    form = {"attempt": str(uuid4()), "with": "card", "number": number, "expiry": "08/40", "cvc": "737"}
    return client.post(f"/pay/{order.reference}/", form, follow=True)


def by_upi(client, order, upi: str):
    form = {"attempt": str(uuid4()), "with": "upi", "upi": upi}
    return client.post(f"/pay/{order.reference}/", form, follow=True)


def look(client, order):
    return client.get(f"/pay/{order.reference}/waiting/", follow=True)


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def the_bank_decides() -> None:
    SandboxCharge.objects.exclude(decides_at=None).update(decides_at=timezone.now())


def test_a_second_step_leads_to_the_bank_and_back_to_the_ticket(client, order):
    page = by_card(client, order, SECOND_STEP)
    assert "Your bank wants you to approve this payment." in text_of(page)
    bank = re.search(r'href="(http://testserver/pay/sandbox/[^"]+)"', page.content.decode())[1]
    assert "Do you approve a payment of ₹800.00 ?" in text_of(client.get(bank))
    back = client.post(bank, {"answer": "yes"}, follow=True)
    assert back.redirect_chain[0][0] == f"http://testserver/pay/{order.reference}/waiting/"
    assert "Confirmed" in text_of(back)
    assert "There is nothing to approve any more." in text_of(client.get(bank))


def test_a_second_step_that_is_refused_says_so_and_lets_another_way_be_tried(client, order):
    by_card(client, order, SECOND_STEP)
    back = client.post(Payment.objects.get().action_url, {"answer": "no"}, follow=True)
    assert back.status_code == 402
    assert "The payment was declined." in text_of(back)
    assert "Confirmed" in text_of(by_card(client, order, "4242424242424242"))


def test_the_banks_page_is_found_by_nobody_who_guesses(client, order):
    by_card(client, order, "4242424242424242")
    for reference in ("sbx_0", SandboxCharge.objects.get().reference):
        assert client.get(f"/pay/sandbox/{reference}/").status_code == 404


def test_by_upi_one_waits_until_the_bank_has_answered(client, order):
    page = by_upi(client, order, "success@bank")
    assert "Please approve the request on your phone." in text_of(page)
    assert 'data-look-again="3"' in page.content.decode()
    assert "Please approve" in text_of(look(client, order))
    the_bank_decides()
    ticket = text_of(look(client, order))
    assert "Confirmed" in ticket
    assert "paid with UPI su…@bank" in ticket


def test_by_upi_a_refusal_is_told_on_the_page_to_pay(client, order):
    by_upi(client, order, "declined@bank")
    the_bank_decides()
    page = look(client, order)
    assert page.status_code == 402
    assert "The bank declined the payment." in text_of(page)


@pytest.mark.parametrize(("upi", "complaint"), [("", "like name@bank"), ("asha", "looks like name@bank")])
def test_what_is_wrong_with_a_upi_id_is_said_at_its_field(client, order, upi, complaint):
    page = by_upi(client, order, upi)
    assert page.status_code == 400
    assert complaint in text_of(page)
    assert not Payment.objects.exists()


def test_who_comes_to_pay_again_while_a_payment_waits_is_led_to_it(client, order):
    by_upi(client, order, "ignored@bank")
    assert client.get(f"/pay/{order.reference}/").url == f"/pay/{order.reference}/waiting/"


def test_a_payment_that_waits_can_be_stopped_for_another_one(client, order):
    by_upi(client, order, "ignored@bank")
    page = client.post(f"/pay/{order.reference}/give-up/", follow=True)
    assert "The payment was given up." in text_of(page)
    assert "Confirmed" in text_of(by_card(client, order, "4242424242424242"))
    assert client.post(f"/pay/{order.reference}/give-up/").url == f"/pay/{order.reference}/"


def test_where_nothing_waits_the_order_is_shown(client, order):
    assert client.get(f"/pay/{order.reference}/waiting/").url == f"/orders/{order.reference}/"


def test_a_gateway_that_does_not_answer_leaves_the_payment_to_the_worker(client, order, monkeypatch):
    by_upi(client, order, "success@bank")
    monkeypatch.setattr(SandboxGateway, "find", crashing_before(None, GatewayUnavailable()))
    assert "please do not pay again" in text_of(look(client, order))


def test_nobody_looks_at_or_stops_the_payments_of_others(client, order):
    by_upi(client, order, "ignored@bank")
    client.force_login(a_held_order().customer)
    assert look(client, order).status_code == 404
    assert client.post(f"/pay/{order.reference}/give-up/").status_code == 404
    assert client.get("/pay/history/").context["rows"] == []


def test_a_program_is_told_where_the_customer_says_yes_and_sees_when_it_is_paid(api, order):
    card = {"number": SECOND_STEP, "exp_month": 12, "exp_year": 2040, "cvc": "123"}
    answer = api.post("/api/v1/payments/", {"order": str(order.pk), "card": card}, format="json")
    assert (answer.status_code, answer.json()["status"]) == (202, "REQUIRES_ACTION")
    APIClient().post(answer.json()["action_url"], {"answer": "yes"})
    services.resume_payment(payment=Payment.objects.get(), now=timezone.now())
    paid = api.get(f"/api/v1/payments/{answer.json()['id']}/").json()
    assert (paid["status"], paid["order"]["status"]) == ("CAPTURED", "CONFIRMED")


def test_a_program_pays_by_upi(api, order):
    body = {"order": str(order.pk), "upi": {"id": "success@bank"}}
    answer = api.post("/api/v1/payments/", body, format="json")
    assert answer.status_code == 202
    assert (answer.json()["method"], answer.json()["upi_id"], answer.json()["action_url"]) == ("upi", "su…@bank", "")


@pytest.mark.parametrize(
    ("ways", "code"),
    [
        ({"upi": {"id": "asha"}}, "upi-id-invalid"),
        ({}, "method-not-taken"),
        ({"upi": {"id": "a@bank"}, "card": {"number": "4", "exp_month": 1, "exp_year": 2040, "cvc": "1"}}, "unclear"),
    ],
)
def test_a_program_is_told_what_is_wrong_with_the_way_it_pays(api, order, ways, code):
    answer = api.post("/api/v1/payments/", {"order": str(order.pk), **ways}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Payment.objects.exists()


@pytest.fixture
def paid_order(order):
    """Declined at first, then paid, then one seat cancelled."""
    with pytest.raises(services.CardDeclined):
        pay_order(order=order, method=DECLINED, request_id="p1")
    pay_order(order=Order.objects.get(pk=order.pk), method=GOOD, request_id="p2")
    order.refresh_from_db()
    cancel_order(order=order, seats=["B-1"], request_id="c1")
    return order


def test_the_customer_sees_what_was_paid_refused_and_paid_back(client, paid_order):
    page = text_of(client.get("/pay/history/"))
    for expected in ("₹800.00, Visa ending 4242", "₹800.00, Visa ending 9999", "₹300.00 paid back", "Refused"):
        assert expected in page
    assert "You have paid nothing yet." not in page


def test_payments_are_told_in_the_zone_of_the_customers_profile(client, order):
    client.post("/accounts/", {"zone": "Asia/Kolkata"})
    pay_order(order=order, method=GOOD, request_id="p1")
    Payment.objects.update(created_at=datetime(2026, 11, 21, 20, 0, tzinfo=UTC))
    assert "Sun 22 Nov 2026, 01:30 IST" in text_of(client.get("/pay/history/"))


def test_a_customer_without_payments_is_told_so(client):
    client.force_login(a_held_order().customer)
    assert "You have paid nothing yet." in text_of(client.get("/pay/history/"))


def test_the_history_asks_the_database_as_often_for_many_payments_as_for_one(
    client, paid_order, django_assert_max_num_queries
):
    for number in range(3):
        other = a_held_order(customer=paid_order.customer)
        pay_order(order=other, method=GOOD, request_id=f"more-{number}")
    with django_assert_max_num_queries(30):
        assert text_of(client.get("/pay/history/")).count("Visa ending 4242") == 4


def test_a_program_lists_payments_with_their_refunds_newest_first(api, paid_order):
    listed = api.get("/api/v1/payments/").json()["results"]
    assert [payment["status"] for payment in listed] == ["CAPTURED", "FAILED"]
    assert listed[0]["order_reference"] == paid_order.reference
    assert listed[0]["amount"] == {"amount": "800.00", "currency": "INR"}
    assert [refund["amount"]["amount"] for refund in listed[0]["refunds"]] == ["300.00"]
    other = APIClient()
    other.credentials(HTTP_AUTHORIZATION=f"Bearer {issue_tokens(user=a_held_order().customer).access}")
    assert other.get("/api/v1/payments/").json()["results"] == []


def test_no_card_number_that_came_over_the_wire_is_kept_or_logged(client, api, order, caplog):
    with caplog.at_level(logging.DEBUG):
        by_card(client, order, SECOND_STEP)
        client.post(f"/pay/{order.reference}/give-up/")
        by_card(client, order, "4012 8888 8888 1882")
        for number in ("4012888888881881", "4012-8888-8888-1881", "4012888888881882"):
            card = {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "737"}
            api.post("/api/v1/payments/", {"order": str(order.pk), "card": card}, format="json")
    assert Payment.objects.filter(status=Payment.Status.CAPTURED, card_last4="1881").exists()
    assert SandboxCharge.objects.filter(behaviour=SandboxCharge.Behaviour.SECOND_STEP).exists()
    kept = everything_in_the_database()
    for secret in ("40128888", "4012 8888", "4012-8888", "400000000000", "4000 0000 0000"):
        assert secret not in caplog.text
        assert secret not in kept
