"""Is a question about what the caller has, though its words alone say another thing?

What a message means by its words is understood without knowing who says it (merging.py). Here it is seen beside the
caller's own bookings, and beside the one that the talk is of: "when does it leave" after a booking was told is asked of
that booking, the name of the child that travels on it is no other customer's, and "cancel it for her", after another
customer's booking was refused, is not said of one's own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accounts.models import User
from booking.models import Order, OrderSeat
from booking.selectors import parts_of, seats_of_part
from payments.exchange_choices import parts_to_exchange

from . import cues
from .aspects import Aspect, aspects_in
from .context import Context
from .cues import POINTING
from .dates import NoSuchDay
from .intents import BOOKINGS, Intent
from .options import booking_of, part_key
from .own import bookings_meant, bookings_of, is_open
from .own_seats import is_named, narrows
from .reading import folded
from .slots import Slots
from .tools import neighbours_of
from .ways import parts_of_way
from .wished_days import day_had, day_wished, without_day_had

_OWN_TALK = BOOKINGS | {Intent.REFUND_STATUS, Intent.PAYMENT_PROBLEM}
# What words without a name are easily taken for.
_TAKEN_FOR = frozenset(
    {
        Intent.UNKNOWN, Intent.TRAINS, Intent.TIMETABLE, Intent.FARES, Intent.WHATS_ON, Intent.SHOW, Intent.SEAT_FREE,
        Intent.BOOK, Intent.HOW_TO_BOOK, Intent.HOW_TO_PAY, Intent.HELP, Intent.SMALLTALK, Intent.TICKETS,
        Intent.REFUND_STATUS, Intent.PAYMENT_PROBLEM, Intent.MY_HOLD, Intent.CONTACT, Intent.ACCESSIBILITY,
    }
)  # fmt: skip
_NARROWED = frozenset(
    {
        Intent.UNKNOWN, Intent.BOOK, Intent.SEAT_FREE, Intent.FARES, Intent.CONFIRM, Intent.WHATS_ON, Intent.TRAINS,
        Intent.SHOW, Intent.MY_BOOKINGS, Intent.OTHER_PEOPLE, Intent.TIMETABLE, Intent.WAITING,
    }
)  # fmt: skip
# They have an answer of their own, which is better unless a fact of the booking is asked for.
_SETTLED = frozenset(
    {
        Intent.TICKETS, Intent.REFUND_STATUS, Intent.PAYMENT_PROBLEM, Intent.MY_HOLD, Intent.HOW_TO_PAY, Intent.CONTACT,
        Intent.ACCESSIBILITY, Intent.HELP,
    }
)  # fmt: skip
_ALSO_OF_OTHERS = frozenset({Aspect.BACK, Aspect.PAID_WITH, Aspect.PLACE, Aspect.PRICE})
_ABOUT_GIVING_BACK = frozenset({Intent.EXCHANGE, Intent.CANCEL, Intent.MY_BOOKINGS, Intent.WAITING})
_OF_PAYING = frozenset({Intent.HOW_TO_PAY, Intent.MY_BOOKINGS, Intent.FARES, Intent.UNKNOWN, Intent.PAYMENT_PROBLEM})
_RENAMES = re.compile(r"\b(?:change|correct|rename|spelling)\b.* to \w+")
_WAITS = re.compile(r"\bwait(?:ing)? ?list\w*\b|\bqueue\b.*\b(?:my|i|me)\b|\b(?:my|i|me)\b.*\bqueue\b|\bwl\b")
_OF_WAITING = re.compile(
    r"\b(?:place|position|number|far|ahead|chance|chances|sure|certain|get it|get them|charge\w*|automatic\w*|pay|leave"
    r"|off|out|remove|when|how long|offer\w*|still)\b"
)
_MOVES = re.compile(
    r"\b(?:put|move|shift|switch|swap|upgrade|bump|change|take|get|give) (?:us|me|my|our|them|it)\b"
    r"|\b(?:change|move|switch|swap|shift|upgrade)\b.*\b(?:to|for|into|back)\b"
    r"|\b(?:cant|cannot|can not) (?:do|make|manage)\b.*\b(?:put|move|instead|rather|go)\b"
    r"|\b(?:go|travel|come)\b.*\b(?:later|earlier|sooner|instead)\b"
)
_TWO_PAYMENTS = re.compile(r"\b(?:2|two|double|second|extra|another|more) (?:payments?|charges?|debits?|deductions?)\b")
_WHERE_TO = re.compile(
    r"\bwhere (?:does|do|will|is|would) (?:it|the money|that|this|they)\b"
    r"|\b(?:which|what|my|same|to) (?:card|account|bank|upi)\b"
    r"|\bhow (?:long|many days)\b|\bwhen (?:will|do|does|would|wil) (?:i|it|the money)\b"
)
_US = re.compile(r"\b(?:us|me|we|i|my|our|it|them)\b")
_DEARER = re.compile(r"\b(?:cost|costs|more|extra|much|price|difference|diff|pay|cheaper|expensive|free)\b")
_STOPS = re.compile(
    r"^(?:(?:no|nope|nah|stop|wait|oh|please|pls|sorry|ok|okay)[ ,!.]+)*"
    r"(?:dont|do not|stop|not|never mind|leave|keep)\b"
)
_TO_DO = re.compile(r"\b(?:cancel\w*|do|exchange|refund|release|it|that|them|yet|anything)\b")
_HAVE = re.compile(
    r"\b(?:do|have|hav|did|am|are|were|was|had|will|shall) (?:i|we)\b"
    r"|\b(?:i|we|ive|weve) (?:have|got|hav|booked|bought|paid)\b"
)
_NEXT_TO = re.compile(r"\b(?:next to|beside|besides|near|adjacent to|adjoining|left of|right of|close to|by)\b")
_YES = frozenset({"y", "ye", "yea", "k", "kk", "yh", "yess", "haan", "ha", "ji"})
_WHEN_IT_COMES = frozenset({Aspect.LEAVES, Aspect.ARRIVES, Aspect.DURATION, Aspect.PLACE, Aspect.PRICE})
_MY = re.compile(r"\b(?:my|our|mine|ours)\b")
_ME = re.compile(r"\b(?:my|our|mine|ours|me|us|i|we|im|ive|weve)\b")
_MINE_INSTEAD = re.compile(r"\b(?:mine|my own|ours)\b")
_HER = re.compile(r"\b(?:her|his|their|hers|theirs|him|she|he)\b|\bfor them\b|\b(?:her|his) behalf\b")
_GIVES_BACK = re.compile(
    r"\b(?:drop|return|remove|refund|get rid of|give (?:\w+ ){0,2}?(?:back|up)"
    r"|let (?:it|them|those|these|\w+ seats?) go"
    r"|(?:dont|do not|no longer) (?:want|need) (?:it|them|\w+ seats?|the seats?|the tickets?))\b"
)
# "I give up, where are they" gives nothing back.
_GIVES_UP = re.compile(
    r"\bgive (?:\w+ ){0,3}?back\b|\bgiv(?:e|ing) up "
    r"(?:the|my|our|one|it|this|that|those|these|two|a|all|both|\w+ seats?)\b"
    r"|\b(?:drop|drops|dropping|dropped|pull|pulls|back|backs) out\b"
    r"|\b(?:cant|cannot|can not|wont|couldnt|not able to|unable to) (?:\w+ )?(?:come|make it|join|attend)\b"
    r"|\b(?:is|are|am|im|isnt|arent) (?:not )?coming (?:any ?more|along)\b|\bnot coming\b"
)
_CAME_BACK = re.compile(
    r"\b(?:did|have|has) (?:i|we|u|you) (?:\w+ )?(?:get|got|gotten|receive|received|give|given|send|sent|pay|paid) "
    r"(?:\w+ ){0,3}?(?:money|refund|back)\b"
    r"|\b(?:was|wasnt|were|werent|has|hasnt|have|havent|been|is|isnt) (?:\w+ ){0,3}?(?:refunded|reimbursed|paid back)\b"
    r"|\bhow much (?:was|were|did|has|have) (?:\w+ ){0,4}?(?:refunded|back|reimbursed)\b"
)
_PAID_FOR = re.compile(
    r"\bhow (?:did|have) (?:i|we) (?:\w+ )?(?:pay|paid)\b|\bhow (?:was|were) (?:\w+ ){1,4}?paid\b"
    r"|\b(?:what|which \w+|with what) (?:did|have) (?:i|we) (?:\w+ )?(?:pay|paid|use|used)\b"
    r"(?=.*\b(?:with|by|from|use|used)\b)"
)
_TO_KEEP = re.compile(r"\b(?:in|into|to|on) (?:my|the|our) (?:\w+ )?(?:calend[ae]r|wallet)s?\b")
# Asked of a day on which one has something, it is asked of that.
_WHERE_IT_IS = re.compile(r"\b(?:address|venue|location|directions?|where (?:is|do|must|shall|should|am|are)|wheres)\b")
_IF = re.compile(r"\b(?:if|would|could|when will)\b")
_LONGER = re.compile(
    r"\b(?:more|extra|extend|additional|another|longer)\b(?: \w+){0,3}? ?\b(?:mins?|minutes?|time|hold)\b"
    r"|\b(?:hold|keep|reserve) (?:\w+ ){0,2}?longer\b|\bneed (?:longer|more time)\b|\bextend\b"
)
_TAKEN_MONEY = re.compile(
    r"\b(?:you|u|they|bank) (?:\w+ )?(?:take|took|taken|charge|charged|deduct\w*|debit\w*|keep|kept)\b(?! back)"
    r"|\b(?:money|amount) (?:\w+ )?(?:taken|deducted|debited|gone|cut)\b"
)
_TO_PAY = re.compile(
    r"\bwhere\b.*\bpay\b|\bhow (?:do|can|to)\b.*\bpay\b|\bpay (?:now|it|for (?:it|them|this))\b|\blink\b"
)
_NOT_PAID = re.compile(r"\b(?:dont|do not|never|not|didnt|without) pay(?:ing)?\b")
_NAMES = re.compile(r"\bnames?\b|\bspel(?:t|l\w*)\b")
_ON_A_TICKET = re.compile(r"\b(?:tickets?|seats?|bookings?|passengers?|order|berths?)\b")
_STRANGER_INSIDE = re.compile(
    r"\b(?:logged|signed|log|sign) (?:in|on|into)\b|\bmy (?:account|password|profile)\b|\bhack\w*\b|\bas me\b"
)
_RELATION = re.compile(
    r"\bmy (?:\w+ )?(?:son|daughter|kid|kids|child|children|baby|wife|husband|mother|father|mom|mum|dad|parents|sister"
    r"|brother|partner|family)s?\b"
)
_OF_OUR_JOURNEY = re.compile(
    r"\b(?:seats?|sit|sits|sitting|berth|coach|where|pay|paid|cost|price|ticket|window|upper|lower)\b"
)
_THEIR_OWN = re.compile(r"\b(?:book|booked|bought|buy|account|orders?|bookings?|reserved|reservation|separate\w*)\b")
_TAKEN = re.compile(r"\b(?:free|available|availability|open|left|vacant)\b")


@dataclass(frozen=True, slots=True)
class Own:
    """What the caller has, as far as it tells what is meant."""

    orders: Sequence[Order]
    topic: str

    def has(self, code: str) -> bool:
        return any(order.reference == code for order in self.orders)

    def named_in(self, message: str) -> list[str]:
        """Seats of those who travel on one's own bookings and are called by their name."""
        return [seat.name for seat in self.seats if is_named(seat, message)]

    @property
    def seats(self) -> list[OrderSeat]:
        return [seat for order in self.orders for part in parts_of(order) for seat in seats_of_part(order, part)]


def as_own(
    intent: Intent, slots: Slots, *, message: str, before: Context, customer: User, now: datetime
) -> tuple[Intent, Slots]:
    """What is meant by a caller who is known."""
    text = folded(message)
    own = Own(bookings_of(customer), booking_of(str(before.said.get("option", ""))))
    slots = _without_anothers_code(slots, text, own)
    if intent == Intent.OTHER_PEOPLE:
        return _not_others(text, slots, before, own)
    if slots.wishes.reference and set(slots.rest.split()) <= cues.FILLER:
        # A code alone stays in what is talked of, and is never a wish to give something back by itself.
        return (before.going_on if before.going_on in _OWN_TALK else Intent.MY_BOOKINGS), slots
    if before.asked in {"confirm", "seats"} and _STOPS.search(text) and (_TO_DO.search(text) or len(text.split()) < 4):
        return Intent.DECLINE, slots
    if intent in {Intent.CANCEL, Intent.EXCHANGE, Intent.TICKETS} and _is_for_another(text, slots, before, own):
        return Intent.OTHER_PEOPLE, slots
    if (found := _by_what_one_has(intent, slots, text, before, own, now)) is not None:
        # What one has oneself is told before how such things work.
        slots = replace(slots, topic="")
        return found, _with_day(slots, text, own, customer, now) if found == Intent.EXCHANGE else slots
    intent, slots = _goes_on(intent, slots, text, before, own, customer, now)
    return (intent, _with_day(slots, text, own, customer, now)) if intent == Intent.EXCHANGE else (intent, slots)


def _with_day(slots: Slots, text: str, own: Own, customer: User, now: datetime) -> Slots:
    """The day to go to instead, so that the next message may go on about it."""
    had = {seat.name for seat in own.seats if seat.cancelled_at is None}
    undated = replace(slots, day=day_had(text), hours=None, destination=None, seats=tuple(had & set(slots.seats)))
    meant = bookings_meant(customer, undated, now, topic=own.topic)
    if undated.day is not None and meant.orders:
        return replace(slots, day=without_day_had(text, slots.day))
    meant = bookings_meant(customer, replace(undated, day=None), now, topic=own.topic)
    way = slots.wishes.way
    parts = [
        part
        for order in meant.orders
        for part in parts_to_exchange(order=order, now=now)
        if part in parts_of_way(order, way)
    ]
    if len(parts) != 1:
        return slots
    try:
        return replace(slots, day=day_wished(parts[0], day=slots.day, message=text, now=now))
    except NoSuchDay:
        return slots


def _without_anothers_code(slots: Slots, text: str, own: Own) -> Slots:
    """ "And mine?" lets go of a code that was refused."""
    code = slots.wishes.reference
    if code and code.lower() not in text and not own.has(code) and _MINE_INSTEAD.search(text):
        return replace(slots, wishes=replace(slots.wishes, reference=""))
    return slots


def _not_others(text: str, slots: Slots, before: Context, own: Own) -> tuple[Intent, Slots]:
    """One's own child is no other customer, and a stranger in one's account is a matter of the account."""
    if slots.wishes.email or (slots.wishes.reference and not own.has(slots.wishes.reference)):
        return Intent.OTHER_PEOPLE, slots
    if seats := own.named_in(text):
        return Intent.MY_BOOKINGS, replace(slots, seats=tuple(seats))
    if _STRANGER_INSIDE.search(text):
        return Intent.ACCOUNT, slots
    if _RELATION.search(text) and _GIVES_UP.search(text) and own.orders:
        return Intent.CANCEL, slots
    if _RELATION.search(text) and _OF_OUR_JOURNEY.search(text) and not _THEIR_OWN.search(text) and own.orders:
        return Intent.MY_BOOKINGS, slots
    if before.going_on in _OWN_TALK and re.fullmatch(r"(?:but )?why(?: not)?[?! ]*", text):
        return before.going_on, slots
    return Intent.OTHER_PEOPLE, slots


def _is_for_another(text: str, slots: Slots, before: Context, own: Own) -> bool:
    """ "Cancel it for her": whose booking was refused a moment ago, or who has none of the caller's seats."""
    if own.named_in(text) or _MY.search(text) or own.has(slots.wishes.reference):
        return False
    if before.last == Intent.OTHER_PEOPLE:
        return bool(_HER.search(text) or POINTING.search(text))
    code = str(before.said.get("reference", ""))
    return bool(_HER.search(text)) and (not own.topic or bool(code and not own.has(code)))


def _by_what_one_has(
    intent: Intent, slots: Slots, text: str, before: Context, own: Own, now: datetime
) -> Intent | None:
    """Where a seat, a hold or a payment of the caller's tells what the words do not."""
    live = {seat.name for seat in own.seats if seat.cancelled_at is None}
    talks = before.going_on in _OWN_TALK
    holds = any(order.confirmed_at is None and is_open(order, now) for order in own.orders)
    of_waiting = before.going_on == Intent.WAITING and not slots.names_offering and _OF_WAITING.search(text)
    if _WAITS.search(text) or (of_waiting and intent in _TAKEN_FOR | {Intent.MY_BOOKINGS}):
        return Intent.WAITING
    of_names = _NAMES.search(text) and _ON_A_TICKET.search(text) and (_ME.search(text) or text.startswith("change"))
    if own.orders and of_names and intent not in {Intent.SHOW, Intent.WHATS_ON}:
        return Intent.TICKETS
    if own.named_in(text) and _RENAMES.search(text):
        return Intent.TICKETS
    if _LONGER.search(text) and (before.intent == Intent.MY_HOLD or holds) and intent != Intent.EXCHANGE:
        return Intent.MY_HOLD
    if holds and intent in _OF_PAYING and (_NOT_PAID.search(text) or (_TO_PAY.search(text) and talks)):
        return Intent.MY_HOLD
    if _TWO_PAYMENTS.search(text):
        return Intent.PAYMENT_PROBLEM
    if _TAKEN_MONEY.search(text) and intent in _OF_PAYING | {Intent.REFUND_STATUS}:
        return Intent.PAYMENT_PROBLEM
    if own.orders and (found := _of_what_was_paid(intent, slots, text)) is not None:
        return found
    wants_other = _MOVES.search(text) and slots.topic != "calendar" and intent in _TAKEN_FOR | {Intent.RUNNING}
    if wants_other and (live & set(slots.seats) or _US.search(text)) and not slots.names_train:
        return Intent.EXCHANGE
    goes_on = (
        before.intent == Intent.EXCHANGE
        and before.asked
        and intent in {Intent.FARES, Intent.UNKNOWN, Intent.MY_BOOKINGS}
    )
    if goes_on and _DEARER.search(text):
        return Intent.EXCHANGE
    of_refund = before.going_on in {Intent.CANCEL, Intent.REFUND_STATUS} and _WHERE_TO.search(text)
    if of_refund and intent in _TAKEN_FOR | {Intent.ACCOUNT}:
        return Intent.REFUND_STATUS
    of_talk = before.intent == Intent.CANCEL and not slots.names_offering
    gives_up = own.orders and _GIVES_UP.search(text) and intent in _TAKEN_FOR | _ABOUT_GIVING_BACK
    if gives_up and (of_talk or _ME.search(text)):
        return Intent.CANCEL
    gives_back = _GIVES_BACK.search(text) and intent in _TAKEN_FOR | {Intent.EXCHANGE}
    if gives_back and (live & set(slots.seats) or own.named_in(text) or (talks and not slots.names_offering)):
        return Intent.CANCEL
    if before.asked == "confirm" and text.strip(" .!") in _YES:
        return Intent.CONFIRM
    return None


def _of_what_was_paid(intent: Intent, slots: Slots, text: str) -> Intent | None:
    """What has happened with the caller's money, and what they want to have on their phone."""
    if slots.wishes.email:
        return None
    if _TO_KEEP.search(text) and intent in _TAKEN_FOR | _ABOUT_GIVING_BACK:
        return Intent.TICKETS
    if _CAME_BACK.search(text) and not _IF.search(text) and intent in _TAKEN_FOR | _ABOUT_GIVING_BACK:
        return Intent.REFUND_STATUS
    if _PAID_FOR.search(text) and intent in _OF_PAYING | _TAKEN_FOR:
        return Intent.MY_BOOKINGS
    return None


def _goes_on(
    intent: Intent, slots: Slots, text: str, before: Context, own: Own, customer: User, now: datetime
) -> tuple[Intent, Slots]:
    """What is asked of the booking that the talk is of, or of one's own by the words that say so."""
    talks = before.going_on in _OWN_TALK
    owned = bool({seat.name for seat in own.seats} & set(slots.seats))
    aspects = set(aspects_in(slots.rest))
    if talks and before.intent == Intent.CANCEL and Aspect.STILL in aspects:
        return Intent.MY_BOOKINGS, slots
    narrowed = talks and before.intent == Intent.CANCEL and bool(before.asked) and intent in _NARROWED
    if intent == Intent.CANCEL or (narrowed and (narrows(text) or own.named_in(text) or owned)):
        named = own.named_in(text)
        # The next message may go on about those who were called by their name.
        return Intent.CANCEL, replace(slots, seats=tuple(named)) if named and not slots.seats else slots
    if not own.orders or intent not in _TAKEN_FOR:
        return intent, slots
    if _TAKEN.search(slots.rest):
        beside = _NEXT_TO.search(text) and owned and not slots.names_offering
        return (Intent.SEAT_FREE, _neighbours(slots, own)) if beside else (intent, slots)
    if before.going_on in {Intent.REFUND_STATUS, Intent.PAYMENT_PROBLEM} and aspects & _WHEN_IT_COMES:
        return (intent if intent in _SETTLED else before.going_on), slots
    is_undecided = intent not in _SETTLED and not slots.near and not slots.names_offering
    if slots.day and is_undecided and _WHERE_IT_IS.search(text):
        has_then = bookings_meant(customer, slots, now).orders
        return (Intent.MY_BOOKINGS if has_then else intent), slots
    is_of_own = bool(_MY.search(text) or _HAVE.search(text) or own.named_in(text) or owned)
    if slots.names_offering and not (is_of_own and bookings_meant(customer, slots, now).orders):
        return intent, slots
    if intent in _SETTLED and not (talks and aspects - _ALSO_OF_OTHERS):
        return intent, slots
    return (Intent.MY_BOOKINGS if aspects and (talks or is_of_own) else intent), slots


def _neighbours(slots: Slots, own: Own) -> Slots:
    """The seats beside one's own, at the same performance or on the same run and way."""
    order, part, seat = next(
        (order, part, seat)
        for order in own.orders
        for part in parts_of(order)
        for seat in seats_of_part(order, part)
        if seat.name in slots.seats
    )
    had = {one.name for one in seats_of_part(order, part)}
    beside = tuple(name for name in neighbours_of(part.inventory, seat.name) if name not in had)
    return replace(slots, seats=beside or (seat.name,), option=part_key(part))
