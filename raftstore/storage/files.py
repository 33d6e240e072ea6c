"""A data directory on a real disk: one process owns it, and what changes in it is durable at once or not there."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Final

from raftstore.errors import DataDirectoryInUse, StorageError

_UNFINISHED: Final = ".new"
# What SQLite keeps beside a copy while it writes it.
_JOURNAL: Final = "-journal"
_BUSY_TIMEOUT_S: Final = 10.0


class RealDirectory:
    """See base.Directory."""

    def __init__(self, path: Path, *, for_reading: bool = False) -> None:
        """Make the directory if it is not there, lock it, and clear away what a crash left unfinished in it.

        Args:
            for_reading: change nothing in it; it must be there.

        Raises:
            DataDirectoryInUse: another process has it.
            StorageError: the disk refuses.
        """
        self._path = path
        self._for_reading = for_reading
        self._notes: dict[str, int] = {}
        try:
            if not for_reading and not path.is_dir():
                path.mkdir(parents=True, exist_ok=True)
                sync_directory(path.parent)
            self._lock = DirectoryLock(path, for_reading=for_reading)
            if not for_reading:
                for ending in (_UNFINISHED, _UNFINISHED + _JOURNAL):
                    for unfinished in (*path.glob(f"*{ending}"), *path.glob(f"*/*{ending}")):
                        unfinished.unlink()
        except OSError as error:
            raise StorageError(f"the data directory {path} cannot be opened: {error}") from error

    @property
    def path(self) -> str:
        return str(self._path)

    def names(self, folder: str = "") -> list[str]:
        directory = self._path / folder
        if not directory.exists():
            return []
        return sorted(entry.name for entry in os.scandir(directory) if entry.is_file())

    def create(self, name: str, content: bytes) -> None:
        path = self._place(name)
        create_file(path, content)

    def open(self, name: str) -> "DiskFile":
        return DiskFile(self._path / name, for_reading=self._for_reading)

    def rename(self, old: str, new: str) -> None:
        source, target = self._path / old, self._place(new)
        source.rename(target)
        # The new name first: a file with both names is found again, one with neither is not.
        sync_directory(target.parent)
        if source.parent != target.parent:
            sync_directory(source.parent)

    def remove(self, name: str) -> None:
        path = self._path / name
        path.unlink()
        sync_directory(path.parent)

    def note(self, name: str, content: bytes) -> None:
        fd = self._notes.get(name)
        if fd is None:
            fd = os.open(self._place(name), os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
            self._notes[name] = fd
        os.pwrite(fd, content, 0)

    def database(self, name: str) -> "SqliteFile":
        return SqliteFile(self._path, name)

    def free_bytes(self) -> int:
        """What an ordinary user may still write."""
        found = os.statvfs(self._path)
        return found.f_bavail * found.f_frsize

    def close(self) -> None:
        for fd in self._notes.values():
            os.close(fd)
        self._notes.clear()
        self._lock.release()

    def _place(self, name: str) -> Path:
        """Where a file of that name goes; its folder is made if need be."""
        path = self._path / name
        if not path.parent.exists():
            path.parent.mkdir()
            sync_directory(self._path)
        return path


class DirectoryLock:
    """Keeps a second process out of a data directory; the kernel lets go of it when the process ends, however."""

    def __init__(self, directory: Path, *, for_reading: bool = False) -> None:
        """
        Args:
            for_reading: change nothing in it; a directory that never had a lock is taken without one.

        Raises:
            DataDirectoryInUse: another process has it.
            OSError
        """
        path = directory / "lock"
        if for_reading and not path.exists():
            self._fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            return
        flags = os.O_RDONLY if for_reading else os.O_RDWR | os.O_CREAT
        self._fd = os.open(path, flags | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(self._fd, 32).decode(errors="replace").strip() or "unknown"
            os.close(self._fd)
            raise DataDirectoryInUse(
                f"data directory {directory} is in use by process {owner}; "
                "stop that node first, or give this one a directory of its own"
            ) from None
        if not for_reading:
            os.ftruncate(self._fd, 0)
            os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        os.close(self._fd)


class DiskFile:
    """An append-only file; see base.LogFile."""

    def __init__(self, path: Path, *, for_reading: bool = False) -> None:
        self.path = path
        self._fd = os.open(path, (os.O_RDONLY if for_reading else os.O_RDWR | os.O_APPEND) | os.O_CLOEXEC)
        # What a crashed process had written may still be in memory alone, and after a failed sync the memory may
        # claim what the disk never got: sync, then read from the disk itself.
        if not for_reading:
            os.fsync(self._fd)
        os.posix_fadvise(self._fd, 0, 0, os.POSIX_FADV_DONTNEED)
        self._size_bytes = os.fstat(self._fd).st_size

    @property
    def name(self) -> str:
        return str(self.path)

    @property
    def size_bytes(self) -> int:
        return self._size_bytes

    def read(self, offset: int, length: int) -> bytes:
        parts = []
        while length > 0 and (part := os.pread(self._fd, length, offset)):
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return b"".join(parts)

    def append(self, data: bytes) -> None:
        written = os.write(self._fd, data)
        self._size_bytes += written
        if written != len(data):
            raise OSError(f"only {written} of {len(data)} bytes could be written; the disk may be full")

    def sync(self) -> None:
        os.fdatasync(self._fd)

    def truncate(self, size_bytes: int) -> None:
        os.ftruncate(self._fd, size_bytes)
        os.fsync(self._fd)
        self._size_bytes = size_bytes

    def close(self) -> None:
        # A second time must not close what has got the same number meanwhile.
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


class SqliteFile:
    """An SQLite file in write-ahead mode; see base.DatabaseFile.

    One connection writes, and no other of this program is opened beside it: SQLite 3.40 can corrupt a database whose
    write-ahead log two connections check-point at once. Other tools may read meanwhile. No file descriptor of our own
    is opened on it either: closing that would take SQLite's locks away.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._path = directory / name
        self._connection: sqlite3.Connection | None = None

    def connect(self) -> sqlite3.Connection:
        is_new = not self._path.exists()
        connection = sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False)
        self._connection = connection
        if is_new:
            sync_directory(self._path.parent)
        return connection

    def committed(self) -> None:
        """SQLite has handed it to the kernel already."""

    def sync(self) -> None:
        """Commit something that changes nothing, and have SQLite wait for the disk this time: with it everything that
        was committed before is synced, by the same descriptor that wrote it, so that no error of the disk is missed.
        """
        connection = self._connected()
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("PRAGMA synchronous = NORMAL")

    def copy_to(self, name: str) -> None:
        """A compact copy without a write-ahead log. Takes about three seconds for each GB, and the file keeps its
        readers meanwhile.
        """
        target = self._directory / name
        target.parent.mkdir(exist_ok=True)
        unfinished = target.with_name(target.name + _UNFINISHED)
        _clear_away(unfinished)
        try:
            self._connected().execute("VACUUM INTO ?", (str(unfinished),))
            _sync_file(unfinished)
            unfinished.rename(target)
        except BaseException:
            _clear_away(unfinished)
            raise
        sync_directory(target.parent)
        sync_directory(self._directory)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            raise OSError(f"{self._path} is not open")
        return self._connection


def create_file(path: Path, content: bytes) -> None:
    """Create a file that is there with all its content or not at all, whatever happens meanwhile."""
    unfinished = path.with_name(path.name + _UNFINISHED)
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    sync_directory(path.parent)


def _clear_away(unfinished: Path) -> None:
    for path in (unfinished, unfinished.with_name(unfinished.name + _JOURNAL)):
        path.unlink(missing_ok=True)


def _sync_file(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
