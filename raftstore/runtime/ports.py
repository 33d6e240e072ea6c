"""What the runtime needs from outside; the composition root hands it the real thing, the simulator a simulated one."""

from collections.abc import Callable, Sequence
from typing import Protocol

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import Entry, HardState, LogBase
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import Changes, SeatMachine
from raftstore.transport.envelope import Envelope


class Clock(Protocol):
    def monotonic_ms(self) -> int:
        """Milliseconds that never go back; means nothing on another node."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970, for people."""


class Network(Protocol):
    def send(self, address: str, envelope: Envelope) -> None:
        """Send if possible; never waits, may lose."""


class Disk(Protocol):
    """The log. Calls are carried out one after another, in the order in which they were made."""

    async def append(self, hard_state: HardState | None, entries: Sequence[Entry], base: LogBase | None) -> None:
        """Durable when it returns; `base` empties the log first, which then begins after it.

        Raises:
            WriteFailed: nobody knows what is on the disk; the node must stop.
        """

    async def compact(self, base: LogBase) -> None:
        """What is at or before `base` is no longer needed.

        Raises:
            WriteFailed: as `append`.
        """

    @property
    def log_bytes(self) -> int: ...

    def free_bytes(self) -> int:
        """Room left for anything this node writes."""


class Checkpoints(Protocol):
    """The state machine on disk, and whole copies of it. One call at a time is carried out, in the order made."""

    async def save(self, changes: Changes) -> None:
        """Written when it returns. Once asked for it is carried out, and in order, even if the caller is cancelled:
        the machine has handed these changes out and will not do so again.
        """

    async def make_durable(self) -> LogBase:
        """What was saved survives a power cut when this returns; it is the state as of the returned base."""

    async def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]: ...

    async def take_snapshot(self) -> SnapshotRef:
        """A consistent copy of what was saved last, in a durable file of its own, which `read_chunk` reads. It stays
        until it was dropped as often as it was taken; of one state there is one.

        Raises:
            DiskFull: there is no room for it beside the reserve.
        """

    async def drop_snapshot(self, snapshot: SnapshotRef) -> None:
        """Carried out, once asked for, even if the caller is cancelled."""

    async def read_chunk(self, snapshot: SnapshotRef, offset: int, length: int) -> bytes:
        """Raises SnapshotGone: it was dropped, or the disk does not give it back."""

    async def receive_chunk(self, snapshot: SnapshotRef, offset: int, data: bytes) -> int:
        """Write a chunk of a snapshot that arrives, if it follows what is there. Returns how many bytes of that
        snapshot are durably there; a different snapshot than before discards what was received of the other.

        Raises:
            DiskFull: there is no room for the rest beside the reserve; what was received of it is gone.
        """

    async def install(self, snapshot: SnapshotRef) -> SeatMachine:
        """Make the received snapshot the checkpoint, durably, and load it. From here on a restart begins from it,
        whatever the log holds: a log that does not contain its base begins there instead.

        Raises:
            SnapshotDamaged: it is not what the leader sent; what was received is thrown away, fetch it again.
            WriteFailed: nobody knows what is on the disk; the node must stop.
        """

    async def fence(self, reason: str) -> None:
        """This state is not to be trusted: remember it, durably, for every start from now on.

        Raises:
            StorageError: the disk refuses; it may not the next time.
        """


RandomTimeout = Callable[[int, int], int]
