"""What does a mail about an order say? Written when it is sent, so that it says what is true by then."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import assert_never

from django.utils.translation import gettext as _
from moneyed import Money

from accounts.letters import Block, Card, Letter, Notice, Paragraph, Place, Sum
from booking.itinerary import BoughtSeat, Itinerary, journeys_of, title_of
from booking.models import Order, OutgoingMail, Ticket, WaitingEntry
from booking.templatetags.booking_format import day, money
from booking.tickets.letter_parts import booking_code, call_at, card, clock, letter, page_of, seat_in_words
from booking.tickets.offer_letters import late_offer, waiting_begun, waiting_offer
from booking.tickets.printed import PrintedTicket
from booking.tickets.showing import good_tickets, printed, with_offerings

K = OutgoingMail.Kind


def letter_about(mail: OutgoingMail, *, now: datetime) -> Letter:
    """The mail in words, in the language that is active."""
    match mail.about:
        case WaitingEntry() as entry:
            return waiting_begun(entry)
        case order:
            return _letter_about_order(mail, order, now)


def _letter_about_order(mail: OutgoingMail, order: Order, now: datetime) -> Letter:
    match K(mail.kind):
        case K.TICKETS:
            return _tickets(order)
        case K.NEW_TICKETS:
            return _new_tickets(order)
        case K.WAITING_OFFER:
            return waiting_offer(order)
        case K.LATE_OFFER:
            return late_offer(order, now)
        case K.CANCELLED:
            return _cancelled(order, mail)
        case K.DELAYED:
            return _delayed(order, now)
        case K.WAITING:
            raise ValueError("A mail of this kind is about no order.")
        case never:
            assert_never(never)


# --- Tickets --------------------------------------------------------------------------------------


def _tickets(order: Order) -> Letter:
    tickets = [printed(ticket) for ticket in good_tickets(order)]
    if not tickets:
        return _nothing_left(order)
    return letter(
        subject=_("Your tickets: %(what)s") % {"what": _first(tickets)},
        heading=_("Here are your tickets"),
        blocks=[booking_code(order), *_cards(tickets), _together(tickets), *_what_is_attached(), page_of(order)],
    )


def _new_tickets(order: Order) -> Letter:
    tickets = list(good_tickets(order))
    if not tickets:
        return _nothing_left(order)
    shown = [printed(ticket) for ticket in tickets]
    # What a step voids and what it issues have the step's own time.
    replaced = with_offerings(
        Ticket.objects.filter(order=order, voided_at=max(ticket.issued_at for ticket in tickets))
    ).order_by("number")
    before = [printed(ticket) for ticket in replaced]
    return letter(
        subject=_("New tickets: %(what)s") % {"what": _first(shown)},
        heading=_("Your seats have changed"),
        blocks=[
            Notice(_("Here are new tickets; use no others, they are not valid any more.")),
            booking_code(order),
            *_cards(shown),
            *[Paragraph(_("Before: %(what)s.") % {"what": line}) for line in _in_short(before)],
            *_what_is_attached(),
            page_of(order),
        ],
    )


def _nothing_left(order: Order) -> Letter:
    said = _("All seats of booking %(reference)s were cancelled.") % {"reference": order.reference}
    return letter(
        subject=_("Booking %(reference)s") % {"reference": order.reference},
        heading=_("Your booking was cancelled"),
        blocks=[Paragraph(said), page_of(order)],
    )


def _first(tickets: Sequence[PrintedTicket]) -> str:
    first = tickets[0]
    return f"{first.title}, {day(first.start.at)}, {clock(first.start.at)}"


def _cards(tickets: Sequence[PrintedTicket]) -> Iterator[Card]:
    for _same, together in groupby(tickets, lambda ticket: (ticket.title, ticket.start, ticket.end)):
        shown = list(together)
        first = shown[0]
        yield Card(
            title=first.title,
            calls=[call_at(call.place, call.at) for call in (first.start, first.end) if call is not None],
            notice=first.notice,
            places=[Place(seat_in_words(ticket.seat, ticket.zone), _said_of(ticket)) for ticket in shown],
        )


def _said_of(ticket: PrintedTicket) -> list[str]:
    code = _("ticket %(code)s") % {"code": ticket.code}
    return [code, *([ticket.passenger] if ticket.passenger else []), money(ticket.price)]


def _in_short(tickets: Sequence[PrintedTicket]) -> Iterator[str]:
    for (title, start), together in groupby(tickets, lambda ticket: (ticket.title, ticket.start)):
        seats = ", ".join(ticket.seat for ticket in together)
        yield f"{title}, {day(start.at)}, {clock(start.at)}, {seats}"


def _together(tickets: Sequence[PrintedTicket]) -> Sum:
    prices = [ticket.price for ticket in tickets]
    return Sum(_("Price of all tickets"), money(sum(prices[1:], prices[0])))


def _what_is_attached() -> list[Block]:
    return [
        Paragraph(
            _(
                "The PDF has a page for each ticket. Show its code at the entrance, on paper or on your phone; it "
                "admits one person, once. The other file puts the date into your calendar."
            )
        )
    ]


# --- Cancelled, or late ---------------------------------------------------------------------------


def _cancelled(order: Order, mail: OutgoingMail) -> Letter:
    """Seats were given back, by the customer or with a run that is cancelled: which, and what goes back for them."""
    journeys = [
        (journey, [seat for seat in journey.seats if seat.label in mail.seats]) for journey in journeys_of(order)
    ]
    given_back = [(journey, seats) for journey, seats in journeys if seats]
    title = title_of([journey for journey, _seats in given_back])
    kept = [seat.name for journey, _seats in journeys for seat in journey.kept]
    told = _("These seats are cancelled; their tickets are not valid any more.")
    return letter(
        subject=_("Cancelled: %(what)s, %(day)s") % {"what": title, "day": day(given_back[0][0].itinerary.starts_at)},
        heading=_("Your seats are cancelled"),
        blocks=[
            booking_code(order),
            Paragraph(told),
            *[card(journey.itinerary, seats) for journey, seats in given_back],
            *_what_goes_back(mail.back, [seat for _journey, seats in given_back for seat in seats]),
            *([_you_keep(kept)] if kept else []),
            Paragraph(_("The file puts your calendar right.")),
            page_of(order),
        ],
    )


def _you_keep(seats: Sequence[str]) -> Paragraph:
    return Paragraph(_("You keep %(seats)s; those tickets are as good as before.") % {"seats": ", ".join(seats)})


def _what_goes_back(back: Money | None, seats: Sequence[BoughtSeat]) -> Iterator[Block]:
    if back is None:
        return
    kept = sum((seat.price for seat in seats), back * 0) - back
    if back.amount:
        amount = {"amount": money(back)}
        yield Paragraph(_("%(amount)s goes back the way it was paid, usually within some days.") % amount)
    else:
        yield Paragraph(_("No money goes back for them."))
    if kept.amount:
        amount = {"amount": money(kept)}
        yield Paragraph(_("%(amount)s is kept, by the terms under which they were sold.") % amount)


def _delayed(order: Order, now: datetime) -> Letter:
    """A run of the order is late, or on time again: what is so now of each journey that is not over."""
    kept = [journey for journey in journeys_of(order) if journey.kept]
    ahead = [journey for journey in kept if not _is_over(journey.itinerary, now)] or kept
    if not ahead:
        return _nothing_left(order)
    first = ahead[0].itinerary
    on_time = not any(journey.itinerary.notice for journey in ahead)
    return letter(
        subject=_("News of your journey: %(what)s, %(day)s") % {"what": title_of(ahead), "day": day(first.starts_at)},
        heading=_("News of your journey"),
        blocks=[
            *([Paragraph(_("Your train is expected on time again."))] if on_time else []),
            booking_code(order),
            *[card(journey.itinerary, journey.kept) for journey in ahead],
            Paragraph(_("Your tickets stay as good as they are. The times above are those of the timetable.")),
            page_of(order),
        ],
    )


def _is_over(itinerary: Itinerary, now: datetime) -> bool:
    return (itinerary.ends_at or itinerary.starts_at) < now
