"""When is the beginning of the log no longer needed, and how is it dropped without holding anybody up?

The log may forget what is durably in the checkpoint (§7). The last entries are kept all the same, so that a follower
that was away for a moment is sent entries and not a snapshot; and the core keeps what follows a snapshot on its way.
"""

import asyncio
import logging

from raftstore.core.types import LogBase

from .checkpointing import CheckpointKeeper
from .ports import Disk
from .shared import Shared
from .waiting import until_set

log = logging.getLogger("raftstore.node")


class Compactor:
    def __init__(self, shared: Shared, keeper: CheckpointKeeper, disk: Disk) -> None:
        self._raft = shared.raft
        self._limits = shared.limits
        self._counters = shared.counters
        self._keeper = keeper
        self._disk = disk
        self._lock = asyncio.Lock()
        self._room_wanted = asyncio.Event()
        # What the log had when it was last compacted: less than a whole segment may be left of what was dropped.
        self._kept_bytes = 0

    async def run(self) -> None:
        """Compact when the log has grown enough, until cancelled.

        Raises:
            WriteFailed: the node must stop.
        """
        while True:
            await until_set(self._room_wanted, self._limits.disk_check_interval_ms)
            if self._room_wanted.is_set():
                self._room_wanted.clear()
                await self.compact(keep_entries=0)
            elif self._has_grown():
                await self.compact(keep_entries=self._limits.compact_keep_entries)

    def make_room(self) -> None:
        """Drop everything that can be dropped, soon."""
        self._room_wanted.set()

    async def compact(self, *, keep_entries: int) -> LogBase:
        """Drop what is durably in the checkpoint, except the last `keep_entries`. Returns where the log begins now."""
        async with self._lock:
            await self._keeper.save()
            durable = await self._keeper.make_durable()
            before = self._raft.log.base
            await self._forget_up_to(durable.index - keep_entries)
            base = self._raft.log.base
            if base != before:
                await self._disk.compact(base)
                self._counters.log_compactions += 1
                log.info("event=log_compacted base=%d log_bytes=%d", base.index, self._disk.log_bytes)
            self._kept_bytes = self._disk.log_bytes
            return base

    async def _forget_up_to(self, target: int) -> None:
        """In portions, between which others come to their turn."""
        reached = self._raft.log.base.index
        while reached < target:
            base = self._raft.compact(min(target, reached + self._limits.compact_entries_a_turn))
            if base.index == reached:
                return
            reached = base.index
            await asyncio.sleep(0)

    def _has_grown(self) -> bool:
        entries = self._keeper.index - self._raft.log.base.index - self._limits.compact_keep_entries
        grown_bytes = self._disk.log_bytes - self._kept_bytes
        return entries > self._limits.compact_after_entries or (
            entries > 0 and grown_bytes > self._limits.compact_after_bytes
        )
