"""What the disk has been given, in batches, and what of it is durable (effects.py, rules 2 and 3)."""

from collections import deque

from .effects import Persist
from .types import Entry, HardState, LogBase


class Journal:
    """Gathers what must be written until the driver takes it, and keeps count of what it has synced."""

    def __init__(self, durable_index: int) -> None:
        # The log is durable up to here; what was not written yet, or only in part, does not count.
        self.durable_index = durable_index
        self.batch_seq = 0
        self._persisted_seq = 0
        self._base: LogBase | None = None
        self._hard_state: HardState | None = None
        self._entries: list[Entry] = []
        # (seq, last index that this batch makes durable), oldest first; lowered when the log is cut back.
        self._unsynced: deque[tuple[int, int]] = deque()

    @property
    def is_idle(self) -> bool:
        """Whether everything this node has said and stored so far is durable."""
        return self._persisted_seq == self.batch_seq and not self._is_waiting

    @property
    def _is_waiting(self) -> bool:
        return bool(self._entries or self._hard_state or self._base)

    def record(self, hard_state: HardState) -> None:
        self._hard_state = hard_state

    def store(self, entry: Entry) -> None:
        self._entries.append(entry)

    def truncate_from(self, index: int) -> None:
        """Entries from `index` on are gone; batches under way no longer make them durable."""
        self._entries = [entry for entry in self._entries if entry.index < index]
        self._lower(index - 1)

    def begin_at(self, base: LogBase) -> None:
        """The log is to be emptied and begins after `base`, which an installed snapshot holds durably."""
        self._entries.clear()
        self._base = base
        self._lower(base.index)
        self.durable_index = base.index

    def _lower(self, index: int) -> None:
        self.durable_index = min(self.durable_index, index)
        self._unsynced = deque((seq, min(last, index)) for seq, last in self._unsynced)

    def take(self, last_index: int) -> Persist | None:
        """The next batch, if there is anything to write."""
        if not self._is_waiting:
            return None
        self.batch_seq += 1
        batch = Persist(self.batch_seq, self._hard_state, tuple(self._entries), self._base)
        self._unsynced.append((self.batch_seq, last_index))
        self._hard_state = None
        self._base = None
        self._entries = []
        return batch

    def persisted(self, seq: int) -> None:
        """Every batch up to `seq` is durable."""
        self._persisted_seq = max(self._persisted_seq, seq)
        while self._unsynced and self._unsynced[0][0] <= seq:
            self.durable_index = max(self.durable_index, self._unsynced.popleft()[1])
