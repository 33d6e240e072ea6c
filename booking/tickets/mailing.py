"""Which message goes out for a mail: its words, what is attached, and how mail programs know it?"""

from datetime import datetime
from typing import assert_never

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.utils.translation import override

from accounts.letters import message_of, site_name
from booking.models import Order, OutgoingMail
from booking.tickets.calendar import calendar_file
from booking.tickets.letters import letter_about
from booking.tickets.pdf import ticket_pdf
from booking.tickets.showing import appointments, good_tickets, printed

K = OutgoingMail.Kind


def written(mail: OutgoingMail, *, now: datetime) -> EmailMultiAlternatives:
    """The mail in text and HTML, with its attachments, in the customer's language.

    Its Message-ID is the same at every attempt.
    """
    about = mail.about
    with override(about.customer.language or about.language or settings.LANGUAGE_CODE):
        letter = letter_about(mail, now=now)
        message = message_of(letter, to=about.customer.mail_address, headers=_headers(mail))
        if isinstance(about, Order):
            _attach(message, K(mail.kind), about, now)
    return message


def _attach(message: EmailMultiAlternatives, kind: OutgoingMail.Kind, order: Order, now: datetime) -> None:
    match kind:
        case K.TICKETS | K.NEW_TICKETS:
            tickets = [printed(ticket) for ticket in good_tickets(order)]
            if tickets:
                message.attach(f"tickets-{order.reference}.pdf", ticket_pdf(tickets, made_at=now), "application/pdf")
                _attach_calendar(message, order, now)
        case K.CANCELLED:
            _attach_calendar(message, order, now)
        case K.WAITING_OFFER | K.LATE_OFFER | K.DELAYED | K.WAITING:
            pass
        case never:
            assert_never(never)


def _headers(mail: OutgoingMail) -> dict[str, str]:
    """RFC 5322 for the ids: all mails of a booking refer to one, so that they stand together. RFC 2919: the list."""
    host, about = site_name(), mail.about
    thread = f"booking-{about.reference}" if isinstance(about, Order) else f"waiting-{about.pk}"
    return {
        "Message-ID": f"<mail-{mail.pk}-{thread.partition('-')[2]}@{host}>",
        "References": f"<{thread}@{host}>",
        "List-Id": f"Ticketsite bookings <bookings.{host}>",
    }


def _attach_calendar(message: EmailMultiAlternatives, order: Order, now: datetime) -> None:
    calendar = calendar_file(appointments(order, host=site_name()), made_at=now)
    message.attach(f"booking-{order.reference}.ics", calendar, "text/calendar")
