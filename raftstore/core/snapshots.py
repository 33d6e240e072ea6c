"""How a leader brings a follower up whose next entry is no longer in the log: by a snapshot, in chunks (§7, Figure 13).

The leader first asks how much of the snapshot the follower has, so that an interrupted transfer goes on where it
stopped. Then one chunk is under way at a time; who stays silent is asked again.
"""

from typing import TYPE_CHECKING

from .effects import SendChunk
from .messages import SnapshotRef, SnapshotReply
from .progress import Pace, Progress, Sending
from .types import Role

if TYPE_CHECKING:
    from .state import RaftState

# How long the log is kept for those who receive a snapshot and do not get on, in longest election timeouts.
LIMIT_STANDSTILL_TIMEOUTS = 10
# And for those who have all of it and answer while they load it, which takes the longer the larger the state is: five
# minutes with the default timeouts.
LIMIT_LOADING_TIMEOUTS = 1_000


def look_after(raft: "RaftState", peer: int, progress: Progress) -> None:
    """Begin to send, have a snapshot made, or ask again."""
    snapshot = raft.snapshot
    if snapshot is None or snapshot.base.index < raft.log.base.index:
        raft.outbox.want_snapshot()
        return
    sending = progress.sending
    if sending is None or sending.snapshot != snapshot:
        progress.sending = Sending(snapshot, moved_ms=raft.now_ms)
        _ask(raft, peer, progress.sending)
    elif raft.now_ms - sending.sent_ms >= raft.config.election_max_ms:
        _ask(raft, peer, sending)


def made(raft: "RaftState", snapshot: SnapshotRef) -> None:
    """The driver has a snapshot to send."""
    raft.snapshot = snapshot
    for peer, progress in raft.progress.items():
        if progress.pace is Pace.SNAPSHOT:
            look_after(raft, peer, progress)


def gone(raft: "RaftState", snapshot: SnapshotRef) -> None:
    """The snapshot can no longer be read."""
    if raft.snapshot == snapshot:
        raft.snapshot = None


def receive_snapshot_reply(raft: "RaftState", sender: int, reply: SnapshotReply, now_ms: int) -> None:
    if raft.role is not Role.LEADER or reply.term != raft.term or sender not in raft.progress:
        return
    progress = raft.progress[sender]
    progress.last_heard_ms = now_ms
    if reply.installed:
        # It may be an answer about a snapshot of long ago: it is true all the same. All hold what is committed.
        if reply.snapshot.base.index <= raft.commit_index:
            progress.accepted(reply.snapshot.base.index, raft.log.base.index)
        return
    sending = progress.sending
    if sending is None or sending.snapshot != reply.snapshot or sending.snapshot != raft.snapshot:
        return
    if reply.received_bytes > sending.received_bytes:
        sending.moved_ms = now_ms
    elif not sending.asking:
        # A doubled or late answer. To follow it would double the chunks under way with every doubled message.
        return
    sending.received_bytes = reply.received_bytes
    sending.asking = False
    _send_chunk(raft, sender, sending)


def _ask(raft: "RaftState", peer: int, sending: Sending) -> None:
    sending.asking = True
    sending.sent_ms = raft.now_ms
    raft.outbox.send_chunk(SendChunk(peer, raft.term, sending.snapshot, 0, 0))


def _send_chunk(raft: "RaftState", peer: int, sending: Sending) -> None:
    sending.sent_ms = raft.now_ms
    length = min(raft.config.chunk_bytes, sending.snapshot.size_bytes - sending.received_bytes)
    if length > 0:
        raft.outbox.send_chunk(SendChunk(peer, raft.term, sending.snapshot, sending.received_bytes, length))


def compaction_limit(raft: "RaftState") -> int:
    """The index up to which the log may be forgotten: what follows a snapshot under way will be needed after it."""
    under_way = [
        progress.sending.snapshot.base.index
        for progress in raft.progress.values()
        if progress.sending and _gets_on(raft, progress.sending)
    ]
    return min(under_way, default=raft.handed_out_index)


def _gets_on(raft: "RaftState", sending: Sending) -> bool:
    """Who falls silent is sent nothing any more: then there is no `sending`."""
    is_loading = sending.received_bytes == sending.snapshot.size_bytes
    limit_timeouts = LIMIT_LOADING_TIMEOUTS if is_loading else LIMIT_STANDSTILL_TIMEOUTS
    return raft.now_ms - sending.moved_ms <= limit_timeouts * raft.config.election_max_ms
