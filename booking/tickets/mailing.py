"""What does a mail about an order say? Written when it is sent, so that it says what is true by then."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parseaddr
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from booking.itinerary import journeys_of, title_of
from booking.models import Order, OutgoingMail
from booking.templatetags.booking_format import day, zone
from booking.tickets.calendar import calendar_file
from booking.tickets.pdf import ticket_pdf
from booking.tickets.printed import PrintedTicket
from booking.tickets.showing import appointments, good_tickets, printed

K = OutgoingMail.Kind

_OPENINGS = {
    K.TICKETS: "Here are your tickets.",
    K.NEW_TICKETS: "Your seats have changed. Here are new tickets; use no others, they are not valid any more.",
}


def written(mail: OutgoingMail, *, now: datetime) -> EmailMessage:
    """The mail with its attachments; its Message-ID is the same at every attempt."""
    order = mail.order
    if mail.kind == K.WAITING_OFFER:
        return _offer(mail)
    tickets = [printed(ticket) for ticket in good_tickets(order)]
    host = site_name()
    message = EmailMessage(
        subject=_subject(order, tickets),
        body=_body(order, K(mail.kind), tickets),
        to=[order.customer.email],
        headers={"Message-ID": f"<mail-{mail.pk}-{order.reference}@{host}>"},
    )
    if tickets:
        message.attach(f"tickets-{order.reference}.pdf", ticket_pdf(tickets, made_at=now), "application/pdf")
        calendar = calendar_file(appointments(order, host=host), made_at=now)
        message.attach(f"booking-{order.reference}.ics", calendar, "text/calendar")
    return message


def _offer(mail: OutgoingMail) -> EmailMessage:
    """Seats are held for somebody who waited: what, until when, and where to pay."""
    order = mail.order
    journeys = journeys_of(order)
    title, starts_at = title_of(journeys), journeys[0].itinerary.starts_at
    lines = [f"You waited for seats of {title} on {day(starts_at)}. Now there are some.", ""]
    lines += [f"Seat {seat.name}, {seat.zone}" for journey in journeys for seat in journey.kept]
    if order.status == Order.Status.AWAITING_PAYMENT and order.held_until is not None:
        until = order.held_until.astimezone(starts_at.tzinfo)
        lines += [
            "",
            f"They are held for you until {until:%H:%M} {zone(until)}, {day(until)}; pay by then to keep them.",
        ]
    else:
        lines += ["", "They are not held for you any more."]
    lines += [f"{settings.SITE_ADDRESS}{reverse('booking:order', args=[order.reference])}"]
    return EmailMessage(
        subject=f"Seats for you: {title}, {day(starts_at)}",
        body="\n".join(lines) + "\n",
        to=[order.customer.email],
        headers={"Message-ID": f"<mail-{mail.pk}-{order.reference}@{site_name()}>"},
    )


def site_name() -> str:
    """The name in the world that mail comes from; what we number ourselves becomes unique by it."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _subject(order: Order, tickets: Sequence[PrintedTicket]) -> str:
    if not tickets:
        return f"Booking {order.reference}"
    first = tickets[0]
    return f"Your tickets: {first.title}, {day(first.start.at)}, {first.start.at:%H:%M} {zone(first.start.at)}"


def _body(order: Order, kind: OutgoingMail.Kind, tickets: Sequence[PrintedTicket]) -> str:
    if not tickets:
        return f"Booking {order.reference} was cancelled before its tickets were sent.\n"
    lines = [_OPENINGS[kind], "", f"Booking code: {order.reference}"]
    for _, together in groupby(tickets, lambda ticket: (ticket.title, ticket.start, ticket.end)):
        lines += ["", *_journey(list(together))]
    lines += [
        "",
        "The PDF has a page for each ticket. Show its code at the entrance, on paper or on your phone; it admits one "
        "person, once. The other file puts the date into your calendar.",
    ]
    return "\n".join(lines) + "\n"


def _journey(tickets: Sequence[PrintedTicket]) -> Iterator[str]:
    first = tickets[0]
    yield first.title
    for call in filter(None, (first.start, first.end)):
        yield f"{call.at:%H:%M} {zone(call.at)}, {day(call.at)}: {call.place}"
    for ticket in tickets:
        yield f"Seat {ticket.seat}, {ticket.zone}: ticket {ticket.code}"
