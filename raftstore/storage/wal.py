"""The log on disk: what is durable before anything is promised, and what is found again after a crash.

One `append` is one batch, one write and one sync, so a crash can leave only the last batch unfinished. Recovery
therefore cuts an unfinished end off, for it was never acknowledged; but damage with something written after it, or to
what is known to have been synced (marks.py), is damage to what was acknowledged, and then the node refuses to start
rather than forget.

The log is a row of segments (wal_format.py), so that its beginning can be dropped. A new one is begun when the last
has grown large, when an entry replaces one of an earlier segment, and when the log is to begin elsewhere. It is created
whole, with the hard state and the entries that are to be written, and from that moment on decides what earlier segments
count for; they are removed afterwards, if at all, so that a crash leaves either the log before or the log after.
"""

from bisect import bisect_right
from collections.abc import Sequence

from raftstore.core.types import EMPTY_BASE, Entry, HardState, LogBase
from raftstore.errors import WriteFailed

from . import wal_format
from .base import Directory, LogFile, Recovered
from .identity import Identity
from .marks import Mark
from .recovery import FOLDER, SYNCED_MARK, LogOnDisk, Segment, read_log
from .wal_format import BATCH_HEADER_BYTES, MAX_BATCH_BYTES, SEGMENT_BYTES, SegmentHeader


class _Terms:
    """The term of every entry of the log, and where it begins and ends. It grows with terms, not with entries."""

    def __init__(self, base: LogBase, entries: Sequence[Entry]) -> None:
        self.base = base
        self.last_index = base.index
        # (first index, term) of each run of entries of one term; the base counts as the first.
        self._runs = [(base.index, base.term)]
        for entry in entries:
            self.put(entry.index, entry.term)

    def put(self, index: int, term: int) -> None:
        """The entry at `index` is of this term, and the last."""
        while len(self._runs) > 1 and self._runs[-1][0] >= index:
            self._runs.pop()
        if self._runs[-1][1] != term:
            self._runs.append((index, term))
        self.last_index = index

    def drop_before(self, base: LogBase) -> None:
        position = bisect_right(self._runs, base.index, key=lambda run: run[0]) - 1
        self._runs[: position + 1] = [(base.index, base.term)]
        self.base = base

    def at(self, index: int) -> int:
        return self._runs[bisect_right(self._runs, index, key=lambda run: run[0]) - 1][1]


class WriteAheadLog:
    """Not safe for threads; whoever owns it calls it from one at a time. `size_bytes` may be asked from anywhere."""

    def __init__(self, directory: Directory, identity: Identity, log: LogOnDisk, *, segment_bytes: int) -> None:
        self._directory = directory
        self._identity = identity
        self._segment_bytes = segment_bytes
        self._synced = Mark(directory, SYNCED_MARK)
        self._hard_state = log.hard_state
        self._terms = _Terms(log.base, log.entries)
        # Oldest first; the last is the one that is written to, and its size here the one that it began with.
        self._segments = log.segments
        self._earlier_bytes = sum(segment.size_bytes for segment in log.segments[:-1])
        self._file: LogFile | None = None
        self._seed = 0
        self._failed = False

    @classmethod
    def open(
        cls, directory: Directory, identity: Identity, *, segment_bytes: int = SEGMENT_BYTES
    ) -> "tuple[WriteAheadLog, Recovered]":
        """Find what a node's log has, or begin an empty one.

        Raises:
            LogDamaged: something that was acknowledged cannot be read.
            StorageError: the log was written by another version.
            ConfigurationError: it is another node's.
            OSError
        """
        found = read_log(directory, identity)
        for segment in found.void:
            directory.remove(segment.name)
        wal = cls(directory, identity, found, segment_bytes=segment_bytes)
        if found.segments:
            wal._continue(found.segments[-1].name, found.end)
        else:
            wal._begin_segment(EMPTY_BASE, (), begins=True)
        return wal, Recovered(found.hard_state, found.base, tuple(found.entries), found.torn_bytes)

    @property
    def base(self) -> LogBase:
        """What the first segment follows; may be earlier than what `compact` was told."""
        return self._terms.base

    @property
    def last_index(self) -> int:
        return self._terms.last_index

    @property
    def size_bytes(self) -> int:
        return self._earlier_bytes + (self._file.size_bytes if self._file else 0)

    @property
    def path(self) -> str:
        """The file that is written to, for people."""
        return f"{self._directory.path}/{self._segments[-1].name}"

    def holds(self, place: LogBase) -> bool:
        """Whether the log contains that entry, or begins after it."""
        if place.index < self.base.index:
            return True
        return place.index <= self.last_index and self._terms.at(place.index) == place.term

    def append(self, *, hard_state: HardState | None, entries: Sequence[Entry], base: LogBase | None = None) -> None:
        """Durable when it returns. With `base` the log is emptied first and begins after it. The first entry's index
        replaces everything from there on.

        Raises:
            WriteFailed: nobody knows what is on the disk; this log takes nothing more, the node must stop.
            ValueError: the entries leave a gap; the driver has a fault.
        """
        self._refuse_if_failed()
        try:
            if base is not None:
                self._hard_state = hard_state or self._hard_state
                self._begin_anew(base)
                hard_state = None
            # Each batch is synced before the next is written, so that only the last can be an unfinished one.
            for piece in wal_format.split(entries):
                self._append(hard_state, piece)
                hard_state = None
        except OSError as error:
            raise self._fail(error) from error

    def compact(self, base: LogBase) -> None:
        """Drop the segments that hold nothing after `base`.

        Raises:
            WriteFailed: as `append`.
        """
        self._refuse_if_failed()
        beginnings = [position for position, segment in enumerate(self._segments) if segment.base.index <= base.index]
        kept_from = max(beginnings, default=0)
        try:
            self._drop(kept_from)
        except OSError as error:
            raise self._fail(error) from error

    def close(self) -> None:
        if self._file:
            self._file.close()

    # --- Writing ------------------------------------------------------------------------------------

    def _append(self, hard_state: HardState | None, entries: Sequence[Entry]) -> None:
        if hard_state is None and not entries:
            return
        self._hard_state = hard_state or self._hard_state
        follows = entries[0].index - 1 if entries else self.last_index
        if not self.base.index <= follows <= self.last_index:
            raise ValueError(f"entry {follows + 1} does not follow a log of {self.base.index + 1} to {self.last_index}")
        if follows < self._segments[-1].base.index or self._current.size_bytes >= self._segment_bytes:
            self._begin_segment(LogBase(follows, self._terms.at(follows)), entries)
        else:
            self._write(_encode(self._seed, hard_state, entries, self._current.size_bytes))
        for entry in entries:
            self._terms.put(entry.index, entry.term)

    @property
    def _current(self) -> LogFile:
        if self._file is None:
            raise OSError("the log is not open")
        return self._file

    def _write(self, batch: bytes) -> None:
        file = self._current
        file.append(batch)
        file.sync()
        self._synced.write(self._segments[-1].sequence, file.size_bytes)

    # --- Segments -----------------------------------------------------------------------------------

    def _begin_anew(self, base: LogBase) -> None:
        self._begin_segment(base, (), begins=True)
        self._terms = _Terms(base, ())
        self._drop(len(self._segments) - 1)

    def _begin_segment(self, base: LogBase, entries: Sequence[Entry], *, begins: bool = False) -> None:
        """Create the segment that follows `base` in one step, and write to it from here on."""
        sequence = self._segments[-1].sequence + 1 if self._segments else 1
        header = SegmentHeader(self._identity.node, self._identity.incarnation, sequence, base, begins)
        name = f"{FOLDER}/{header.name}"
        content = header.encode()
        content += _encode(wal_format.seed_of(content), self._hard_state, entries, len(content))
        self._directory.create(name, content)
        if self._file:
            self._earlier_bytes += self._file.size_bytes
            self._segments[-1] = self._with_size(self._segments[-1], self._file.size_bytes)
            self._file.close()
        self._segments.append(Segment(name, sequence, base, len(content)))
        self._continue(name, len(content))

    def _continue(self, name: str, end: int) -> None:
        """Write after the whole batches of a segment, which are durable; what stands behind them is cut off."""
        self._file = self._directory.open(name)
        if self._file.size_bytes > end:
            self._file.truncate(end)
        self._seed = wal_format.seed_of(self._file.read(0, wal_format.FILE_HEADER_BYTES))
        # Also after a restart: a power cut may have taken the mark, and what was found counts as durable from here on.
        self._synced.write(self._segments[-1].sequence, end)

    def _drop(self, kept_from: int) -> None:
        """Remove the segments before that position, oldest first."""
        for segment in self._segments[:kept_from]:
            self._directory.remove(segment.name)
            self._earlier_bytes -= segment.size_bytes
        del self._segments[:kept_from]
        if kept_from:
            self._terms.drop_before(self._segments[0].base)

    @staticmethod
    def _with_size(segment: Segment, size_bytes: int) -> Segment:
        return Segment(segment.name, segment.sequence, segment.base, size_bytes)

    # --- Failing ------------------------------------------------------------------------------------

    def _refuse_if_failed(self) -> None:
        if self._failed:
            raise WriteFailed(f"{self.path}: an earlier write failed, so nothing more is written")

    def _fail(self, error: OSError) -> WriteFailed:
        # A sync that failed once may succeed when repeated without having written anything: never retry.
        self._failed = True
        return WriteFailed(f"{self.path}: {error}")


def _encode(seed: int, hard_state: HardState | None, entries: Sequence[Entry], offset: int) -> bytes:
    batch = wal_format.encode_batch(seed, hard_state, entries, offset)
    if len(batch) > BATCH_HEADER_BYTES + MAX_BATCH_BYTES:
        raise OSError(f"a batch of {len(batch)} bytes is beyond the limit of {MAX_BATCH_BYTES}")
    return batch
