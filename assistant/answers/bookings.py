"""What has the caller booked or held, where are the tickets, and where does the caller wait?"""

import re

from accounts.models import User
from assistant.own import bookings_meant, bookings_of, holds_of, is_open, still_to_come
from assistant.replies import guidance, mine
from assistant.replies.pieces import Reply
from booking.models import Order
from booking.selectors.waiting import waiting_of

from .asked import Asked
from .own_details import details_asked

_LONGER = re.compile(
    r"\b(?:more|extra|longer|extend\w*|another|prolong|additional)\b|\b(?:dont|do not|without|never|not) pay|charge"
)
_AFTER_THAT = re.compile(r"\b(?:after|following|then) (?:that|this|it|them)\b|\band then\b|\bthe one after\b")
_LEAVES = re.compile(r"\b(?:off|leave|leaving|out of|remove|cancel|give up|quit|delete|no longer)\b")
_NAMES = re.compile(r"\bnames?\b|\b(?:change|correct|rename) \w+ to \w+|\bspel\w+|\bmis ?spelt\b")
_INVOICES = frozenset({"invoice", "invoices", "receipt", "receipts", "bill"})


def my_bookings(asked: Asked) -> Reply:
    if asked.customer is None:
        return mine.log_in_first()
    meant = bookings_meant(asked.customer, asked.slots, asked.now, topic=asked.topic)
    if meant.named and not meant.orders:
        return _not_yours(asked, asked.customer)
    if not meant.orders:
        return mine.none()
    if asked.talked_of and _AFTER_THAT.search(asked.message):
        return mine.details(after[:1]) if (after := _after(asked, asked.customer)) else mine.nothing_after()
    if _asks_next(asked) and not meant.named and (coming := still_to_come(meant.orders, asked.now)):
        return details_asked(coming[:1], asked, asked.customer) or mine.details(coming[:1])
    if only_asked := details_asked(meant.orders, asked, asked.customer):
        return only_asked
    if meant.named or len(meant.orders) == 1:
        return mine.details(meant.orders)
    if _asks_next(asked) or "upcoming" in asked.slots.rest.split():
        coming = still_to_come(meant.orders, asked.now)
        return mine.details(coming) if coming else mine.nothing_to_come()
    return mine.several(meant.orders)


def _asks_next(asked: Asked) -> bool:
    """Whether it is asked for what comes first, and not for all that is to come."""
    words = set(asked.slots.rest.split())
    asks_first = asked.slots.wishes.extreme in {"next", "earliest"} or {"next", "coming"} & words
    return bool(asks_first) and "upcoming" not in words


def _after(asked: Asked, customer: User) -> list[Order]:
    """What is still to come after the booking that the talk is of."""
    coming = still_to_come(bookings_of(customer), asked.now)
    codes = [order.reference for order in coming]
    return coming[codes.index(asked.talked_of) + 1 :] if asked.talked_of in codes else []


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
    if _NAMES.search(asked.message):
        return mine.names_on_tickets([order for order in meant.orders if is_open(order, asked.now)])
    coming = still_to_come(meant.orders, asked.now)
    asks_invoice = not _INVOICES.isdisjoint(asked.slots.rest.split())
    # What is past needs no ticket any more, but perhaps an invoice.
    shown = meant.orders if asks_invoice else coming
    return mine.tickets(shown, asks_invoice=asks_invoice) if shown else mine.no_tickets()


def waiting(asked: Asked) -> Reply:
    """Where the caller waits; how waiting lists and rooms work."""
    entries = [] if asked.customer is None else list(waiting_of(asked.customer)[:5])
    asks_to_leave = bool(_LEAVES.search(asked.message))
    return (
        mine.waiting(entries, asks_to_leave=asks_to_leave)
        if entries
        else guidance.how_to_wait(knows_of_none=asked.customer is not None)
    )
