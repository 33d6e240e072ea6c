"""How is it booked, and how far ahead? Until when trains and shows are on sale now."""

import re
from datetime import date

from django.db.models import Max

from assistant.replies import guidance, on_sale
from assistant.replies.pieces import Reply
from booking.models import Departure, Inventory
from booking.selectors import upcoming_performances

from .asked import Asked

_AHEAD = re.compile(
    r"\b(?:how (?:far|early|soon|long|many days)\b.*\b(?:ahead|advance|before|early|book)"
    r"|in advance|last day|latest day|until when|till when"
    r"|when (?:can|will|do|does)\b.*\b(?:book|out|open|released?|sale|start|come|available)"
    r"|booking (?:open|window|period|start)s?|advance booking|earliest)\b"
)


def how_to_book(asked: Asked) -> Reply:
    """The steps; to whom asks until when one can book, the last days on sale first."""
    if not _AHEAD.search(asked.slots.rest):
        return guidance.how_to_book()
    trains = Departure.objects.filter(inventory__state=Inventory.State.OPEN).aggregate(last=Max("date"))["last"]
    return on_sale.until(trains=trains, shows=_last_performance(asked))


def _last_performance(asked: Asked) -> date | None:
    """The day, where it plays, of the last performance that is announced."""
    last = upcoming_performances(now=asked.now, show=next(iter(asked.slots.shows), None)).order_by("-starts_at").first()
    return last.starts_at.astimezone(last.hall.venue.zone).date() if last else None
