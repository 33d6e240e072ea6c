"""What does a mail about an order say? Written when it is sent, so that it says what is true by then."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parseaddr
from itertools import groupby
from typing import assert_never

from django.conf import settings
from django.core.mail import EmailMessage
from moneyed import Money

from booking.finding import order_address
from booking.itinerary import BoughtSeat, Journey, journeys_of, title_of
from booking.models import Order, OutgoingMail
from booking.selectors.late_offers import standing_late_offer
from booking.templatetags.booking_format import day, money, zone
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
    match K(mail.kind):
        case K.TICKETS | K.NEW_TICKETS as kind:
            return _tickets(mail, kind, now)
        case K.WAITING_OFFER:
            return _offer(mail)
        case K.LATE_OFFER:
            return _late_offer(mail, now)
        case K.CANCELLED:
            return _cancelled(mail, now)
        case never:
            assert_never(never)


def _tickets(mail: OutgoingMail, kind: OutgoingMail.Kind, now: datetime) -> EmailMessage:
    order = mail.order
    tickets = [printed(ticket) for ticket in good_tickets(order)]
    message = _message(mail, _subject(order, tickets), _body(order, kind, tickets))
    if tickets:
        message.attach(f"tickets-{order.reference}.pdf", ticket_pdf(tickets, made_at=now), "application/pdf")
        _attach_calendar(message, order, now)
    return message


def _message(mail: OutgoingMail, subject: str, body: str) -> EmailMessage:
    order = mail.order
    message_id = f"<mail-{mail.pk}-{order.reference}@{site_name()}>"
    return EmailMessage(
        subject=subject, body=body, to=[order.customer.mail_address], headers={"Message-ID": message_id}
    )


def _attach_calendar(message: EmailMessage, order: Order, now: datetime) -> None:
    calendar = calendar_file(appointments(order, host=site_name()), made_at=now)
    message.attach(f"booking-{order.reference}.ics", calendar, "text/calendar")


def _cancelled(mail: OutgoingMail, now: datetime) -> EmailMessage:
    """Seats were given back, by the customer or with a run that is cancelled: which, and what goes back for them."""
    order = mail.order
    journeys = [(journey, _of(journey, mail.seats)) for journey in journeys_of(order)]
    given_back = [(journey, seats) for journey, seats in journeys if seats]
    first = given_back[0][0].itinerary
    title = title_of([journey for journey, _ in given_back])
    lines = [f"These seats of booking {order.reference} are cancelled; their tickets are not valid any more."]
    for journey, seats in given_back:
        of = journey.itinerary
        lines += ["", of.title, f"{of.starts_at:%H:%M} {zone(of.starts_at)}, {day(of.starts_at)}: {of.place}"]
        lines += [of.notice] if of.notice else []
        lines += [f"Seat {seat.name}, {seat.zone}" for seat in seats]
    lines += ["", *_what_goes_back(mail.back, [seat for _, seats in given_back for seat in seats])]
    if kept := [seat.name for journey, _ in journeys for seat in journey.kept]:
        lines += [f"You keep {', '.join(kept)}; those tickets are as good as before."]
    lines += ["The file puts your calendar right.", order_address(order)]
    message = _message(mail, f"Cancelled: {title}, {day(first.starts_at)}", "\n".join(lines) + "\n")
    _attach_calendar(message, order, now)
    return message


def _of(journey: Journey, labels: Sequence[str]) -> list[BoughtSeat]:
    return [seat for seat in journey.seats if seat.label in labels]


def _what_goes_back(back: Money | None, seats: Sequence[BoughtSeat]) -> Iterator[str]:
    if back is None:
        return
    kept = sum((seat.price for seat in seats), back * 0) - back
    if back.amount:
        yield f"{money(back)} goes back the way it was paid, usually within some days."
    else:
        yield "No money goes back for them."
    if kept.amount:
        yield f"{money(kept)} is kept, by the terms under which they were sold."


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
    lines += [order_address(order)]
    return _message(mail, f"Seats for you: {title}, {day(starts_at)}", "\n".join(lines) + "\n")


def _late_offer(mail: OutgoingMail, now: datetime) -> EmailMessage:
    """Other seats are held for somebody who paid late: which, until when, and where to say yes or no."""
    order = mail.order
    journeys = journeys_of(order)
    title, starts_at = title_of(journeys), journeys[0].itinerary.starts_at
    lines = [
        f"Your payment for {title} on {day(starts_at)} came after the time for it had run out, and somebody else has "
        "your seats by now. Nothing was charged; the money is only reserved.",
        "",
    ]
    offer = standing_late_offer(order=order, now=now)
    if offer is not None and offer.valid_until is not None:
        until = offer.valid_until.astimezone(starts_at.tzinfo)
        lines += [f"Seat {new} for {old}" for hold in offer.holds.all() for old, new in hold.seats.items()]
        lines += [
            "",
            f"These are held for you at the same price until {until:%H:%M} {zone(until)}, {day(until)}. Accept or "
            "decline them by then; otherwise your money is let go.",
        ]
    else:
        lines += ["Other seats were held for you, and are not any more."]
    lines += [order_address(order)]
    return _message(mail, f"Other seats for you: {title}, {day(starts_at)}", "\n".join(lines) + "\n")


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
        "",
        f"Look at the booking, change or cancel it: {order_address(order)}",
    ]
    return "\n".join(lines) + "\n"


def _journey(tickets: Sequence[PrintedTicket]) -> Iterator[str]:
    first = tickets[0]
    yield first.title
    for call in filter(None, (first.start, first.end)):
        yield f"{call.at:%H:%M} {zone(call.at)}, {day(call.at)}: {call.place}"
    for ticket in tickets:
        yield f"Seat {ticket.seat}, {ticket.zone}: ticket {ticket.code}"
