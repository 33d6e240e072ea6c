"""How does REST stream an answer? As server-sent events, under either kind of server.

The request's thread or loop writes it: what it needs of the request (its language) is taken along, since the middleware
is done by then.
"""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils import translation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.utils.encoders import JSONEncoder

from .events import BEGUN, Event, as_server_sent, events_of, problem_event

MEDIA_TYPE = "text/event-stream"


class EventStreamRenderer(BaseRenderer):
    """Lets a client ask for a stream by its Accept header. What is refused before it begins is JSON all the same."""

    media_type = MEDIA_TYPE
    format = "events"

    def render(self, data: Any, accepted_media_type: str | None = None, renderer_context: Any = None) -> bytes:
        return json.dumps(data, cls=JSONEncoder, ensure_ascii=False).encode()


def stream(request: Request, ask: Callable[[], Mapping[str, Any]]) -> StreamingHttpResponse:
    """The answer as it comes. An error after the beginning is an event too, because the status has been sent."""
    language = translation.get_language() or ""

    def events() -> list[Event]:
        with translation.override(language):
            try:
                return list(events_of(ask()))
            except Exception as error:
                return [problem_event(error)]

    is_async = isinstance(request._request, ASGIRequest)
    response = StreamingHttpResponse(_async_stream(events) if is_async else _stream(events), content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    # nginx would gather the events before it sends them.
    response["X-Accel-Buffering"] = "no"
    return response


def _stream(events: Callable[[], list[Event]]) -> Iterator[bytes]:
    yield as_server_sent(BEGUN)
    for event in events():
        yield as_server_sent(event)


async def _async_stream(events: Callable[[], list[Event]]) -> AsyncIterator[bytes]:
    yield as_server_sent(BEGUN)
    for event in await sync_to_async(events)():
        yield as_server_sent(event)
