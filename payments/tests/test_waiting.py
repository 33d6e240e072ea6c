"""A payment that waits for the customer or the bank: whoever asks, whenever, it ends as the bank decided."""

from datetime import timedelta

import pytest
from django.utils import timezone

from booking import seatstore
from booking.models import Order
from booking.services import expire_orders, release_order
from booking.tests.selling import a_held_order
from payments.cards import Card
from payments.errors import CardDeclined, PaymentInProgress
from payments.gateways import GatewayUnavailable, sandbox
from payments.methods import Hosted, MethodNotTaken, Upi, UpiIdInvalid
from payments.models import Payment, SandboxCharge
from payments.services import follow_waiting, give_up_payment, pay_order, resume_payment
from payments.services.resuming import ASK_AFTER
from payments.tests.paying import GOOD, assert_ticket_or_money_back, crashing_before, settle

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

SECOND_STEP, ANSWER_LOST, NEVER_TOLD = "4000000000001000", "4000000000002008", "4000000000006009"


@pytest.fixture
def order():
    return a_held_order()


def card(number: str) -> Card:
    return Card(number, 12, GOOD.exp_year, "123")


def pay(order, method, request_id="p1"):
    return pay_order(order=order, method=method, request_id=request_id, return_url="http://shop.example/back/")


def resume(payment):
    return resume_payment(payment=Payment.objects.get(pk=payment.pk), now=timezone.now())


def follow(after: timedelta = ASK_AFTER + timedelta(seconds=1)) -> int:
    """The worker's round, this much later."""
    return follow_waiting(now=timezone.now() + after, limit=100)


def the_bank_decides() -> None:
    """The time that it takes is over."""
    SandboxCharge.objects.exclude(decides_at=None).update(decides_at=timezone.now())


def say(payment, approved: bool) -> None:
    sandbox.answer_step(charge=sandbox.charge_at_step(reference=payment.gateway_reference), approved=approved)


def test_a_second_step_is_asked_for_and_nothing_is_reserved_before_it(order):
    payment = pay(order, card(SECOND_STEP))
    assert payment.status == Payment.Status.REQUIRES_ACTION
    assert payment.action_url == f"http://shop.example/pay/sandbox/{payment.gateway_reference}/"
    assert SandboxCharge.objects.get().status == SandboxCharge.Status.ACTION_REQUIRED
    assert resume(payment).status == Payment.Status.REQUIRES_ACTION


def test_an_approved_second_step_ends_with_a_ticket(order):
    payment = pay(order, card(SECOND_STEP))
    say(payment, approved=True)
    assert resume(payment).status == Payment.Status.CAPTURED
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.CONFIRMED


def test_a_refused_second_step_costs_nothing_and_another_card_may_be_tried(order):
    payment = pay(order, card(SECOND_STEP))
    say(payment, approved=False)
    with pytest.raises(CardDeclined):
        resume(payment)
    assert_ticket_or_money_back(order)
    assert pay(order, GOOD, "p2").status == Payment.Status.CAPTURED


def test_the_first_answer_at_the_bank_counts(order):
    payment = pay(order, card(SECOND_STEP))
    say(payment, approved=False)
    say(payment, approved=True)
    with pytest.raises(CardDeclined):
        resume(payment)


def test_the_same_request_finds_its_payment_waiting_and_later_paid(order):
    payment = pay(order, card(SECOND_STEP))
    assert pay(Order.objects.get(pk=order.pk), card(SECOND_STEP)) == payment
    say(payment, approved=True)
    resume(payment)
    assert pay(Order.objects.get(pk=order.pk), card(SECOND_STEP)).status == Payment.Status.CAPTURED
    assert SandboxCharge.objects.count() == 1


def test_while_one_payment_waits_no_other_is_begun(order):
    pay(order, card(SECOND_STEP))
    with pytest.raises(PaymentInProgress):
        pay(order, GOOD, "p2")
    assert SandboxCharge.objects.count() == 1


def test_an_answer_that_was_lost_is_found_by_the_worker(order):
    with pytest.raises(GatewayUnavailable):
        pay(order, card(ANSWER_LOST))
    assert Payment.objects.get().status == Payment.Status.CREATED
    assert settle() == 1
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.CONFIRMED


def test_an_answer_that_was_lost_is_found_by_the_same_request(order):
    with pytest.raises(GatewayUnavailable):
        pay(order, card(ANSWER_LOST))
    assert pay(Order.objects.get(pk=order.pk), card(ANSWER_LOST)).status == Payment.Status.CAPTURED
    assert SandboxCharge.objects.count() == 1


@pytest.mark.parametrize("method", [card(NEVER_TOLD), Upi("success@bank"), Upi("never@bank")])
def test_a_bank_that_tells_nobody_is_asked_by_the_worker(order, method):
    assert pay(order, method).status == Payment.Status.REQUIRES_ACTION
    the_bank_decides()
    assert follow() == 1
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.CONFIRMED


def test_upi_that_is_declined_costs_nothing(order):
    pay(order, Upi("declined@bank"))
    the_bank_decides()
    assert follow() == 1
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.AWAITING_PAYMENT
    assert Payment.objects.get().failure == "The bank declined the payment."


def test_of_a_upi_id_only_what_its_owner_recognises_is_kept(order):
    payment = pay(order, Upi(" Asha.Rao@OkBank "))
    assert (payment.method, payment.upi_id, payment.paid_with) == ("upi", "as…@okbank", "UPI as…@okbank")


@pytest.mark.parametrize("wrong", ["", "asha", "asha@", "@bank", "a b@bank", "asha@bank.example", "asha@@bank"])
def test_what_cannot_be_a_upi_id_is_refused_before_anything_is_written(order, wrong):
    with pytest.raises(UpiIdInvalid):
        pay(order, Upi(wrong))
    assert not Payment.objects.exists()


def test_the_sandbox_has_no_page_of_its_own_to_pay_on(order):
    with pytest.raises(MethodNotTaken):
        pay(order, Hosted())
    assert not Payment.objects.exists()


def test_the_hold_outlives_a_payment_that_waits(order, settings):
    settings.PAYMENT_EXTENSION_S = settings.HOLD_TTL_S + 60
    pay(order, Upi("ignored@bank"))
    settings.PAYMENT_EXTENSION_S = settings.HOLD_TTL_S + 300
    before = order.held_until
    assert follow() == 0
    order.refresh_from_db()
    assert order.held_until > before + timedelta(minutes=3)


def test_a_payment_that_nobody_answers_is_given_up_in_the_end(order, settings):
    pay(order, Upi("ignored@bank"))
    assert follow(timedelta(seconds=settings.PAYMENT_WAIT_S + 1)) == 1
    assert_ticket_or_money_back(order)
    assert order.status == Order.Status.AWAITING_PAYMENT
    assert SandboxCharge.objects.get().status == SandboxCharge.Status.VOIDED
    assert pay(order, GOOD, "p2").status == Payment.Status.CAPTURED


def test_a_customer_may_stop_waiting_and_pay_in_another_way(order):
    payment = pay(order, card(SECOND_STEP))
    assert give_up_payment(payment=payment, now=timezone.now()).status == Payment.Status.FAILED
    say(payment, approved=True)
    assert SandboxCharge.objects.get().status == SandboxCharge.Status.VOIDED
    assert pay(order, GOOD, "p2").status == Payment.Status.CAPTURED
    assert_ticket_or_money_back(order)


def test_what_the_bank_has_approved_can_no_longer_be_stopped(order):
    payment = pay(order, card(SECOND_STEP))
    say(payment, approved=True)
    assert give_up_payment(payment=payment, now=timezone.now()).status == Payment.Status.CAPTURED
    assert_ticket_or_money_back(order)


def test_an_approval_that_comes_after_the_order_expired_ends_with_a_ticket_or_the_money_back(order):
    payment = pay(order, card(SECOND_STEP))
    seatstore.release_hold(hold_id=str(order.parts.get().hold_id), request_id=f"{order.id}:gone")
    expire_orders(now=timezone.now() + timedelta(hours=1), limit=10)
    say(payment, approved=True)
    follow()
    assert_ticket_or_money_back(order)


def test_who_gives_the_seats_back_is_no_longer_asked_for_the_money(order):
    pay(order, Upi("ignored@bank"))
    release_order(order=Order.objects.get(pk=order.pk))
    assert follow() == 1
    assert SandboxCharge.objects.get().status == SandboxCharge.Status.VOIDED
    assert_ticket_or_money_back(order)


def test_two_workers_ask_after_a_payment_once(order, monkeypatch):
    real, asked = sandbox.SandboxGateway.find, []

    def asked_meanwhile(self, **arguments):
        asked.append(arguments)
        if len(asked) == 1:
            follow()
        return real(self, **arguments)

    pay(order, Upi("ignored@bank"))
    monkeypatch.setattr(sandbox.SandboxGateway, "find", asked_meanwhile)
    follow()
    assert len(asked) == 1


def test_a_gateway_that_is_away_leaves_the_payment_for_the_next_round(order, monkeypatch):
    pay(order, Upi("success@bank"))
    the_bank_decides()
    with monkeypatch.context() as patched:
        patched.setattr(sandbox.SandboxGateway, "find", crashing_before(None, GatewayUnavailable()))
        assert follow() == 0
    assert follow(timedelta(minutes=1)) == 1
    assert_ticket_or_money_back(order)
