"""Which steps of an order are told, and to whom: each once, of orders that got seats, and nothing of who was erased."""

import pytest
from django.utils import timezone

from accounts.erasing import erase
from accounts.models import User
from booking.models import Order, OrderEvent
from booking.tests.selling import a_customer, a_performance_on_sale, a_written_order
from ticketsite.partners.agreements import agree
from ticketsite.partners.keys import approve_partner, become_partner
from ticketsite.partners.models import Partner, UntoldStep, WebhookDelivery, WebhookEndpoint, WebhookMessage
from ticketsite.partners.webhooks import outbox
from ticketsite.partners.webhooks.endpoints import add_endpoint
from ticketsite.partners.webhooks.outbox import tell_of_steps

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]

NOW = timezone.now()


@pytest.fixture
def partner() -> Partner:
    partner = become_partner(account=a_customer(), name="Reise AG")
    approve_partner(partner=partner, now=NOW)
    add_endpoint(partner=partner, url="https://hooks.example.com/", is_sandbox=False)
    return partner


def a_step_of(customer: User, *, got_seats: bool = True) -> OrderEvent:
    order = a_written_order(customer, a_performance_on_sale(), "A-1", status=Order.Status.AWAITING_PAYMENT)
    if not got_seats:
        Order.objects.update(held_until=None)
    return OrderEvent.objects.create(
        order=order, at=NOW, from_status=Order.Status.DRAFT, to_status=Order.Status.AWAITING_PAYMENT
    )


def test_a_step_that_two_workers_find_at_once_is_told_once(partner, monkeypatch):
    a_step_of(partner.account)
    followers_of = outbox._followers_of
    told = []

    def while_another_worker_is_quicker(customers):
        if not told:
            told.append(None)
            told.append(tell_of_steps(now=NOW, limit=10))
        return followers_of(customers)

    monkeypatch.setattr(outbox, "_followers_of", while_another_worker_is_quicker)
    assert (tell_of_steps(now=NOW, limit=10), told) == (0, [None, 1])
    assert (WebhookDelivery.objects.count(), UntoldStep.objects.count()) == (1, 0)


def test_a_request_that_never_got_a_seat_is_told_to_nobody(partner):
    step = a_step_of(partner.account, got_seats=False)
    assert tell_of_steps(now=NOW, limit=10) == 1
    step.refresh_from_db()
    assert (step.told, WebhookMessage.objects.count()) == (True, 0)


def test_what_happens_while_an_address_is_disabled_is_not_sent_there_by_itself(partner):
    WebhookEndpoint.objects.update(disabled_at=NOW)
    a_step_of(partner.account)
    tell_of_steps(now=NOW, limit=10)
    # It is kept for whoever asks for it.
    assert (WebhookMessage.objects.count(), WebhookDelivery.objects.count()) == (1, 0)


def test_what_partners_were_told_of_a_customer_is_erased_with_the_customer(partner):
    customer = a_customer()
    agree(customer=customer, partner=partner)
    a_step_of(customer)
    tell_of_steps(now=NOW, limit=10)
    assert WebhookMessage.objects.get().order.customer == customer
    erase(person=customer, now=NOW, although=True)
    assert not WebhookMessage.objects.exists()
    assert not customer.partner_agreements.exists()
