"""What has the caller booked or held, where are the tickets, and where does the caller wait?"""

import re

from accounts.models import User
from assistant.own import bookings_meant, bookings_of, holds_of, is_open, still_to_come
from assistant.replies import guidance, mine
from assistant.replies.pieces import Reply
from booking.selectors.waiting import waiting_of

from .asked import Asked
from .own_details import details_asked

_LONGER = re.compile(
    r"\b(?:more|extra|longer|extend\w*|another|prolong|additional)\b|\b(?:dont|do not|without|never|not) pay|charge"
)
NAMES = re.compile(r"\bnames?\b|\bspel\w+|\bmis ?spelt\b")
_INVOICES = frozenset({"invoice", "invoices", "receipt", "receipts", "bill"})


def my_bookings(asked: Asked) -> Reply:
    if asked.customer is None:
        return mine.log_in_first()
    meant = bookings_meant(asked.customer, asked.slots, asked.now, topic=asked.topic)
    if meant.named and not meant.orders:
        return _not_yours(asked, asked.customer)
    if not meant.orders:
        return mine.none()
    if only_asked := details_asked(meant.orders, asked, asked.customer):
        return only_asked
    if meant.named or len(meant.orders) == 1:
        return mine.details(meant.orders)
    if asked.slots.wishes.extreme in {"next", "earliest"} or {"next", "upcoming", "coming"} & set(
        asked.slots.rest.split()
    ):
        coming = still_to_come(meant.orders, asked.now)
        is_next = "upcoming" not in asked.slots.rest
        return mine.details(coming[:1] if is_next else coming) if coming else mine.nothing_to_come()
    return mine.several(meant.orders)


def _not_yours(asked: Asked, customer: User) -> Reply:
    """The same words whether there is such a booking or not."""
    slots = asked.slots
    if slots.wishes.reference:
        return mine.no_such_booking()
    return mine.nothing_fits(bookings_of(customer))


def my_hold(asked: Asked) -> Reply:
    """Who holds the caller's seats, and until when."""
    if asked.customer is None:
        return guidance.how_long_holds_last()
    meant = bookings_meant(asked.customer, asked.slots, asked.now)
    if meant.named and not meant.orders:
        return _not_yours(asked, asked.customer)
    held = holds_of(asked.customer, asked.now)
    chosen = [order for order in held if not meant.named or order in meant.orders]
    if not chosen:
        return mine.nothing_held()
    return mine.held(chosen, asked.customer, now=asked.now, asks_longer=bool(_LONGER.search(asked.message)))


def tickets(asked: Asked) -> Reply:
    if asked.customer is None:
        return guidance.where_tickets_are()
    meant = bookings_meant(asked.customer, asked.slots, asked.now, topic=asked.topic)
    if meant.named and not meant.orders:
        return _not_yours(asked, asked.customer)
    if NAMES.search(asked.message):
        return mine.names_on_tickets([order for order in meant.orders if is_open(order, asked.now)])
    coming = still_to_come(meant.orders, asked.now)
    asks_invoice = not _INVOICES.isdisjoint(asked.slots.rest.split())
    # What is past needs no ticket any more, but perhaps an invoice.
    shown = meant.orders if asks_invoice else coming
    return mine.tickets(shown, asks_invoice=asks_invoice) if shown else mine.no_tickets()


def waiting(asked: Asked) -> Reply:
    """Where the caller waits; how waiting lists and rooms work."""
    entries = [] if asked.customer is None else list(waiting_of(asked.customer)[:5])
    return mine.waiting(entries) if entries else guidance.how_to_wait(knows_of_none=asked.customer is not None)
