"""What arrives at a mail server, and what becomes of a mail that it does not take?"""

import email
import socketserver
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from booking.models import OutgoingMail
from booking.tests.selling import a_customer, a_performance_on_sale, a_written_order
from booking.tickets.issuing import issue_tickets
from booking.tickets.outbox import MailServerAway, send_due_mail

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seat_store")]


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP (RFC 5321) as a sender needs; `refused` are addresses that it knows nobody of."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.arrived: list[EmailMessage] = []
        self.refused: set[str] = set()


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 here")
        for line in self.rfile:
            match line.decode().strip().upper().split(" ")[0].split(":")[0]:
                case "RCPT" if any(address.upper() in line.decode().upper() for address in self.server.refused):
                    self._say("550 no such user")
                case "DATA":
                    self._say("354 go on")
                    self._take()
                    self._say("250 taken")
                case "QUIT":
                    self._say("221 bye")
                    return
                case _:
                    self._say("250 fine")

    def _take(self) -> None:
        lines = iter(self.rfile.readline, b".\r\n")
        content = b"".join(line.removeprefix(b".") for line in lines)
        self.server.arrived.append(email.message_from_bytes(content, policy=default))

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


@pytest.fixture
def mail_server(settings) -> Iterator[MailServer]:
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def with_tickets():
    order = a_written_order(a_customer(), a_performance_on_sale(), "A-1", request_id=uuid4().hex)
    with transaction.atomic():
        issue_tickets(order=order, now=timezone.now())
    return order


def send(after: timedelta = timedelta(0)) -> int:
    return send_due_mail(now=timezone.now() + after, limit=10)


def test_the_mail_arrives_as_it_was_written(mail_server):
    order = with_tickets()
    assert send() == 1
    [arrived] = mail_server.arrived
    assert arrived["To"] == order.customer.email
    assert f"{order.reference}-1" in arrived.get_body().get_content()
    pdf, calendar = arrived.iter_attachments()
    assert pdf.get_content_type() == "application/pdf"
    assert pdf.get_content().startswith(b"%PDF-")
    assert calendar.get_content_type() == "text/calendar"
    assert "BEGIN:VTIMEZONE" in calendar.get_content()


def test_an_address_that_nobody_has_keeps_nobody_elses_mail(mail_server):
    unknown, known = with_tickets(), with_tickets()
    mail_server.refused.add(unknown.customer.email)
    assert send() == 1
    assert [arrived["To"] for arrived in mail_server.arrived] == [known.customer.email]
    assert "no such user" in OutgoingMail.objects.get(order=unknown).last_error


def test_what_could_not_be_sent_while_the_server_was_away_arrives_later(mail_server, settings):
    with_tickets()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    with pytest.raises(MailServerAway):
        send()
    settings.EMAIL_PORT = port
    assert send(timedelta(minutes=2)) == 1
    assert len(mail_server.arrived) == 1
