"""The assistant's one service: a message in, an answer from live data out. Nothing is written, nothing remembered.

Understanding (slots.py, intents.py) and answering (below) meet only in `Question`, so either can be replaced.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from booking.errors import InventoryNotOnSale
from booking.seatstore import SeatStoreRefused, StoreUnavailable
from booking.selling.pricing import NoPrice

from . import offers, seat_questions, tools
from .dates import NoSuchDay
from .errors import MessageEmpty, MessageTooLong
from .intents import Intent, recognise
from .replies import facts, guidance
from .replies.pieces import Reply, Suggestion
from .slots import Slots, extract

MESSAGE_MAX_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Question:
    intent: Intent
    slots: Slots


@dataclass(frozen=True, slots=True)
class Answer:
    text: str
    intent: Intent
    suggestions: list[Suggestion]


def answer(*, message: str, customer: User | None, now: datetime) -> Answer:
    """Answer a question, on behalf of `customer` (None: nobody is logged in).

    Raises:
        MessageEmpty, MessageTooLong: it is not a question yet.
    """
    message = message.strip()
    if not message:
        raise MessageEmpty
    if len(message) > MESSAGE_MAX_LENGTH:
        raise MessageTooLong(MESSAGE_MAX_LENGTH)
    question = understand(message)
    reply = _reply(question, customer=customer, now=now)
    return Answer(reply.text, question.intent, list(dict.fromkeys(reply.suggestions)))


def understand(message: str) -> Question:
    slots = extract(message, tools.known_names())
    return Question(recognise(slots), slots)


def _reply(question: Question, *, customer: User | None, now: datetime) -> Reply:
    try:
        return _ANSWERS[question.intent](question.slots, customer, now)
    except NoSuchDay:
        return guidance.no_such_day()
    except StoreUnavailable:
        return guidance.store_unavailable()
    except (SeatStoreRefused, InventoryNotOnSale, NoPrice):
        return guidance.not_on_sale()


def _my_bookings(customer: User | None) -> Reply:
    if customer is None:
        return facts.log_in_first()
    orders = tools.bookings_of(customer)
    return facts.bookings(orders) if orders else facts.no_bookings()


_ANSWERS: dict[Intent, Callable[[Slots, User | None, datetime], Reply]] = {
    Intent.SEAT_FREE: lambda slots, customer, now: seat_questions.reply(slots, now=now),
    Intent.TRAINS: lambda slots, customer, now: offers.trains(slots, now=now),
    Intent.WHATS_ON: lambda slots, customer, now: offers.whats_on(slots, now=now),
    Intent.MY_BOOKINGS: lambda slots, customer, now: _my_bookings(customer),
    Intent.HOW_TO_BOOK: lambda slots, customer, now: guidance.how_to_book(),
    Intent.HOW_TO_PAY: lambda slots, customer, now: guidance.how_to_pay(),
    Intent.HOW_TO_CANCEL: lambda slots, customer, now: guidance.how_to_cancel(),
    Intent.HELP: lambda slots, customer, now: guidance.help_text(),
    Intent.UNKNOWN: lambda slots, customer, now: guidance.unknown(),
}
