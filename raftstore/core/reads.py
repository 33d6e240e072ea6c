"""Linearizable reads without a log entry: ReadIndex (diss. §6.4).

A read may be answered from the state as of the commit index at its arrival, once a majority has said after that
arrival that the leader still leads. One round of heartbeats proves it for every read that waits. A follower asks its
leader for the index, with one message for all its readers, and answers from its own state.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from raftstore.value import value

from . import replication
from .messages import ReadIndex, ReadIndexReply
from .quorum import reached_by_majority
from .refusals import NotLeader
from .types import Role

if TYPE_CHECKING:
    from .state import RaftState


@value
class Batch:
    """A follower's readers, who wait together."""

    follower: int
    number: int


@dataclass(slots=True)
class ReadQueue:
    """At the leader: reads that wait for proof of leadership. `round` is the number of the last round begun."""

    round: int = 0
    # (who asks, index it must see, round that proves it)
    waiting: deque[tuple[int | Batch, int, int]] = field(default_factory=deque)
    # Asked since the last round began, or before this term's first entry committed. As many as the driver's bound on
    # readers allows, and the latest batch of each follower. A dictionary, for its order and to `forget` one at once.
    unproven: dict[int, None] = field(default_factory=dict)
    unproven_batches: dict[int, Batch] = field(default_factory=dict)


@dataclass(slots=True)
class ForwardedReads:
    """At a follower: reads whose index the leader is asked for, one batch at a time.

    `number` is that of the last batch. It begins at random: an answer to a batch from before a restart of this node
    must not be taken for one to a batch of now.
    """

    number: int
    asked: list[int] = field(default_factory=list)
    deadline_ms: int = 0
    # Asked since the batch under way left.
    gathering: list[int] = field(default_factory=list)


def ask(raft: "RaftState", read_id: int) -> None:
    """
    Raises:
        NotLeader: this node neither leads nor knows who does.
    """
    if raft.role is Role.LEADER:
        raft.reads.unproven[read_id] = None
    elif raft.role is Role.FOLLOWER and raft.leader is not None:
        raft.forwarded_reads.gathering.append(read_id)
    else:
        raise NotLeader(raft.leader)


def forget(raft: "RaftState", read_id: int) -> None:
    """Nobody waits for the answer. Only what waits for this term's first entry can wait for long; the rest is answered
    or lost within an election timeout.
    """
    raft.reads.unproven.pop(read_id, None)


def lose_all(raft: "RaftState") -> None:
    """Leader or term have changed: nobody will answer."""
    queue, forwarded = raft.reads, raft.forwarded_reads
    own = [asker for asker, _, _ in queue.waiting if isinstance(asker, int)]
    raft.outbox.lose_reads([*own, *queue.unproven, *forwarded.asked, *forwarded.gathering])
    waiting = [asker for asker, _, _ in queue.waiting if isinstance(asker, Batch)]
    for batch in [*waiting, *queue.unproven_batches.values()]:
        raft.send(batch.follower, ReadIndexReply(raft.term, batch.number, 0, granted=False))
    queue.waiting.clear()
    queue.unproven.clear()
    queue.unproven_batches.clear()
    forwarded.asked.clear()
    forwarded.gathering.clear()


# --- Leader ---------------------------------------------------------------------------------------


def receive_read_index(raft: "RaftState", sender: int, request: ReadIndex) -> None:
    if raft.role is Role.LEADER and request.term == raft.term:
        raft.reads.unproven_batches[sender] = Batch(sender, request.batch)
    else:
        raft.send(sender, ReadIndexReply(raft.term, request.batch, 0, granted=False))


def confirm_leadership(raft: "RaftState") -> None:
    """Begin a round for new reads, and answer those that a majority has confirmed."""
    queue = raft.reads
    # A new leader does not know how far its predecessors committed until its own first entry has (§8).
    if (queue.unproven or queue.unproven_batches) and raft.commit_index >= raft.term_start_index:
        queue.round += 1
        asking: list[int | Batch] = [*queue.unproven, *queue.unproven_batches.values()]
        queue.waiting.extend((asker, raft.commit_index, queue.round) for asker in asking)
        queue.unproven.clear()
        queue.unproven_batches.clear()
        replication.announce(raft)
    if not queue.waiting:
        return
    own, progress = raft.config.node, raft.progress
    rounds = [queue.round if node == own else progress[node].acked_read_round for node in raft.membership.voters]
    proven = reached_by_majority(rounds)
    while queue.waiting and queue.waiting[0][2] <= proven:
        asker, index, _ = queue.waiting.popleft()
        if isinstance(asker, Batch):
            raft.send(asker.follower, ReadIndexReply(raft.term, asker.number, index, granted=True))
        else:
            raft.outbox.answer_read(asker, index)


# --- Follower -------------------------------------------------------------------------------------


def forward(raft: "RaftState") -> None:
    """Ask the leader for those who have gathered, unless a batch is under way."""
    forwarded = raft.forwarded_reads
    if raft.leader is None or forwarded.asked or not forwarded.gathering:
        return
    forwarded.number += 1
    forwarded.asked, forwarded.gathering = forwarded.gathering, []
    forwarded.deadline_ms = raft.now_ms + raft.config.election_max_ms
    raft.send(raft.leader, ReadIndex(raft.term, forwarded.number))


def receive_read_index_reply(raft: "RaftState", sender: int, reply: ReadIndexReply) -> None:
    """Only the answer of this term's leader to the batch under way counts: an earlier one may name too low an index."""
    forwarded = raft.forwarded_reads
    if raft.leader != sender or reply.term != raft.term or reply.batch != forwarded.number:
        return
    if reply.granted:
        for read_id in forwarded.asked:
            raft.outbox.answer_read(read_id, reply.index)
    else:
        raft.outbox.lose_reads(forwarded.asked)
    forwarded.asked = []


def give_up(raft: "RaftState", now_ms: int) -> None:
    """The batch under way, or the answer to it, seems to be lost."""
    forwarded = raft.forwarded_reads
    if forwarded.asked and now_ms >= forwarded.deadline_ms:
        raft.outbox.lose_reads(forwarded.asked)
        forwarded.asked = []
