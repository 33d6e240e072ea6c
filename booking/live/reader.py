"""One socket that follows a map: what it is sent, and when it is sent away.

A frame goes to the socket at once, on the caller's stack, and by a plain call where the server offers one. Only a
socket that cannot take one gets a task, and a queue for what comes meanwhile; who lets the queue fill up is sent away,
to come back and resume.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from .board import Board
from .eager import begin

logger = logging.getLogger(__name__)

FRAMES_QUEUED_LIMIT = 64

SendFrame = Callable[[str], Coroutine[Any, Any, None]]
SendAtOnce = Callable[[str], bool]
Leave = Callable[[Exception], Coroutine[Any, Any, None]]


class TooSlow(Exception):
    """The reader does not take its frames away; it may come back and resume."""


class NoSuchMap(Exception):
    """The store knows no such inventory."""


class Reader:
    """Gets its frames in order and without a gap, and nothing after it has ended: that would hide what was dropped.

    Args:
        send: sends one frame; may wait until the socket can take it. An OSError of it means that nobody is there.
        at_once: sends one frame, or says that this would have to wait.
        leave: called once if the reader is sent away, with TooSlow or NoSuchMap.
        since, log: the place up to which it knows everything; see Board.news_since.
    """

    def __init__(
        self,
        *,
        send: SendFrame,
        leave: Leave,
        at_once: SendAtOnce | None = None,
        since: int | None = None,
        log: str | None = None,
    ) -> None:
        self._send = send
        self._at_once = at_once
        self._leave = leave
        self._since = since
        self._log = log
        self._queue: deque[str] = deque()
        self._sending: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._ended = False
        self.is_welcome = False

    def welcome(self, board: Board) -> None:
        """Give what it lacks; from here on it is told what changes."""
        self.is_welcome = True
        if (frame := board.news_since(self._since, self._log)) is not None:
            self.give(frame)

    def give(self, frame: str) -> None:
        if self._ended:
            return
        if self._sending is None:
            if not self._sent_at_once(frame):
                self._sending = begin(self._deliver(frame))
        elif len(self._queue) < FRAMES_QUEUED_LIMIT:
            self._queue.append(frame)
        else:
            self.send_away(TooSlow())

    def _sent_at_once(self, frame: str) -> bool:
        try:
            return self._at_once is not None and self._at_once(frame)
        except Exception as error:
            self._fail(error)
            return True

    def send_away(self, why: Exception) -> None:
        if not self._ended:
            self._end()
            self._leaving = begin(self._say_goodbye(why))

    async def close(self) -> None:
        """The socket is gone."""
        self._end()
        for task in (self._sending, self._leaving):
            if task is not None and task is not asyncio.current_task():
                task.cancel()
                await asyncio.wait([task])

    def _end(self) -> None:
        self._ended = True
        self._queue.clear()

    async def _deliver(self, frame: str) -> None:
        try:
            await self._send(frame)
            while self._queue:
                await self._send(self._queue.popleft())
        except Exception as error:
            self._fail(error)
        finally:
            self._sending = None

    async def _say_goodbye(self, why: Exception) -> None:
        try:
            await self._leave(why)
        except Exception as error:
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, OSError):
            logger.error("A socket that follows a map failed", exc_info=error)
