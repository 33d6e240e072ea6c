"""Getting what the core wants remembered onto the disk, beside the loop: one write for all that has gathered."""

import asyncio
from collections import deque
from collections.abc import Sequence

from raftstore.core.effects import Persist
from raftstore.core.types import Entry, HardState, LogBase

from .ports import Disk
from .shared import Shared


class LogWriter:
    def __init__(self, shared: Shared, disk: Disk) -> None:
        self._disk = disk
        self._clock = shared.clock
        self._counters = shared.counters
        self._wake = shared.wake
        self._waiting: deque[Persist] = deque()
        self._wanted = asyncio.Event()
        self.written_seq = 0
        # Since when a write has been under way; None while none is.
        self.busy_since_ms: int | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something that was given to it is not written yet."""
        return bool(self._waiting) or self.busy_since_ms is not None

    def add(self, batch: Persist) -> None:
        self._waiting.append(batch)
        self._wanted.set()

    async def run(self) -> None:
        """Write until cancelled.

        Raises:
            WriteFailed: nobody knows what is on the disk; the node must stop.
        """
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            batches = tuple(self._waiting)
            self._waiting.clear()
            hard_state, entries, base = _as_one(batches)
            began_ms = self.busy_since_ms = self._clock.monotonic_ms()
            await self._disk.append(hard_state, entries, base)
            self.busy_since_ms = None
            self._counters.log_writes += 1
            self._counters.log_write_ms += self._clock.monotonic_ms() - began_ms
            self._counters.entries_written += len(entries)
            self.written_seq = batches[-1].seq
            self._wake()


def _as_one(batches: Sequence[Persist]) -> tuple[HardState | None, list[Entry], LogBase | None]:
    """What one write must hold to leave the disk as all of the batches in order would."""
    hard_state: HardState | None = None
    base: LogBase | None = None
    entries: list[Entry] = []
    for batch in batches:
        hard_state = batch.hard_state or hard_state
        if batch.base is not None:
            # The log is emptied here: what earlier batches had to add to it is gone already.
            base = batch.base
            entries.clear()
        entries.extend(batch.entries)
    return hard_state, entries, base
