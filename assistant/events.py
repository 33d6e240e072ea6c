"""How is an answer streamed? As events: begun, then the text word by word, then the whole answer; or a problem.

The words together are the text, so a client may show them as they come and put the whole answer in their place.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError

from booking.errors import DomainError
from booking.seatstore import SeatStoreError

logger = logging.getLogger(__name__)

Event = dict[str, Any]
BEGUN: Event = {"type": "begun"}


def events_of(answer: Mapping[str, Any]) -> Iterator[Event]:
    """Of an answer as ToldSerializer writes it."""
    for word in words_of(answer["answer"]):
        yield {"type": "words", "text": word}
    yield {"type": "answer", **answer}


def words_of(text: str) -> list[str]:
    """The text in pieces of a word each, with the space before it."""
    return re.findall(r"\s*\S+", text)


def problem_event(error: Exception) -> Event:
    """What went wrong, with the code that REST has for it; an error that nobody foresaw is logged."""
    match error:
        case DomainError() | SeatStoreError():
            waits = getattr(error, "retry_after_s", None)
            return _problem(error.status, error.code, str(error)) | ({} if waits is None else {"retry_after": waits})
        case ValidationError():
            return _problem(error.status_code, "invalid", " ".join(_sentences(error.detail)))
        case APIException():
            return _problem(error.status_code, str(error.default_code).replace("_", "-"), str(error.detail))
    logger.error("The assistant failed", exc_info=error)
    return _problem(500, "server-error", _("Something went wrong on our side. Please ask again."))


def _problem(status: int, code: str, detail: str) -> Event:
    return {"type": "problem", "status": status, "code": code, "detail": detail}


def _sentences(detail: Any) -> Iterator[str]:
    match detail:
        case dict():
            for each in detail.values():
                yield from _sentences(each)
        case list():
            for each in detail:
                yield from _sentences(each)
        case _:
            yield str(detail)


def as_json(event: Event) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def as_server_sent(event: Event) -> bytes:
    """By the WHATWG's rules for event streams: JSON has no line feeds, so one data line is enough."""
    named = {key: value for key, value in event.items() if key != "type"}
    return f"event: {event['type']}\ndata: {as_json(named)}\n\n".encode()
