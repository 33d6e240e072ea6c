"""Does a customer get a mail with the tickets, once, whatever the mail server does?"""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core import mail as mailbox
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from icalendar import Calendar

from booking.models import OutgoingMail
from booking.tests.selling import a_customer, a_performance_on_sale, a_train_on_sale, a_written_order
from booking.tickets import outbox
from booking.tickets.issuing import issue_tickets
from booking.tickets.outbox import MAX_ATTEMPTS, MailServerAway, send_again, send_due_mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


def with_tickets(inventory=None, *seats: str):
    order = a_written_order(
        a_customer(), inventory or a_performance_on_sale(), *(seats or ("A-1", "A-2")), request_id=uuid4().hex
    )
    with transaction.atomic():
        issue_tickets(order=order, now=timezone.now())
    return order


def send(after: timedelta = timedelta(0)) -> int:
    return send_due_mail(now=timezone.now() + after, limit=10)


def refusing(monkeypatch, error: Exception, *, names: str = "") -> None:
    """What `names` is read in is refused; everything, without."""
    send_really = EmailMessage.send

    def refuse(message, *args):
        if names in message.body:
            raise error
        return send_really(message, *args)

    monkeypatch.setattr(EmailMessage, "send", refuse)


def test_the_mail_brings_the_tickets_as_pdf_and_the_date_for_the_calendar():
    order = with_tickets()
    assert send() == 1
    [message] = mailbox.outbox
    assert message.to == [order.customer.email]
    assert "IST" in message.subject
    assert f"ticket {order.reference}-2" in message.body
    (pdf_name, pdf, pdf_type), (ics_name, ics, ics_type) = message.attachments
    assert (pdf_name, pdf_type, pdf[:5]) == (f"tickets-{order.reference}.pdf", "application/pdf", b"%PDF-")
    assert (ics_name, ics_type) == (f"booking-{order.reference}.ics", "text/calendar")
    [event] = Calendar.from_ical(ics).walk("VEVENT")
    assert order.reference in event["UID"]
    assert "Seats A-1, A-2" in event["DESCRIPTION"]


def test_a_journeys_mail_says_both_times_in_the_zones_of_their_stations():
    with_tickets(a_train_on_sale(), "C1-1")
    send()
    assert "10:05 IST" in mailbox.outbox[0].body
    assert "BBB Junction (BBB)" in mailbox.outbox[0].body


def test_a_mail_is_sent_once():
    with_tickets()
    assert [send(), send(timedelta(days=1))] == [1, 0]
    assert len(mailbox.outbox) == 1


def test_two_workers_that_see_the_same_mail_send_one(monkeypatch):
    with_tickets()
    claim = outbox._claim

    def late(mail, now):
        """Another worker is faster, between reading the row and taking it."""
        monkeypatch.setattr(outbox, "_claim", claim)
        send()
        return claim(mail, now)

    monkeypatch.setattr(outbox, "_claim", late)
    send()
    assert len(mailbox.outbox) == 1


def test_a_worker_that_dies_while_sending_is_followed_by_another_with_the_same_message_id(monkeypatch):
    with_tickets()
    with monkeypatch.context() as patched:
        sent = []

        def die(message, *args):
            sent.append(message.extra_headers["Message-ID"])
            raise KeyboardInterrupt

        patched.setattr(EmailMessage, "send", die)
        with pytest.raises(KeyboardInterrupt):
            send()
    assert send() == 0
    assert send(timedelta(minutes=2)) == 1
    assert [mailbox.outbox[0].extra_headers["Message-ID"]] == sent


def test_a_mail_that_is_refused_is_put_off_and_keeps_no_other_waiting(monkeypatch, caplog):
    refused, fine = with_tickets(), with_tickets()
    address = refused.customer.email
    with monkeypatch.context() as patched:
        refusing(patched, SMTPRecipientsRefused({address: (550, b"no such user")}), names=refused.reference)
        assert send() == 1
    assert mailbox.outbox[0].to == [fine.customer.email]
    assert address not in caplog.text
    assert "no such user" in OutgoingMail.objects.get(order=refused).last_error
    assert [send(), send(timedelta(minutes=2))] == [0, 1]
    assert OutgoingMail.objects.get(order=refused).last_error == ""


def test_while_the_server_is_away_a_round_asks_it_once(monkeypatch):
    for _ in range(3):
        with_tickets()
    refusing(monkeypatch, SMTPServerDisconnected("gone"))
    with pytest.raises(MailServerAway):
        send()
    assert sorted(OutgoingMail.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_after_its_last_attempt_a_mail_is_left_to_people_who_can_have_it_sent_again():
    order = with_tickets()
    OutgoingMail.objects.update(attempts=MAX_ATTEMPTS)
    assert send() == 0
    send_again(mail=OutgoingMail.objects.get(order=order), now=timezone.now())
    assert send() == 1


def test_tickets_that_were_cancelled_before_they_were_sent_are_not_sent():
    order = with_tickets()
    order.status = "CANCELLED"
    with transaction.atomic():
        issue_tickets(order=order, now=timezone.now())
    send()
    assert mailbox.outbox[0].attachments == []
    assert "cancelled" in mailbox.outbox[0].body
