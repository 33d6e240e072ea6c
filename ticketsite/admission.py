"""How many requests does this process work on at once, and what happens to the others?

A few are worked on, some wait in line, and whoever finds the line full is told at once to come back: a short answer
now costs nothing and loses nothing, a queue without end times everybody out.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

RETRY_AFTER_S = 1

_BUSY_PAGE = (
    b"<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    b"<title>Very busy</title><h1>Very busy just now</h1>"
    b"<p>More people are here than we can serve in this moment. Nothing was lost, and seats that you hold stay yours."
    b"</p><p>Please try again in a second.</p></html>"
)


class Admission:
    """An ASGI application around another: at most `in_flight` HTTP requests inside, at most `waiting` before the door.

    Somebody who has waited for `patience_s` is turned away too. `open_paths` are let in always: whoever watches over
    the process must learn that it lives, above all when it is busy.
    """

    def __init__(
        self,
        application: Application,
        *,
        in_flight: int,
        waiting: int,
        patience_s: float,
        open_paths: frozenset[str] = frozenset(),
    ) -> None:
        self._application = application
        self._room = asyncio.Semaphore(in_flight)
        self._waiting = 0
        self._waiting_limit = waiting
        self._patience_s = patience_s
        self._open_paths = open_paths

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._open_paths:
            await self._application(scope, receive, send)
        elif await self._let_in():
            try:
                await self._application(scope, receive, send)
            finally:
                self._room.release()
        else:
            await _turn_away(scope["path"], send)

    async def _let_in(self) -> bool:
        if self._room.locked() and self._waiting >= self._waiting_limit:
            return False
        self._waiting += 1
        try:
            async with asyncio.timeout(self._patience_s):
                await self._room.acquire()
        except TimeoutError:
            return False
        finally:
            self._waiting -= 1
        return True


async def _turn_away(path: str, send: Send) -> None:
    if path.startswith("/api/"):
        content_type = b"application/problem+json"
        body = json.dumps(
            {
                "type": "/api/v1/docs/#problem-busy",
                "title": "Too many requests at this moment",
                "status": 503,
                "detail": "Nothing was done. Send the same request again after Retry-After seconds.",
                "code": "busy",
            }
        ).encode()
    else:
        content_type, body = b"text/html; charset=utf-8", _BUSY_PAGE
    headers = [
        (b"content-type", content_type),
        (b"content-length", str(len(body)).encode()),
        (b"retry-after", str(RETRY_AFTER_S).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})
