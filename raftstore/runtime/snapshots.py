"""Snapshots beside the loop: taking them, sending them in chunks, receiving and installing them, and backups.

The core says what is to be sent and received; here the bytes are read and written, one chunk at a time, while the loop
goes on.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import AsyncIterator

from raftstore.core.effects import InstallState, ReceiveChunk, SendChunk
from raftstore.core.membership import Membership
from raftstore.core.messages import InstallSnapshot, SnapshotRef
from raftstore.core.types import Role
from raftstore.errors import DiskFull, SnapshotDamaged, SnapshotGone

from .applying import Applier
from .checkpointing import CheckpointKeeper
from .outbox import Outbox
from .ports import Checkpoints
from .shared import Shared

log = logging.getLogger("raftstore.node")


class SnapshotSender:
    """Takes a snapshot when the core wants one, and reads from it what followers lack."""

    def __init__(self, shared: Shared, keeper: CheckpointKeeper, checkpoints: Checkpoints, outbox: Outbox) -> None:
        self._raft = shared.raft
        self._clock = shared.clock
        self._limits = shared.limits
        self._counters = shared.counters
        self._wake = shared.wake
        self._keeper = keeper
        self._checkpoints = checkpoints
        self._outbox = outbox
        # The one that is kept in a file now.
        self.snapshot: SnapshotRef | None = None
        self._is_paused = False
        self._used_ms = 0
        self._retry_after_ms = 0
        self._taking = asyncio.Lock()
        self._is_wanted = False
        self._chunks: deque[SendChunk] = deque(maxlen=shared.limits.chunks_waiting)
        self._arrived = asyncio.Event()

    def want_snapshot(self) -> None:
        """Soon; the core asks again until it has one."""
        self._is_wanted = self._clock.monotonic_ms() >= self._retry_after_ms
        self._arrived.set()

    def pause(self, on: bool) -> None:
        """While the disk is nearly full there is no room for copies: none is taken, and the one there is goes."""
        self._is_paused = on
        self._arrived.set()

    def add(self, chunk: SendChunk) -> None:
        """Send it when its turn comes; when too many wait the oldest is lost, and the core asks again."""
        self._chunks.append(chunk)
        self._arrived.set()

    async def run(self) -> None:
        """Take snapshots and send chunks until cancelled."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._limits.snapshot_idle_ms / 1000):
                    await self._arrived.wait()
            self._arrived.clear()
            if self._is_wanted and not self._is_paused:
                self._is_wanted = False
                await self._provide()
            while self._chunks:
                await self._send(self._chunks.popleft())
            await self._drop_if_idle()

    async def backup(self) -> tuple[SnapshotRef, AsyncIterator[bytes]]:
        """A consistent copy of everything applied so far, and its bytes.

        Raises:
            DiskFull: there is no room for it.
            SnapshotGone: while reading: a follower needed a newer one; begin again.
        """
        async with self._taking:
            await self._keeper.save()
            snapshot = self.snapshot
            if snapshot is None or snapshot.base.index < self._keeper.index:
                snapshot = await self._take()
        return snapshot, self._read_all(snapshot)

    async def _read_all(self, snapshot: SnapshotRef) -> AsyncIterator[bytes]:
        for offset in range(0, snapshot.size_bytes, self._raft.config.chunk_bytes):
            self._used_ms = self._clock.monotonic_ms()
            length = min(self._raft.config.chunk_bytes, snapshot.size_bytes - offset)
            yield await self._checkpoints.read_chunk(snapshot, offset, length)

    async def _provide(self) -> None:
        """Give the core a snapshot that its log goes on from: the one there is, if it will do, or a new one."""
        async with self._taking:
            if self.snapshot is not None and self.snapshot.base.index >= self._raft.log.base.index:
                self._raft.snapshot_made(self.snapshot)
            else:
                await self._keeper.save()
                try:
                    await self._take()
                except DiskFull as error:
                    log.error("event=snapshot_failed reason=%s", error)
                    self._retry_after_ms = self._clock.monotonic_ms() + self._limits.snapshot_retry_ms
        self._wake()

    async def _take(self) -> SnapshotRef:
        began_ms = self._clock.monotonic_ms()
        self._forget()
        snapshot = await self._checkpoints.take_snapshot()
        self.snapshot = snapshot
        self._used_ms = self._clock.monotonic_ms()
        self._counters.snapshots_taken += 1
        log.info(
            "event=snapshot_taken index=%d bytes=%d took_ms=%d",
            snapshot.base.index,
            snapshot.size_bytes,
            self._used_ms - began_ms,
        )
        self._raft.snapshot_made(snapshot)
        return snapshot

    def _forget(self) -> None:
        if self.snapshot is not None:
            self._raft.snapshot_gone(self.snapshot)
            self.snapshot = None

    async def _send(self, chunk: SendChunk) -> None:
        content = b""
        if chunk.length:
            try:
                content = await self._checkpoints.read_chunk(chunk.snapshot, chunk.offset, chunk.length)
            except SnapshotGone:
                # Another has taken its place since the core asked; it knows, and will ask for that one. Unless the disk
                # did not give it back as it was: offered again, it would be gone again.
                if chunk.snapshot == self.snapshot:
                    self._forget()
                return
        self._used_ms = self._clock.monotonic_ms()
        if self._raft.role is Role.LEADER and self._raft.term == chunk.term:
            self._counters.chunks_sent += 1
            self._outbox.post(chunk.to, InstallSnapshot(chunk.term, chunk.snapshot, chunk.offset, content))

    async def _drop_if_idle(self) -> None:
        """A copy of everything takes room; should it be wanted again, another is taken."""
        async with self._taking:
            idle_ms = self._clock.monotonic_ms() - self._used_ms
            if self.snapshot is not None and (self._is_paused or idle_ms >= self._limits.snapshot_idle_ms):
                self._forget()
                await self._checkpoints.drop_snapshot()


class SnapshotReceiver:
    """Writes the chunks that a leader sends, and makes a complete snapshot the state."""

    def __init__(self, shared: Shared, keeper: CheckpointKeeper, applier: Applier, checkpoints: Checkpoints) -> None:
        self._raft = shared.raft
        self._clock = shared.clock
        self._counters = shared.counters
        self._wake = shared.wake
        self._keeper = keeper
        self._applier = applier
        self._checkpoints = checkpoints
        self._arrived = asyncio.Event()
        self._chunks: deque[ReceiveChunk] = deque()
        self._to_install: deque[InstallState] = deque()

    def add(self, chunk: ReceiveChunk) -> None:
        """The core hands out one at a time, and waits to hear of each."""
        self._chunks.append(chunk)
        self._arrived.set()

    def install(self, install: InstallState) -> None:
        """Begin: from here on nothing is applied to the machine that is to be replaced."""
        self._applier.hold_still()
        self._to_install.append(install)
        self._arrived.set()

    async def run(self) -> None:
        """Receive and install until cancelled.

        Raises:
            WriteFailed: the node must stop.
        """
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._to_install or self._chunks:
                if self._to_install:
                    await self._install(self._to_install.popleft())
                else:
                    await self._receive(self._chunks.popleft())
                self._wake()

    async def _receive(self, chunk: ReceiveChunk) -> None:
        try:
            received = await self._checkpoints.receive_chunk(chunk.snapshot, chunk.offset, chunk.data)
        except DiskFull as error:
            log.error("event=snapshot_not_received index=%d reason=%s", chunk.snapshot.base.index, error)
            received = 0
        self._counters.chunks_received += 1
        self._raft.chunk_received(chunk.sender, chunk.snapshot, received, self._clock.monotonic_ms())

    async def _install(self, install: InstallState) -> None:
        snapshot = install.snapshot
        try:
            await self._keeper.install(snapshot)
        except SnapshotDamaged as error:
            self._counters.snapshots_refused += 1
            log.error("event=snapshot_refused index=%d reason=%s", snapshot.base.index, error)
            self._raft.snapshot_refused(snapshot)
            if not self._to_install:
                self._applier.go_on()
            return
        membership = Membership.decode(self._applier.machine.membership)
        self._counters.snapshots_installed += 1
        log.info("event=snapshot_installed index=%d bytes=%d", snapshot.base.index, snapshot.size_bytes)
        self._raft.snapshot_installed(snapshot, membership, self._clock.monotonic_ms())
