"""How long does a disk take, and when does it fail? The node's storage code runs as it is, late by the disk's doing.

Two queues stand for production's two threads (composition.py): the log's and the checkpoint's. A job is carried out in
one instant somewhere within the time it takes, so a node that dies meanwhile finds it done or not done; and the machine
may be cut off before any single operation of a job (storage/memory.py), so it finds it half done as well.
"""

import asyncio
import errno
from collections import deque
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, TypeVar

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import Entry, HardState, LogBase
from raftstore.seats.changes import Changes
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import SeatMachine
from raftstore.storage.node_directory import NodeDirectory

from .loop import VirtualLoop

T = TypeVar("T")
Writing = Callable[[Sequence[Entry], LogBase | None], None]
Stored = Callable[[HardState | None, Sequence[Entry], LogBase | None], None]


class Cut(BaseException):
    """The machine was switched off in the middle of a disk operation; no code of the node may catch this."""


class DiskWeather:
    """What is wrong with a disk just now.

    Args:
        longest_ms: a job takes up to this long on a good day.
    """

    def __init__(self, longest_ms: float) -> None:
        self.longest_ms = self._good_ms = longest_ms
        # Until when nothing is carried out at all.
        self.stalled_until_s = 0.0
        self._cut_after: int | None = None
        self._cut_before = ""
        self._fail = ""

    def calm(self) -> None:
        self.longest_ms = self._good_ms
        self.stalled_until_s = 0.0
        self._cut_after, self._fail = None, ""

    def cut_soon(self, operation: str, skipped: int) -> None:
        """Switch the machine off before an operation of this kind (of any kind, if empty), after `skipped` of them."""
        self._cut_before, self._cut_after = operation, skipped

    def fail_next(self, operation: str) -> None:
        """The next operation of this kind fails with an input/output error."""
        self._fail = operation

    def cuts_before(self, operation: str) -> bool:
        if self._cut_after is None or self._cut_before not in ("", operation):
            return False
        self._cut_after -= 1
        if self._cut_after >= 0:
            return False
        self._cut_after = None
        return True

    def fail_if_due(self, operation: str, name: str) -> None:
        if self._fail == operation:
            self._fail = ""
            raise OSError(errno.EIO, "input/output error of the simulated disk", name)

    def draw_delay_s(self, random: Random, now_s: float) -> float:
        return max(0.0, self.stalled_until_s - now_s) + random.uniform(0.1, 1.0) * self.longest_ms / 1_000


class _Thread:
    """Jobs one after another."""

    def __init__(self, loop: VirtualLoop, weather: DiskWeather, random: Random) -> None:
        self._loop = loop
        self._weather = weather
        self._random = random
        self._jobs: deque[tuple[Callable[[], Any], asyncio.Future[Any]]] = deque()
        self._is_dead = False

    def call(self, job: Callable[[], T]) -> "asyncio.Future[T]":
        """Carried out in its turn whether anybody waits for the future or not."""
        future: asyncio.Future[T] = self._loop.create_future()
        self._jobs.append((job, future))
        if len(self._jobs) == 1:
            self._begin()
        return future

    def die(self) -> None:
        self._is_dead = True
        self._jobs.clear()

    def _begin(self) -> None:
        delay_s = self._weather.draw_delay_s(self._random, self._loop.time())
        if self._random.random() < 0.5:
            self._loop.call_later(delay_s, self._perform, 0.0)
        else:
            self._perform(delay_s)

    def _perform(self, rest_s: float) -> None:
        """Carry the first job out, and say so after `rest_s`."""
        if self._is_dead:
            return
        result: Any = None
        failure: Exception | None = None
        try:
            result = self._jobs[0][0]()
        except Cut:
            return
        except Exception as error:  # whatever it is, it is the caller's
            failure = error
        if rest_s:
            self._loop.call_later(rest_s, self._finish, result, failure)
        else:
            self._finish(result, failure)

    def _finish(self, result: Any, failure: Exception | None) -> None:
        if self._is_dead:
            return
        _, future = self._jobs.popleft()
        if not future.done():
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)
        if self._jobs:
            self._begin()


class SimulatedDisk:
    """A node's `Disk` and `Checkpoints` (runtime/ports.py).

    Args:
        writing: told of each write to the log before it begins, and `stored` once it is durable.
    """

    def __init__(
        self,
        loop: VirtualLoop,
        store: NodeDirectory,
        weather: DiskWeather,
        random: Random,
        *,
        writing: Writing,
        stored: Stored,
    ) -> None:
        self._threads = (_Thread(loop, weather, random), _Thread(loop, weather, random))
        self.log = _Log(store, self._threads[0], writing, stored)
        self.checkpoints = _Checkpoints(store, self._threads[1])

    def die(self) -> None:
        for thread in self._threads:
            thread.die()


class _Log:
    def __init__(self, store: NodeDirectory, thread: _Thread, writing: Writing, stored: Stored) -> None:
        self._store = store
        self._thread = thread
        self._writing = writing
        self._stored = stored

    async def append(self, hard_state: HardState | None, entries: Sequence[Entry], base: LogBase | None) -> None:
        def job() -> None:
            self._writing(entries, base)
            self._store.append(hard_state, entries, base)
            self._stored(hard_state, entries, base)

        await self._thread.call(job)

    async def compact(self, base: LogBase) -> None:
        await self._thread.call(lambda: self._store.compact(base))

    @property
    def log_bytes(self) -> int:
        return self._store.log_bytes

    def free_bytes(self) -> int:
        return self._store.free_bytes()


class _Checkpoints:
    def __init__(self, store: NodeDirectory, thread: _Thread) -> None:
        self._store = store
        self._thread = thread

    async def save(self, changes: Changes) -> None:
        await self._thread.call(lambda: self._store.save(changes))

    async def make_durable(self) -> LogBase:
        return await self._thread.call(self._store.make_durable)

    async def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        return await self._thread.call(lambda: self._store.history(inventory, seat, limit))

    async def take_snapshot(self) -> SnapshotRef:
        return await self._thread.call(self._store.take_snapshot)

    async def drop_snapshot(self, snapshot: SnapshotRef) -> None:
        await self._thread.call(lambda: self._store.drop_snapshot(snapshot))

    async def read_chunk(self, snapshot: SnapshotRef, offset: int, length: int) -> bytes:
        return await self._thread.call(lambda: self._store.read_chunk(snapshot, offset, length))

    async def receive_chunk(self, snapshot: SnapshotRef, offset: int, data: bytes) -> int:
        return await self._thread.call(lambda: self._store.receive_chunk(snapshot, offset, data))

    async def install(self, snapshot: SnapshotRef) -> SeatMachine:
        return await self._thread.call(lambda: self._store.install(snapshot))

    async def fence(self, reason: str) -> None:
        await self._thread.call(lambda: self._store.fence(reason))
