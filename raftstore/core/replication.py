"""How logs become equal and entries become committed (§5.3, §5.4.2)."""

from typing import TYPE_CHECKING

from . import reconfiguration, snapshots, transfer
from .appends import append_after, heartbeat
from .invariants import invariant
from .messages import AppendEntries, AppendReply
from .progress import Pace, Progress
from .quorum import reached_by_majority
from .types import Entry, EntryKind, Role

if TYPE_CHECKING:
    from .state import RaftState


# --- Leader ---------------------------------------------------------------------------------------


def replicate(raft: "RaftState") -> None:
    """Send every follower what it lacks, as far as its window allows."""
    last_index = raft.log.last_index
    for peer, progress in raft.progress.items():
        while progress.next_index <= last_index and progress.may_send(raft.config.inflight_limit_messages):
            _send_entries(raft, peer, progress)


def send_heartbeats(raft: "RaftState", now_ms: int) -> None:
    """Tell everybody that we lead, and find out what was lost on the way.

    A heartbeat builds on everything already sent: a follower that missed some of it refuses, which makes us go
    back and send it again. To a probed follower the probe itself goes out again, since its answer may be lost.
    """
    raft.heartbeat_due_ms = now_ms + raft.config.heartbeat_ms
    for peer, progress in raft.progress.items():
        silent = now_ms - progress.last_heard_ms > raft.config.election_max_ms
        if silent:
            progress.back_off(raft.log.base.index)
        if progress.pace is Pace.PROBE and progress.next_index <= raft.log.last_index and not silent:
            progress.lost()
            _send_entries(raft, peer, progress)
        else:
            # To one that does not answer go no entries: they would pile up on the way to it.
            raft.send(peer, heartbeat(raft, progress))
        if progress.pace is Pace.SNAPSHOT:
            snapshots.look_after(raft, peer, progress)


def announce(raft: "RaftState") -> None:
    """Ask the voters whether we still lead, without waiting for the next heartbeat."""
    for peer, progress in raft.progress.items():
        if peer in raft.membership.voters:
            raft.send(peer, heartbeat(raft, progress))


def receive_append_reply(raft: "RaftState", sender: int, reply: AppendReply, now_ms: int) -> None:
    if raft.role is not Role.LEADER or reply.term != raft.term or sender not in raft.progress:
        return
    progress = raft.progress[sender]
    progress.last_heard_ms = now_ms
    progress.acked_read_round = max(progress.acked_read_round, reply.read_round)
    base_index = raft.log.base.index
    if reply.accepted:
        invariant(reply.match_index <= raft.log.last_index, f"node {sender} has more than this term's leader sent")
        if progress.accepted(reply.match_index, base_index):
            advance_commit(raft)
            transfer.offer(raft)
    else:
        agreement = raft.log.last_agreement(reply.hint_index, reply.hint_term)
        progress.rejected(reply.rejected_index, agreement, base_index)
        if progress.pace is Pace.SNAPSHOT:
            snapshots.look_after(raft, sender, progress)
    replicate(raft)


def advance_commit(raft: "RaftState") -> None:
    """Commit what a majority has durably, if it is of this term; earlier terms' entries follow along (§5.4.2)."""
    own, progress = raft.config.node, raft.progress
    reached = [raft.durable_index if node == own else progress[node].match_index for node in raft.membership.voters]
    index = reached_by_majority(reached)
    if index > raft.commit_index and raft.log.term_at(index) == raft.term:
        is_settled = raft.commit_index < raft.membership_index <= index
        raft.commit_to(index)
        if is_settled:
            reconfiguration.settle_members(raft)


def _send_entries(raft: "RaftState", peer: int, progress: Progress) -> None:
    entries = raft.log.batch_from(progress.next_index, raft.config.append_limit_bytes)
    raft.send(peer, append_after(raft, progress.next_index - 1, entries))
    progress.sent(progress.next_index - 1 + len(entries))


# --- Follower -------------------------------------------------------------------------------------


def receive_append_entries(raft: "RaftState", sender: int, append: AppendEntries, now_ms: int) -> None:
    """Make the log agree with the leader's, or say where it does not. Answers leave once durable."""
    if append.term < raft.term:
        # It says nothing of logs, and must not echo the round: should the sender lead again in our term, both would
        # be taken for answers to its new leadership, which never asked.
        raft.promise(sender, AppendReply(raft.term, False, 0, 0, 0, 0, read_round=0))
        return
    raft.follow(sender, now_ms)
    entries = _wanted(raft, append)
    if not reconfiguration.are_readable(entries):
        # Written by a version that we do not know, or not by a node at all. Unanswered, it is not acknowledged.
        return
    prev_index = append.prev_index
    if prev_index < raft.log.base.index:
        # What is at or before the base is committed, so the leader has the same there (§5.4, Leader Completeness).
        entries = entries[raft.log.base.index - prev_index :]
        prev_index = raft.log.base.index
    elif raft.log.term_at(prev_index) != append.prev_term:
        hint = raft.log.last_agreement(prev_index, append.prev_term)
        raft.promise(sender, _rejection(raft, append, hint))
        return
    for entry in entries:
        # Only a real conflict truncates: a delayed message must not take back what later ones brought (§5.3).
        known_term = raft.log.term_at(entry.index)
        if known_term == entry.term:
            continue
        if known_term is not None:
            raft.truncate_from(entry.index)
        raft.store(entry)
    match_index = prev_index + len(entries)
    # Beyond match_index this log may still differ from the leader's, so it proves nothing there (Figure 2).
    raft.commit_to(min(append.commit_index, match_index))
    raft.promise(sender, AppendReply(raft.term, True, match_index, 0, 0, 0, append.read_round))


def _wanted(raft: "RaftState", append: AppendEntries) -> tuple[Entry, ...]:
    """What of the message's entries this node takes in now."""
    if raft.installation.is_installing:
        return ()
    return _necessary(raft, append) if raft.refuse_commands else append.entries


def _necessary(raft: "RaftState", append: AppendEntries) -> tuple[Entry, ...]:
    """For a nearly full disk: no commands, but what lets a leader lead and members change, or nobody could read, nor
    replace this node.

    Commands that are not committed and come before such an entry are taken with it, since it cannot be committed
    without them. They are as few as a driver proposes at a time.
    """
    necessary = 0
    for count, entry in enumerate(append.entries, 1):
        is_here = entry.index <= raft.commit_index or raft.log.term_at(entry.index) == entry.term
        if is_here or entry.kind is not EntryKind.COMMAND:
            necessary = count
        elif entry.index <= append.commit_index:
            break
    return append.entries[:necessary]


def _rejection(raft: "RaftState", append: AppendEntries, hint: int) -> AppendReply:
    hint_term = raft.log.term_at(hint) or 0
    return AppendReply(raft.term, False, 0, append.prev_index, hint, hint_term, append.read_round)
