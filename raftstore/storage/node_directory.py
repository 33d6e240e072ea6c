"""Everything one node keeps on its disk, as one thing: identity, log, checkpoint and snapshots, and that they fit.

The calls are synchronous and made by two threads: `append` and `compact` by the log's, everything from `save` to
`install` by the checkpoint's. `log_bytes` and `free_bytes` may be asked from anywhere; `open` and `close` are called
while neither thread runs.
"""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import Entry, HardState, LogBase
from raftstore.errors import StorageError, WriteFailed
from raftstore.seats.changes import Changes
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import SeatMachine

from . import identity as identities
from .base import Directory, Recovered
from .chain_marks import ChainMark, add_chain_mark
from .checkpoint import Checkpoint
from .fence import read_fence, write_fence
from .identity import DrawIncarnation, Identity
from .installing import Installation
from .segment import damaged
from .snapshot import IncomingSnapshot, OutgoingSnapshots
from .wal import WriteAheadLog
from .wal_format import SEGMENT_BYTES


@dataclass(frozen=True, slots=True)
class Opened:
    """What a node begins from, and what its operator should know about how it was found."""

    identity: Identity
    recovered: Recovered
    machine: SeatMachine
    # Why the node takes no part any more; empty while it does.
    fenced: str
    warnings: tuple[str, ...]


class NodeDirectory:
    def __init__(
        self,
        directory: Directory,
        wal: WriteAheadLog,
        checkpoint: Checkpoint,
        installation: Installation,
        *,
        reserve_bytes: int,
    ) -> None:
        self._directory = directory
        self._wal = wal
        self._checkpoint = checkpoint
        self._installation = installation
        self._outgoing = OutgoingSnapshots(directory, reserve_bytes)
        self._incoming = IncomingSnapshot(directory, checkpoint.base.index, reserve_bytes)

    @classmethod
    def open(
        cls,
        directory: Directory,
        *,
        node: int,
        draw_incarnation: DrawIncarnation,
        segment_bytes: int = SEGMENT_BYTES,
        reserve_bytes: int = 0,
    ) -> tuple["NodeDirectory", Opened]:
        """Find what is durable, finish what a crash interrupted, and check that it fits together. The directory is
        closed with this, and also if this fails.

        Args:
            draw_incarnation: a random number in [1, 2**63), asked for if the directory is new.
            reserve_bytes: what snapshots must leave free on the disk.

        Raises:
            ConfigurationError: the directory belongs to another node.
            LogDamaged: something that was acknowledged cannot be read, or log and checkpoint do not fit.
            CheckpointUnreadable: the checkpoint cannot be read.
            StorageError: another version wrote it, or the disk refuses.
        """
        with contextlib.ExitStack() as when_it_fails:
            when_it_fails.callback(directory.close)
            try:
                identity = identities.claim(directory, node, draw_incarnation)
                wal, recovered = WriteAheadLog.open(directory, identity, segment_bytes=segment_bytes)
                when_it_fails.callback(wal.close)
                identity = identities.note_log_begun(directory, identity)
                installation = Installation(directory)
                if (base := installation.redo()) is not None:
                    if not wal.holds(base):
                        wal.append(hard_state=None, entries=(), base=base)
                        recovered = Recovered(recovered.hard_state, base, (), recovered.torn_bytes)
                    installation.settle(wal)
                checkpoint, machine = Checkpoint.open(directory)
                when_it_fails.callback(checkpoint.close)
                refuse_unless_fitting(wal, checkpoint.base)
                fenced = read_fence(directory)
                opened = cls(directory, wal, checkpoint, installation, reserve_bytes=reserve_bytes)
            except OSError as error:
                raise StorageError(f"the data directory {directory.path} cannot be opened: {error}") from error
            when_it_fails.pop_all()
        return opened, Opened(identity, recovered, machine, fenced, _warnings(wal, recovered))

    # --- The log's thread ---------------------------------------------------------------------------

    def append(self, hard_state: HardState | None, entries: Sequence[Entry], base: LogBase | None = None) -> None:
        """Durable when it returns; `base` empties the log first, which then begins after it.

        Raises:
            WriteFailed: nobody knows what is on the disk; the node must stop.
        """
        self._wal.append(hard_state=hard_state, entries=entries, base=base)
        self._installation.settle(self._wal)

    def compact(self, base: LogBase) -> None:
        """What is at or before `base` is no longer needed.

        Raises:
            WriteFailed: as `append`.
        """
        self._wal.compact(base)
        self._installation.settle(self._wal)

    # --- The checkpoint's thread --------------------------------------------------------------------

    def save(self, changes: Changes) -> None:
        """
        Raises:
            WriteFailed: what was to be saved is lost; the node must stop.
        """
        self._checkpoint.save(changes)

    def make_durable(self) -> LogBase:
        """What was saved survives a power cut when this returns; it is the state as of the returned base.

        Raises:
            WriteFailed: nobody knows what is on the disk; the node must stop.
        """
        base = self._checkpoint.make_durable()
        self._mark_chain()
        return base

    def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        """The latest `limit` events of a seat, oldest first, up to the last save."""
        return self._checkpoint.history(inventory, seat, limit)

    def take_snapshot(self) -> SnapshotRef:
        """A copy of what was saved last, in a durable file of its own, which stays until it was dropped as often as it
        was taken.

        Raises:
            DiskFull: there is no room for it.
        """
        return self._outgoing.take(self._checkpoint)

    def drop_snapshot(self, snapshot: SnapshotRef) -> None:
        self._outgoing.drop(snapshot)

    def read_chunk(self, snapshot: SnapshotRef, offset: int, length: int) -> bytes:
        """
        Raises:
            SnapshotGone: it was dropped, or the disk does not give it back.
        """
        return self._outgoing.read(snapshot, offset, length)

    def receive_chunk(self, snapshot: SnapshotRef, offset: int, data: bytes) -> int:
        """Write a chunk of a snapshot that arrives, if it follows what is there. Returns how many bytes of that
        snapshot are durably there; a different snapshot than before discards what was received of the other.

        Raises:
            DiskFull: there is no room; what was received of it is gone.
        """
        return self._incoming.receive(snapshot, offset, data)

    def install(self, snapshot: SnapshotRef) -> SeatMachine:
        """Make the received snapshot the checkpoint, durably, and load it. From here on a restart begins from it,
        whatever the log holds: a log that does not contain its base begins there instead.

        Raises:
            SnapshotDamaged: it is not what the leader sent; it was thrown away.
            WriteFailed: nobody knows what is on the disk; the node must stop.
        """
        name = self._incoming.check(snapshot)
        self._checkpoint.close()
        self._incoming.taken()
        try:
            self._installation.install(name, snapshot.base)
            self._checkpoint, machine = Checkpoint.open(self._directory)
        except OSError as error:
            raise WriteFailed(f"the snapshot cannot be installed: {error}") from error
        self._mark_chain()
        return machine

    def fence(self, reason: str) -> None:
        """The state is not to be trusted; who opens the directory from here on is told why.

        Raises:
            StorageError: the disk refuses, and may not the next time.
        """
        try:
            write_fence(self._directory, reason)
        except OSError as error:
            raise StorageError(f"that this node is fenced cannot be written: {error}") from error

    def _mark_chain(self) -> None:
        add_chain_mark(self._directory, ChainMark(self._checkpoint.base.index, self._checkpoint.chain))

    # --- Any thread ---------------------------------------------------------------------------------

    @property
    def log_bytes(self) -> int:
        return self._wal.size_bytes

    def free_bytes(self) -> int:
        """Room left for anything this node writes."""
        return self._directory.free_bytes()

    def close(self) -> None:
        self._outgoing.close()
        self._incoming.close()
        self._checkpoint.close()
        self._wal.close()
        self._directory.close()


def refuse_unless_fitting(wal: WriteAheadLog, applied: LogBase) -> None:
    """The log must hold the entry that the checkpoint is as of, or begin after it, and all that follow.

    Raises:
        LogDamaged
    """
    if applied.index < wal.base.index:
        raise damaged(
            wal.path,
            0,
            f"the log begins after entry {wal.base.index}, and the checkpoint ends with entry {applied.index}: what is "
            "between them is missing",
        )
    if applied.index > wal.last_index:
        raise damaged(
            wal.path,
            0,
            f"the log ends with entry {wal.last_index}, and the checkpoint is as of entry {applied.index}: the end of "
            "the log is missing",
        )
    if not wal.holds(applied):
        raise damaged(wal.path, 0, f"the checkpoint is as of another entry {applied.index} than the log's")


def _warnings(wal: WriteAheadLog, recovered: Recovered) -> tuple[str, ...]:
    if not recovered.torn_bytes:
        return ()
    return (f"cut {recovered.torn_bytes} bytes of an unfinished write off the end of {wal.path}",)
