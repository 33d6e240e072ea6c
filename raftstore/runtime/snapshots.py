"""Snapshots beside the loop: taking them, sending them in chunks, receiving and installing them.

The core says what is to be sent and received; here the bytes are read and written, one chunk at a time, while the loop
goes on.
"""

import asyncio
import logging
from collections import deque

from raftstore.core.effects import InstallState, ReceiveChunk, SendChunk
from raftstore.core.membership import Membership
from raftstore.core.messages import InstallSnapshot, SnapshotRef
from raftstore.core.types import Role
from raftstore.errors import DiskFull, SnapshotDamaged, SnapshotGone

from .applying import Applier
from .checkpointing import CheckpointKeeper
from .fencing import DivergenceGuard
from .outbox import Outbox
from .ports import Checkpoints
from .shared import Shared
from .waiting import until_set

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
            await until_set(self._arrived, self._limits.snapshot_idle_ms)
            self._arrived.clear()
            if self._is_wanted and not self._is_paused:
                self._is_wanted = False
                await self._provide()
            while self._chunks:
                await self._send(self._chunks.popleft())
            await self._drop_if_idle()

    async def _provide(self) -> None:
        """Give the core a snapshot that its log goes on from: the one there is, if it will do, or a new one."""
        if self.snapshot is not None and self.snapshot.base.index >= self._raft.log.base.index:
            self._raft.snapshot_made(self.snapshot)
        else:
            await self._drop()
            await self._keeper.save()
            try:
                await self._take()
            except DiskFull as error:
                log.error("event=snapshot_failed reason=%s", error)
                self._retry_after_ms = self._clock.monotonic_ms() + self._limits.snapshot_retry_ms
        self._wake()

    async def _take(self) -> None:
        began_ms = self._clock.monotonic_ms()
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

    async def _drop(self) -> None:
        snapshot, self.snapshot = self.snapshot, None
        if snapshot is not None:
            self._raft.snapshot_gone(snapshot)
            await self._checkpoints.drop_snapshot(snapshot)

    async def _send(self, chunk: SendChunk) -> None:
        content = b""
        if chunk.length:
            try:
                content = await self._checkpoints.read_chunk(chunk.snapshot, chunk.offset, chunk.length)
            except SnapshotGone:
                # It was dropped since the core asked, which knows. Unless the disk did not give it back as it was:
                # offered again, it would be gone again.
                if chunk.snapshot == self.snapshot:
                    await self._drop()
                return
        self._used_ms = self._clock.monotonic_ms()
        if self._raft.role is Role.LEADER and self._raft.term == chunk.term:
            self._counters.chunks_sent += 1
            self._outbox.post(chunk.to, InstallSnapshot(chunk.term, chunk.snapshot, chunk.offset, content))

    async def _drop_if_idle(self) -> None:
        """A copy of everything takes room; should it be wanted again, another is taken."""
        idle_ms = self._clock.monotonic_ms() - self._used_ms
        if self._is_paused or idle_ms >= self._limits.snapshot_idle_ms:
            await self._drop()


class SnapshotReceiver:
    """Writes the chunks that a leader sends, and makes a complete snapshot the state."""

    def __init__(
        self,
        shared: Shared,
        keeper: CheckpointKeeper,
        applier: Applier,
        checkpoints: Checkpoints,
        divergence: DivergenceGuard,
    ) -> None:
        self._raft = shared.raft
        self._clock = shared.clock
        self._counters = shared.counters
        self._wake = shared.wake
        self._keeper = keeper
        self._applier = applier
        self._checkpoints = checkpoints
        self._divergence = divergence
        # For which there was no room.
        self._without_room: SnapshotRef | None = None
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
            # The leader goes on trying, several times a second; it is said once.
            if chunk.snapshot != self._without_room:
                self._without_room = chunk.snapshot
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
        self._divergence.applied(self._applier.machine)
        membership = Membership.decode(self._applier.machine.membership)
        self._counters.snapshots_installed += 1
        log.info("event=snapshot_installed index=%d bytes=%d", snapshot.base.index, snapshot.size_bytes)
        self._raft.snapshot_installed(snapshot, membership, self._clock.monotonic_ms())
