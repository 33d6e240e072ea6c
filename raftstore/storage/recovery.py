"""What a log's segments say when they are read in the order in which they were begun.

A crash can leave three things behind, each told from damage: an unfinished write at the end of the last segment,
segments that were about to be dropped, and those that a new beginning made void. Segments are dropped oldest first,
so the numbers of those that are there have no gap. Reading changes nothing on the disk.
"""

from dataclasses import dataclass, field
from typing import Final

from raftstore.core.types import EMPTY_BASE, Entry, HardState, LogBase

from . import wal_format
from .base import Directory
from .identity import Identity
from .marks import Mark
from .segment import SegmentReader, damaged

FOLDER: Final = "log"
SYNCED_MARK: Final = f"{FOLDER}/synced"


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment that is there: entries after its base are in it, or were until they were replaced."""

    name: str
    sequence: int
    base: LogBase
    size_bytes: int


@dataclass(slots=True)
class LogOnDisk:
    """`void` are segments that hold nothing any more; `end` is where the last segment's last whole batch ends."""

    hard_state: HardState = field(default_factory=lambda: HardState(0, None))
    base: LogBase = EMPTY_BASE
    entries: list[Entry] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    void: list[Segment] = field(default_factory=list)
    end: int = 0
    torn_bytes: int = 0

    @property
    def last(self) -> LogBase:
        return LogBase(self.entries[-1].index, self.entries[-1].term) if self.entries else self.base

    def term_at(self, index: int) -> int:
        return self.entries[index - self.base.index - 1].term if index > self.base.index else self.base.term


def segment_names(directory: Directory) -> list[str]:
    return [f"{FOLDER}/{name}" for name in directory.names(FOLDER) if wal_format.is_segment_name(name)]


def read_log(directory: Directory, identity: Identity) -> LogOnDisk:
    """
    Raises:
        LogDamaged: something that was synced is missing or is not what was written; all of it may be.
        StorageError: another version wrote it.
        ConfigurationError: a segment is another node's.
        OSError
    """
    log = LogOnDisk()
    names = segment_names(directory)
    synced_sequence, synced_bytes = Mark(directory, SYNCED_MARK).read() or (0, 0)
    for name in names:
        file = directory.open(name)
        try:
            reader = SegmentReader(file, identity)
            _begin(log, reader, name)
            _replay(log, reader)
            if name != names[-1]:
                if reader.torn_bytes or reader.end == wal_format.FILE_HEADER_BYTES:
                    reader.refuse(reader.end, "a batch is not what was written, and later segments follow")
            elif reader.header.sequence == synced_sequence:
                reader.refuse_unless_unfinished(synced_bytes)
            else:
                reader.refuse_unless_unfinished(0)
            log.end, log.torn_bytes = reader.end, reader.torn_bytes
        finally:
            file.close()
    last_sequence = log.segments[-1].sequence if log.segments else 0
    if synced_sequence > last_sequence:
        raise damaged(f"{directory.path}/{FOLDER}", 0, f"segment {synced_sequence} was written and is not there")
    if identity.log_begun and not log.segments:
        raise damaged(f"{directory.path}/{FOLDER}", 0, "this node's log was begun and is not there")
    return log


def _begin(log: LogOnDisk, reader: SegmentReader, name: str) -> None:
    """Check that a segment follows the one before, and forget what it makes void."""
    header = reader.header
    if name != f"{FOLDER}/{header.name}":
        reader.refuse(0, f"it is segment {header.name} under another name")
    if log.segments and header.sequence != log.segments[-1].sequence + 1:
        reader.refuse(0, f"it is segment {header.sequence}, and the one before it is missing")
    # A base before the log's own: what the earlier segments followed was dropped, and they were about to be.
    if not log.segments or header.begins or header.base.index < log.base.index:
        log.void += log.segments
        log.segments = []
        log.base, log.entries = header.base, []
    elif header.base.index > log.last.index:
        reader.refuse(0, f"it begins after entry {header.base.index}, but the log ends with entry {log.last.index}")
    elif header.base.term != (term := log.term_at(header.base.index)):
        reader.refuse(0, f"it follows entry {header.base.index} of term {header.base.term}, which is of term {term}")
    del log.entries[header.base.index - log.base.index :]
    log.segments.append(Segment(name, header.sequence, header.base, reader.file.size_bytes))


def _replay(log: LogOnDisk, reader: SegmentReader) -> None:
    for offset, records in reader.batches():
        for record in records:
            if isinstance(record, HardState):
                if record.term < log.hard_state.term:
                    reader.refuse(offset, f"term {record.term} follows term {log.hard_state.term}")
                log.hard_state = record
                continue
            if not reader.header.base.index < record.index <= log.last.index + 1:
                reader.refuse(offset, f"entry {record.index} does not follow entry {log.last.index}")
            del log.entries[record.index - log.base.index - 1 :]
            if record.term < log.last.term:
                reader.refuse(offset, f"entry {record.index} of term {record.term} follows term {log.last.term}")
            log.entries.append(record)
