"""The disk of a scenario's server."""

from dataclasses import dataclass, field

from raftstore.core.effects import Persist
from raftstore.core.membership import NO_MEMBERS, Membership
from raftstore.core.messages import SnapshotRef
from raftstore.core.types import EMPTY_BASE, Entry, HardState, LogBase

from .notation import write_entries, write_place


@dataclass
class Disk:
    """What survives a crash; `unsynced` does not."""

    hard_state: HardState = field(default_factory=lambda: HardState(0, None))
    base: LogBase = EMPTY_BASE
    # As of the base.
    membership: Membership = NO_MEMBERS
    entries: list[Entry] = field(default_factory=list)
    # How many bytes of which snapshot have come.
    received: tuple[SnapshotRef, int] | None = None
    is_held: bool = False
    unsynced: list[Persist] = field(default_factory=list)

    def write(self, batch: Persist) -> None:
        self.hard_state = batch.hard_state or self.hard_state
        if batch.base:
            self.base, self.entries = batch.base, []
        for entry in batch.entries:
            self.entries = [*self.entries[: entry.index - self.base.index - 1], entry]

    def compact(self, base: LogBase, membership: Membership) -> None:
        self.entries = self.entries[base.index - self.base.index :]
        self.base, self.membership = base, membership


def describe(batch: Persist) -> str:
    """What is written, in a few words."""
    parts = []
    if batch.hard_state:
        vote = f", vote {batch.hard_state.voted_for}" if batch.hard_state.voted_for else ""
        parts.append(f"t{batch.hard_state.term}{vote}")
    if batch.base:
        parts.append(f"log after {write_place(batch.base.index, batch.base.term)}")
    if batch.entries:
        parts.append(write_entries(batch.entries))
    return " and ".join(parts)
