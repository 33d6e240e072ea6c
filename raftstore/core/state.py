"""What a node knows, and the changes to it that all rules share.

The rules themselves are in election.py, replication.py, reads.py, reconfiguration.py, transfer.py, snapshots.py and
installation.py; raft.py calls them.
"""

from collections.abc import Callable, Iterable

from . import reads
from .configurations import Configurations
from .installation import Installation
from .invariants import InvariantViolation, invariant
from .journal import Journal
from .log import Log
from .membership import Membership
from .messages import Message, SnapshotRef
from .outbox import Outbox
from .progress import Progress
from .transfer import Transfer
from .types import Config, Entry, EntryKind, HardState, LogBase, Role


class RaftState:
    """What one node knows.

    Args:
        base: where the log begins; `entries` follow it without a gap.
        applied_index: how far the state machine already is; everything up to there is known to be committed.
        membership: as of applied_index. A CONFIG entry after it is in force from the start.
        draw_timeout_ms: returns a random number between its two arguments, both included: election timeouts, and
            where numbering begins that must not repeat itself after a restart.

    Raises:
        MembershipError: a CONFIG entry holds no membership.
        ValueError: a member of a cluster that is yet to be formed must have an incarnation.
    """

    def __init__(
        self,
        config: Config,
        *,
        hard_state: HardState,
        base: LogBase,
        entries: Iterable[Entry],
        applied_index: int,
        membership: Membership,
        draw_timeout_ms: Callable[[int, int], int],
        now_ms: int,
    ) -> None:
        if not membership.is_formed and config.node in membership and config.incarnation <= 0:
            raise ValueError(f"node {config.node} needs an incarnation to form a cluster with others")
        self.config = config
        self.now_ms = now_ms
        self.log = Log(base, entries)
        # currentTerm and votedFor: change only through `move_to_term` and `vote_for`, which mark them for the disk.
        self.term = hard_state.term
        self.voted_for = hard_state.voted_for
        self.role = Role.FOLLOWER
        self.leader: int | None = None
        self.leader_heard_ms = now_ms
        # Ladder: log.base.index <= handed_out_index <= min(commit_index, durable_index) <= log.last_index.
        self.commit_index = applied_index
        self.handed_out_index = applied_index
        self.journal = Journal(self.log.last_index)
        self.outbox = Outbox()
        self.check_ladder()
        applied = self.log.between(base.index + 1, applied_index)
        self.configurations = Configurations(
            max((entry.index for entry in applied if entry.kind is EntryKind.CONFIG), default=base.index), membership
        )
        # In force: the latest in the log, committed or not (§6).
        self.membership = membership
        self.membership_index = self.configurations.latest.index
        self._announced_membership = membership
        for entry in self.log.between(applied_index + 1, self.log.last_index):
            self._adopt_membership(entry)
        # Candidate only: who voted for us, from which disk. Our own vote counts once it is durable.
        self.votes: dict[int, bool] = {}
        self.voter_incarnations: dict[int, int] = {}
        # Leader only.
        self.progress: dict[int, Progress] = {}
        self.term_start_index = 0
        self.transfer_under_way: Transfer | None = None
        self.reads = reads.ReadQueue()

        self.forwarded_reads = reads.ForwardedReads(draw_timeout_ms(0, 1 << 32))
        self.installation = Installation()
        # The last snapshot that the driver made, if it can still be read.
        self.snapshot: SnapshotRef | None = None
        # Set by the driver: a nearly full disk takes no more commands, though it still answers.
        self.refuse_commands = False
        self.stands_aside = False
        self.aside_deadline_ms = 0
        self.is_fenced = False

        self._draw_timeout_ms = draw_timeout_ms
        self.election_deadline_ms = 0
        self.heartbeat_due_ms = 0
        self.reset_election_deadline(now_ms)
        self._announced: tuple[Role, int, int | None] = (self.role, self.term, self.leader)

    @property
    def durable_index(self) -> int:
        return self.journal.durable_index

    @property
    def transferring(self) -> bool:
        """Whether leadership is being handed over; meanwhile nothing can be proposed."""
        return self.transfer_under_way is not None

    @property
    def is_alone(self) -> bool:
        """Whether no other node could lead."""
        return self.membership.voters <= {self.config.node}

    # --- Changes ------------------------------------------------------------------------------------

    def become_follower(self, term: int, leader: int | None) -> None:
        """Follow, in this term or a later one; whatever was under way in another role or with another leader ends."""
        if term > self.term:
            self.move_to_term(term)
        if self.role is Role.LEADER:
            self.reset_election_deadline(self.now_ms)
        self.role = Role.FOLLOWER
        self.leader = leader
        self.progress = {}
        self.votes = {}
        self.voter_incarnations = {}
        self.transfer_under_way = None
        reads.lose_all(self)

    def follow(self, leader: int, now_ms: int) -> None:
        """This term's leader was heard."""
        invariant(self.role is not Role.LEADER, f"two leaders in term {self.term}")
        if self.role is not Role.FOLLOWER or self.leader != leader:
            self.become_follower(self.term, leader)
        self.leader_heard_ms = now_ms
        self.reset_election_deadline(now_ms)

    def move_to_term(self, term: int) -> None:
        invariant(term > self.term, f"term would go back from {self.term} to {term}")
        self.term = term
        self.voted_for = None
        self.journal.record(HardState(term, None))

    def vote_for(self, node: int) -> None:
        invariant(self.voted_for in (None, node), f"second vote in term {self.term}")
        if self.voted_for is None:
            self.voted_for = node
            self.journal.record(HardState(self.term, node))

    def append(self, kind: EntryKind, data: bytes) -> int:
        """Leader only: append an entry of the current term. Returns its index."""
        entry = Entry(self.log.last_index + 1, self.term, kind, data)
        self.store(entry)
        return entry.index

    def store(self, entry: Entry) -> None:
        self.log.append(entry)
        self.journal.store(entry)
        self._adopt_membership(entry)

    def truncate_from(self, index: int) -> None:
        """Follower only: drop entries that conflict with the leader's, and what memberships they brought."""
        invariant(index > self.commit_index, f"committed entry {index} would be dropped")
        self.log.truncate_from(index)
        self.journal.truncate_from(index)
        self.configurations.truncate_from(index)
        self._obey_latest_membership()

    def restart_log(self, base: LogBase, membership: Membership) -> None:
        """Follower only: the state machine is as of `base` now, and the log did not reach that far."""
        invariant(self.role is not Role.LEADER, "a leader would discard its log")
        invariant(base.index > self.commit_index, f"the state would go back from {self.commit_index} to {base.index}")
        self.log.reset(base)
        self.journal.begin_at(base)
        self.configurations.restart(base.index, membership)
        self._obey_latest_membership()
        self.commit_index = base.index
        self.handed_out_index = base.index

    def _adopt_membership(self, entry: Entry) -> None:
        if entry.kind is EntryKind.CONFIG:
            self.configurations.append(entry.index, Membership.decode(entry.data), self.commit_index)
            self._obey_latest_membership()

    def _obey_latest_membership(self) -> None:
        latest = self.configurations.latest
        self.membership_index, self.membership = latest.index, latest.membership

    def commit_to(self, index: int) -> None:
        if index > self.commit_index:
            invariant(index <= self.log.last_index, f"commit index {index} beyond the log's end")
            self.commit_index = index

    def reset_election_deadline(self, now_ms: int) -> None:
        timeout_ms = self._draw_timeout_ms(self.config.election_min_ms, self.config.election_max_ms)
        self.election_deadline_ms = now_ms + timeout_ms

    def send(self, to: int, message: Message) -> None:
        """Send without waiting for this node's disk."""
        self.outbox.send(to, message, promise=False)

    def promise(self, to: int, message: Message) -> None:
        """Send once everything this node has said so far is durable."""
        self.outbox.send(to, message, promise=True)

    def check_ladder(self) -> None:
        base, handed_out, committed = self.log.base.index, self.handed_out_index, self.commit_index
        durable, last = self.journal.durable_index, self.log.last_index
        if not (base <= handed_out <= committed <= last and handed_out <= durable <= last):
            rungs = f"{base=} <= {handed_out=} <= min({committed=}, {durable=}) <= {last=}"
            raise InvariantViolation(f"the index ladder is broken: {rungs}")
