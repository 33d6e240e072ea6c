"""The log in memory: entries base.index + 1 .. last_index without a gap, terms never falling (Log Matching, §5.3).

What is at or before the base has been compacted away (§7): of it only the base's own index and term are known.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter

from .invariants import InvariantViolation, invariant
from .types import EMPTY_BASE, Entry, LogBase


class Log:
    """Index 0 is the empty log's end and has term 0."""

    def __init__(self, base: LogBase = EMPTY_BASE, entries: Iterable[Entry] = ()) -> None:
        self.base = base
        self._entries: list[Entry] = []
        for entry in entries:
            self.append(entry)

    @property
    def last_index(self) -> int:
        return self.base.index + len(self._entries)

    @property
    def last_term(self) -> int:
        return self._entries[-1].term if self._entries else self.base.term

    def term_at(self, index: int) -> int | None:
        """The term of the entry at `index`, or None before the base and beyond the end."""
        offset = index - self.base.index
        if offset == 0:
            return self.base.term
        return self._entries[offset - 1].term if 0 < offset <= len(self._entries) else None

    def append(self, entry: Entry) -> None:
        if entry.index != self.last_index + 1 or entry.term < self.last_term:
            place = f"entry {entry.index} of term {entry.term}"
            raise InvariantViolation(f"{place} does not follow entry {self.last_index} of term {self.last_term}")
        self._entries.append(entry)

    def truncate_from(self, index: int) -> None:
        """Forget the entry at `index` and all that follow."""
        invariant(index > self.base.index, f"entry {index} is before the log's base {self.base.index}")
        del self._entries[index - self.base.index - 1 :]

    def compact(self, index: int) -> None:
        """Forget the entries up to `index`, which becomes the base."""
        term = self.term_at(index)
        invariant(term is not None, f"entry {index} is not in the log")
        del self._entries[: index - self.base.index]
        self.base = LogBase(index, term or 0)

    def reset(self, base: LogBase) -> None:
        """Forget everything; the log begins after `base`."""
        self._entries.clear()
        self.base = base

    def between(self, first: int, last: int) -> Sequence[Entry]:
        """Entries first..last, both included; none of them before the base."""
        start = self.base.index + 1
        return self._entries[first - start : last - start + 1]

    def batch_from(self, first: int, limit_bytes: int) -> tuple[Entry, ...]:
        """Entries from `first` on, as many as fit `limit_bytes` of data, but at least one if there is one."""
        batch: list[Entry] = []
        size = 0
        for position in range(first - self.base.index - 1, len(self._entries)):
            entry = self._entries[position]
            size += len(entry.data)
            if batch and size > limit_bytes:
                break
            batch.append(entry)
        return tuple(batch)

    def last_agreement(self, index: int, term: int) -> int:
        """The last index <= `index` whose term is <= `term`: where a conflict at (index, term) may end (§5.3).

        An index before the base when it lies somewhere before the base.
        """
        if index < self.base.index:
            return index
        if self.base.term > term:
            return self.base.index - 1
        among = min(index - self.base.index, len(self._entries))
        return self.base.index + bisect_right(self._entries, term, hi=among, key=attrgetter("term"))
