"""What happens when this node's state is not the others'?

It tells them what its own hashes to and hears theirs. Once a majority has another state it takes no part any more: it
acknowledges nothing, leads nobody and answers no reads. Its process goes on, for somebody to find out why.
"""

import asyncio
import logging
from collections.abc import Callable

from raftstore.core.types import Role
from raftstore.seats.machine import SeatMachine
from raftstore.transport.envelope import HashReport

from .divergence import Finding, HashBoard
from .outbox import Outbox
from .pending import PendingReads
from .shared import Shared

log = logging.getLogger("raftstore.node")


class DivergenceGuard:
    """
    Args:
        fenced: called when the node has been fenced.
    """

    def __init__(self, shared: Shared, outbox: Outbox, reads: PendingReads, *, fenced: Callable[[], None]) -> None:
        self._raft = shared.raft
        self._node = shared.raft.config.node
        self._interval_ms = shared.limits.hash_report_interval_ms
        self._counters = shared.counters
        self._wake = shared.wake
        self._outbox = outbox
        self._reads = reads
        self._fenced = fenced
        self._board = HashBoard(self._node, limit_hashes=shared.limits.hashes_remembered)
        self._applied_index = 0
        # Why this node takes no part any more; empty while it does.
        self.reason = ""
        # Other members whose state was last found to be different.
        self.differing: frozenset[int] = frozenset()

    async def run(self) -> None:
        """As leader, say now and then what the state hashes to, if it has changed; until cancelled."""
        while True:
            await asyncio.sleep(self._interval_ms / 1000)
            if self._raft.role is Role.LEADER:
                self._send(self._board.say(self._applied_index))

    def applied(self, machine: SeatMachine) -> None:
        self._applied_index = machine.applied_index
        self._board.applied(machine.applied_index, machine.chain + machine.trace)

    def heard(self, sender: int, report: HashReport) -> None:
        if sender in self._raft.membership:
            self._board.heard(sender, report)

    def compare(self) -> None:
        """Answer the reports that have come, and draw conclusions."""
        for report in self._board.take_answers():
            self._send(report)
        finding = self._board.compare(self._raft.membership.voters)
        if finding is not None:
            self._conclude(finding)

    def _send(self, report: HashReport | None) -> None:
        if report is not None:
            self._counters.hash_reports_sent += 1
            self._outbox.post_to_members(report)

    def _conclude(self, finding: Finding) -> None:
        others = finding.differing - {self._node}
        if others != self.differing:
            self.differing = others
            self._counters.hash_differences += 1
            log.critical(
                "event=states_differ index=%d nodes=%s majority_agrees=%s",
                finding.index,
                ",".join(map(str, sorted(finding.differing))),
                finding.has_majority,
            )
        if finding.has_majority and self._node in finding.differing and not self.reason:
            self.reason = f"the state as of index {finding.index} is not that of a majority of the cluster"
            log.critical("event=fenced index=%d reason=%s", finding.index, self.reason)
            self._raft.fence()
            self._reads.lose_all()
            self._wake()
            self._fenced()
