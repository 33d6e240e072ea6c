"""How members change: one at a time, by a CONFIG entry that is in force as soon as it is in a log (diss. chapter 4)."""

from typing import TYPE_CHECKING

from . import transfer
from .appends import heartbeat
from .membership import Membership, MembershipError, check_change
from .progress import Pace, Progress
from .quorum import majority
from .refusals import ChangeRefused
from .types import Entry, EntryKind

if TYPE_CHECKING:
    from .state import RaftState

# A learner this close behind the end of the log will not keep anybody waiting once it votes (diss. §4.2.1).
LIMIT_LAG_ENTRIES = 256


def propose(raft: "RaftState", wanted: Membership, now_ms: int) -> int:
    """Append the change. Returns its index.

    Raises:
        ChangeRefused: it may not be made, or not now.
    """
    now = raft.membership
    if raft.membership_index > raft.commit_index:
        raise ChangeRefused("the change of members before is not committed yet; try again when it is")
    if raft.commit_index < raft.term_start_index:
        # Two leaders of different terms could each make a change that the other's majority never saw
        # (Ongaro's correction to single-server changes, raft-dev 2015).
        raise ChangeRefused("the leader has not committed an entry of its own term yet; try again in a moment")
    try:
        check_change(now, wanted)
    except MembershipError as error:
        raise ChangeRefused(str(error)) from None
    for node in wanted.voters - now.voters:
        _require_caught_up(raft, node, now_ms)
    if wanted.voters != now.voters:
        _require_majority(raft, wanted, now_ms)
    index = raft.append(EntryKind.CONFIG, wanted.encode())
    _follow_new_members(raft)
    return index


def _require_majority(raft: "RaftState", wanted: Membership, now_ms: int) -> None:
    """The change counts as soon as it is in the log: without a majority of the new voters nobody could commit it, nor
    lead to take it back.
    """
    own = raft.config.node
    silent = sorted(node for node in wanted.voters - {own} if not _has_answered(raft, node, now_ms))
    if len(wanted.voters) - len(silent) < majority(len(wanted.voters)):
        names = ", ".join(map(str, silent))
        raise ChangeRefused(
            f"of the {len(wanted.voters)} voters that there would be, too few answer for anybody to lead; "
            f"start node {names} and let it catch up, or remove that first"
        )


def _has_answered(raft: "RaftState", node: int, now_ms: int) -> bool:
    """Whether it was heard lately, and has something of the log: a new leader begins as if it had heard everybody."""
    return raft.progress[node].match_index > 0 and not _is_silent(raft, node, now_ms)


def _is_silent(raft: "RaftState", node: int, now_ms: int) -> bool:
    return now_ms - raft.progress[node].last_heard_ms > raft.config.election_max_ms


def _require_caught_up(raft: "RaftState", node: int, now_ms: int) -> None:
    progress = raft.progress[node]
    if _is_silent(raft, node, now_ms):
        raise ChangeRefused(f"node {node} does not answer; is it running, and reachable under its address?")
    lag = raft.log.last_index - progress.match_index
    if progress.pace is not Pace.REPLICATE or lag > LIMIT_LAG_ENTRIES:
        raise ChangeRefused(f"node {node} still lacks {lag} entries; promote it when it has caught up")


def are_readable(entries: tuple[Entry, ...]) -> bool:
    """Whether every CONFIG entry among these, which a peer sent, holds a membership."""
    try:
        for entry in entries:
            if entry.kind is EntryKind.CONFIG:
                Membership.decode(entry.data)
    except MembershipError:
        return False
    return True


def _follow_new_members(raft: "RaftState") -> None:
    """Another membership is in force: begin with those who are new.

    Who is removed is still sent the entries up to its removal, until that is committed: so it learns of it.
    """
    for node in raft.membership.by_node.keys() - raft.progress.keys() - {raft.config.node}:
        raft.progress[node] = Progress(match_index=0, next_index=raft.membership_index, last_heard_ms=raft.now_ms)


def settle_members(raft: "RaftState") -> None:
    """Leader: the membership in force is committed now. Part from who is removed, also from oneself."""
    for node in [node for node in raft.progress if node not in raft.membership]:
        # A last word: what is committed, the removal included.
        raft.send(node, heartbeat(raft, raft.progress.pop(node)))
    if raft.config.node not in raft.membership.voters:
        transfer.leave(raft)
