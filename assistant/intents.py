"""What does somebody want to know? Patterns over the words that name nothing, together with what is named."""

import re
from enum import StrEnum

from .slots import Slots


class Intent(StrEnum):
    SEAT_FREE = "seat_free"
    TRAINS = "trains"
    WHATS_ON = "whats_on"
    HOW_TO_BOOK = "how_to_book"
    HOW_TO_PAY = "how_to_pay"
    HOW_TO_CANCEL = "how_to_cancel"
    MY_BOOKINGS = "my_bookings"
    HELP = "help"
    UNKNOWN = "unknown"


_PURCHASE = r"(?:bookings?|orders?|tickets?|reservations?|seats?)"
_MINE = re.compile(
    rf"\b(?:my (?:\w+ )?{_PURCHASE}"
    rf"|{_PURCHASE} (?:of mine|i (?:have )?(?:made|bought|booked|purchased|reserved))"
    r"|(?:have|did) i (?:booked|book|bought|buy|reserved|reserve|ordered|purchased|purchase)"
    r"|i (?:have )?(?:booked|bought|reserved|purchased))\b"
)
_CANCEL = re.compile(
    r"\b(?:cancel\w*|refund\w*|money back|(?:give|hand|send) (?:\w+ ){1,3}back|return (?:\w+ )?tickets?)\b"
)
_PAY = re.compile(r"\b(?:pay|paid|paying|payments?|(?:credit|debit|which|what|bank|by|with|my) cards?)\b")
_BOOK = re.compile(r"\b(?:book|booking|buy|purchase|reserve|reservation|(?:get|order) (?:\w+ )?(?:tickets?|seats?))\b")
_HOW = re.compile(r"\b(?:how|explain|steps?|way to|want to know|show me how|can i|where (?:do|can) i)\b")
_FREE = re.compile(r"\b(?:free|available|availability|vacant|taken|sold|booked|left|empty|open|reserved|still get)\b")
_SEATS = re.compile(r"\b(?:seats?|berths?|tickets?|places?|coach)\b")
_TRAIN_TALK = re.compile(
    r"\b(?:trains?|railway|connections?|fares?|timetable|departures?|travel|journey|go|get|depart|leave|leaves|when"
    r"|prices?|costs?|how much|tickets?|book|buy|reserve)\b"
)
_TRAINS = re.compile(r"\b(?:trains?|railway|timetable|departures?)\b")
_WHATS_ON = re.compile(
    r"\b(?:whats on|what is on|whats? (?:is )?(?:\w+ )?(?:playing|happening)|shows?|performances?|plays?|playing"
    r"|playbill|theat(?:er|re)|concerts?|events?|programme|opera|musical)\b"
)
_SHOW_TALK = re.compile(
    r"\b(?:when|what|which|where|how much|prices?|costs?|tickets?|tell|is|see|book|buy|times?|dates?)\b"
)
_HELP = re.compile(
    r"^(?:hi|hello|hey|good (?:morning|evening|afternoon))\b"
    r"|\bhelp\b|\bwhat (?:can|do) you (?:do|know)\b|\bwho are you\b"
)
# About our trains and shows, but nothing we keep facts of. Answered with "I do not know", not with something near.
_NOT_OURS = re.compile(
    r"\b(?:weather|late|delay|delayed|platform|wifi|luggage|baggage|parking|restaurant|meals?|food|toilets?|dogs?|pets?"
    r"|review|reviews|actor|actors|driver|wheelchair)\b"
)


def recognise(slots: Slots) -> Intent:
    """The intent behind what was said; UNKNOWN rather than a guess. The order decides between two that both fit."""
    text = slots.rest
    has_route = bool(slots.origin and slots.destination)
    names_offering = bool(slots.trains or slots.shows or slots.unknown_train or has_route)
    asks_how = bool(_HOW.search(text))

    if _CANCEL.search(text):
        return Intent.HOW_TO_CANCEL
    if _PAY.search(text):
        return Intent.HOW_TO_PAY
    if _NOT_OURS.search(text):
        return Intent.UNKNOWN
    if slots.seats:
        return Intent.SEAT_FREE
    if _MINE.search(text) and not _FREE.search(text.replace("booked", "").replace("reserved", "")):
        return Intent.MY_BOOKINGS
    if _FREE.search(text) and _SEATS.search(text) and (names_offering or not _BOOK.search(text)):
        return Intent.SEAT_FREE
    if _BOOK.search(text) and (not names_offering or (asks_how and not has_route and not slots.shows)):
        return Intent.HOW_TO_BOOK
    if slots.shows and (_SHOW_TALK.search(text) or _WHATS_ON.search(text) or _is_bare(text)):
        return Intent.WHATS_ON
    if _speaks_of_trains(text, slots):
        return Intent.TRAINS
    if _WHATS_ON.search(text):
        return Intent.WHATS_ON
    if _HELP.search(text):
        return Intent.HELP
    return Intent.UNKNOWN


def _speaks_of_trains(text: str, slots: Slots) -> bool:
    if _TRAINS.search(text) or (slots.origin and slots.destination) or slots.unknown_place:
        return True
    if slots.trains or slots.unknown_train:
        return bool(_TRAIN_TALK.search(text)) or _is_bare(text)
    return bool(slots.origin or slots.destination) and bool(_TRAIN_TALK.search(text))


def _is_bare(text: str) -> bool:
    """Little more than a name and perhaps a day: the most natural question about it is meant."""
    return len(text.split()) <= 2 and not text.startswith(("is", "does", "has", "who", "why", "can"))
