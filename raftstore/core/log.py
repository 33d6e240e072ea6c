"""The log in memory: entries 1..last_index without a gap, terms never falling (Log Matching, §5.3)."""

from collections.abc import Iterable, Sequence

from .invariants import invariant
from .types import Entry


class Log:
    """Index 0 is the empty log's end and has term 0."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: list[Entry] = []
        for entry in entries:
            self.append(entry)

    @property
    def last_index(self) -> int:
        return len(self._entries)

    @property
    def last_term(self) -> int:
        return self._entries[-1].term if self._entries else 0

    def term_at(self, index: int) -> int | None:
        """The term of the entry at `index`, or None beyond the end."""
        if index == 0:
            return 0
        return self._entries[index - 1].term if 0 < index <= self.last_index else None

    def append(self, entry: Entry) -> None:
        invariant(entry.index == self.last_index + 1, f"entry {entry.index} does not follow {self.last_index}")
        invariant(
            entry.term >= self.last_term, f"entry {entry.index} goes back from term {self.last_term} to {entry.term}"
        )
        self._entries.append(entry)

    def truncate_from(self, index: int) -> None:
        """Forget the entry at `index` and all that follow."""
        del self._entries[index - 1 :]

    def between(self, first: int, last: int) -> Sequence[Entry]:
        """Entries first..last, both included."""
        return self._entries[first - 1 : last]

    def batch_from(self, first: int, limit_bytes: int) -> tuple[Entry, ...]:
        """Entries from `first` on, as many as fit `limit_bytes` of data, but at least one if there is one."""
        batch: list[Entry] = []
        size = 0
        for position in range(first - 1, len(self._entries)):
            entry = self._entries[position]
            size += len(entry.data)
            if batch and size > limit_bytes:
                break
            batch.append(entry)
        return tuple(batch)

    def last_agreement(self, index: int, term: int) -> int:
        """The last index <= `index` whose term is <= `term`: where a conflict at (index, term) may end (§5.3)."""
        index = min(index, self.last_index)
        while index > 0 and self._entries[index - 1].term > term:
            index -= 1
        return index
