"""The whole cluster: hosts on one network, switched on again when they die, with every step of theirs checked."""

from collections.abc import Callable, Sequence
from functools import partial
from random import Random

from raftstore.core.membership import Membership
from raftstore.core.types import Entry, HardState, LogBase, Role
from raftstore.storage.node_directory import Opened
from raftstore.transport.envelope import Envelope

from .host import Condition, Host, Surroundings
from .journal import Journal, RuleBroken
from .loop import VirtualLoop
from .member_checks import MemberChecks
from .network import SimulatedNetwork
from .plan import Plan
from .raft_checks import RaftChecks
from .rule_checks import RuleChecks
from .seat_checks import SeatChecks

RESTART_S = (0.02, 1.5)
# The fastest and slowest that a faulty clock runs.
CLOCK_RATES = (0.8, 1.25)


class Cluster:
    """
    Args:
        is_checked: whether every step is; not where only time and size matter.
    """

    def __init__(self, loop: VirtualLoop, plan: Plan, journal: Journal, *, is_checked: bool = True) -> None:
        self.loop = loop
        self.plan = plan
        self.journal = journal
        self.random = Random(f"{plan.seed} cluster")
        self.network = SimulatedNetwork(loop, Random(f"{plan.seed} network"), plan.weather, journal)
        self.hosts: dict[int, Host] = {}
        self.by_address: dict[str, Host] = {}
        # Removed from the cluster: whether their nodes still run is nobody's business.
        self.retired: set[int] = set()
        self.checks = RaftChecks(journal, loop.time, self.hosts.get, self._applied)
        self.rules = RuleChecks(journal, self.checks)
        self.member_rules = MemberChecks(self.checks)
        self.seats = SeatChecks(journal, lambda: self.checks, fastest_rate=CLOCK_RATES[1] * (1 + plan.clock_drift))
        self._around = Surroundings(
            loop,
            self.network,
            journal,
            plan,
            stepped=self._stepped if is_checked else lambda _: None,
            sent=self._sent,
            writing=self.checks.writing,
            stored=self._stored,
            started=self._started,
            ended=self._restart_later,
        )
        # Those that stay off: number of the host.
        self.kept_off: set[int] = set()
        numbers = range(1, plan.nodes + 1)
        self.founders = Membership.unformed({number: f"node-{number}:1" for number in numbers})
        for number in numbers:
            self.add_host(number, self.founders)

    # --- Hosts --------------------------------------------------------------------------------------

    def add_host(self, number: int, bootstrap: Membership) -> Host:
        host = Host(self._around, number, bootstrap)
        self.hosts[number] = host
        self.by_address[host.address] = host
        return host

    def start_all(self) -> None:
        for host in self.hosts.values():
            if host.condition is Condition.OFF and host.number not in self.kept_off:
                self._start(host)

    def _start(self, host: Host) -> None:
        if host.condition is Condition.OFF and host.number not in self.kept_off and not host.start():
            self._restart_later(host)

    def _restart_later(self, host: Host) -> None:
        """Its supervisor starts it again in a while, as script/store does."""
        if host.condition is Condition.OFF:
            self.loop.call_later(self.random.uniform(*RESTART_S), partial(self._start, host))

    # --- What is checked ------------------------------------------------------------------------------

    def _stepped(self, host: Host) -> None:
        self.checks.observe(host)
        self.rules.observe(host)
        self.member_rules.observe(host)

    def _stored(self, host: Host, hard_state: HardState | None, entries: Sequence[Entry], base: LogBase | None) -> None:
        self.checks.stored(host, hard_state, entries, base)
        self._end_if_broken(lambda: self.rules.stored(host, hard_state))

    def _sent(self, host: Host, envelope: Envelope) -> None:
        self._end_if_broken(lambda: self.rules.sent(host, envelope))

    def _end_if_broken(self, check: Callable[[], None]) -> None:
        """A check in the middle of a node's step: raised there, what is broken would be the node's own affair."""
        try:
            check()
        except RuleBroken as broken:
            self.loop.fail(broken)

    def _started(self, host: Host, opened: Opened) -> None:
        self.checks.started(host, opened)
        self.rules.started(host, opened)

    def _applied(self, host: Host) -> None:
        self.seats.applied(host)

    # --- As only somebody outside could know ----------------------------------------------------------

    def running(self) -> list[Host]:
        return [host for host in self.hosts.values() if host.is_running]

    def members(self) -> Membership:
        """As committed, or as founded."""
        return self.checks.members or self.founders

    def leader(self) -> Host | None:
        """The one that leads in the highest term, if any does."""
        leaders = [host for host in self.running() if host.running_node.raft.role is Role.LEADER]
        return max(leaders, key=lambda host: host.running_node.raft.term, default=None)

    def addresses(self) -> Sequence[str]:
        """What a program that starts now is configured with."""
        return [member.address for member in self.members().members] or list(self.by_address)

    def serving(self) -> Sequence[str]:
        """Where a member runs, and with the disk that the cluster knows."""
        members = self.members()
        return [host.address for host in self.running() if host.number in members and not host.is_replaced]

    def pick(self, wanted: Callable[[Host], bool] = lambda _: True) -> Host | None:
        """A running host; the leader more often than others, because that hurts."""
        hosts = [host for host in self.running() if wanted(host)]
        leader = self.leader()
        if leader in hosts and self.random.random() < 0.5:
            return leader
        return self.random.choice(hosts) if hosts else None
