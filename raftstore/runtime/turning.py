"""One turn of the loop: take in what has arrived, then carry out what the core asks for, in the order of its contract.

Neither half of a turn waits (core/effects.py is the contract). Several messages are taken in before the core's effects
are asked for: what it then asks for at once is what it would have asked for one after another.
"""

import asyncio
import logging
from collections.abc import Callable

from raftstore.core.effects import Effects, RoleChanged
from raftstore.core.types import Role
from raftstore.transport.envelope import Envelope, HashReport

from .admission import Verdict, admit
from .alarm import Alarm
from .applying import Applier
from .fencing import DivergenceGuard
from .inbox import Inbox
from .outbox import Outbox
from .pending import PendingCommands, PendingReads
from .proposing import Proposer
from .reconfiguration import describe
from .shared import Shared
from .snapshots import SnapshotReceiver, SnapshotSender
from .writing import LogWriter

log = logging.getLogger("raftstore.node")


class TurnLoop:
    """
    Args:
        woken: set when a turn is needed before the core's next deadline.
        changed: called when role, term or known leader change.
    """

    def __init__(
        self,
        shared: Shared,
        *,
        woken: asyncio.Event,
        changed: Callable[[], None],
        outbox: Outbox,
        writer: LogWriter,
        applier: Applier,
        proposer: Proposer,
        commands: PendingCommands,
        reads: PendingReads,
        sender: SnapshotSender,
        receiver: SnapshotReceiver,
        divergence: DivergenceGuard,
    ) -> None:
        self._raft = shared.raft
        self._clock = shared.clock
        self._limits = shared.limits
        self._counters = shared.counters
        self._woken = woken
        self._changed = changed
        self._inbox = Inbox(
            shared.counters, limit_messages=shared.limits.inbox_messages, limit_bytes=shared.limits.inbox_bytes
        )
        self._outbox = outbox
        self._writer = writer
        self._applier = applier
        self._proposer = proposer
        self._commands = commands
        self._reads = reads
        self._sender = sender
        self._receiver = receiver
        self._divergence = divergence
        self._alarm = Alarm(woken.set)
        self._durable_seq = 0
        self._last_refusal: tuple[int, Verdict] | None = None
        # Why the cluster does not take this node in; empty if it does, or has not said.
        self.refused = ""

    def deliver(self, envelope: Envelope) -> None:
        self._inbox.put(envelope)
        self._woken.set()

    async def run(self) -> None:
        """Turn until cancelled.

        Raises:
            MalformedMessage, InvariantViolation: the node cannot go on.
        """
        try:
            while True:
                wait_ms = self._raft.next_deadline_ms() - self._clock.monotonic_ms()
                if wait_ms > 0:
                    self._alarm.set(wait_ms)
                    await self._woken.wait()
                self._woken.clear()
                self.take_in(self._clock.monotonic_ms())
                # What is to be written and sent begins its way now, while we apply.
                await asyncio.sleep(0)
                if self._raft.role is Role.LEADER or not self._writer.is_busy or self._applier.is_far_behind:
                    self.apply(self._clock.monotonic_ms())
        finally:
            self._alarm.stop()

    def take_in(self, now_ms: int) -> None:
        """The first half of a turn: what has arrived, and what follows from it."""
        for envelope in self._inbox.take_all():
            self._receive(envelope, now_ms)
        if self._writer.written_seq > self._durable_seq:
            self._durable_seq = self._writer.written_seq
            self._raft.persisted(self._durable_seq, now_ms)
        self._raft.tick(now_ms)
        self._proposer.propose(now_ms)
        self._carry_out(self._raft.take_effects())

    def apply(self, now_ms: int) -> None:
        """The second half: what was committed, and what may be proposed now that it is applied.

        A follower leaves it for the end of the write that is under way: its leader waits for the promise that follows
        then, and hardly anybody for what a follower has applied.
        """
        if self._applier.apply_some(self._limits.apply_requests_a_turn):
            self._woken.set()
        self._divergence.compare()
        self._proposer.propose(now_ms)
        self._carry_out(self._raft.take_effects())

    def _receive(self, envelope: Envelope, now_ms: int) -> None:
        verdict = admit(
            envelope,
            node=self._raft.config.node,
            incarnation=self._raft.config.incarnation,
            membership=self._raft.membership,
        )
        if verdict is not Verdict.ADMITTED:
            self._refuse(envelope, verdict)
            return
        self._outbox.heard_from(envelope)
        if isinstance(envelope.message, HashReport):
            self._divergence.heard(envelope.sender, envelope.message)
        else:
            self._raft.receive(envelope.sender, envelope.incarnation, envelope.message, now_ms)

    def _refuse(self, envelope: Envelope, verdict: Verdict) -> None:
        self._counters.messages_refused += 1
        if verdict is Verdict.OTHER_DISK and not self._raft.membership.is_formed:
            self.refused = (
                f"the cluster knows another disk under id {self._raft.config.node}; "
                "start this node with an empty data directory and a new id, add that, and remove the old one"
            )
        if self._last_refusal != (envelope.sender, verdict):
            self._last_refusal = (envelope.sender, verdict)
            log.warning("event=message_refused sender=%d reason=%s", envelope.sender, verdict)

    def _carry_out(self, effects: Effects) -> None:
        if effects.membership:
            if effects.membership != self._outbox.membership:
                log.info("event=members_changed members=%s", describe(effects.membership))
            self._outbox.membership = effects.membership
        if effects.role_changed:
            self._change_role(effects.role_changed)
        if effects.persist:
            self._writer.add(effects.persist)
        self._outbox.send_what_is_due(self._durable_seq)
        self._outbox.add(effects.sends, self._durable_seq)
        self._applier.add(effects.committed)
        if effects.install:
            self._receiver.install(effects.install)
        if effects.chunk_received:
            self._receiver.add(effects.chunk_received)
        for chunk in effects.chunks_to_send:
            self._sender.add(chunk)
        if effects.snapshot_wanted:
            self._sender.want_snapshot()
        for ready in effects.reads_ready:
            if self._raft.refuse_commands and ready.index > self._raft.log.last_index:
                # What this read must see is not let in here.
                self._reads.lost(ready.read_id)
            else:
                self._reads.ready(ready.read_id, ready.index)
        for read_id in effects.reads_lost:
            self._reads.lost(read_id)
        self._reads.applied(self._applier.machine.applied_index)

    def _change_role(self, change: RoleChanged) -> None:
        log.info("event=role_changed role=%s term=%d leader=%s", change.role, change.term, change.leader or 0)
        self._counters.elections_begun += change.role is Role.CANDIDATE
        self._counters.elections_won += change.role is Role.LEADER
        self._changed()
        if change.role is not Role.LEADER:
            self._commands.deposed(self._outbox.address_of(self._raft.leader))
