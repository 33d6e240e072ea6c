"""How many requests does this process work on at once, and what happens to the others?

A few are worked on, some wait in line, and whoever finds the line full is told at once to come back: a short answer
now costs nothing and loses nothing, a queue without end times everybody out.
"""

import asyncio
from typing import Any

from .asgi_types import Application, Receive, Send
from .bodies import BodyTooLarge, BodyTooSlow, ClientLeft, read_body, replaying
from .refusals import BUSY, TOO_LARGE, TOO_SLOW, refuse


class Admission:
    """An ASGI application around another: at most `in_flight` HTTP requests inside, at most `waiting` before the door.

    A request joins the line once its body is there, of at most `body_limit_bytes` and within `body_patience_s`.
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
        body_limit_bytes: int,
        body_patience_s: float,
        open_paths: frozenset[str] = frozenset(),
    ) -> None:
        self._application = application
        self._room = asyncio.Semaphore(in_flight)
        self._waiting = 0
        self._waiting_limit = waiting
        self._patience_s = patience_s
        self._body_limit_bytes = body_limit_bytes
        self._body_patience_s = body_patience_s
        self._open_paths = open_paths

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        try:
            body = await read_body(receive, limit_bytes=self._body_limit_bytes, patience_s=self._body_patience_s)
        except ClientLeft:
            return
        except BodyTooLarge:
            await refuse(scope, TOO_LARGE, send)
        except BodyTooSlow:
            await refuse(scope, TOO_SLOW, send)
        else:
            await self._admit(scope, replaying(body, receive), send)

    async def _admit(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["path"] in self._open_paths:
            await self._application(scope, receive, send)
        elif await self._let_in():
            try:
                await self._application(scope, receive, send)
            finally:
                self._room.release()
        else:
            await refuse(scope, BUSY, send)

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
