"""A seat store, windows and sockets that a test moves by hand, for a hub between them."""

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable

from booking.live.hub import Hub
from booking.live.reader import Reader
from booking.seatstore import Availability, SeatChange, WatchReset

TRAIN = "train-1"
LOG, OTHER_LOG = "a1", "b2"


class Store:
    """Maps that a test sets, and news that it tells by hand."""

    def __init__(self) -> None:
        self.log = LOG
        self.index = 10
        self.held: dict[str, int] = {}
        self.is_open = True
        self.news: asyncio.Queue[list[SeatChange] | WatchReset | Exception] = asyncio.Queue()
        self.errors: deque[Exception] = deque()
        self.reads = 0
        self.watches = 0
        self.may_answer = threading.Event()
        self.may_answer.set()

    def read_map(self, inventory: str) -> Availability:
        self.reads += 1
        seats = Availability(inventory, self.index, self.is_open, 4, dict(self.held), {}, self.log)
        assert self.may_answer.wait(5)
        if self.errors:
            raise self.errors.popleft()
        return seats

    async def watch(self) -> AsyncIterator[list[SeatChange] | WatchReset]:
        self.watches += 1
        while True:
            news = await self.news.get()
            if isinstance(news, Exception):
                raise news
            yield news

    def change(self, *changes: tuple[str, int], inventory: str = TRAIN) -> list[SeatChange]:
        """Each (seat, mask) is held at the next index."""
        batch = []
        for seat, mask in changes:
            self.index += 1
            self.held[seat] = mask
            batch.append(SeatChange(inventory, self.index, seat, mask, 0, self.log))
        return batch

    def tell(self, *changes: tuple[str, int], inventory: str = TRAIN) -> None:
        self.news.put_nowait(self.change(*changes, inventory=inventory))


class Clock:
    """Stands still unless the test moves it."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Windows:
    """Each lasts until the test lets it pass."""

    def __init__(self) -> None:
        self.lengths: list[float] = []
        self._ends: deque[asyncio.Event] = deque()
        self.wait = True

    async def pause(self, seconds: float) -> None:
        self.lengths.append(seconds)
        if self.wait and seconds:
            self._ends.append(asyncio.Event())
            await self._ends[-1].wait()

    async def end(self) -> None:
        await until(lambda: bool(self._ends))
        self._ends.popleft().set()

    def end_all(self) -> None:
        self.wait = False
        for end in self._ends:
            end.set()


class Socket:
    """What one browser is sent, and why it is sent away; `can_take` cleared, it takes nothing."""

    def __init__(self, hub: Hub, *, since: int | None = None, log: str | None = None, inventory: str = TRAIN) -> None:
        self.frames: asyncio.Queue[str | Exception] = asyncio.Queue()
        self.can_take = asyncio.Event()
        self.can_take.set()
        self._hub, self._inventory = hub, inventory
        self.reader: Reader = hub.join(inventory, send=self._send, leave=self._leave, since=since, log=log)

    async def _send(self, frame: str) -> None:
        await self.can_take.wait()
        self.frames.put_nowait(frame)

    async def _leave(self, why: Exception) -> None:
        await self.can_take.wait()
        self.frames.put_nowait(why)

    async def encoded(self) -> str:
        async with asyncio.timeout(5):
            frame = await self.frames.get()
        if isinstance(frame, Exception):
            raise frame
        return frame

    async def next(self) -> dict:
        return json.loads(await self.encoded())

    async def gets_nothing_more(self) -> bool:
        await asyncio.sleep(0.1)
        return self.frames.empty()

    async def disconnect(self) -> None:
        await self._hub.leave(self._inventory, self.reader)


async def until(condition: Callable[[], object]) -> None:
    for _ in range(1_000):
        if condition():
            return
        await asyncio.sleep(0.005)
    raise AssertionError("it did not come about")
