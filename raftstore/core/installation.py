"""How a follower takes in a snapshot (§7, Figure 13): its bytes, then its state in place of the log's beginning.

A snapshot that the log already reaches is not needed: the entries bring the same state, and those after it stay.
Otherwise the log, which ends before the snapshot or differs from it there, is discarded. From the last byte on until
the state is in place the log stays as it is and nothing is handed out, so that nothing can come in between.
"""

from typing import TYPE_CHECKING

from .effects import InstallState, ReceiveChunk
from .invariants import invariant
from .membership import Membership
from .messages import InstallSnapshot, SnapshotRef, SnapshotReply
from .types import Role

if TYPE_CHECKING:
    from .state import RaftState


class Installation:
    """What is under way: a chunk that is being written, then a state that is being put in place."""

    def __init__(self) -> None:
        self.is_writing = False
        self._state: InstallState | None = None
        self._is_handed_out = False

    @property
    def is_installing(self) -> bool:
        return self._state is not None

    def is_loading(self, snapshot: SnapshotRef) -> bool:
        return self._state is not None and self._state.snapshot == snapshot

    def begin(self, state: InstallState) -> None:
        self._state = state
        self._is_handed_out = False

    def take(self) -> InstallState | None:
        """The installation to carry out, once."""
        if self._is_handed_out:
            return None
        self._is_handed_out = self._state is not None
        return self._state

    def end(self, snapshot: SnapshotRef) -> None:
        invariant(
            self._state is not None and self._state.snapshot == snapshot and self._is_handed_out,
            f"the snapshot up to {snapshot.base.index} was not to be installed",
        )
        self._state = None


def receive_install_snapshot(raft: "RaftState", sender: int, chunk: InstallSnapshot, now_ms: int) -> None:
    if chunk.term < raft.term:
        raft.promise(sender, SnapshotReply(raft.term, chunk.snapshot, 0, installed=False))
        return
    raft.follow(sender, now_ms)
    if reaches(raft, chunk.snapshot):
        answer_installed(raft, sender, chunk.snapshot)
        return
    if raft.installation.is_loading(chunk.snapshot):
        # The answer to the last chunk may be lost, and without it the leader would take this for a standstill.
        raft.promise(sender, SnapshotReply(raft.term, chunk.snapshot, chunk.snapshot.size_bytes, installed=False))
        return
    if raft.refuse_commands or raft.installation.is_installing or raft.installation.is_writing:
        # The leader will ask again.
        return
    if chunk.offset + len(chunk.data) > chunk.snapshot.size_bytes:
        return
    raft.installation.is_writing = True
    raft.outbox.receive_chunk(ReceiveChunk(sender, chunk.snapshot, chunk.offset, chunk.data))


def reaches(raft: "RaftState", snapshot: SnapshotRef) -> bool:
    """Whether this log holds, or once held, everything up to the snapshot; then what follows it may stay."""
    base = snapshot.base
    return base.index <= raft.commit_index or raft.log.term_at(base.index) == base.term


def answer_installed(raft: "RaftState", sender: int, snapshot: SnapshotRef) -> None:
    """A snapshot holds what is committed."""
    raft.commit_to(max(raft.commit_index, snapshot.base.index))
    raft.promise(sender, SnapshotReply(raft.term, snapshot, snapshot.size_bytes, installed=True))


def receive_written_chunk(raft: "RaftState", sender: int, snapshot: SnapshotRef, received_bytes: int) -> None:
    """The first `received_bytes` of the snapshot are durably here. Whoever leads now, it is a snapshot of what is
    committed.
    """
    raft.installation.is_writing = False
    if raft.is_fenced or raft.installation.is_installing:
        return
    is_from_leader = raft.role is Role.FOLLOWER and raft.leader == sender
    if reaches(raft, snapshot):
        if is_from_leader:
            answer_installed(raft, sender, snapshot)
        return
    if received_bytes >= snapshot.size_bytes and raft.role is Role.FOLLOWER:
        raft.installation.begin(InstallState(sender, snapshot))
    if is_from_leader:
        raft.promise(sender, SnapshotReply(raft.term, snapshot, received_bytes, installed=False))


def finish(raft: "RaftState", snapshot: SnapshotRef, membership: Membership) -> None:
    """The state is that of the snapshot; the log begins after it."""
    raft.installation.end(snapshot)
    raft.restart_log(snapshot.base, membership)
    if raft.leader is not None and raft.role is Role.FOLLOWER:
        answer_installed(raft, raft.leader, snapshot)


def refuse(raft: "RaftState", snapshot: SnapshotRef) -> None:
    """What came is not what the leader has: it must send it again, from the beginning.

    It is not told: an answer that it did not ask for could as well be a late one. It asks again soon.
    """
    raft.installation.end(snapshot)
