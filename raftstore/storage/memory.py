"""A data directory in memory whose disk can fail, be full, and forget on a power cut what was not synced.

For tests and the simulator. What storage code may rely on is what base.py promises, and this keeps no more than that:
after a power cut, bytes that were appended and not synced may be lost, kept in part, or be other bytes.
"""

import errno
import random
import sqlite3
from collections.abc import Callable
from enum import StrEnum
from typing import Final

# A disk writes a sector whole or not at all.
_SECTOR_BYTES: Final = 512
# Of the states that were committed since the last sync, as many as a power cut chooses from.
_IMAGES_KEPT: Final = 4


class Operation(StrEnum):
    """What changes a directory, or makes a change durable."""

    APPEND = "append"
    SYNC = "sync"
    TRUNCATE = "truncate"
    CREATE = "create"
    RENAME = "rename"
    REMOVE = "remove"
    NOTE = "note"
    COMMIT = "commit"
    DATABASE_SYNC = "database sync"


BeforeOperation = Callable[[Operation, str], None]


def _nothing_happens(operation: Operation, name: str) -> None:
    pass


class _Content:
    """A file's bytes. `synced_bytes` of them survive a power cut, except those `dropped` by a sync that failed; `noted`
    is what an overwritten one held before.
    """

    __slots__ = ("content", "dropped", "noted", "synced_bytes")

    def __init__(self, content: bytes) -> None:
        self.content = bytearray(content)
        self.synced_bytes = len(content)
        self.noted: list[bytes] = []
        # From where to where.
        self.dropped: list[tuple[int, int]] = []

    def after_power_cut(self, chance: random.Random) -> bytes:
        if self.noted:
            return chance.choice([*self.noted, bytes(self.content), chance.randbytes(len(self.content))])
        kept, unsynced = self.content[: self.synced_bytes], bytes(self.content[self.synced_bytes :])
        for start, end in self.dropped:
            kept[start:end] = bytes(len(kept[start:end]))
        return bytes(kept) + _torn(unsynced, self.synced_bytes, chance)


class SimulatedDirectory:
    """See base.Directory. One for each time a node runs: `crash` returns the one that it finds when it starts again.

    Args:
        before: called before each operation; it may raise OSError for a disk that fails, or anything else to end the
            node there.
        capacity_bytes: what all files together may have; None is without limit.
    """

    def __init__(
        self, *, path: str = "simulated", before: BeforeOperation = _nothing_happens, capacity_bytes: int | None = None
    ) -> None:
        self.path = path
        self.before = before
        self.capacity_bytes = capacity_bytes
        self.is_closed = False
        # Those that are open.
        self.databases: dict[str, SimulatedDatabase] = {}
        self._files: dict[str, _Content] = {}

    # --- Directory ----------------------------------------------------------------------------------

    def names(self, folder: str = "") -> list[str]:
        prefix = f"{folder}/" if folder else ""
        names = (name.removeprefix(prefix) for name in self._files if name.startswith(prefix))
        return sorted(name for name in names if "/" not in name)

    def create(self, name: str, content: bytes) -> None:
        self.begin(Operation.CREATE, name)
        self.reserve(len(content) - self.size_bytes(name))
        self._files[name] = _Content(content)

    def open(self, name: str) -> "SimulatedFile":
        return SimulatedFile(self, name, self._file(name))

    def rename(self, old: str, new: str) -> None:
        self.begin(Operation.RENAME, old)
        self._file(old)
        self._files[new] = self._files.pop(old)

    def remove(self, name: str) -> None:
        self.begin(Operation.REMOVE, name)
        self._file(name)
        del self._files[name]

    def note(self, name: str, content: bytes) -> None:
        self.begin(Operation.NOTE, name)
        self.reserve(len(content) - self.size_bytes(name))
        file = self._files.setdefault(name, _Content(b""))
        file.noted = [*file.noted[-_IMAGES_KEPT:], bytes(file.content)]
        file.content[:] = content
        file.synced_bytes = 0

    def database(self, name: str) -> "SimulatedDatabase":
        if self.is_closed:
            raise OSError(errno.EBADF, "the directory is closed", name)
        self.databases[name] = database = SimulatedDatabase(self, name)
        return database

    def free_bytes(self) -> int:
        if self.capacity_bytes is None:
            return 1 << 40
        return max(0, self.capacity_bytes - sum(len(file.content) for file in self._files.values()))

    def close(self) -> None:
        self.is_closed = True

    # --- Faults -------------------------------------------------------------------------------------

    def crash(self, *, power_cut: bool, chance: random.Random) -> "SimulatedDirectory":
        """End the node here; returns what it finds when it starts again. A killed node loses nothing that it wrote."""
        found = SimulatedDirectory(path=self.path, capacity_bytes=self.capacity_bytes)
        for database in list(self.databases.values()):
            database.die(power_cut=power_cut, chance=chance)
        for name, file in self._files.items():
            found._files[name] = _Content(file.after_power_cut(chance) if power_cut else bytes(file.content))
        self.is_closed = True
        return found

    def flip_bit(self, name: str, offset: int, bit: int = 0) -> None:
        """The disk gives back something else than what was written."""
        self._file(name).content[offset] ^= 1 << bit

    def size_bytes(self, name: str) -> int:
        return len(self._files[name].content) if name in self._files else 0

    # --- For the files in it ------------------------------------------------------------------------

    def begin(self, operation: Operation, name: str) -> None:
        """Every operation passes here first."""
        if self.is_closed:
            raise OSError(errno.EBADF, "the directory is closed", name)
        self.before(operation, name)

    def reserve(self, more_bytes: int) -> None:
        if more_bytes > self.free_bytes():
            raise OSError(errno.ENOSPC, "no space left on the simulated disk")

    def put_image(self, name: str, image: bytes) -> None:
        """A database's file is now this."""
        self._files[name] = _Content(image)

    def _file(self, name: str) -> _Content:
        if name not in self._files:
            raise FileNotFoundError(errno.ENOENT, "no such file", f"{self.path}/{name}")
        return self._files[name]


class SimulatedFile:
    """See base.LogFile."""

    def __init__(self, directory: SimulatedDirectory, name: str, file: _Content) -> None:
        self.name = f"{directory.path}/{name}"
        self._directory = directory
        self._short_name = name
        self._file = file
        self._closed = False

    @property
    def size_bytes(self) -> int:
        return len(self._file.content)

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._file.content[offset : offset + length])

    def append(self, data: bytes) -> None:
        self._begin(Operation.APPEND)
        room = self._directory.free_bytes()
        self._file.content += data[:room]
        if room < len(data):
            raise OSError(errno.ENOSPC, "no space left on the simulated disk")

    def sync(self) -> None:
        file = self._file
        try:
            self._begin(Operation.SYNC)
        except OSError:
            # As Linux does it: what could not be written counts as written from now on, and the next sync succeeds.
            file.dropped.append((file.synced_bytes, len(file.content)))
            raise
        file.synced_bytes = len(file.content)

    def truncate(self, size_bytes: int) -> None:
        self._begin(Operation.TRUNCATE)
        del self._file.content[size_bytes:]
        self._file.dropped = [(start, min(end, size_bytes)) for start, end in self._file.dropped if start < size_bytes]
        self._file.synced_bytes = len(self._file.content)

    def close(self) -> None:
        self._closed = True

    def _begin(self, operation: Operation) -> None:
        if self._closed:
            raise OSError(errno.EBADF, "the file is closed", self.name)
        self._directory.begin(operation, self._short_name)


class SimulatedDatabase:
    """See base.DatabaseFile: SQLite itself, in memory; its file is the image that SQLite makes of it."""

    def __init__(self, directory: SimulatedDirectory, name: str) -> None:
        self._directory = directory
        self._name = name
        self._connection: sqlite3.Connection | None = None
        # The one that survives a power cut, then those committed since.
        self._images = [b""]

    def connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        size_bytes = self._directory.size_bytes(self._name)
        if size_bytes:
            image = self._directory.open(self._name).read(0, size_bytes)
            connection.deserialize(image)
            self._images = [image]
        self._connection = connection
        return connection

    def committed(self) -> None:
        self._directory.begin(Operation.COMMIT, self._name)
        assert self._connection is not None
        image = self._connection.serialize()
        self._directory.reserve(len(image) - self._directory.size_bytes(self._name))
        self._directory.put_image(self._name, image)
        self._images = [*self._images[:1], *self._images[1:][-_IMAGES_KEPT:], image]

    def sync(self) -> None:
        self._directory.begin(Operation.DATABASE_SYNC, self._name)
        self._images = self._images[-1:]

    def copy_to(self, name: str) -> None:
        assert self._connection is not None
        self._directory.create(name, self._connection.serialize())

    def close(self) -> None:
        """As SQLite does it: what was committed is synced."""
        self._directory.databases.pop(self._name, None)
        if self._connection is not None:
            self._connection.close()

    def die(self, *, power_cut: bool, chance: random.Random) -> None:
        self.close()
        if power_cut and len(self._images) > 1:
            self._directory.put_image(self._name, chance.choice(self._images))


def _torn(unsynced: bytes, offset: int, chance: random.Random) -> bytes:
    """What a power cut leaves of bytes that stood at `offset`."""
    if not unsynced:
        return b""
    match chance.randrange(4):
        case 0:
            return b""
        case 1:
            return unsynced
        case 2:
            return unsynced[: chance.randrange(len(unsynced))]
        case _:
            return _with_lost_sectors(unsynced[: chance.randint(1, len(unsynced))], offset, chance)


def _with_lost_sectors(unsynced: bytes, offset: int, chance: random.Random) -> bytes:
    """The file has its length, but some of its sectors never came: they are empty, or hold what was there before."""
    found = bytearray(unsynced)
    start = 0
    while start < len(found):
        end = min(len(found), start + _SECTOR_BYTES - (offset + start) % _SECTOR_BYTES)
        fate = chance.randrange(3)
        if fate == 1:
            found[start:end] = bytes(end - start)
        elif fate == 2:
            found[start:end] = chance.randbytes(end - start)
        start = end
    return bytes(found)
