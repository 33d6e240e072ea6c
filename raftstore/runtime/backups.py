"""Copies of everything for whoever keeps backups: one at a time, beside what followers are sent.

Whoever asked may go away at any moment, also while the copy is made. So it is made by a part of the node that goes on,
which knows of every copy and drops those that nobody reads.
"""

import asyncio
from collections.abc import AsyncIterator

from raftstore.core.messages import SnapshotRef
from raftstore.errors import BackupBusy, DiskFull, WriteFailed

from .checkpointing import CheckpointKeeper
from .disk_watch import DiskWatch
from .ports import Checkpoints
from .shared import Shared
from .waiting import until_set


class Backups:
    def __init__(self, shared: Shared, watch: DiskWatch, keeper: CheckpointKeeper, checkpoints: Checkpoints) -> None:
        self._clock = shared.clock
        self._limits = shared.limits
        self._chunk_bytes = shared.raft.config.chunk_bytes
        self._watch = watch
        self._keeper = keeper
        self._checkpoints = checkpoints
        self._asked: asyncio.Future[SnapshotRef] | None = None
        self._arrived = asyncio.Event()
        self._snapshot: SnapshotRef | None = None
        self._used_ms = 0

    async def begin(self) -> tuple[SnapshotRef, AsyncIterator[bytes]]:
        """A consistent copy of everything applied so far, and its bytes.

        Raises:
            BackupBusy: another is being made or read.
            DiskFull: there is no room for it.
            SnapshotGone: while reading: the disk has become nearly full, or the reader was away for too long.
        """
        if self._asked is not None or self._snapshot is not None:
            raise BackupBusy("another backup is being made of this node: try again when it is done, or on another node")
        self._asked = asyncio.get_running_loop().create_future()
        self._arrived.set()
        snapshot = await self._asked
        return snapshot, self._read_all(snapshot)

    async def run(self) -> None:
        """Make copies and drop them until cancelled.

        Raises:
            WriteFailed: the node must stop.
        """
        while True:
            await until_set(self._arrived, self._limits.disk_check_interval_ms)
            self._arrived.clear()
            if self._asked is not None:
                await self._make(self._asked)
                self._asked = None
            idle_ms = self._clock.monotonic_ms() - self._used_ms
            if self._watch.is_full or idle_ms >= self._limits.snapshot_idle_ms:
                await self._drop()

    async def _make(self, asked: "asyncio.Future[SnapshotRef]") -> None:
        try:
            if self._watch.is_full:
                raise DiskFull("the disk is nearly full: no copy is made")
            await self._keeper.save()
            self._snapshot = await self._checkpoints.take_snapshot()
        except (DiskFull, WriteFailed) as error:
            if not asked.cancelled():
                asked.set_exception(error)
            if isinstance(error, WriteFailed):
                raise
            return
        self._used_ms = self._clock.monotonic_ms()
        if asked.cancelled():
            await self._drop()
        else:
            asked.set_result(self._snapshot)

    async def _read_all(self, snapshot: SnapshotRef) -> AsyncIterator[bytes]:
        try:
            for offset in range(0, snapshot.size_bytes, self._chunk_bytes):
                self._used_ms = self._clock.monotonic_ms()
                length = min(self._chunk_bytes, snapshot.size_bytes - offset)
                yield await self._checkpoints.read_chunk(snapshot, offset, length)
        finally:
            if self._snapshot is snapshot:
                await self._drop()

    async def _drop(self) -> None:
        snapshot, self._snapshot = self._snapshot, None
        if snapshot is not None:
            await self._checkpoints.drop_snapshot(snapshot)
