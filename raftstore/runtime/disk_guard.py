"""What a node no longer does when its disk hangs or is nearly full.

A disk that hangs: the leader's clients would wait for as long as it does, so it hands over, and the node does not stand
for election until the write has finished. A disk that is nearly full: no more commands come in, from clients or from a
leader, and no copies are made; the reserve is for what a node needs to go on living: terms, votes, what makes a leader
and changes members, and the checkpoint of what it has accepted. As leader it hands over to whoever can take over, and
leads on, for readers, if nobody can.
"""

import asyncio
import contextlib
from collections.abc import Callable

from raftstore.core.refusals import ChangeRefused
from raftstore.core.types import Role

from .compaction import Compactor
from .disk_watch import DiskWatch
from .proposing import Proposer
from .shared import Shared
from .snapshots import SnapshotSender

LOOKS_PER_STALL = 4
# A transfer that failed is not tried again before so many of the longest election timeouts have passed.
TIMEOUTS_BETWEEN_TRANSFERS = 10


class DiskGuard:
    """
    Args:
        changed: called when the disk's state is another than before.
    """

    def __init__(
        self,
        shared: Shared,
        watch: DiskWatch,
        proposer: Proposer,
        sender: SnapshotSender,
        compactor: Compactor,
        *,
        changed: Callable[[], None],
    ) -> None:
        self._raft = shared.raft
        self._clock = shared.clock
        self._limits = shared.limits
        self._wake = shared.wake
        self._watch = watch
        self._proposer = proposer
        self._sender = sender
        self._compactor = compactor
        self._changed = changed
        self._is_full = False
        self._is_aside = False
        self._transfer_after_ms = 0
        self._attempts = 0

    async def run(self) -> None:
        """Look now and then until cancelled."""
        pause_ms = min(self._limits.disk_check_interval_ms, self._limits.disk_stall_ms // LOOKS_PER_STALL)
        while True:
            self.look()
            await asyncio.sleep(pause_ms / 1000)

    def look(self) -> None:
        if self._watch.look():
            self._changed()
        now_ms = self._clock.monotonic_ms()
        if self._watch.is_full != self._is_full:
            self._is_full = self._watch.is_full
            self._refuse(self._is_full, now_ms)
        leads = self._raft.role is Role.LEADER
        is_aside = self._watch.is_stalled or (self._is_full and not leads)
        if is_aside != self._is_aside:
            self._is_aside = is_aside
            self._raft.step_aside(now_ms, is_aside)
            self._wake()
        if self._is_full and leads and now_ms >= self._transfer_after_ms:
            self._transfer_after_ms = now_ms + TIMEOUTS_BETWEEN_TRANSFERS * self._raft.config.election_max_ms
            self._hand_over(now_ms)

    def _refuse(self, on: bool, now_ms: int) -> None:
        self._raft.refuse_commands = on
        self._sender.pause(on)
        if on:
            self._proposer.close()
            self._compactor.make_room()
        else:
            self._proposer.open(now_ms)

    def _hand_over(self, now_ms: int) -> None:
        """Try the other voters in turn: one whose disk is nearly full as well does not take over."""
        others = sorted(self._raft.membership.voters - {self._raft.config.node})
        self._attempts += 1
        first = self._attempts % max(1, len(others))
        for heir in others[first:] + others[:first]:
            with contextlib.suppress(ChangeRefused):
                self._raft.transfer(heir, now_ms)
                self._wake()
                return
