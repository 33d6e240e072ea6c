"""What storage asks of a disk, so that the same log and checkpoint run on a real one and on a simulated one."""

import sqlite3
from dataclasses import dataclass
from typing import Protocol

from raftstore.core.types import Entry, HardState, LogBase


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


class DatabaseFile(Protocol):
    """One SQLite database: the engine is always the real one, where its pages end up is not."""

    def connect(self) -> sqlite3.Connection:
        """The one connection to it, which any thread may use, one at a time."""

    def committed(self) -> None:
        """A transaction was committed: it survives a killed process, not yet a power cut."""

    def sync(self) -> None:
        """What was committed survives a power cut when this returns."""

    def copy_to(self, name: str) -> None:
        """Write a consistent copy of it, durably, as file `name` of the same directory."""

    def close(self) -> None: ...


class Directory(Protocol):
    """A node's data directory. Names may have one folder: `log/00000000000000000001.log`. Operations raise OSError.

    Creating, renaming and removing are atomic, and durable when they return.
    """

    @property
    def path(self) -> str:
        """Where it is, for people."""

    def names(self, folder: str = "") -> list[str]:
        """Names of the files in a folder, sorted; of a folder that is not there, none."""

    def create(self, name: str, content: bytes) -> None:
        """A file that is there with all its content or not at all."""

    def open(self, name: str) -> LogFile: ...

    def rename(self, old: str, new: str) -> None:
        """Replaces what was called `new`."""

    def remove(self, name: str) -> None: ...

    def note(self, name: str, content: bytes) -> None:
        """Overwrite a small file in place, at once, without waiting for the disk: a power cut leaves it as it is, as it
        was, or as neither.
        """

    def database(self, name: str) -> DatabaseFile: ...

    def free_bytes(self) -> int:
        """Room left on the disk."""

    def close(self) -> None:
        """Let another process have it."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was durable: entries without a gap from `base.index + 1` on, and how many bytes of an unfinished write were
    cut off.
    """

    hard_state: HardState
    base: LogBase
    entries: tuple[Entry, ...]
    torn_bytes: int


def read_file(directory: Directory, name: str) -> bytes:
    """All of a small file."""
    file = directory.open(name)
    try:
        return file.read(0, file.size_bytes)
    finally:
        file.close()
