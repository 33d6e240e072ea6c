"""What the runtime needs from outside; the composition root hands it the real thing, the simulator a simulated one."""

from collections.abc import Callable, Sequence
from typing import Protocol

from raftstore.core.messages import Message
from raftstore.core.types import Entry, HardState
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import Changes


class Clock(Protocol):
    def monotonic_ms(self) -> int:
        """Milliseconds that never go back; means nothing on another node."""

    def wall_ms(self) -> int:
        """Milliseconds since 1970, for people."""


class Network(Protocol):
    def send(self, to: int, message: Message) -> None:
        """Send if possible; never waits, may lose."""


class Disk(Protocol):
    async def append(self, hard_state: HardState | None, entries: Sequence[Entry]) -> None:
        """Durable when it returns.

        Raises:
            WriteFailed: nobody knows what is on the disk; the node must stop.
        """


class Checkpoints(Protocol):
    async def save(self, changes: Changes) -> None:
        """Durable when it returns. Once asked for it is carried out, and in order, even if the caller is cancelled:
        the machine has handed these changes out and will not do so again.
        """

    async def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]: ...


RandomTimeout = Callable[[int, int], int]
