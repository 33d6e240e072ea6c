"""The single funnel through which every event passes, and where what to do about it is handed out.

What all rules share is in state.py; the rules themselves are in election.py (§5.2, §5.4.1), replication.py (§5.3,
§5.4.2), reads.py (diss. §6.4), reconfiguration.py (diss. chapter 4), transfer.py (diss. §3.10), snapshots.py and
installation.py (§7). Time is whatever `now_ms` the driver passes in; it must not go back. See effects.py for the
driver's contract.
"""

from collections.abc import Sequence
from typing import assert_never

from . import election, installation, reads, reconfiguration, replication, snapshots, transfer
from .effects import Effects, RoleChanged
from .invariants import invariant
from .membership import Membership
from .messages import (
    AppendEntries,
    AppendReply,
    InstallSnapshot,
    Message,
    ReadIndex,
    ReadIndexReply,
    RequestVote,
    SnapshotRef,
    SnapshotReply,
    TimeoutNow,
    VoteReply,
)
from .refusals import ChangeRefused, NotLeader
from .state import RaftState
from .types import Entry, EntryKind, LogBase, Role

__all__ = ["ChangeRefused", "NotLeader", "Raft"]

# What only members have to say; the rest may come from a leader or a candidate that the node does not know yet (§6).
_FROM_MEMBERS = (VoteReply, AppendReply, SnapshotReply, ReadIndex, ReadIndexReply)
_NOTHING = Effects()


class Raft(RaftState):
    """A member of a cluster, as a state machine: events in, effects out. See RaftState for how it begins."""

    # --- Events: messages and time ------------------------------------------------------------------

    def receive(self, sender: int, incarnation: int, message: Message, now_ms: int) -> None:
        """Take in a message. A higher term always makes a follower; a lower one is answered with ours (§5.1).

        Args:
            incarnation: the sender's, from the envelope; kept only to form the cluster.
        """
        self.now_ms = now_ms
        if self.is_fenced or not self._is_heard(sender, message):
            return
        if message.term > self.term and election.begins_term(message):
            self.become_follower(message.term, None)
        match message:
            case AppendEntries():
                replication.receive_append_entries(self, sender, message, now_ms)
            case AppendReply():
                replication.receive_append_reply(self, sender, message, now_ms)
            case RequestVote():
                election.receive_request_vote(self, sender, message, now_ms)
            case VoteReply():
                election.receive_vote_reply(self, sender, incarnation, message, now_ms)
            case InstallSnapshot():
                installation.receive_install_snapshot(self, sender, message, now_ms)
            case SnapshotReply():
                snapshots.receive_snapshot_reply(self, sender, message, now_ms)
                replication.replicate(self)
            case TimeoutNow():
                election.receive_timeout_now(self, sender, message, now_ms)
            case ReadIndex():
                reads.receive_read_index(self, sender, message)
            case ReadIndexReply():
                reads.receive_read_index_reply(self, sender, message)
            case _:
                assert_never(message)

    def _is_heard(self, sender: int, message: Message) -> bool:
        if sender == self.config.node:
            return False
        if isinstance(message, RequestVote):
            return not election.is_disturbance(self, message)
        if sender in self.membership.by_node or sender == self.leader or not isinstance(message, _FROM_MEMBERS):
            return True
        # Removed, but not committed yet: it is still served, and its term is its own affair.
        return sender in self.progress and message.term <= self.term

    def tick(self, now_ms: int) -> None:
        """Let time pass: do what is due."""
        self.now_ms = now_ms
        if self.is_fenced:
            return
        if self.role is Role.LEADER:
            if now_ms >= self.heartbeat_due_ms:
                self._lead_on(now_ms)
            return
        reads.give_up(self, now_ms)
        if now_ms >= self.election_deadline_ms:
            election.time_out(self, now_ms)

    def _lead_on(self, now_ms: int) -> None:
        if not election.hears_majority(self, now_ms):
            self.become_follower(self.term, None)
            return
        transfer.look_after(self, now_ms)
        if self.role is Role.LEADER:
            replication.send_heartbeats(self, now_ms)

    def next_deadline_ms(self) -> int:
        """When `tick` has something to do."""
        if self.is_fenced:
            return self.now_ms + self.config.election_max_ms
        if self.role is Role.LEADER:
            return self.heartbeat_due_ms
        if self.forwarded_reads.asked:
            return min(self.election_deadline_ms, self.forwarded_reads.deadline_ms)
        return self.election_deadline_ms

    # --- Events: the driver's wishes ----------------------------------------------------------------

    def propose(self, payloads: Sequence[bytes]) -> int:
        """Append one command entry per payload and replicate them. Returns the index of the last one.

        Raises:
            NotLeader: this node does not lead, or is handing over.
        """
        self._require_leadership()
        for data in payloads:
            self.append(EntryKind.COMMAND, data)
        replication.replicate(self)
        return self.log.last_index

    def read(self, read_id: int) -> None:
        """Ask at which index a read is linearizable; the answer is a ReadReady (or reads_lost) effect.

        Raises:
            NotLeader: this node neither leads nor knows who does.
        """
        reads.ask(self, read_id)

    def forget_read(self, read_id: int) -> None:
        """Nobody waits for the answer to this read any more."""
        reads.forget(self, read_id)

    def propose_membership(self, membership: Membership, now_ms: int) -> int:
        """Append a change of members, which is in force at once and done when committed. Returns its index.

        Raises:
            NotLeader: this node does not lead, or is handing over.
            ChangeRefused: it is no such change, or not possible now.
        """
        self.now_ms = now_ms
        self._require_leadership()
        index = reconfiguration.propose(self, membership, now_ms)
        replication.replicate(self)
        return index

    def transfer(self, to: int | None, now_ms: int) -> None:
        """Hand leadership over to node `to`, or to whoever has most of the log. Given up after an election timeout.

        Raises:
            NotLeader: this node does not lead.
            ChangeRefused: the node cannot take over.
        """
        self.now_ms = now_ms
        if self.role is not Role.LEADER:
            raise NotLeader(self.leader)
        transfer.begin(self, to, now_ms)

    def step_aside(self, now_ms: int, on: bool) -> None:
        """From now on do not lead, unless there is nobody else: the disk hangs, or is nearly full."""
        self.now_ms = now_ms
        if on != self.stands_aside:
            self.stands_aside = on
            if on:
                transfer.step_aside(self, now_ms)

    def fence(self) -> None:
        """This node's state differs from the others': never vote, stand, acknowledge or answer a read again."""
        self.become_follower(self.term, None)
        self.is_fenced = True
        self.outbox.silence()

    def _require_leadership(self) -> None:
        if self.role is not Role.LEADER:
            raise NotLeader(self.leader)
        if self.transfer_under_way is not None:
            raise NotLeader(self.transfer_under_way.to)

    # --- Events: disk and snapshots -----------------------------------------------------------------

    def persisted(self, seq: int, now_ms: int) -> None:
        """Every batch up to `seq` is durable."""
        self.now_ms = now_ms
        invariant(seq <= self.journal.batch_seq, f"batch {seq} was never issued")
        self.journal.persisted(seq)
        if self.role is Role.CANDIDATE:
            election.count_own_vote(self, now_ms)
        if self.role is Role.LEADER:
            replication.advance_commit(self)

    def compact(self, index: int) -> LogBase:
        """Forget the log up to `index`, which a durable checkpoint holds. Returns where the log begins now: earlier
        if a follower that is being sent a snapshot will need the entries after it.
        """
        invariant(index <= self.handed_out_index, f"entry {index} was not handed out yet")
        index = min(index, snapshots.compaction_limit(self))
        if index > self.log.base.index:
            self.log.compact(index)
            for progress in self.progress.values():
                progress.compacted(index)
        return self.log.base

    def snapshot_made(self, snapshot: SnapshotRef) -> None:
        """A snapshot can be read from now on; those before no longer."""
        snapshots.made(self, snapshot)

    def snapshot_gone(self, snapshot: SnapshotRef) -> None:
        """The snapshot can no longer be read."""
        snapshots.gone(self, snapshot)

    def chunk_received(self, sender: int, snapshot: SnapshotRef, received_bytes: int, now_ms: int) -> None:
        """The first `received_bytes` of the snapshot are durably here: the answer to every ReceiveChunk."""
        self.now_ms = now_ms
        installation.receive_written_chunk(self, sender, snapshot, received_bytes)

    def snapshot_installed(self, snapshot: SnapshotRef, membership: Membership, now_ms: int) -> None:
        """The state machine is the snapshot's, also after a crash; `membership` is as of it."""
        self.now_ms = now_ms
        installation.finish(self, snapshot, membership)

    def snapshot_refused(self, snapshot: SnapshotRef) -> None:
        """What arrived is not the snapshot, and was thrown away."""
        installation.refuse(self, snapshot)

    # --- Handing out --------------------------------------------------------------------------------

    def take_effects(self) -> Effects:
        """What the driver must do now; each effect is handed out once."""
        if self.role is Role.LEADER:
            reads.confirm_leadership(self)
        elif self.forwarded_reads.gathering:
            reads.forward(self)
        persist = self.journal.take(self.log.last_index)
        sends = self.outbox.take_sends(self.journal.batch_seq)
        committed = self._hand_out()
        reads_ready, reads_lost = self.outbox.take_reads()
        chunks_to_send, chunk_received = self.outbox.take_chunks()
        self.check_ladder()
        effects = (
            persist,
            sends,
            committed,
            reads_ready,
            reads_lost,
            self._take_role_change(),
            self._take_membership_change(),
            self.outbox.take_snapshot_wanted(),
            chunks_to_send,
            chunk_received,
            # Not before the disk has everything it was given: what is installed then is all there is.
            self.installation.take() if self.journal.is_idle and not self.is_fenced else None,
        )
        return Effects(*effects) if any(effects) else _NOTHING

    def _hand_out(self) -> tuple[Entry, ...]:
        last = min(self.commit_index, self.durable_index)
        if last <= self.handed_out_index or self.installation.is_installing:
            return ()
        entries = tuple(self.log.between(self.handed_out_index + 1, last))
        self.handed_out_index = last
        return entries

    def _take_role_change(self) -> RoleChanged | None:
        now = (self.role, self.term, self.leader)
        if now == self._announced:
            return None
        self._announced = now
        return RoleChanged(*now)

    def _take_membership_change(self) -> Membership | None:
        now = self.membership
        if now is self._announced_membership:
            return None
        self._announced_membership = now
        return now
