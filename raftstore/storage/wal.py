"""The log on disk: what is durable before anything is promised, and what is found again after a crash.

One `append` is one batch, one write and one sync, so a crash can leave only the last batch unfinished. Recovery
therefore cuts an unfinished end off, for it was never acknowledged; but damage with something written after it is
damage to what was acknowledged, and then the node refuses to start rather than forget. A last batch whose bytes
rotted after its sync cannot be told from an unfinished one; the peers, who have it too, send it again.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from raftstore.core.types import Entry, HardState
from raftstore.errors import ConfigurationError, LogDamaged, StorageError, WriteFailed

from . import wal_format
from .base import LogFile, Recovered
from .files import DirectoryLock, DiskFile, create_file, sync_directory
from .wal_format import BATCH_HEADER_BYTES, BATCH_MAGIC, FILE_HEADER_BYTES, FORMAT_VERSION, MAX_BATCH_BYTES

FIRST_INDEX = 1
_SCAN_BYTES = 1 << 20

_REBUILD = (
    "Nothing was changed. To rebuild this node from its peers: make sure that all other nodes are running and have a "
    "leader (python -m raftstore status), keep this node stopped for longer than the longest election timeout (a "
    "second is enough by default), move its data directory away, and start it again with an empty one. It has then "
    "forgotten what it voted and acknowledged: until it has caught up with the leader's log, a failure of any other "
    "node can lose sales, so do not do this while another node is down or unreachable."
)


class WriteAheadLog:
    """Not safe for threads; whoever owns it calls it from one at a time."""

    def __init__(self, file: LogFile, lock: DirectoryLock | None = None) -> None:
        self._file = file
        self._lock = lock
        self._failed = False

    @classmethod
    def open(cls, directory: Path, *, node: int) -> "tuple[WriteAheadLog, Recovered]":
        """Lock a node's data directory and find what its log has, or begin an empty one.

        Raises:
            DataDirectoryInUse: another process has the directory.
            ConfigurationError: the directory belongs to another node.
            LogDamaged: something that was acknowledged cannot be read.
            StorageError: the log was written by another version, or the disk refuses.
        """
        lock = DirectoryLock(directory)
        try:
            path = _log_path(directory)
            if not path.exists():
                create_file(path, wal_format.encode_file_header(node, FIRST_INDEX))
            return cls.recover(DiskFile(path), node=node, lock=lock)
        except OSError as error:
            lock.release()
            raise StorageError(f"the log in {directory} cannot be opened: {error}") from error
        except BaseException:
            lock.release()
            raise

    @classmethod
    def recover(
        cls, file: LogFile, *, node: int, lock: DirectoryLock | None = None
    ) -> "tuple[WriteAheadLog, Recovered]":
        """As `open`, on any kind of file."""
        try:
            _check_header(file, node)
            recovered = _read_batches(file)
        except BaseException:
            file.close()
            raise
        return cls(file, lock), recovered

    @property
    def size_bytes(self) -> int:
        return self._file.size_bytes

    def append(self, *, hard_state: HardState | None, entries: Sequence[Entry]) -> None:
        """Durable when it returns. The first entry's index replaces everything from there on.

        Raises:
            WriteFailed: nobody knows what is on the disk; this log takes nothing more, the node must stop.
        """
        if self._failed:
            raise WriteFailed(f"{self._file.name}: an earlier write failed, so nothing more is written")
        if hard_state is None and not entries:
            return
        try:
            # Each batch is synced before the next is written, so that only the last can be an unfinished one.
            for piece in wal_format.split(entries):
                self._write(wal_format.encode_batch(hard_state, piece, self._file.size_bytes))
                hard_state = None
        except OSError as error:
            # A sync that failed once may succeed when repeated without having written anything: never retry.
            self._failed = True
            raise WriteFailed(f"{self._file.name}: {error}") from error

    def _write(self, batch: bytes) -> None:
        if len(batch) > BATCH_HEADER_BYTES + MAX_BATCH_BYTES:
            raise OSError(f"a batch of {len(batch)} bytes is beyond the limit of {MAX_BATCH_BYTES}")
        self._file.append(batch)
        self._file.sync()

    def close(self) -> None:
        self._file.close()
        if self._lock:
            self._lock.release()


def _log_path(directory: Path) -> Path:
    """The log's one file, named by its first index.

    Raises:
        StorageError: there are others.
    """
    folder = directory / "log"
    if not folder.exists():
        folder.mkdir()
        sync_directory(directory)
    path = folder / f"{FIRST_INDEX:020}.log"
    if others := sorted(set(folder.glob("*.log")) - {path}):
        raise StorageError(f"{others[0]} was written by another version of this program, which kept its log in parts")
    return path


def _check_header(file: LogFile, node: int) -> None:
    try:
        header = wal_format.decode_file_header(file.read(0, FILE_HEADER_BYTES))
    except wal_format.FormatError as error:
        _refuse(file, 0, str(error))
    if header.version != FORMAT_VERSION:
        raise StorageError(f"{file.name} has format version {header.version}; this program reads {FORMAT_VERSION}")
    if header.node != node:
        raise ConfigurationError(f"{file.name} belongs to node {header.node}, not to node {node}")


def _read_batches(file: LogFile) -> Recovered:
    """Read batch by batch, and cut an unfinished one off the end."""
    hard_state = HardState(0, None)
    entries: list[Entry] = []
    offset = FILE_HEADER_BYTES
    while (payload := _read_batch(file, offset)) is not None:
        try:
            for record in wal_format.decode_payload(payload):
                if isinstance(record, HardState):
                    hard_state = record
                elif FIRST_INDEX <= record.index <= len(entries) + 1:
                    del entries[record.index - FIRST_INDEX :]
                    entries.append(record)
                else:
                    raise wal_format.FormatError(f"entry {record.index} does not follow entry {len(entries)}")
        except wal_format.FormatError as error:
            _refuse(file, offset, str(error))
        offset += BATCH_HEADER_BYTES + len(payload)
    torn_bytes = file.size_bytes - offset
    if torn_bytes:
        _refuse_if_later_writes(file, offset)
        file.truncate(offset)
    return Recovered(hard_state, tuple(entries), torn_bytes)


def _read_batch(file: LogFile, offset: int) -> bytes | None:
    """The payload of the batch at `offset`, or None if no whole batch is there."""
    header = wal_format.decode_batch_header(file.read(offset, BATCH_HEADER_BYTES), offset)
    if header is None:
        return None
    payload = file.read(offset + BATCH_HEADER_BYTES, header.payload_length)
    return payload if header.matches(payload) else None


def _refuse_if_later_writes(file: LogFile, damage: int) -> None:
    """Tell damage from an unfinished write: after the latter nothing was ever written."""
    header = wal_format.decode_batch_header(file.read(damage, BATCH_HEADER_BYTES), damage)
    if header is not None and file.size_bytes > damage + BATCH_HEADER_BYTES + header.payload_length:
        _refuse(file, damage, "a batch is not what was written, and others were written after it")
    start = damage + 1
    while start < file.size_bytes:
        chunk = file.read(start, _SCAN_BYTES + len(BATCH_MAGIC) - 1)
        position = chunk.find(BATCH_MAGIC)
        while position >= 0:
            if _read_batch(file, start + position) is not None:
                _refuse(
                    file, damage, f"no batch can be read, yet one that was written later is at byte {start + position}"
                )
            position = chunk.find(BATCH_MAGIC, position + 1)
        start += _SCAN_BYTES


def _refuse(file: LogFile, offset: int, what: str) -> NoReturn:
    raise LogDamaged(Path(file.name), offset, f"{file.name} is damaged at byte {offset}: {what}. {_REBUILD}")
