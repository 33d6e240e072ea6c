"""Linearizable reads without a log entry: ReadIndex (diss. §6.4).

A read may be answered from the state as of the commit index at its arrival, once a majority has said after that
arrival that this node still leads. One round of heartbeats proves it for every read that waits.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from . import replication
from .quorum import reached_by_majority

if TYPE_CHECKING:
    from .raft import Raft


@dataclass(slots=True)
class ReadQueue:
    """Reads that wait for proof of leadership; `round` is the number of the last round begun."""

    round: int = 0
    # (read id, index it must see, round that proves it)
    waiting: deque[tuple[int, int, int]] = field(default_factory=deque)
    # Asked since the last round began, or before this term's no-op committed.
    unproven: list[int] = field(default_factory=list)

    def drain(self) -> list[int]:
        """Leadership is over: every read is lost."""
        lost = [read_id for read_id, _, _ in self.waiting] + self.unproven
        self.waiting.clear()
        self.unproven.clear()
        return lost


def confirm_leadership(raft: "Raft") -> None:
    """Begin a round for new reads, and answer those that a majority has confirmed."""
    queue = raft.reads
    # A new leader does not know how far its predecessors committed until its own no-op has (§8).
    if queue.unproven and raft.commit_index >= raft.term_start_index:
        queue.round += 1
        queue.waiting.extend((read_id, raft.commit_index, queue.round) for read_id in queue.unproven)
        queue.unproven.clear()
        replication.announce(raft)
    proven = reached_by_majority([queue.round, *(p.acked_read_round for p in raft.progress.values())])
    while queue.waiting and queue.waiting[0][2] <= proven:
        read_id, index, _ = queue.waiting.popleft()
        raft.answer_read(read_id, index)
