"""What goes wrong around an attempt costs nothing that was not its own: no second copy, no other address, no notice."""

from datetime import timedelta

import pytest
from django.core import mail as mailbox
from django.utils import timezone

from booking.tests.selling import a_customer
from booking.tests.test_outbox import refusing
from booking.tickets.outbox import MailServerAway
from ticketsite.partners.keys import become_partner
from ticketsite.partners.models import WebhookDelivery, WebhookEndpoint
from ticketsite.partners.tests.receiving import receiving
from ticketsite.partners.webhooks import delivering
from ticketsite.partners.webhooks.delivering import MAX_ATTEMPTS, deliver_due, send_due_notices
from ticketsite.partners.webhooks.endpoints import add_endpoint, send_test

pytestmark = pytest.mark.django_db

S = WebhookDelivery.State
NOW = timezone.now()


@pytest.fixture
def receiver():
    with receiving() as receiver:
        yield receiver


def an_endpoint(url: str) -> WebhookEndpoint:
    partner = become_partner(account=a_customer(), name="Reise AG")
    return add_endpoint(partner=partner, url=url, is_sandbox=True).endpoint


def test_of_two_workers_who_find_the_same_message_one_sends_it(receiver, monkeypatch):
    found = send_test(endpoint=an_endpoint(receiver.url), now=NOW)
    monkeypatch.setattr(delivering, "_due", lambda now, limit: [found])
    receiver.answer = 500
    for _ in range(2):
        deliver_due(now=NOW, limit=10)
    assert (len(receiver.requests), WebhookDelivery.objects.get().attempts) == (1, 1)


def test_an_address_where_something_arrived_meanwhile_is_not_disabled(receiver):
    endpoint = an_endpoint(receiver.url)
    arriving, hopeless = (send_test(endpoint=endpoint, now=NOW) for _ in range(2))
    WebhookEndpoint.objects.update(failing_since=NOW - timedelta(days=4))
    WebhookDelivery.objects.filter(pk=hopeless.pk).update(attempts=MAX_ATTEMPTS - 1, due_at=NOW + timedelta(minutes=1))
    assert deliver_due(now=NOW, limit=10) == 1
    receiver.answer = 500
    assert deliver_due(now=NOW + timedelta(minutes=2), limit=10) == 0
    states = dict(WebhookDelivery.objects.values_list("pk", "state"))
    assert states == {arriving.pk: S.DELIVERED, hopeless.pk: S.GIVEN_UP}
    assert WebhookEndpoint.objects.get().disabled_at is None


def test_a_secret_that_cannot_be_read_any_more_keeps_no_other_message_waiting(receiver):
    lost, kept = (an_endpoint(receiver.url) for _ in range(2))
    WebhookEndpoint.objects.filter(pk=lost.pk).update(secret="sealed with a key that is gone")
    for endpoint in (lost, kept):
        send_test(endpoint=endpoint, now=NOW)
    assert deliver_due(now=NOW, limit=10) == 1
    assert [told["data"]["endpoint"] for told in receiver.told] == [str(kept.pk)]
    waiting = lost.deliveries.get()
    assert (waiting.state, waiting.error) == (S.WAITING, "The secret cannot be read any more; replace it.")


def test_who_could_not_be_told_because_the_mail_server_is_away_is_told_later(monkeypatch):
    endpoint = an_endpoint("https://hooks.example.com/")
    WebhookEndpoint.objects.update(disabled_at=NOW, notice_due=True)
    with monkeypatch.context() as patched:
        refusing(patched, ConnectionRefusedError(), names="")
        with pytest.raises(MailServerAway):
            send_due_notices(now=NOW, limit=10)
    assert send_due_notices(now=NOW, limit=10) == 1
    assert [letter.to for letter in mailbox.outbox] == [[endpoint.partner.account.email]]
