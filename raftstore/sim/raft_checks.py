"""Is this still Raft? The properties of Figure 3, checked after every step of every node, from outside.

All nodes' entries are compared with one list of what was ever created and one of what was ever committed, so a check
costs as much as there is news and not as much as there is log.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from raftstore.core.membership import Membership
from raftstore.core.types import Entry, EntryKind, HardState, LogBase, Role
from raftstore.runtime.node import Node
from raftstore.seats.chain import EMPTY_CHAIN, chain_next
from raftstore.storage.node_directory import Opened

from .durable import DurableLog
from .host import Condition, Host
from .journal import Journal, RuleBroken

ONE_LEADER = "a term has at most one leader (§5.2)"
LOG_MATCHING = "logs that share an entry are equal up to it (§5.3)"
LEADER_COMPLETENESS = "a leader has every entry committed in earlier terms (§5.4)"
LEADER_APPEND_ONLY = "a leader never drops entries of its log (§5.3)"
STATE_MACHINE_SAFETY = "no two nodes apply different entries at one index (§5.4.3)"
COMMITTED_FOR_EVER = "what is committed stays committed (§5.4)"
DURABLE_BEFORE_COMMIT = "what is committed is on the disks of a majority (§5.3)"
MONOTONIC = "terms and votes never go back (Figure 2)"
LADDER = "base <= applied <= handed out <= committed, durable <= last"
SAME_EFFECT = "the same entries do the same on every node"


@dataclass(slots=True)
class _View:
    """What was last seen of a node."""

    life: int = 0
    seen: tuple[object, ...] = ()
    term: int = 0
    voted_for: int | None = None
    led_term: int = 0
    commit_index: int = 0
    applied_index: int = 0
    # Of the entries known to be as they should: indices after `known_base` up to `known_last`.
    terms: dict[int, int] = field(default_factory=dict)
    known_last: int = 0


class RaftChecks:
    """
    Args:
        applied: called when a node has applied more than before.
    """

    def __init__(
        self,
        journal: Journal,
        time_s: Callable[[], float],
        hosts: Callable[[int], Host | None],
        applied: Callable[[Host], None],
    ) -> None:
        self.committed: list[Entry] = []
        # As the latest committed entry that says so has them; None before the cluster is formed.
        self.members: Membership | None = None
        # When an entry was first in some log, by (index, term), in true time.
        self.created_s: dict[tuple[int, int], float] = {}
        # chains[i] is what the chain must be after entry i.
        self.chains: list[bytes] = [EMPTY_CHAIN]
        self.leaders: dict[int, int] = {}
        # Entries that say who belongs to the cluster, whatever became of them.
        self.configurations: list[Entry] = []
        self._journal = journal
        self._time_s = time_s
        self._hosts = hosts
        self._applied = applied
        self._committed_in: list[int] = []
        self._created: dict[tuple[int, int], tuple[int, Entry]] = {}
        self._traces: dict[int, bytes] = {0: EMPTY_CHAIN}
        self._views: dict[int, _View] = {}
        self._disks: dict[int, DurableLog] = {}

    @property
    def committed_index(self) -> int:
        return len(self.committed)

    # --- What the disks tell --------------------------------------------------------------------------

    def writing(self, host: Host, entries: Sequence[Entry], base: LogBase | None) -> None:
        self._disk(host).begin(entries, base)

    def stored(self, host: Host, hard_state: HardState | None, entries: Sequence[Entry], base: LogBase | None) -> None:
        self._disk(host).stored(hard_state, entries, base)

    def started(self, host: Host, opened: Opened) -> None:
        self._disk(host).compare(host.number, opened.recovered)
        base = opened.recovered.base
        if base.index > self.committed_index or (base.index and self.committed[base.index - 1].term != base.term):
            raise RuleBroken(COMMITTED_FOR_EVER, f"node {host.number}'s log begins at {base}, which is not committed")
        self._views[host.number] = _View()

    def wiped(self, host: Host) -> None:
        self._disks.pop(host.number, None)

    def _disk(self, host: Host) -> DurableLog:
        return self._disks.setdefault(host.number, DurableLog())

    # --- What the nodes show --------------------------------------------------------------------------

    def observe(self, host: Host) -> None:
        """Look at a node after one of its steps.

        Raises:
            RuleBroken
        """
        node = host.running_node
        raft = node.raft
        view = self._views[host.number]
        # Whatever a node keeps of its term, vote and log is a batch for its disk first.
        seen = (
            raft.journal.batch_seq,
            raft.term,
            raft.role,
            raft.commit_index,
            raft.handed_out_index,
            node.machine.applied_index,
        )
        if seen == view.seen:
            return
        view.seen = seen
        self._check_term(host, node, view)
        self._check_log(host, node, view)
        if raft.role is Role.LEADER and view.led_term != raft.term:
            self._check_election(host, node, view)
        if raft.commit_index > view.commit_index:
            self._check_commit(host, node, view)
        self._check_ladder(host, node, view)
        if node.machine.applied_index != view.applied_index:
            self._check_applied(host, node, view)

    def _check_term(self, host: Host, node: Node, view: _View) -> None:
        raft = node.raft
        if raft.term < view.term:
            raise RuleBroken(MONOTONIC, f"node {host.number} went back from term {view.term} to {raft.term}")
        if raft.term == view.term and view.voted_for not in (None, raft.voted_for):
            raise RuleBroken(
                MONOTONIC, f"node {host.number} voted {view.voted_for}, then {raft.voted_for} in term {raft.term}"
            )
        view.term, view.voted_for = raft.term, raft.voted_for

    def _check_election(self, host: Host, node: Node, view: _View) -> None:
        raft, log = node.raft, node.raft.log
        leader = self.leaders.setdefault(raft.term, host.number)
        if leader != host.number:
            raise RuleBroken(ONE_LEADER, f"nodes {leader} and {host.number} both lead in term {raft.term}")
        view.led_term = raft.term
        self._journal.note("leader", host.number, raft.term, log.last_index)
        self._journal.count("leaders elected")
        index = self.committed_index
        while index and self._committed_in[index - 1] >= raft.term:
            index -= 1
        if index > log.base.index and log.term_at(index) != self.committed[index - 1].term:
            raise RuleBroken(
                LEADER_COMPLETENESS,
                f"node {host.number} leads in term {raft.term} without entry {index} of term "
                f"{self.committed[index - 1].term}, committed in term {self._committed_in[index - 1]}",
            )

    def _check_log(self, host: Host, node: Node, view: _View) -> None:
        """Every entry not seen before in this log against the one of its index and term in any other."""
        raft, log = node.raft, node.raft.log
        last_index, base_index = log.last_index, log.base.index
        known = min(view.known_last, last_index)
        while known > base_index and view.terms.get(known) != log.term_at(known):
            known -= 1
        if known < view.known_last and raft.role is Role.LEADER and view.led_term == raft.term:
            raise RuleBroken(
                LEADER_APPEND_ONLY, f"leader {host.number} of term {raft.term} dropped entries after {known}"
            )
        if max(known, base_index) < view.known_last:
            self._journal.count("logs cut back or begun anew")
        first = max(known, base_index) + 1
        previous = log.term_at(first - 1)
        for entry in log.between(first, last_index):
            self._check_entry(host, previous, entry)
            view.terms[entry.index] = previous = entry.term
        view.known_last = last_index

    def _check_entry(self, host: Host, previous: int | None, entry: Entry) -> None:
        key = (entry.index, entry.term)
        created = self._created.get(key)
        if created is None:
            self._created[key] = (previous or 0, entry)
            self.created_s[key] = self._time_s()
            if entry.kind is EntryKind.CONFIG:
                self.configurations.append(entry)
        elif created[0] != previous or (created[1] is not entry and created[1] != entry):
            raise RuleBroken(
                LOG_MATCHING,
                f"node {host.number} has {entry} after an entry of term {previous}; it was first {created[1]} after "
                f"one of term {created[0]}",
            )

    def _check_commit(self, host: Host, node: Node, view: _View) -> None:
        raft, log = node.raft, node.raft.log
        first = max(view.commit_index, log.base.index) + 1
        base = log.base
        if base.index > self.committed_index or (base.index and self.committed[base.index - 1].term != base.term):
            raise RuleBroken(STATE_MACHINE_SAFETY, f"node {host.number}'s log begins at {base}, never committed")
        for entry in log.between(first, raft.commit_index):
            if entry.index <= len(self.committed):
                known = self.committed[entry.index - 1]
                if known is not entry and known != entry:
                    raise RuleBroken(
                        STATE_MACHINE_SAFETY,
                        f"node {host.number} commits {entry}; committed was {known}",
                    )
            else:
                self._first_commit(host, node, entry)
        view.commit_index = raft.commit_index

    def _first_commit(self, host: Host, node: Node, entry: Entry) -> None:
        if entry.index != len(self.committed) + 1:
            raise RuleBroken(COMMITTED_FOR_EVER, f"node {host.number} commits {entry.index} out of order")
        voters = node.raft.membership.voters
        safe = [number for number in voters if self._is_safe_on(number, entry)]
        if 2 * len(safe) <= len(voters):
            raise RuleBroken(
                DURABLE_BEFORE_COMMIT,
                f"node {host.number} counts entry {entry.index} of term {entry.term} as committed, and it is on the "
                f"disks of {sorted(safe)} of {sorted(voters)} only",
            )
        self.committed.append(entry)
        if entry.kind is EntryKind.CONFIG:
            self.members = Membership.decode(entry.data)
        self._committed_in.append(node.raft.term)
        self.chains.append(chain_next(self.chains[-1], entry.index, entry.term, entry.kind, entry.data))

    def _is_safe_on(self, number: int, entry: Entry) -> bool:
        host = self._hosts(number)
        # What was acknowledged by a disk that is lost since still counts.
        lost = host is None or host.condition is Condition.LOST or host.is_replaced
        return lost or self.is_on_disk(number, entry.index, entry.term)

    def is_on_disk(self, number: int, index: int, term: int) -> bool:
        """Whether that entry would be found again on the host's disk."""
        return number in self._disks and self._disks[number].holds(index, term)

    def _check_ladder(self, host: Host, node: Node, view: _View) -> None:
        raft = node.raft
        steps = (
            raft.log.base.index,
            raft.handed_out_index,
            min(raft.commit_index, raft.durable_index),
            raft.log.last_index,
        )
        applied = node.machine.applied_index
        if list(steps) != sorted(steps) or (applied > raft.handed_out_index and not raft.installation.is_installing):
            raise RuleBroken(LADDER, f"node {host.number}: {steps}, applied {applied}")
        if applied < view.applied_index:
            raise RuleBroken(LADDER, f"node {host.number} had applied {view.applied_index}, and has applied {applied}")

    def _check_applied(self, host: Host, node: Node, view: _View) -> None:
        machine = node.machine
        index = machine.applied_index
        if index > self.committed_index or machine.chain != self.chains[index]:
            raise RuleBroken(
                STATE_MACHINE_SAFETY, f"node {host.number} has applied other entries up to {index} than were committed"
            )
        if self._traces.setdefault(index, machine.trace) != machine.trace:
            raise RuleBroken(SAME_EFFECT, f"node {host.number}'s trace at entry {index} is another")
        view.applied_index = index
        self._applied(host)
