"""What the log asks of a file, so that the same log runs on a disk and on a simulated one."""

from dataclasses import dataclass
from typing import Protocol

from raftstore.core.types import Entry, HardState


class LogFile(Protocol):
    """One append-only file. What was written is safe only after `sync`; operations raise OSError."""

    @property
    def name(self) -> str:
        """Where it is, for people."""

    @property
    def size_bytes(self) -> int: ...

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes from `offset`; fewer only at the end of the file."""

    def append(self, data: bytes) -> None:
        """Write all of `data` at the end in one write."""

    def sync(self) -> None: ...

    def truncate(self, size_bytes: int) -> None:
        """Cut everything from `size_bytes` on, durably."""

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was durable: entries without a gap from 1 on, and how many bytes of an unfinished write were cut off."""

    hard_state: HardState
    entries: tuple[Entry, ...]
    torn_bytes: int
