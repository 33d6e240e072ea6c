"""The sandbox behaves as a real gateway would: keys are carried out once, references must exist, sums must fit."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from moneyed import Money

from payments.cards import Card, CardInvalid, passes_luhn
from payments.gateways import Authorised, ChargeState, Declined, Done, Pending, Refused
from payments.gateways.sandbox import SandboxGateway, plans
from payments.methods import Upi
from payments.models import SandboxCharge
from payments.tests.paying import DECLINED, GOOD

pytestmark = pytest.mark.django_db

SHOP = "http://shop.example/pay/ABC/waiting/"


@pytest.fixture
def gateway():
    return SandboxGateway()


def authorise(gateway, key="k1", card=GOOD, amount=100, currency="INR"):
    return gateway.authorise(key=key, price=Money(amount, currency), method=card, return_url=SHOP)


def refund(gateway, key, reference, amount):
    return gateway.refund(key=key, reference=reference, price=Money(amount, "INR"))


def captured(gateway):
    reference = authorise(gateway).reference
    gateway.capture(key="c1", reference=reference)
    return reference


def test_a_key_is_carried_out_once_also_by_another_process(gateway):
    assert authorise(gateway) == authorise(SandboxGateway())
    assert authorise(gateway, key="k2") != authorise(gateway)


def test_a_key_used_for_another_amount_is_declined(gateway):
    authorise(gateway)
    assert isinstance(authorise(gateway, amount=101), Declined)


def test_numbers_that_end_in_9999_are_always_declined(gateway):
    for number in ("4000000000009999", "9999999999999999", "5105105105109999"):
        card = Card(number, 12, GOOD.exp_year, "123")
        gateway.check(card, today=timezone.now().date())
        assert isinstance(authorise(gateway, key=number, card=card), Declined)


def test_a_declined_key_stays_declined(gateway):
    assert isinstance(authorise(gateway, card=DECLINED), Declined)
    assert isinstance(authorise(gateway, card=GOOD), Declined)


def test_a_number_with_a_wrong_check_digit_is_no_card(gateway):
    with pytest.raises(CardInvalid):
        gateway.check(Card("4242424242424243", 12, GOOD.exp_year, "123"), today=timezone.now().date())


def test_references_that_it_never_gave_are_refused(gateway):
    assert isinstance(gateway.capture(key="c", reference="sbx_0"), Refused)
    assert isinstance(gateway.void(key="v", reference="sbx_0"), Refused)
    assert isinstance(refund(gateway, "r", "sbx_0", 1), Refused)


def test_capture_and_void_can_be_repeated_but_exclude_each_other(gateway):
    first, second = authorise(gateway).reference, authorise(gateway, key="k2").reference
    assert gateway.capture(key="c1", reference=first) == gateway.capture(key="c1", reference=first) == Done(first)
    assert isinstance(gateway.void(key="v1", reference=first), Refused)
    assert gateway.void(key="v2", reference=second) == gateway.void(key="v2", reference=second) == Done(second)
    assert isinstance(gateway.capture(key="c2", reference=second), Refused)


def test_nothing_is_paid_back_that_was_not_taken(gateway):
    reference = authorise(gateway).reference
    assert isinstance(refund(gateway, "r1", reference, 1), Refused)


def test_refunds_add_up_to_no_more_than_was_taken(gateway):
    reference = captured(gateway)
    assert isinstance(refund(gateway, "r1", reference, 60), Done)
    assert isinstance(refund(gateway, "r2", reference, 41), Refused)
    assert isinstance(refund(gateway, "r3", reference, 40), Done)


def test_a_repeated_refund_pays_once(gateway):
    reference = captured(gateway)
    first = refund(gateway, "r1", reference, 60)
    assert refund(gateway, "r1", reference, 60) == first
    assert isinstance(refund(gateway, "r2", reference, 40), Done)


def test_what_was_given_up_is_never_authorised_or_captured(gateway):
    gateway.abandon(key="late")
    assert isinstance(authorise(gateway, key="late"), Declined)
    early = authorise(gateway, key="early")
    assert isinstance(early, Authorised)
    gateway.abandon(key="early")
    gateway.abandon(key="early")
    assert isinstance(gateway.capture(key="c", reference=early.reference), Refused)


def test_giving_up_what_was_captured_changes_nothing(gateway):
    reference = captured(gateway)
    gateway.abandon(key="k1")
    assert isinstance(refund(gateway, "r1", reference, 100), Done)


@pytest.mark.parametrize(
    ("number", "brand"),
    [
        ("4242424242424242", "Visa"),
        ("5555555555554444", "Mastercard"),
        ("2223003122003222", "Mastercard"),
        ("378282246310005", "American Express"),
        ("6073849700004947", "RuPay"),
        ("3530111333300000", "Card"),
    ],
)
def test_brands_are_known_by_their_first_digits(number, brand):
    assert passes_luhn(number)
    assert Card(number, 1, 2030, "123").brand == brand


CARDS = list(plans._CARDS)


@pytest.mark.parametrize("number", CARDS)
def test_every_test_number_is_a_card_that_other_checks_let_pass(gateway, number):
    gateway.check(Card(number, 12, GOOD.exp_year, "123"), today=timezone.now().date())


def test_every_test_number_that_a_page_shows_does_something(gateway):
    shown = Path(settings.BASE_DIR, "templates/payments/_test_numbers.html").read_text()
    numbers = {number.replace(" ", "") for number in re.findall(r"<code>([\d ]+)</code>", shown)}
    assert numbers == {*CARDS, "4242424242424242", "4000000000009999"}
    names = set(re.findall(r"<code>(\w+)@bank</code>", shown))
    assert names == {*plans._UPI_NAMES, "success"}


def test_the_books_can_be_read_by_reference_by_key_and_from_a_time_on(gateway):
    begun = timezone.now()
    reference = captured(gateway)
    refund(gateway, "r1", reference, 30)
    charge = gateway.find(reference=reference)
    assert (charge.key, charge.state) == ("k1", ChargeState.CAPTURED)
    assert (charge.price, charge.refunded) == (Money(100, "INR"), Money(30, "INR"))
    assert gateway.find(key="k1") == charge
    assert list(gateway.charges(since=begun)) == [charge]
    assert list(gateway.charges(since=timezone.now())) == []
    assert gateway.find(key="k2") is None
    assert gateway.find(reference="sbx_0") is None


def test_what_was_given_up_before_it_began_is_not_in_the_books(gateway):
    gateway.abandon(key="late")
    assert gateway.find(key="late") is None
    assert list(gateway.charges(since=timezone.now() - timedelta(days=1))) == []


def test_a_bank_that_takes_its_time_has_decided_when_the_time_is_over(gateway):
    waiting = authorise(gateway, card=Upi("success@bank"))
    assert isinstance(waiting, Pending)
    assert gateway.find(key="k1").state == ChargeState.PENDING
    SandboxCharge.objects.update(decides_at=timezone.now())
    assert gateway.find(key="k1").state == ChargeState.AUTHORISED
    assert authorise(gateway, card=Upi("success@bank")) == Authorised(waiting.reference)


@pytest.mark.parametrize("method", [Upi("success@bank"), Card("4000000000001000", 12, GOOD.exp_year, "123")])
def test_what_still_waits_can_be_let_go_and_never_captured(gateway, method):
    reference = authorise(gateway, card=method).reference
    assert isinstance(gateway.capture(key="c", reference=reference), Refused)
    assert gateway.void(key="v", reference=reference) == Done(reference)
    SandboxCharge.objects.update(decides_at=timezone.now())
    assert gateway.find(reference=reference).state == ChargeState.VOIDED


def test_numbers_whose_money_cannot_be_taken_or_given_back(gateway):
    taken = authorise(gateway, card=Card("4000000000007007", 12, GOOD.exp_year, "123")).reference
    assert isinstance(gateway.capture(key="c1", reference=taken), Refused)
    assert isinstance(gateway.void(key="v1", reference=taken), Done)
    given = authorise(gateway, key="k2", card=Card("4000000000008005", 12, GOOD.exp_year, "123")).reference
    assert isinstance(gateway.capture(key="c2", reference=given), Done)
    assert isinstance(refund(gateway, "r2", given, 1), Refused)


@pytest.mark.parametrize("wrong", [Money(1, "EUR"), Money(0, "INR"), Money(-1, "INR")])
def test_nothing_negative_nothing_at_all_and_no_other_currency_is_paid_back(gateway, wrong):
    reference = captured(gateway)
    assert isinstance(gateway.refund(key="r1", reference=reference, price=wrong), Refused)


def test_nothing_secret_is_in_its_books(gateway):
    authorise(gateway, card=Card("4000000000001000", 12, GOOD.exp_year, "737"))
    assert "4000000000001000" not in str(SandboxCharge.objects.values().get())
