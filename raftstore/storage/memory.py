"""A log file in memory whose disk can fail, be full, and forget on a crash what was not synced. For tests."""

import errno


class MemoryFile:
    """See base.LogFile.

    `fail_next_sync` and `capacity_bytes` inject failures; `crash` returns the file that a node would find afterwards.
    """

    def __init__(self, content: bytes = b"", *, name: str = "memory.log") -> None:
        self.name = name
        self.fail_next_sync = False
        self.capacity_bytes: int | None = None
        self.syncs = 0
        self.writes = 0
        self._content = bytearray(content)
        self._durable = bytes(content)
        self._closed = False

    @property
    def size_bytes(self) -> int:
        return len(self._content)

    def read(self, offset: int, length: int) -> bytes:
        return bytes(self._content[offset : offset + length])

    def append(self, data: bytes) -> None:
        self._refuse_if_closed()
        self.writes += 1
        room = len(data) if self.capacity_bytes is None else max(0, self.capacity_bytes - self.size_bytes)
        self._content += data[:room]
        if room < len(data):
            raise OSError(errno.ENOSPC, "no space left")

    def sync(self) -> None:
        self._refuse_if_closed()
        if self.fail_next_sync:
            self.fail_next_sync = False
            raise OSError(errno.EIO, "input/output error")
        self.syncs += 1
        self._durable = bytes(self._content)

    def truncate(self, size_bytes: int) -> None:
        del self._content[size_bytes:]
        self._durable = bytes(self._content)

    def close(self) -> None:
        self._closed = True

    def crash(self, *, unsynced_bytes_kept: int = 0) -> "MemoryFile":
        """What is on the disk after a crash: everything synced, and by chance the beginning of what was not."""
        kept = len(self._durable) + unsynced_bytes_kept
        return MemoryFile(bytes(self._content[:kept]), name=self.name)

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise OSError(errno.EBADF, "the file is closed")
