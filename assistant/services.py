"""The assistant's one service: a message in, an answer from live data out. Nothing is written.

Understanding (merging.py and below it) and answering (answers/) meet only in the intent and its slots, so either can be
replaced. What is talked of goes along as a Context, which whoever asks keeps.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from accounts.models import User
from booking.errors import DomainError, InventoryNotOnSale
from booking.seatstore import SeatStoreRefused, StoreUnavailable
from booking.selling.pricing import NoPrice

from . import tools
from .answers import ANSWERS, Asked, about_topic
from .context import Context, context_of
from .dates import NoSuchDay, day_as_json
from .errors import MessageEmpty, MessageTooLong
from .intents import BOOKINGS, OFFERINGS, Intent
from .merging import about_same_booking, understood
from .names import Names
from .options import booking_of
from .own_topic import as_own
from .reading import folded
from .replies import guidance
from .replies.pieces import Action, Reply, Suggestion, home_link
from .slots import Slots
from .stated import stated_facts
from .two_questions import are_two, halves

MESSAGE_MAX_LENGTH = 500
# A greeting before a question is no question.
_GREETING = re.compile(
    r"^\s*(?:hi+|hey+|hello|hiya|hola|namaste|good (?:morning|afternoon|evening))(?: (?:there|again|all))?[\s,!.]+"
    r"(?=\S+\s+\S+\s+\S)",
    re.IGNORECASE,
)
_OF_MONEY = frozenset({Intent.REFUND_STATUS, Intent.PAYMENT_PROBLEM})
# After these, what was talked of before still is.
_ASIDES = frozenset(
    {Intent.SMALLTALK, Intent.HELP, Intent.UNKNOWN, Intent.HOW_TO_BOOK, Intent.HOW_TO_PAY, Intent.LUGGAGE}
)


@dataclass(frozen=True, slots=True)
class Question:
    intent: Intent
    slots: Slots


@dataclass(frozen=True, slots=True)
class Answer:
    """`slots` is what was understood to be named, in words; `actions` are what a program would send to do what was
    prepared; `facts` are what another wording must state too; `context` goes along with the next message."""

    text: str
    intent: Intent
    suggestions: list[Suggestion]
    actions: list[Action]
    slots: Mapping[str, Any]
    facts: frozenset[str]
    context: Context


def answer(*, message: str, customer: User | None, now: datetime, context: Context | None = None) -> Answer:
    """Answer a question, on behalf of `customer`: an account or a guest with bookings, None if nobody is known.

    Raises:
        MessageEmpty, MessageTooLong: it is not a question yet.
    """
    message = message.strip()
    if not message:
        raise MessageEmpty
    if len(message) > MESSAGE_MAX_LENGTH:
        raise MessageTooLong(MESSAGE_MAX_LENGTH)
    before = context or Context()
    if (parts := _two_questions(message, before)) is not None:
        first, second = parts
        told = _answered(first, before, customer=customer, now=now)
        return _both(told, _answered(second, told.context, customer=customer, now=now))
    return _answered(message, before, customer=customer, now=now)


def _two_questions(message: str, before: Context) -> tuple[str, str] | None:
    parts = halves(_GREETING.sub("", message))
    if parts is None:
        return None
    names = tools.known_names()
    whole, first = understand(message, before, names), understand(parts[0], before, names)
    second = understand(parts[1], context_after(first, before), names)
    is_two = whole.intent in {first.intent, second.intent} and are_two(first.intent, second.intent)
    return parts if is_two else None


def _both(first: Answer, second: Answer) -> Answer:
    return replace(
        second,
        text=f"{first.text}\n\n{second.text}",
        intent=first.intent,
        suggestions=list(dict.fromkeys([*first.suggestions, *second.suggestions])),
        actions=[*first.actions, *second.actions],
        slots={**second.slots, **first.slots},
        facts=first.facts | second.facts,
    )


def _answered(message: str, before: Context, *, customer: User | None, now: datetime) -> Answer:
    question = understand(_GREETING.sub("", message), before)
    if customer is not None:
        settled = as_own(question.intent, question.slots, message=message, before=before, customer=customer, now=now)
        question = _in_own_talk(question, Question(*settled), before)
    if question.intent == Intent.CONFIRM and before.asked == "confirm":
        return _prepared_again(before, customer=customer, now=now)
    reply = _reply(question, before, message=message, customer=customer, now=now)
    return _answer(question, reply, _next(question, reply, before))


def understand(message: str, context: Context | None = None, names: Names | None = None) -> Question:
    """What a message means after those before it; `names` are those of the catalogue, read anew if not given."""
    return Question(*understood(message, context or Context(), names or tools.known_names()))


def _in_own_talk(by_words: Question, settled: Question, before: Context) -> Question:
    """What is seen to be about the caller's bookings goes on where the talk of them was."""
    if settled.intent == by_words.intent or settled.intent not in BOOKINGS or before.intent not in BOOKINGS:
        return settled
    said_before = before.slots(tools.known_names())
    return Question(settled.intent, about_same_booking(settled.slots, said_before, settled.intent, before))


def context_after(question: Question, before: Context) -> Context:
    """What is talked of after a question, as far as it takes no answer."""
    return _next(question, Reply(""), before)


def _prepared_again(before: Context, *, customer: User | None, now: datetime) -> Answer:
    """A yes to what was prepared changes nothing either: where to say it is told once more."""
    question = Question(before.intent, before.slots(tools.known_names()))
    reply = guidance.confirm_on_page(_reply(question, before, message="", customer=customer, now=now))
    return _answer(Question(Intent.CONFIRM, question.slots), reply, _next(question, reply, before))


def _reply(question: Question, before: Context, *, message: str, customer: User | None, now: datetime) -> Reply:
    talked_of = booking_of(str(before.said.get("option", "")))
    asked = Asked(question.slots, customer, now, before.asked, before.topic, folded(message), talked_of)
    try:
        return about_topic(asked) or ANSWERS[question.intent](asked)
    except NoSuchDay:
        return guidance.no_such_day()
    except StoreUnavailable:
        return guidance.store_unavailable()
    except (SeatStoreRefused, InventoryNotOnSale, NoPrice):
        return guidance.not_on_sale()
    except DomainError as refusal:
        # A rule of the shop says no, in a sentence for customers: a carrier without fares for children.
        return Reply(str(refusal), (home_link(),))


def _answer(question: Question, reply: Reply, context: Context) -> Answer:
    return Answer(
        text=reply.text,
        intent=question.intent,
        suggestions=list(dict.fromkeys(reply.suggestions)),
        actions=list(reply.actions),
        slots=named(question.slots),
        facts=stated_facts(reply.text),
        context=context,
    )


def _next(question: Question, reply: Reply, before: Context) -> Context:
    return replace(_talked_of(question, reply, before), topic=question.slots.topic or question.intent.value)


def _talked_of(question: Question, reply: Reply, before: Context) -> Context:
    if question.slots.topic and question.intent not in OFFERINGS | {Intent.TICKETS}:
        day = question.slots.day
        return replace(before, said={"day": day_as_json(day), **before.said}) if day else before
    if question.intent in _ASIDES or question.intent not in OFFERINGS | BOOKINGS | _OF_MONEY:
        if question.intent in _ASIDES:
            return before
        kept = before if question.intent == Intent.OTHER_PEOPLE else Context()
        return replace(kept, asked="", last=question.intent)
    slots = question.slots
    said = context_of(intent=question.intent, slots=slots, asked=reply.asked, offered=reply.offered)
    if reply.about:
        return Context(said.intent, said.asked, said.offered, {**said.said, "option": reply.about})
    return said


def named(slots: Slots) -> dict[str, Any]:
    """What was named, in words; only what there is."""
    wishes = slots.wishes
    every = {
        "seats": list(slots.seats),
        "rows": list(slots.rows),
        "trains": [train.number for train in slots.trains],
        "shows": [show.title for show in slots.shows],
        "origin": slots.origin.name if slots.origin else "",
        "destination": slots.destination.name if slots.destination else "",
        "near": slots.near.name if slots.near else "",
        "day": _day_in_words(slots),
        "hours": slots.hours.as_json() if slots.hours else None,
        "zones": [*slots.zones, *([wishes.seat_class] if wishes.seat_class else [])],
        "count": wishes.count,
        "passengers": dict(wishes.passengers),
        "features": list(wishes.features),
        "reference": wishes.reference,
        "unknown_train": slots.unknown_train,
        "unknown_place": slots.unknown_place,
    }
    return {name: value for name, value in every.items() if value}


def _day_in_words(slots: Slots) -> str:
    """Like "days 1" or "weekday 4": a day is a date only at a place."""
    return " ".join(str(part) for part in day_as_json(slots.day)) if slots.day else ""
