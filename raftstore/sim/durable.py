"""What is a disk bound to give back? A note of every write to a log that was reported as durable.

It is written from outside the storage code, so it can say when that forgets something.
"""

from collections.abc import Sequence

from raftstore.core.types import EMPTY_BASE, Entry, HardState, LogBase
from raftstore.storage.base import Recovered

from .journal import RuleBroken

RULE = "what was synced is found again, and terms and votes never go back"


class DurableLog:
    """One disk's log."""

    def __init__(self) -> None:
        self._hard_state = HardState(0, None)
        self._base = EMPTY_BASE
        # Terms by index, after the base.
        self._terms: dict[int, int] = {}
        self._last_index = 0
        # A write that has begun: on the disk wholly, in part or not at all.
        self._begun: tuple[Sequence[Entry], LogBase | None] = ((), None)

    def holds(self, index: int, term: int) -> bool:
        """Whether entry `index` is safe here; before the base it is in the checkpoint."""
        return index <= self._base.index or self._terms.get(index) == term

    def begin(self, entries: Sequence[Entry], base: LogBase | None) -> None:
        self._begun = (entries, base)

    def stored(self, hard_state: HardState | None, entries: Sequence[Entry], base: LogBase | None) -> None:
        self._begun = ((), None)
        self._hard_state = hard_state or self._hard_state
        if base is not None:
            self._base, self._last_index = base, base.index
            self._terms.clear()
        for entry in entries:
            self._cut(entry.index)
            self._terms[entry.index] = entry.term
            self._last_index = entry.index

    def _cut(self, index: int) -> None:
        """The entry at `index` and all after it are replaced."""
        for replaced in range(index, self._last_index + 1):
            self._terms.pop(replaced, None)

    def compare(self, node: int, recovered: Recovered) -> None:
        """Check what a node found when it started, and go on from that.

        Raises:
            RuleBroken: something is missing.
        """
        found = recovered.hard_state
        known = self._hard_state
        if found.term < known.term:
            raise RuleBroken(RULE, f"node {node} was in term {known.term}, and comes back in term {found.term}")
        if found.term == known.term and known.voted_for not in (None, found.voted_for):
            raise RuleBroken(
                RULE, f"node {node} voted for {known.voted_for} in term {known.term}, and remembers {found.voted_for}"
            )
        self._compare_entries(node, recovered)
        self._hard_state = found
        self._base = recovered.base
        self._terms = {entry.index: entry.term for entry in recovered.entries}
        self._last_index = recovered.base.index + len(recovered.entries)
        self._begun = ((), None)

    def _compare_entries(self, node: int, recovered: Recovered) -> None:
        entries, base = self._begun
        found_base = recovered.base
        if base is not None and found_base == base:
            return
        if found_base.index > self._base.index and not self.holds(found_base.index, found_base.term):
            # A snapshot was installed, and what the log held did not lead to it.
            return
        replaced_from = min((entry.index for entry in entries), default=self._last_index + 1)
        found = {entry.index: entry.term for entry in recovered.entries}
        for index in range(found_base.index + 1, min(replaced_from, self._last_index + 1)):
            if found.get(index) != self._terms[index]:
                raise RuleBroken(
                    RULE,
                    f"node {node} had entry {index} of term {self._terms[index]} on its disk, and finds "
                    f"{found.get(index)} there ({found_base.index} + {len(found)} entries)",
                )
