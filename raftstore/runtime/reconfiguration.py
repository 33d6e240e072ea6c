"""Changing who belongs to the cluster and who leads it, on behalf of an operator who waits for the result."""

import asyncio
import logging
from collections.abc import Callable

from raftstore.core.membership import Membership, MembershipError
from raftstore.core.refusals import ChangeRefused, NotLeader
from raftstore.core.types import Role

from .pending import ChangeUnknown, PendingChanges
from .shared import Shared

log = logging.getLogger("raftstore.node")


class Reconfiguration:
    def __init__(self, shared: Shared, changes: PendingChanges) -> None:
        self._raft = shared.raft
        self._clock = shared.clock
        self._limits = shared.limits
        self._counters = shared.counters
        self._wake = shared.wake
        self._changes = changes

    async def change(self, edit: Callable[[Membership], Membership]) -> None:
        """Propose a membership, and return when it is committed.

        Raises:
            NotLeader: ask the leader.
            ChangeRefused: nothing was changed; the reason says why.
            ChangeUnknown: it may or may not come to be.
        """
        if self._raft.role is not Role.LEADER:
            # What this node has on record may be out of date: only the leader may say no.
            raise NotLeader(self._raft.leader)
        try:
            wanted = edit(self._raft.membership)
        except MembershipError as error:
            raise ChangeRefused(str(error)) from error
        index = self._raft.propose_membership(wanted, self._clock.monotonic_ms())
        log.info("event=membership_proposed index=%d members=%s", index, describe(wanted))
        committed = self._changes.proposed(index, self._raft.term)
        self._wake()
        try:
            async with asyncio.timeout(self._limits.change_wait_ms / 1000):
                await committed
        except TimeoutError:
            wait_ms = self._limits.change_wait_ms
            raise ChangeUnknown(f"not committed within {wait_ms} ms; it may yet be: look at the members") from None

    async def transfer(self, to: int | None) -> None:
        """Hand leadership to `to`, or to whoever is best prepared; return when another node leads.

        Raises:
            NotLeader: this node does not lead.
            ChangeRefused: nobody can take over, or nobody did in time; this node leads on, if it still can.
        """
        raft = self._raft
        raft.transfer(to, self._clock.monotonic_ms())
        self._counters.transfers += 1
        log.info("event=transfer_begun to=%s", to or "any")
        self._wake()
        deadline_ms = self._clock.monotonic_ms() + 2 * raft.config.election_max_ms
        while self._clock.monotonic_ms() < deadline_ms:
            if raft.role is not Role.LEADER and raft.leader not in (None, raft.config.node):
                return
            if raft.role is Role.LEADER and not raft.transferring:
                raise ChangeRefused("the other node did not take over in time; this one leads on")
            await asyncio.sleep(raft.config.heartbeat_ms / 1000)
        raise ChangeRefused("no other node is known to lead yet")


def describe(membership: Membership) -> str:
    """For logs: `1,2,3` are voters, `4?` is a learner."""
    return ",".join(f"{member.node}" if member.voter else f"{member.node}?" for member in membership.members)
