"""A socket to the assistant: each text that comes is a question as JSON, each that goes an event of its answer.

One question at a time. Who it is that asks is looked at anew with each of them: a socket may outlive a log-in.
"""

import asyncio
import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer

from booking.errors import DomainError

from .errors import AssistantBusy, OneAtATime

Event = dict[str, Any]

# Answering takes the database, the seat store and perhaps a language model, so a thread; of all sockets together.
THREADS = 8
WAITING_LIMIT = 32
DEADLINE_S = 10.0
# A page that asks again later opens another.
IDLE_LIMIT_S = 600.0
CLOSE_IDLE = 4000

_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="assistant")
_under_way = 0


class AssistantConsumer(AsyncWebsocketConsumer):
    _answering: asyncio.Task[None] | None = None
    _idle: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        await self.accept()
        self._wait_for_question()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._answering is not None and not self._answering.done():
            await self._tell(_problem(OneAtATime()))
            return
        self._answering = asyncio.create_task(self._answer(text_data or ""))

    async def disconnect(self, code: int) -> None:
        if self._idle is not None:
            self._idle.cancel()
        if self._answering is not None:
            # What a thread does for it, it does to the end, and nobody hears it.
            self._answering.cancel()

    async def _answer(self, text: str) -> None:
        self._wait_for_question()
        # An OSError means that nobody is there any more.
        with contextlib.suppress(OSError):
            await self._tell({"type": "begun"})
            for event in await _events(self.scope, text):
                await self._tell(event)

    async def _tell(self, event: Event) -> None:
        await self.send(text_data=json.dumps(event, ensure_ascii=False, separators=(",", ":")))

    def _wait_for_question(self) -> None:
        if self._idle is not None:
            self._idle.cancel()
        self._idle = asyncio.get_running_loop().call_later(IDLE_LIMIT_S, self._say_goodbye)

    def _say_goodbye(self) -> None:
        self._answering = asyncio.create_task(self.close(code=CLOSE_IDLE))


async def _events(scope: dict[str, Any], text: str) -> list[Event]:
    """What to tell, found in a thread; or that there is none free, or that it takes too long."""
    global _under_way
    if _under_way >= THREADS + WAITING_LIMIT:
        return [_problem(AssistantBusy())]
    _under_way += 1
    working = asyncio.get_running_loop().run_in_executor(_threads, _find_events, scope, text)
    working.add_done_callback(_ended)
    try:
        return await asyncio.wait_for(asyncio.shield(working), DEADLINE_S)
    except TimeoutError:
        return [_problem(AssistantBusy())]


def _ended(_: object) -> None:
    global _under_way
    _under_way -= 1


def _find_events(scope: dict[str, Any], text: str) -> list[Event]:
    # With the first question: whoever only follows a map must not wait until a process has loaded this.
    from .spoken import events_to

    return events_to(scope, text)


def _problem(error: DomainError) -> Event:
    from .events import problem_event

    return problem_event(error)
