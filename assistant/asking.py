"""One question from somebody, asked in a conversation: understood, answered, written down.

Pages, REST and sockets differ in how they bring it and how they tell the answer; all of them ask here.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from .callers import Caller
from .card_numbers import without_card_numbers
from .context import Context
from .conversations import begin, keep_turn
from .language_model.speaking import answer_with_model
from .models import Conversation
from .serializers import OfferedSerializer
from .services import Answer, answer


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and where to ask on. `key` is told once: to nobody we know, whose conversation it is by it."""

    conversation: UUID
    key: str
    number: int
    question: str
    answer: Answer


def ask(
    *,
    message: str,
    caller: Caller,
    within: Conversation | None,
    now: datetime,
    keep: Callable[[Told], None] = lambda _told: None,
) -> Told:
    """Answer a question, and keep both.

    Args:
        within: the conversation it belongs to, which the caller may go on with; None begins one.
        keep: what else has to be written down of it, in the transaction in which it is.

    Raises:
        MessageEmpty, MessageTooLong: it is not a question yet.
        ConversationUnknown: the conversation was deleted meanwhile.
    """
    began_s = time.monotonic()
    message = without_card_numbers(message)
    before = Context.from_json(within.context) if within else Context()
    spoken = answer_with_model(
        message=message,
        ask=lambda question, person: answer(message=question, customer=person, context=before, now=now),
        caller=caller,
        now=now,
    )
    found = spoken.answer
    with transaction.atomic():
        conversation, key = (within, "") if within else begin(person=caller.person, now=now)
        turn = keep_turn(
            conversation=conversation,
            person=caller.person,
            context=found.context.as_json(),
            now=now,
            question=message,
            answer=found.text,
            intent=found.intent,
            offered=OfferedSerializer(found).data,
            voice=spoken.voice,
            took_ms=round((time.monotonic() - began_s) * 1000),
        )
        told = Told(conversation.pk, key, turn.number, message, found)
        keep(told)
    return told
