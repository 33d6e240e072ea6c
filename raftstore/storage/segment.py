"""One segment of the log, read back: its batches, and whether what ends it is an unfinished write or damage."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NoReturn

from raftstore.errors import ConfigurationError, LogDamaged, StorageError

from . import wal_format
from .base import LogFile
from .identity import REBUILD_SECTION, Identity
from .wal_format import BATCH_HEADER_BYTES, BATCH_MAGIC, FILE_HEADER_BYTES, FORMAT_VERSION, Record, SegmentHeader

_SCAN_BYTES: Final = 1 << 20

REBUILD: Final = (
    "Nothing was changed. What this node acknowledged is on its peers as well: build a new node from them. Start one "
    "under a new id with an empty data directory (serve --join), `python -m raftstore members add` it, and then "
    f"`members remove` this one; see {REBUILD_SECTION}."
)


class SegmentReader:
    """Reads a segment front to back; `end` is then where its last whole batch ends."""

    def __init__(self, file: LogFile, identity: Identity) -> None:
        """
        Raises:
            LogDamaged: its header cannot be read.
            StorageError: another version wrote it.
            ConfigurationError: it is another node's, or of another disk of this node.
        """
        self.file = file
        data = file.read(0, FILE_HEADER_BYTES)
        try:
            self.header = SegmentHeader.decode(data)
        except wal_format.FormatError as error:
            self.refuse(0, str(error))
        _check_header(file.name, self.header, identity)
        self.seed = wal_format.seed_of(data)
        self.end = FILE_HEADER_BYTES

    def batches(self) -> Iterator[tuple[int, list[Record]]]:
        """Offset and records of each batch, until there is no whole one any more.

        Raises:
            LogDamaged: a batch is whole but its records make no sense.
        """
        while (payload := self._payload_at(self.end)) is not None:
            try:
                records = list(wal_format.decode_payload(payload))
            except wal_format.FormatError as error:
                self.refuse(self.end, str(error))
            offset = self.end
            self.end += BATCH_HEADER_BYTES + len(payload)
            yield offset, records

    @property
    def torn_bytes(self) -> int:
        """What stands behind the last whole batch."""
        return self.file.size_bytes - self.end

    def refuse_unless_unfinished(self, synced_bytes: int) -> None:
        """Tell damage from an unfinished write: the latter was never synced, and nothing was written after it.

        Args:
            synced_bytes: how much of the file is known to have been synced.

        Raises:
            LogDamaged
        """
        if synced_bytes > self.end:
            self.refuse(self.end, f"a batch is not what was written, and {synced_bytes} bytes of the file were synced")
        if self.end == FILE_HEADER_BYTES:
            self.refuse(self.end, "its first batch, which was written together with the file, is not what was written")
        if self.torn_bytes:
            self._refuse_if_later_writes()

    def refuse(self, offset: int, what: str) -> NoReturn:
        raise damaged(self.file.name, offset, what)

    def _refuse_if_later_writes(self) -> None:
        file, damage = self.file, self.end
        header = wal_format.decode_batch_header(self.seed, file.read(damage, BATCH_HEADER_BYTES), damage)
        if header is not None and file.size_bytes > damage + BATCH_HEADER_BYTES + header.payload_length:
            self.refuse(damage, "a batch is not what was written, and others were written after it")
        start = damage + 1
        while start < file.size_bytes:
            chunk = file.read(start, _SCAN_BYTES + len(BATCH_MAGIC) - 1)
            position = chunk.find(BATCH_MAGIC)
            while position >= 0:
                if self._payload_at(start + position) is not None:
                    later = start + position
                    self.refuse(damage, f"no batch can be read, yet one that was written later is at byte {later}")
                position = chunk.find(BATCH_MAGIC, position + 1)
            start += _SCAN_BYTES

    def _payload_at(self, offset: int) -> bytes | None:
        """The payload of the batch at `offset`, or None if no whole batch is there."""
        header = wal_format.decode_batch_header(self.seed, self.file.read(offset, BATCH_HEADER_BYTES), offset)
        if header is None:
            return None
        payload = self.file.read(offset + BATCH_HEADER_BYTES, header.payload_length)
        return payload if header.matches(payload) else None


def damaged(name: str, offset: int, what: str) -> LogDamaged:
    return LogDamaged(Path(name), offset, f"{name} is damaged at byte {offset}: {what}. {REBUILD}")


def _check_header(name: str, header: SegmentHeader, identity: Identity) -> None:
    if header.version != FORMAT_VERSION:
        raise StorageError(f"{name} has format version {header.version}; this program reads {FORMAT_VERSION}")
    if header.node != identity.node:
        raise ConfigurationError(f"{name} belongs to node {header.node}, not to node {identity.node}")
    if header.incarnation != identity.incarnation:
        raise ConfigurationError(f"{name} belongs to another disk of node {header.node}: the directory is a mixture")
