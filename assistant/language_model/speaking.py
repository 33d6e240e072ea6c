"""One question with a model's help, if there is one: the core answers first, and its answer stands whatever happens.

The model is asked at most twice, to restate what the core did not understand and to word what it found, and both before
DEADLINE_S after the question came. What is personal is never sent: only answers are worded that anybody would get, as
asking once more as nobody shows, and questions go without addresses and numbers that may be somebody's.
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from assistant.callers import Caller
from assistant.intents import Intent
from assistant.models import Turn
from assistant.services import Answer

from . import restating, wording
from .breaker import Breaker
from .budget import BudgetSpent, Spending, tokens_of
from .connection import ANSWER_LIMIT_TOKENS, ModelAway, ModelTooSlow, complete

logger = logging.getLogger(__name__)

DEADLINE_S = 1.9

_breaker = Breaker()
Ask = Callable[[str, User | None], Answer]


@dataclass(frozen=True, slots=True)
class Spoken:
    answer: Answer
    voice: Turn.Voice


class _WordedWrong(Exception):
    """The model said something else than the site."""


def answer_with_model(*, message: str, ask: Ask, caller: Caller, now: datetime) -> Spoken:
    """
    Args:
        ask: the core, on behalf of a person, or of nobody.
    """
    until_s = time.monotonic() + DEADLINE_S
    answer, asked = ask(message, caller.person), message
    if not settings.ASSISTANT_LLM_URL:
        return Spoken(answer, Turn.Voice.SITE)
    model = _Model(Spending(caller=caller, now=now), until_s)
    voice = Turn.Voice.SITE
    try:
        if answer.intent is Intent.UNKNOWN and (question := _restated(model, message)):
            restated = ask(question, caller.person)
            if restated.intent is not Intent.UNKNOWN:
                answer, asked, voice = restated, question, Turn.Voice.MODEL
        if answer.intent is not Intent.UNKNOWN and (caller.person is None or ask(asked, None).text == answer.text):
            answer, voice = _worded(model, message, answer), Turn.Voice.MODEL
    except _WordedWrong:
        voice = Turn.Voice.WRONG
    except ModelTooSlow:
        voice = Turn.Voice.TOO_SLOW
    except ModelAway as error:
        logger.warning("The language model was not heard: %s", error)
        voice = Turn.Voice.AWAY
    except BudgetSpent:
        voice = Turn.Voice.SPENT
    if asked != message:
        understood = _("I understood: “%(question)s”") % {"question": asked}
        answer = replace(answer, text=f"{understood}\n{answer.text}")
    return Spoken(answer, voice)


def _restated(model: "_Model", message: str) -> str | None:
    written = model.complete(restating.INSTRUCTIONS, restating.without_personal(message))
    return restating.as_question(written, message=message)


def _worded(model: "_Model", message: str, answer: Answer) -> Answer:
    asked = json.dumps(
        {"question": restating.without_personal(message), "answer": answer.text}, ensure_ascii=False, indent=1
    )
    written = model.complete(wording.instructions(), asked)
    if not wording.says_the_same(written, site=answer.text):
        raise _WordedWrong
    return replace(answer, text=written)


class _Model:
    """The model, for one question."""

    def __init__(self, spending: Spending, until_s: float) -> None:
        self._spending = spending
        self._until_s = until_s

    def complete(self, instructions: str, text: str) -> str:
        """
        Raises:
            ModelAway, ModelTooSlow, BudgetSpent
        """
        if not _breaker.may_ask():
            raise ModelAway("it failed a moment ago")
        most = tokens_of(instructions) + tokens_of(text) + ANSWER_LIMIT_TOKENS
        self._spending.reserve(most)
        try:
            answer = complete(instructions=instructions, text=text, until_s=self._until_s)
        except ModelAway:
            # What it spent on an answer that nobody waited for, it spent.
            _breaker.note(answered=False)
            raise
        _breaker.note(answered=True)
        # What a server says of itself is believed within reason: some think long before they speak.
        spent = min(max(answer.tokens, tokens_of(answer.text)), most * 10)
        self._spending.settle(reserved=most, spent=spent)
        return answer.text
