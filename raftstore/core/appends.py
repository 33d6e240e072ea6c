"""What a leader's AppendEntries says of its log (Figure 2)."""

from typing import TYPE_CHECKING

from .invariants import InvariantViolation
from .messages import AppendEntries
from .progress import Pace, Progress
from .types import Entry

if TYPE_CHECKING:
    from .state import RaftState


def append_after(raft: "RaftState", prev_index: int, entries: tuple[Entry, ...]) -> AppendEntries:
    prev_term = 0 if prev_index == 0 else raft.log.term_at(prev_index)
    if prev_term is None:
        raise InvariantViolation(f"entry {prev_index} is not in the leader's log")
    return AppendEntries(raft.term, prev_index, prev_term, entries, raft.commit_index, raft.reads.round)


def heartbeat(raft: "RaftState", progress: Progress) -> AppendEntries:
    """No entries, but the term, the commit index and the round.

    Who needs a snapshot is asked about index 0, where all logs agree: what comes before its next entry is gone here.
    """
    return append_after(raft, 0 if progress.pace is Pace.SNAPSHOT else progress.next_index - 1, ())
