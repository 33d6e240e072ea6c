"""A question that came over a socket: whose it is, and the events of its answer. Runs in a thread."""

import json
from typing import Any

from django.db import close_old_connections
from django.utils import timezone, translation
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from .asking import ask
from .callers import caller_of, request_behind
from .conversations import find
from .errors import TooManyQuestions
from .events import Event, events_of, problem_event
from .serializers import SpokenQuestionSerializer, ToldSerializer
from .throttling import seconds_to_wait


def events_to(scope: dict[str, Any], text: str) -> list[Event]:
    """
    Args:
        scope: the socket's, as it was opened.
        text: the question as it came; whatever is wrong with it is an event too.
    """
    close_old_connections()
    try:
        request = request_behind(scope)
        with translation.override(translation.get_language_from_request(request._request)):
            return _answer_of(request, text)
    finally:
        close_old_connections()


def _answer_of(request: Request, text: str) -> list[Event]:
    try:
        question = SpokenQuestionSerializer(data=_read(text))
        question.is_valid(raise_exception=True)
        given = question.validated_data
        caller = caller_of(request)
        if wait_s := seconds_to_wait(request):
            raise TooManyQuestions(wait_s)
        asked_on = given["conversation"]
        within = find(conversation_id=asked_on, person=caller.person, key=given["key"]) if asked_on else None
        told = ask(message=given["message"], caller=caller, within=within, now=timezone.now())
        return list(events_of(ToldSerializer(told).data))
    except Exception as error:
        return [problem_event(error)]


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise ValidationError({"message": ["Send a JSON object with a message."]}) from error
