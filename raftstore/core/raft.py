"""One node's Raft state and the single funnel through which every event passes.

State that all rules share lives here; the rules themselves are in election.py (§5.2, §5.4.1),
replication.py (§5.3, §5.4.2) and reads.py (diss. §6.4). Time is whatever `now_ms` the driver passes in; it must
not go back. See effects.py for the driver's contract.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import assert_never

from . import election, reads, replication
from .effects import Effects, Persist, ReadReady, RoleChanged, Send
from .invariants import invariant
from .log import Log
from .messages import AppendEntries, AppendReply, Message, RequestVote, VoteReply
from .progress import Progress
from .types import Config, Entry, EntryKind, HardState, Role


class NotLeader(Exception):
    """Only a leader can do this; `leader` is who the node believes leads, if anybody."""

    def __init__(self, leader: int | None) -> None:
        super().__init__("not the leader" if leader is None else f"not the leader; node {leader} may be")
        self.leader = leader


class Raft:
    """A member of a cluster, as a state machine: events in, effects out.

    Args:
        draw_timeout_ms: returns a random election timeout between its two arguments, both included.
        applied_index: how far the state machine already is; everything up to there is known to be committed.
    """

    def __init__(
        self,
        config: Config,
        *,
        hard_state: HardState,
        entries: Iterable[Entry],
        applied_index: int,
        draw_timeout_ms: Callable[[int, int], int],
        now_ms: int,
    ) -> None:
        self.config = config
        self.log = Log(entries)
        # currentTerm and votedFor: change only through `move_to_term` and `vote_for`, which mark them for the disk.
        self.term = hard_state.term
        self.voted_for = hard_state.voted_for
        self.role = Role.FOLLOWER
        self.leader: int | None = None
        # Ladder: handed_out_index <= min(commit_index, durable_index) <= log.last_index.
        self.commit_index = applied_index
        self.durable_index = self.log.last_index
        self.handed_out_index = applied_index
        invariant(applied_index <= self.log.last_index, "the state machine is ahead of the log beneath it")
        # Candidate only: who voted for us in this term. Our own vote counts once it is durable.
        self.votes: dict[int, bool] = {}
        # Leader only.
        self.progress: dict[int, Progress] = {}
        self.term_start_index = 0
        self.reads = reads.ReadQueue()

        self._draw_timeout_ms = draw_timeout_ms
        self.election_deadline_ms = 0
        self.heartbeat_due_ms = 0
        self.reset_election_deadline(now_ms)

        self._hard_state_changed = False
        self._unpersisted: list[Entry] = []
        self._batch_seq = 0
        self._persisted_seq = 0
        # (seq, last index that this batch makes durable), oldest first; lowered when a conflict truncates the log.
        self._unsynced: deque[tuple[int, int]] = deque()
        self._sends: list[tuple[int, Message, bool]] = []
        self._reads_ready: list[ReadReady] = []
        self._reads_lost: list[int] = []
        self._announced: tuple[Role, int, int | None] = (self.role, self.term, self.leader)

    # --- Events -----------------------------------------------------------------------------------

    def receive(self, sender: int, message: Message, now_ms: int) -> None:
        """Take in a message. A higher term always makes a follower; a lower one is answered with ours (§5.1)."""
        if sender not in self.config.members:
            return
        if message.term > self.term:
            if self.role is Role.LEADER:
                self.reset_election_deadline(now_ms)
            self.become_follower(message.term, None)
        match message:
            case RequestVote():
                election.receive_request_vote(self, sender, message, now_ms)
            case VoteReply():
                election.receive_vote_reply(self, sender, message, now_ms)
            case AppendEntries():
                replication.receive_append_entries(self, sender, message, now_ms)
            case AppendReply():
                replication.receive_append_reply(self, sender, message, now_ms)
            case _:
                assert_never(message)

    def tick(self, now_ms: int) -> None:
        """Let time pass: start an election or send heartbeats if they are due."""
        if self.role is Role.LEADER:
            if now_ms >= self.heartbeat_due_ms:
                replication.send_heartbeats(self, now_ms)
        elif now_ms >= self.election_deadline_ms:
            if self.role is Role.CANDIDATE and not self.is_persisted:
                # The requests of this candidacy have not left yet: a slow disk must not end it before it begins.
                self.reset_election_deadline(now_ms)
            else:
                election.start_election(self, now_ms)

    def propose(self, payloads: Sequence[bytes]) -> int:
        """Append one command entry per payload and replicate them. Returns the index of the last one.

        Raises:
            NotLeader: this node does not lead.
        """
        if self.role is not Role.LEADER:
            raise NotLeader(self.leader)
        for data in payloads:
            self.append(EntryKind.COMMAND, data)
        replication.replicate(self)
        return self.log.last_index

    def read(self, read_id: int) -> None:
        """Ask at which index a read is linearizable; the answer is a ReadReady (or reads_lost) effect.

        Raises:
            NotLeader: this node does not lead.
        """
        if self.role is not Role.LEADER:
            raise NotLeader(self.leader)
        self.reads.unproven.append(read_id)

    def persisted(self, seq: int, now_ms: int) -> None:
        """Every batch up to `seq` is durable."""
        invariant(seq <= self._batch_seq, f"batch {seq} was never issued")
        self._persisted_seq = max(self._persisted_seq, seq)
        while self._unsynced and self._unsynced[0][0] <= seq:
            self.durable_index = max(self.durable_index, self._unsynced.popleft()[1])
        if self.role is Role.CANDIDATE:
            election.count_own_vote(self, now_ms)
        if self.role is Role.LEADER:
            replication.advance_commit(self)

    @property
    def is_persisted(self) -> bool:
        """Whether everything this node has said and stored so far is durable."""
        return self._persisted_seq == self._batch_seq and not self._hard_state_changed and not self._unpersisted

    def next_deadline_ms(self) -> int:
        """When `tick` has something to do."""
        return self.heartbeat_due_ms if self.role is Role.LEADER else self.election_deadline_ms

    def take_effects(self) -> Effects:
        """What the driver must do now; each effect is handed out once."""
        if self.role is Role.LEADER:
            reads.confirm_leadership(self)
        persist = self._take_batch()
        sends = tuple(
            Send(to, message, after=self._batch_seq if promise else 0) for to, message, promise in self._sends
        )
        self._sends.clear()
        ready, lost = tuple(self._reads_ready), tuple(self._reads_lost)
        self._reads_ready.clear()
        self._reads_lost.clear()
        return Effects(persist, sends, self._hand_out(), ready, lost, self._take_role_change())

    # --- State changes shared by the rules ----------------------------------------------------------

    def become_follower(self, term: int, leader: int | None) -> None:
        if term > self.term:
            self.move_to_term(term)
        self.role = Role.FOLLOWER
        self.leader = leader
        self.progress = {}
        self.votes = {}
        self._reads_lost.extend(self.reads.drain())

    def become_leader(self, now_ms: int) -> None:
        """Start to lead: a no-op of the new term lets earlier entries commit (§5.4.2, §8)."""
        self.role = Role.LEADER
        self.leader = self.config.node
        self.votes = {}
        self.progress = {
            peer: Progress(match_index=0, next_index=self.log.last_index + 1, last_heard_ms=now_ms)
            for peer in self.config.peers
        }
        self.term_start_index = self.append(EntryKind.NOOP, b"")
        self.heartbeat_due_ms = now_ms + self.config.heartbeat_ms
        replication.replicate(self)

    def move_to_term(self, term: int) -> None:
        invariant(term > self.term, f"term would go back from {self.term} to {term}")
        self.term = term
        self.voted_for = None
        self._hard_state_changed = True

    def vote_for(self, node: int) -> None:
        invariant(self.voted_for in (None, node), f"second vote in term {self.term}")
        if self.voted_for is None:
            self.voted_for = node
            self._hard_state_changed = True

    def append(self, kind: EntryKind, data: bytes) -> int:
        """Leader only: append an entry of the current term. Returns its index."""
        entry = Entry(self.log.last_index + 1, self.term, kind, data)
        self.store(entry)
        return entry.index

    def store(self, entry: Entry) -> None:
        self.log.append(entry)
        self._unpersisted.append(entry)

    def truncate_from(self, index: int) -> None:
        """Follower only: drop entries that conflict with the leader's."""
        invariant(index > self.commit_index, f"committed entry {index} would be dropped")
        self.log.truncate_from(index)
        self._unpersisted = [entry for entry in self._unpersisted if entry.index < index]
        self.durable_index = min(self.durable_index, index - 1)
        self._unsynced = deque((seq, min(last, index - 1)) for seq, last in self._unsynced)

    def commit_to(self, index: int) -> None:
        invariant(index <= self.log.last_index, f"commit index {index} beyond the log's end")
        self.commit_index = max(self.commit_index, index)

    def reset_election_deadline(self, now_ms: int) -> None:
        timeout_ms = self._draw_timeout_ms(self.config.election_min_ms, self.config.election_max_ms)
        self.election_deadline_ms = now_ms + timeout_ms

    def send(self, to: int, message: Message) -> None:
        """Send without waiting for this node's disk."""
        self._sends.append((to, message, False))

    def promise(self, to: int, message: Message) -> None:
        """Send once everything this node has said so far is durable."""
        self._sends.append((to, message, True))

    def answer_read(self, read_id: int, index: int) -> None:
        self._reads_ready.append(ReadReady(read_id, index))

    # --- Handing out --------------------------------------------------------------------------------

    def _take_batch(self) -> Persist | None:
        if not self._hard_state_changed and not self._unpersisted:
            return None
        self._batch_seq += 1
        hard_state = HardState(self.term, self.voted_for) if self._hard_state_changed else None
        persist = Persist(self._batch_seq, hard_state, tuple(self._unpersisted))
        self._unsynced.append((self._batch_seq, self.log.last_index))
        self._hard_state_changed = False
        self._unpersisted = []
        return persist

    def _hand_out(self) -> tuple[Entry, ...]:
        last = min(self.commit_index, self.durable_index)
        if last <= self.handed_out_index:
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
