"""How logs become equal and entries become committed (§5.3, §5.4.2)."""

from typing import TYPE_CHECKING

from .invariants import invariant
from .messages import AppendEntries, AppendReply
from .progress import Pace, Progress
from .quorum import reached_by_majority
from .types import Entry, Role

if TYPE_CHECKING:
    from .raft import Raft


# --- Leader ---------------------------------------------------------------------------------------


def replicate(raft: "Raft") -> None:
    """Send every follower what it lacks, as far as its window allows."""
    for peer, progress in raft.progress.items():
        while progress.next_index <= raft.log.last_index and progress.may_send(raft.config.inflight_limit_messages):
            _send_entries(raft, peer, progress)


def send_heartbeats(raft: "Raft", now_ms: int) -> None:
    """Tell everybody that we lead, and find out what was lost on the way.

    A heartbeat builds on everything already sent: a follower that missed some of it refuses, which makes us go
    back and send it again. To a probed follower the probe itself goes out again, since its answer may be lost.
    """
    raft.heartbeat_due_ms = now_ms + raft.config.heartbeat_ms
    for peer, progress in raft.progress.items():
        silent = now_ms - progress.last_heard_ms > raft.config.election_max_ms
        if silent:
            progress.back_off()
        if progress.pace is Pace.PROBE and progress.next_index <= raft.log.last_index and not silent:
            progress.lost()
            _send_entries(raft, peer, progress)
        else:
            # To one that does not answer go no entries: they would pile up on the way to it.
            raft.send(peer, _append_after(raft, progress.next_index - 1, ()))


def announce(raft: "Raft") -> None:
    """Ask everybody whether we still lead, without waiting for the next heartbeat."""
    for peer, progress in raft.progress.items():
        raft.send(peer, _append_after(raft, progress.next_index - 1, ()))


def receive_append_reply(raft: "Raft", sender: int, reply: AppendReply, now_ms: int) -> None:
    if raft.role is not Role.LEADER or reply.term != raft.term or sender not in raft.progress:
        return
    progress = raft.progress[sender]
    progress.last_heard_ms = now_ms
    progress.acked_read_round = max(progress.acked_read_round, reply.read_round)
    if reply.accepted:
        invariant(reply.match_index <= raft.log.last_index, f"node {sender} has more than this term's leader sent")
        if progress.accepted(reply.match_index):
            advance_commit(raft)
    else:
        progress.rejected(reply.rejected_index, raft.log.last_agreement(reply.hint_index, reply.hint_term))
    replicate(raft)


def advance_commit(raft: "Raft") -> None:
    """Commit what a majority has durably, if it is of this term; earlier terms' entries follow along (§5.4.2)."""
    reached = [progress.match_index for progress in raft.progress.values()]
    index = reached_by_majority([*reached, raft.durable_index])
    if index > raft.commit_index and raft.log.term_at(index) == raft.term:
        raft.commit_to(index)


def _send_entries(raft: "Raft", peer: int, progress: Progress) -> None:
    entries = raft.log.batch_from(progress.next_index, raft.config.append_limit_bytes)
    raft.send(peer, _append_after(raft, progress.next_index - 1, entries))
    progress.sent(progress.next_index - 1 + len(entries))


def _append_after(raft: "Raft", prev_index: int, entries: tuple[Entry, ...]) -> AppendEntries:
    prev_term = raft.log.term_at(prev_index)
    invariant(prev_term is not None, f"entry {prev_index} is not in the leader's log")
    return AppendEntries(raft.term, prev_index, prev_term or 0, entries, raft.commit_index, raft.reads.round)


# --- Follower -------------------------------------------------------------------------------------


def receive_append_entries(raft: "Raft", sender: int, append: AppendEntries, now_ms: int) -> None:
    """Make the log agree with the leader's, or say where it does not. Answers leave once durable."""
    if append.term < raft.term:
        # It says nothing of logs, and must not echo the round: should the sender lead again in our term, both would
        # be taken for answers to its new leadership, which never asked.
        raft.promise(sender, AppendReply(raft.term, False, 0, 0, 0, 0, read_round=0))
        return
    invariant(raft.role is not Role.LEADER, f"two leaders in term {raft.term}")
    raft.become_follower(append.term, sender)
    raft.reset_election_deadline(now_ms)
    if raft.log.term_at(append.prev_index) != append.prev_term:
        hint = raft.log.last_agreement(append.prev_index, append.prev_term)
        raft.promise(sender, _rejection(raft, append, hint))
        return
    for entry in append.entries:
        # Only a real conflict truncates: a delayed message must not take back what later ones brought (§5.3).
        known_term = raft.log.term_at(entry.index)
        if known_term == entry.term:
            continue
        if known_term is not None:
            raft.truncate_from(entry.index)
        raft.store(entry)
    match_index = append.prev_index + len(append.entries)
    # Beyond match_index this log may still differ from the leader's, so it proves nothing there (Figure 2).
    raft.commit_to(min(append.commit_index, match_index))
    raft.promise(sender, AppendReply(raft.term, True, match_index, 0, 0, 0, append.read_round))


def _rejection(raft: "Raft", append: AppendEntries, hint: int) -> AppendReply:
    hint_term = raft.log.term_at(hint) or 0
    return AppendReply(raft.term, False, 0, append.prev_index, hint, hint_term, append.read_round)
