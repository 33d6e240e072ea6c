"""How a leader hands over: it waits until another has its whole log, and tells it to stand at once (diss. §3.10)."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .messages import TimeoutNow
from .refusals import ChangeRefused
from .types import Role

if TYPE_CHECKING:
    from .state import RaftState


@dataclass(frozen=True, slots=True)
class Transfer:
    """Leadership is on its way to node `to`; if it has not arrived by the deadline, this node goes on."""

    to: int
    deadline_ms: int


def begin(raft: "RaftState", to: int | None, now_ms: int) -> None:
    """
    Raises:
        ChangeRefused: the node cannot lead, does not answer, or leadership is on its way to another.
    """
    under_way = raft.transfer_under_way
    if under_way is not None:
        if to not in (None, under_way.to):
            raise ChangeRefused(f"leadership is on its way to node {under_way.to}")
        return
    heir = choose_heir(raft) if to is None else to
    if heir is None:
        raise ChangeRefused("no other voter answers")
    if heir == raft.config.node:
        raise ChangeRefused(f"node {heir} leads already")
    if heir not in raft.membership.voters:
        raise ChangeRefused(f"node {heir} does not vote")
    if not _answers(raft, heir):
        raise ChangeRefused(f"node {heir} does not answer")
    raft.transfer_under_way = Transfer(heir, now_ms + raft.config.election_max_ms)
    offer(raft)


def choose_heir(raft: "RaftState") -> int | None:
    """The voter that answers and has most of the log."""
    heirs = [node for node in sorted(raft.progress) if node in raft.membership.voters and _answers(raft, node)]
    return max(heirs, key=lambda node: raft.progress[node].match_index, default=None)


def _answers(raft: "RaftState", node: int) -> bool:
    return raft.now_ms - raft.progress[node].last_heard_ms <= raft.config.election_max_ms


def offer(raft: "RaftState") -> None:
    """Tell the heir to stand, if it has everything: whoever lacks an entry could lose to those who have it."""
    under_way = raft.transfer_under_way
    if under_way is not None and raft.progress[under_way.to].match_index == raft.log.last_index:
        raft.send(under_way.to, TimeoutNow(raft.term))


def look_after(raft: "RaftState", now_ms: int) -> None:
    """Say it again, as messages get lost; after an election timeout give up, as the heir may be dead (diss. §3.10)."""
    if raft.transfer_under_way is not None and now_ms >= raft.transfer_under_way.deadline_ms:
        raft.transfer_under_way = None
    if raft.stands_aside and not raft.is_alone:
        if now_ms >= raft.aside_deadline_ms:
            raft.become_follower(raft.term, None)
            return
        with suppress(ChangeRefused):
            begin(raft, None, now_ms)
    offer(raft)


def step_aside(raft: "RaftState", now_ms: int) -> None:
    """This node should not lead: hand over, and when nobody has taken over after an election timeout, just stop.

    An only voter goes on, since nobody else could serve reads either.
    """
    raft.aside_deadline_ms = now_ms + raft.config.election_max_ms
    if raft.is_alone:
        return
    if raft.role is Role.LEADER:
        look_after(raft, now_ms)
    elif raft.role is not Role.FOLLOWER:
        raft.become_follower(raft.term, None)


def leave(raft: "RaftState") -> None:
    """Stop leading, as one does not belong to the cluster any more; whoever has most of the log need not wait."""
    under_way = raft.transfer_under_way
    heir = under_way.to if under_way else choose_heir(raft)
    if heir is not None:
        raft.send(heir, TimeoutNow(raft.term))
    raft.become_follower(raft.term, None)
