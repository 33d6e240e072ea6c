"""Does every node keep to Raft's rules? Watched from outside: what leaves it, what its disk has, and what it counts on.

The properties in raft_checks.py follow from these rules, but it may take a rare chain of mishaps until a broken rule
breaks one of them.
"""

from dataclasses import dataclass, field
from operator import attrgetter

from raftstore.core.membership import Membership
from raftstore.core.messages import AppendReply, RequestVote, SnapshotReply, VoteReply
from raftstore.core.raft import Raft
from raftstore.core.types import Entry, EntryKind, HardState, Role
from raftstore.storage.node_directory import Opened
from raftstore.transport.envelope import Envelope

from .host import Host
from .journal import Journal, RuleBroken
from .plan import Fault
from .raft_checks import RaftChecks

ONE_VOTE = "a node gives one vote a term, and remembers it (Figure 2)"
ELECTED = "a leader has the votes of a majority, on their disks (§5.2)"
DURABLE_BEFORE_SAID = "what a node promises is on its disk (Figure 2)"
OWN_TERM = "a leader counts entries of its own term only (§5.4.2)"
MATCH_ONLY_GROWS = "what a leader knows of a follower's log only grows (Figure 2)"
IN_FORCE = "the latest members in a log are in force (§6)"
ARRIVES = "a snapshot that nobody harmed arrives as it was sent (§7)"


@dataclass(slots=True)
class _Leading:
    """What was last seen of a leader, in one term."""

    term: int
    commit_index: int
    matches: dict[int, int] = field(default_factory=dict)


class RuleChecks:
    """
    Args:
        raft_checks: which entries there are, which are committed, and what is on which disk.
    """

    def __init__(self, journal: Journal, raft_checks: RaftChecks) -> None:
        self._journal = journal
        self._checks = raft_checks
        # By (term, node), as its disk has it.
        self._votes: dict[tuple[int, int], int] = {}
        # By node: one write may cover several terms, of which the disk then has the last.
        self._terms: dict[int, int] = {}
        self._leading: dict[int, _Leading] = {}
        self._batch_seen: dict[int, int] = {}
        self._decoded: dict[bytes, Membership] = {}

    # --- Disks --------------------------------------------------------------------------------------

    def started(self, host: Host, opened: Opened) -> None:
        self._leading.pop(host.number, None)
        self._batch_seen.pop(host.number, None)
        self.stored(host, opened.recovered.hard_state)

    def stored(self, host: Host, hard_state: HardState | None) -> None:
        """
        Raises:
            RuleBroken: the disk had another vote of that term.
        """
        if hard_state is None or host.is_replaced:
            return
        self._terms[host.number] = hard_state.term
        if hard_state.voted_for is None:
            return
        vote = self._votes.setdefault((hard_state.term, host.number), hard_state.voted_for)
        if vote != hard_state.voted_for:
            raise RuleBroken(ONE_VOTE, f"node {host.number} voted for {vote}, then as {hard_state}")

    # --- Messages -----------------------------------------------------------------------------------

    def sent(self, host: Host, envelope: Envelope) -> None:
        """A message leaves a node.

        Raises:
            RuleBroken: it promises what a power cut could take back.
        """
        if host.is_replaced or host.node is None:
            return
        match envelope.message:
            case VoteReply(term, granted=True, pre=False):
                is_kept = self._may_have_voted(term, host.number, envelope.to)
            case RequestVote(term, pre=False):
                is_kept = self._may_have_voted(term, host.number, host.number)
            case AppendReply(term, accepted=True) if term == host.running_node.raft.term:
                is_kept = self._is_kept(host, envelope.message.match_index)
            case AppendReply(term) | SnapshotReply(term):
                is_kept = True
            case _:
                return
        if not is_kept or self._terms.get(host.number, 0) < term:
            raise RuleBroken(DURABLE_BEFORE_SAID, f"node {host.number} says {envelope.message} to {envelope.to}")

    def _may_have_voted(self, term: int, node: int, candidate: int) -> bool:
        """Whether a node's disk has that vote, or that of a later term in its place."""
        vote = self._votes.get((term, node))
        return vote == candidate or (vote is None and self._terms.get(node, 0) > term)

    def _is_kept(self, host: Host, index: int) -> bool:
        log = host.running_node.raft.log
        term = log.term_at(index)
        return index <= log.base.index or (term is not None and self._checks.is_on_disk(host.number, index, term))

    # --- Steps --------------------------------------------------------------------------------------

    def observe(self, host: Host) -> None:
        """Look at a node after one of its steps.

        Raises:
            RuleBroken
        """
        raft, counters = host.running_node.raft, host.running_node.counters
        if counters.snapshots_refused and not self._journal.counts[f"fault: {Fault.SNAPSHOT_FLIP}"]:
            raise RuleBroken(ARRIVES, f"node {host.number} refused one")
        if raft.role is Role.LEADER:
            self._check_leading(host, raft)
        # Whatever changes in a log is a batch for its disk first; before that nobody has seen it.
        if raft.journal.batch_seq != self._batch_seen.get(host.number):
            self._batch_seen[host.number] = raft.journal.batch_seq
            self._check_members(host, raft)

    def _check_leading(self, host: Host, raft: Raft) -> None:
        known = self._leading.get(host.number)
        if known is None or known.term != raft.term:
            self._check_votes(host, raft)
            known = self._leading[host.number] = _Leading(raft.term, raft.commit_index)
        if raft.commit_index > known.commit_index:
            known.commit_index = raft.commit_index
            if raft.log.term_at(raft.commit_index) not in (raft.term, None):
                raise RuleBroken(OWN_TERM, f"node {host.number} commits entry {raft.commit_index} in term {raft.term}")
        for node, progress in raft.progress.items():
            if progress.match_index < known.matches.get(node, 0):
                raise RuleBroken(
                    MATCH_ONLY_GROWS,
                    f"node {host.number} knew that node {node} has {known.matches[node]} entries; now it is "
                    f"{progress.match_index}",
                )
            known.matches[node] = progress.match_index

    def _check_votes(self, host: Host, raft: Raft) -> None:
        if host.is_replaced:
            return
        voters = raft.membership.voters
        granted = [node for node in voters if self._may_have_voted(raft.term, node, host.number)]
        [first] = raft.log.between(raft.term_start_index, raft.term_start_index)
        # Everybody's, where the leader's first entry forms the cluster (docs/decisions/006).
        needed = len(voters) if first.kind is EntryKind.CONFIG else len(voters) // 2 + 1
        if len(granted) < needed:
            raise RuleBroken(
                ELECTED, f"node {host.number} leads in term {raft.term} with the votes of {granted} of {sorted(voters)}"
            )

    def _check_members(self, host: Host, raft: Raft) -> None:
        latest = self._latest_members(raft)
        if latest is not None and raft.membership != self._membership(latest):
            raise RuleBroken(
                IN_FORCE, f"node {host.number} obeys {raft.membership}, and has {latest.data!r} as entry {latest.index}"
            )

    def _latest_members(self, raft: Raft) -> Entry | None:
        """The last entry of its log that says who belongs to the cluster."""
        log, committed = raft.log, self._checks.committed
        for entry in sorted(self._checks.configurations, key=attrgetter("index"), reverse=True):
            if entry.index > log.base.index:
                known_term = log.term_at(entry.index)
            else:
                known_term = committed[entry.index - 1].term if entry.index <= len(committed) else None
            if known_term == entry.term:
                return entry
        return None

    def _membership(self, entry: Entry) -> Membership:
        if entry.data not in self._decoded:
            self._decoded[entry.data] = Membership.decode(entry.data)
        return self._decoded[entry.data]
