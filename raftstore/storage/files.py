"""Files on a real disk: a directory that one process owns, and the log's file in it."""

import fcntl
import os
from pathlib import Path

from raftstore.errors import DataDirectoryInUse


class DirectoryLock:
    """Keeps a second process out of a data directory; the kernel lets go of it when the process ends, however."""

    def __init__(self, directory: Path) -> None:
        """
        Raises:
            DataDirectoryInUse: another process has it.
        """
        self._fd = os.open(directory / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = os.read(self._fd, 32).decode(errors="replace").strip() or "unknown"
            os.close(self._fd)
            raise DataDirectoryInUse(
                f"data directory {directory} is in use by process {owner}; "
                "stop that node first, or give this one a directory of its own"
            ) from None
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, f"{os.getpid()}\n".encode(), 0)

    def release(self) -> None:
        os.close(self._fd)


class DiskFile:
    """An append-only file; see base.LogFile."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fd = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        # What a crashed process had written may still be in memory alone, and after a failed sync the memory may
        # claim what the disk never got: sync, then read from the disk itself.
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
        os.close(self._fd)


def create_file(path: Path, content: bytes) -> None:
    """Create a file that is there with all its content or not at all, whatever happens meanwhile."""
    unfinished = path.with_suffix(".new")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.rename(path)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory durable."""
    fd = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
