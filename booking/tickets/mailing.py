"""Which message goes out for a mail about an order: its words, what is attached, and how mail programs know it?"""

from datetime import datetime
from typing import assert_never

from django.core.mail import EmailMultiAlternatives

from accounts.letters import message_of, site_name
from booking.models import Order, OutgoingMail
from booking.tickets.calendar import calendar_file
from booking.tickets.letters import letter_about
from booking.tickets.pdf import ticket_pdf
from booking.tickets.showing import appointments, good_tickets, printed

K = OutgoingMail.Kind


def written(mail: OutgoingMail, *, now: datetime) -> EmailMultiAlternatives:
    """The mail in text and HTML, with its attachments; its Message-ID is the same at every attempt."""
    order = mail.order
    message = message_of(letter_about(mail, now=now), to=order.customer.mail_address, headers=_headers(mail))
    match K(mail.kind):
        case K.TICKETS | K.NEW_TICKETS:
            tickets = [printed(ticket) for ticket in good_tickets(order)]
            if tickets:
                message.attach(f"tickets-{order.reference}.pdf", ticket_pdf(tickets, made_at=now), "application/pdf")
                _attach_calendar(message, order, now)
        case K.CANCELLED:
            _attach_calendar(message, order, now)
        case K.WAITING_OFFER | K.LATE_OFFER | K.DELAYED:
            pass
        case never:
            assert_never(never)
    return message


def _headers(mail: OutgoingMail) -> dict[str, str]:
    """RFC 5322 for the ids: all mails of a booking refer to one, so that they stand together. RFC 2919: the list."""
    host = site_name()
    return {
        "Message-ID": f"<mail-{mail.pk}-{mail.order.reference}@{host}>",
        "References": f"<booking-{mail.order.reference}@{host}>",
        "List-Id": f"Ticketsite bookings <bookings.{host}>",
    }


def _attach_calendar(message: EmailMultiAlternatives, order: Order, now: datetime) -> None:
    calendar = calendar_file(appointments(order, host=site_name()), made_at=now)
    message.attach(f"booking-{order.reference}.ics", calendar, "text/calendar")
