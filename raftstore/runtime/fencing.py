"""What happens when this node's state is not the others'?

It tells them what its own hashes to and hears theirs. Once a majority has another state it takes no part any more: it
acknowledges nothing, leads nobody and answers no reads, and a restart does not change that (storage/fence.py). Its
process goes on, for somebody to find out why.
"""

import asyncio
import logging
from collections.abc import Callable

from raftstore.core.types import Role
from raftstore.errors import StorageError
from raftstore.seats.machine import SeatMachine
from raftstore.transport.envelope import HashReport

from .divergence import Finding, HashBoard
from .outbox import Outbox
from .pending import PendingReads
from .ports import Checkpoints
from .shared import Shared

log = logging.getLogger("raftstore.node")


# A leader that has nothing new to say repeats its last report after so many intervals.
INTERVALS_BETWEEN_REPEATS = 10


class DivergenceGuard:
    """
    Args:
        reason: why the node was fenced in an earlier life; empty if it was not.
        fenced: called when the node has been fenced.
    """

    def __init__(
        self,
        shared: Shared,
        outbox: Outbox,
        reads: PendingReads,
        checkpoints: Checkpoints,
        *,
        reason: str,
        fenced: Callable[[], None],
    ) -> None:
        self._raft = shared.raft
        self._node = shared.raft.config.node
        self._interval_ms = shared.limits.hash_report_interval_ms
        self._counters = shared.counters
        self._wake = shared.wake
        self._outbox = outbox
        self._reads = reads
        self._checkpoints = checkpoints
        self._fenced = fenced
        self._board = HashBoard(self._node, limit_hashes=shared.limits.hashes_remembered)
        self._applied_index = 0
        self._is_to_be_kept = asyncio.Event()
        # Why this node takes no part any more; empty while it does.
        self.reason = reason
        # Other members whose state was last found to be different.
        self.differing: frozenset[int] = frozenset()
        if reason:
            log.critical("event=fenced reason=%s", reason)
            self._raft.fence()

    async def run(self) -> None:
        """Report until cancelled, and keep a fence on the disk once there is one."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._report())
            tasks.create_task(self._keep_fence())

    async def _report(self) -> None:
        """As leader, say now and then what the state hashes to; less often if it has not changed."""
        silent_intervals = 0
        while True:
            await asyncio.sleep(self._interval_ms / 1000)
            if self._raft.role is not Role.LEADER:
                continue
            silent_intervals += 1
            if silent_intervals == INTERVALS_BETWEEN_REPEATS:
                self._board.forget_said(self._applied_index)
            if report := self._board.say(self._applied_index):
                silent_intervals = 0
                self._send(report)

    async def _keep_fence(self) -> None:
        await self._is_to_be_kept.wait()
        while True:
            try:
                await self._checkpoints.fence(self.reason)
                return
            except StorageError as error:
                log.error("event=fence_not_kept reason=%s", error)
            await asyncio.sleep(self._interval_ms / 1000)

    def applied(self, machine: SeatMachine) -> None:
        """This is the node's state now."""
        self._applied_index = machine.applied_index
        self._board.applied(machine.applied_index, machine.chain + machine.trace)

    def heard(self, sender: int, report: HashReport) -> None:
        if sender in self._raft.membership:
            is_repeated = self._board.heard(sender, report)
            if is_repeated and sender == self._raft.leader:
                self._board.forget_said(report.index)

    def compare(self) -> None:
        """Answer the reports that have come, and draw conclusions."""
        for report in self._board.take_answers():
            self._send(report)
        finding = self._board.compare(self._raft.membership.voters)
        if finding is not None:
            self._conclude(finding)

    def _send(self, report: HashReport) -> None:
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
            self._is_to_be_kept.set()
            self._wake()
            self._fenced()
