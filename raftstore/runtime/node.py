"""The only owner of a node's Raft core and state machine: one loop, one turn at a time.

A turn takes in what has arrived (messages, finished writes, proposals, reads, time), then carries out what the core
asks for, in the order its contract demands (core/effects.py). Nothing in a turn waits: the disk, the network and the
checkpoint work beside the loop and report back to it.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Iterable

from raftstore.core.effects import Effects, Persist, RoleChanged, Send
from raftstore.core.messages import Message
from raftstore.core.raft import NotLeader, Raft
from raftstore.core.types import Config, Entry, EntryKind, HardState, Role
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import SeatMachine
from raftstore.transport import codec

from .clock import ReplicatedClock
from .limits import Limits
from .pending import PendingCommands, PendingReads, Submission, not_leader, overloaded
from .ports import Checkpoints, Clock, Disk, Network, RandomTimeout
from .watch import WatchBoard

log = logging.getLogger("raftstore.node")


class Node:
    """One member of the cluster, running.

    Args:
        entries: the log as recovered from disk; `machine` is as recovered from the checkpoint.
        addresses: where each member answers, for hints to clients.
    """

    def __init__(
        self,
        config: Config,
        *,
        hard_state: HardState,
        entries: Iterable[Entry],
        machine: SeatMachine,
        addresses: dict[int, str],
        clock: Clock,
        disk: Disk,
        checkpoints: Checkpoints,
        network: Network,
        draw_timeout_ms: RandomTimeout,
        limits: Limits | None = None,
    ) -> None:
        self.config = config
        self.addresses = addresses
        self.limits = limits or Limits()
        self.machine = machine
        self.checkpoint_index = machine.applied_index
        self._clock = clock
        self._disk = disk
        self._checkpoints = checkpoints
        self._checkpoint_wanted = asyncio.Event()
        self._checkpointed = asyncio.Condition()
        self._network = network
        self.raft = Raft(
            config,
            hard_state=hard_state,
            entries=entries,
            applied_index=machine.applied_index,
            draw_timeout_ms=draw_timeout_ms,
            now_ms=clock.monotonic_ms(),
        )
        # Set whenever role, term or known leader change; whoever waits for it clears it first.
        self.role_changed = asyncio.Event()
        self._replicated_clock = ReplicatedClock()
        self._last_proposal_ms = 0
        self._wake = asyncio.Event()
        self._inbox: deque[tuple[int, Message]] = deque(maxlen=self.limits.inbox_messages)
        self._to_write: deque[Persist] = deque()
        self._write_wanted = asyncio.Event()
        self._written_seq = 0
        self._durable_seq = 0
        self._promises: deque[Send] = deque()
        self._to_apply: deque[Entry] = deque()
        self._commands = PendingCommands(limit_requests=self.limits.pending_requests)
        self._reads = PendingReads(limit_reads=self.limits.pending_reads)
        self.watch = WatchBoard(
            applied_index=machine.applied_index,
            limit_events=self.limits.watch_events,
            limit_frames=self.limits.watch_frames,
            limit_watchers=self.limits.watchers,
        )

    # --- What the server calls ----------------------------------------------------------------------

    @property
    def leader_address(self) -> str:
        """Where this node believes the leader answers; empty when it knows of none."""
        return self.addresses.get(self.raft.leader or 0, "")

    def ms_since(self, monotonic_ms: int) -> int:
        return max(0, self._clock.monotonic_ms() - monotonic_ms)

    def deliver(self, sender: int, message: Message) -> None:
        """Take a message from another node. When the inbox is full the oldest is lost, as Raft allows."""
        self._inbox.append((sender, message))
        self._wake.set()

    def submit(self, requests: tuple[pb.Request, ...]) -> "asyncio.Future[list[pb.Outcome]]":
        """Propose requests; the future carries one outcome for each, in order."""
        future: asyncio.Future[list[pb.Outcome]] = asyncio.get_running_loop().create_future()
        submission = Submission(requests, sum(request.ByteSize() for request in requests), future)
        if self.raft.role is not Role.LEADER:
            submission.answer_all(not_leader(self.leader_address))
        elif not self._commands.add(submission):
            submission.answer_all(overloaded(self.limits.overload_retry_ms))
        self._wake.set()
        return future

    async def linearizable(self) -> None:
        """Return once reading the state machine is linearizable.

        Raises:
            NotLeader: this node does not lead.
            ReadLost: it stopped leading, or too many reads wait; ask again.
        """
        if self.raft.role is not Role.LEADER:
            raise NotLeader(self.raft.leader)
        begun = self._reads.begin()
        if begun is None:
            raise NotLeader(None)
        read_id, proven = begun
        self.raft.read(read_id)
        self._wake.set()
        await proven

    async def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        """The latest `limit` events of a seat, oldest first, up to what is applied now."""
        wanted_index = self.machine.applied_index
        self._checkpoint_wanted.set()
        async with self._checkpointed:
            await self._checkpointed.wait_for(lambda: self.checkpoint_index >= wanted_index)
        return await self._checkpoints.history(inventory, seat, limit)

    # --- The loop -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run until cancelled.

        Raises:
            WriteFailed, InvariantViolation: the node cannot go on; its process must end.
        """
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write_loop())
            tasks.create_task(self._checkpoint_loop())
            tasks.create_task(self._turn_loop())

    async def _turn_loop(self) -> None:
        while True:
            wait_ms = self.raft.next_deadline_ms() - self._clock.monotonic_ms()
            if wait_ms > 0 and not self._wake.is_set():
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(wait_ms / 1000):
                        await self._wake.wait()
            self._wake.clear()
            self._turn(self._clock.monotonic_ms())
            await asyncio.sleep(0)

    def _turn(self, now_ms: int) -> None:
        while self._inbox:
            sender, message = self._inbox.popleft()
            self.raft.receive(sender, message, now_ms)
        if self._written_seq > self._durable_seq:
            self._durable_seq = self._written_seq
            self.raft.persisted(self._durable_seq, now_ms)
        self.raft.tick(now_ms)
        self._propose(now_ms)
        self._carry_out(self.raft.take_effects())
        self._apply_some(now_ms)
        self._propose(now_ms)
        self._carry_out(self.raft.take_effects())

    def _propose(self, now_ms: int) -> None:
        """Turn what has gathered into one entry, if the rounds in flight allow another."""
        if self.raft.role is not Role.LEADER or self.machine.applied_index < self.raft.term_start_index:
            return
        if self._commands.rounds_in_flight >= self.limits.rounds_in_flight:
            return
        if not self._commands.is_waiting and not self._time_must_pass(now_ms):
            return
        gathered = self._commands.gather(limit_requests=self.limits.entry_requests, limit_bytes=self.limits.entry_bytes)
        requests = [request for submission in gathered for request in submission.requests]
        time_ms = self._replicated_clock.now_ms(now_ms)
        index = self.raft.propose([codec.encode_payload(time_ms, self._clock.wall_ms(), requests)])
        self._commands.proposed(index, self.raft.term, gathered)
        self._last_proposal_ms = now_ms

    def _time_must_pass(self, now_ms: int) -> bool:
        """Whether an entry is due for time's sake alone: a hold expires, or time must not be lost with the leader."""
        expiry_ms = self.machine.next_expiry_ms()
        if expiry_ms is None:
            return False
        overdue = self._replicated_clock.now_ms(now_ms) >= expiry_ms
        return overdue or now_ms - self._last_proposal_ms >= self.limits.tick_interval_ms

    def _carry_out(self, effects: Effects) -> None:
        if effects.role_changed:
            self._change_role(effects.role_changed)
        if effects.persist:
            self._to_write.append(effects.persist)
            self._write_wanted.set()
        self._promises.extend(effects.sends)
        self._send_what_is_due()
        self._to_apply.extend(effects.committed)
        for ready in effects.reads_ready:
            self._reads.ready(ready.read_id, ready.index)
        for read_id in effects.reads_lost:
            self._reads.lost(read_id)
        self._reads.applied(self.machine.applied_index)

    def _send_what_is_due(self) -> None:
        for _ in range(len(self._promises)):
            send = self._promises.popleft()
            if send.after <= self._durable_seq:
                self._network.send(send.to, send.message)
            else:
                self._promises.append(send)

    def _change_role(self, change: RoleChanged) -> None:
        log.info("role=%s term=%d leader=%s", change.role, change.term, change.leader)
        self.role_changed.set()
        if change.role is not Role.LEADER:
            self._commands.deposed(self.leader_address)

    # --- Applying -----------------------------------------------------------------------------------

    def _apply_some(self, now_ms: int) -> None:
        """Apply committed entries, but not so many at once that heartbeats come late."""
        budget = self.limits.apply_requests_a_turn
        while self._to_apply and budget > 0:
            budget -= self._apply(self._to_apply.popleft(), now_ms)
        if self._to_apply:
            self._wake.set()
        self._reads.applied(self.machine.applied_index)

    def _apply(self, entry: Entry, now_ms: int) -> int:
        """Apply one entry and answer who waits for it. Returns how much work it was, in requests."""
        if entry.kind is EntryKind.COMMAND:
            payload = codec.decode_payload(entry.data)
        else:
            payload = codec.Payload(self.machine.time_ms, 0, ())
        applied = self.machine.apply(
            index=entry.index,
            term=entry.term,
            time_ms=payload.time_ms,
            wall_ms=payload.wall_ms,
            requests=payload.requests,
        )
        self.watch.publish(entry.index, applied.events)
        outcomes = [codec.encode_outcome(outcome) for outcome in applied.outcomes]
        self._commands.applied(entry.index, entry.term, outcomes)
        if self.raft.role is Role.LEADER and self._time_stood_still(entry, now_ms):
            self._replicated_clock.start(
                applied_time_ms=self.machine.time_ms, wall_ms=self._clock.wall_ms(), monotonic_ms=now_ms
            )
            self._last_proposal_ms = now_ms
        return 1 + len(outcomes)

    def _time_stood_still(self, entry: Entry, now_ms: int) -> bool:
        """Whether replicated time is to go on from here: a term begins, or a majority was away for a while."""
        stalled = entry.term == self.raft.term and now_ms - self._last_proposal_ms > self.config.election_max_ms
        return stalled or entry.index == self.raft.term_start_index

    # --- Beside the loop ----------------------------------------------------------------------------

    async def _write_loop(self) -> None:
        """Write what has gathered, one sync for all of it; the next batches gather meanwhile."""
        while True:
            await self._write_wanted.wait()
            self._write_wanted.clear()
            batches = list(self._to_write)
            self._to_write.clear()
            hard_state = next((batch.hard_state for batch in reversed(batches) if batch.hard_state), None)
            await self._disk.append(hard_state, [entry for batch in batches for entry in batch.entries])
            self._written_seq = batches[-1].seq
            self._wake.set()

    async def _checkpoint_loop(self) -> None:
        """The only writer of checkpoints while the node runs: now and then, or when somebody needs one."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.limits.checkpoint_interval_ms / 1000):
                    await self._checkpoint_wanted.wait()
            self._checkpoint_wanted.clear()
            await self.save_checkpoint()

    async def save_checkpoint(self) -> None:
        if self.machine.applied_index > self.checkpoint_index:
            applied_index = self.machine.applied_index
            await self._checkpoints.save(self.machine.take_changes())
            self.checkpoint_index = max(self.checkpoint_index, applied_index)
        async with self._checkpointed:
            self._checkpointed.notify_all()
