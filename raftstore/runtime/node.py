"""The only owner of a node's Raft core and state machine: what its parts are, and what can be asked of it.

One loop turns (turning.py): it takes in what has arrived and carries out what the core asks for. The disk, the network,
snapshots and the checkpoint work beside the loop and report back to it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine, Sequence
from typing import Any, TypeVar

from raftstore.core.membership import Membership
from raftstore.core.messages import SnapshotRef
from raftstore.core.raft import Raft
from raftstore.core.refusals import ChangeRefused, NotLeader
from raftstore.core.types import Config, Entry, LogBase, Role
from raftstore.errors import CheckpointUnreadable, WriteFailed
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats.commands import Request, SeatEvent
from raftstore.seats.machine import SeatMachine
from raftstore.storage.base import Recovered
from raftstore.transport.envelope import Envelope

from .applying import Applier
from .backups import Backups
from .checkpointing import CheckpointKeeper
from .compaction import Compactor
from .counters import Counters
from .disk_guard import DiskGuard
from .disk_watch import DiskWatch
from .fencing import DivergenceGuard
from .limits import Limits
from .outbox import Outbox
from .pending import PendingChanges, PendingCommands, PendingReads, ReadLost
from .ports import Checkpoints, Clock, Disk, Network, RandomTimeout
from .proposing import Proposer, read_request, refusal_of_size
from .reconfiguration import Reconfiguration
from .shared import Shared
from .snapshots import SnapshotReceiver, SnapshotSender
from .status import NodeStatus, member_statuses
from .turning import TurnLoop
from .watch import WatchBoard
from .writing import LogWriter

log = logging.getLogger("raftstore.node")

T = TypeVar("T")


class Node:
    """One member of the cluster, running.

    Args:
        recovered: the log as found on disk; `machine` is as found in the checkpoint.
        fenced: why its state is not to be trusted; empty if it is.
        bootstrap: whom to form a cluster with if this node has never belonged to one; empty to wait until a leader
            takes it in.
        address: where this node answers.
    """

    def __init__(
        self,
        config: Config,
        *,
        recovered: Recovered,
        machine: SeatMachine,
        fenced: str,
        bootstrap: Membership,
        address: str,
        clock: Clock,
        disk: Disk,
        checkpoints: Checkpoints,
        network: Network,
        draw_timeout_ms: RandomTimeout,
        limits: Limits | None = None,
    ) -> None:
        self.config = config
        self.address = address
        self.limits = limits = limits or Limits()
        self.counters = Counters()
        self.raft = Raft(
            config,
            hard_state=recovered.hard_state,
            base=recovered.base,
            entries=recovered.entries,
            applied_index=machine.applied_index,
            membership=Membership.decode(machine.membership) if machine.membership else bootstrap,
            draw_timeout_ms=draw_timeout_ms,
            now_ms=clock.monotonic_ms(),
        )
        # Set when role, term, leader, the disk's state or the right to take part change; who waits for it clears it.
        self.changed = asyncio.Event()
        self.watch = WatchBoard(
            applied_index=machine.applied_index,
            limit_events=limits.watch_events,
            limit_frames=limits.watch_frames,
            limit_watchers=limits.watchers,
        )
        self._clock = clock
        self._wake = asyncio.Event()
        self._disk_failures: asyncio.Queue[WriteFailed] = asyncio.Queue()
        self._outbox = Outbox(
            config,
            address,
            self.raft.membership,
            network,
            limit_strangers=limits.strangers,
            limit_promises=limits.promises,
        )
        self._commands = PendingCommands(limit_requests=limits.pending_requests, limit_bytes=limits.pending_bytes)
        self._reads = PendingReads(limit_reads=limits.pending_reads)
        self._changes = PendingChanges()
        self._assemble(machine, fenced, disk, checkpoints)

    def _assemble(self, machine: SeatMachine, fenced: str, disk: Disk, checkpoints: Checkpoints) -> None:
        """Make the parts that work beside the loop or in it, and join them."""
        shared = Shared(self.raft, self._clock, self.limits, self.counters, self._wake.set)
        self._applier = Applier(
            machine,
            commands=self._commands,
            reads=self._reads,
            changes=self._changes,
            watch=self.watch,
            counters=self.counters,
            applied=self._applied,
        )
        self._proposer = Proposer(shared, self._applier, self._commands)
        self._writer = LogWriter(shared, disk)
        self._keeper = CheckpointKeeper(checkpoints, self._applier, interval_ms=self.limits.checkpoint_interval_ms)
        self._sender = SnapshotSender(shared, self._keeper, checkpoints, self._outbox)
        self._divergence = DivergenceGuard(
            shared, self._outbox, self._reads, checkpoints, reason=fenced, fenced=self.changed.set
        )
        self._divergence.applied(machine)
        self._receiver = SnapshotReceiver(shared, self._keeper, self._applier, checkpoints, self._divergence)
        self._compactor = Compactor(shared, self._keeper, disk)
        self._disk = disk
        self._disk_watch = DiskWatch(shared, disk, self._writer)
        self._backups = Backups(shared, self._disk_watch, self._keeper, checkpoints)
        self._disk_guard = DiskGuard(
            shared,
            self._disk_watch,
            self._proposer,
            self._sender,
            self._compactor,
            changed=self.changed.set,
        )
        self._members = Reconfiguration(shared, self._changes)
        self._turns = TurnLoop(
            shared,
            woken=self._wake,
            changed=self.changed.set,
            outbox=self._outbox,
            writer=self._writer,
            applier=self._applier,
            proposer=self._proposer,
            commands=self._commands,
            reads=self._reads,
            sender=self._sender,
            receiver=self._receiver,
            divergence=self._divergence,
        )

    # --- What this node knows -----------------------------------------------------------------------

    @property
    def machine(self) -> SeatMachine:
        """The state machine; another one once a snapshot was installed, so ask again each time."""
        return self._applier.machine

    @property
    def leader_address(self) -> str:
        """Where this node believes the leader answers; empty when it knows of none."""
        return self._outbox.address_of(self.raft.leader)

    def status(self) -> NodeStatus:
        return NodeStatus(
            node=self.config.node,
            incarnation=self.config.incarnation,
            cluster=self.raft.membership.cluster,
            address=self.address,
            role=self.raft.role,
            term=self.raft.term,
            leader=self.raft.leader or 0,
            leader_address=self.leader_address,
            base_index=self.raft.log.base.index,
            last_index=self.raft.log.last_index,
            durable_index=self.raft.durable_index,
            commit_index=self.raft.commit_index,
            applied_index=self.machine.applied_index,
            checkpoint_index=self._keeper.index,
            snapshot_index=self._sender.snapshot.base.index if self._sender.snapshot else 0,
            log_bytes=self._disk.log_bytes,
            disk_free_bytes=self._disk_watch.free_bytes,
            time_ms=self.machine.time_ms,
            inventories=len(self.machine.inventories()),
            live_holds=self.machine.live_holds,
            sessions=self.machine.sessions,
            chain=self.machine.chain.hex(),
            hash_index=self.machine.applied_index,
            fenced=self._divergence.reason,
            disk=self._disk_watch.state,
            refused=self._turns.refused,
            members=member_statuses(self.raft, self._clock.monotonic_ms(), self._divergence.differing),
            membership_committed=self.raft.membership_index <= self.raft.commit_index,
            transferring=self.raft.transferring,
        )

    # --- What others ask of it ----------------------------------------------------------------------

    def deliver(self, envelope: Envelope) -> None:
        """Take a message from another node; it is looked at in the next turn."""
        self._turns.deliver(envelope)

    async def answer(self, requests: Sequence[pb.Request]) -> list[pb.Outcome]:
        """One outcome for each request of a client, in order; what is not valid never reaches the log."""
        if refusal := refusal_of_size(requests, limit_bytes=self.limits.entry_bytes):
            return [refusal] * len(requests)
        read = [read_request(wire) for wire in requests]
        valid = [(wire, request) for wire, request in zip(requests, read, strict=True) if isinstance(request, Request)]
        decided = iter(await self._submit(*zip(*valid, strict=True)) if valid else ())
        return [next(decided) if isinstance(request, Request) else request for request in read]

    def _submit(self, wires: Sequence[pb.Request], requests: Sequence[Request]) -> "asyncio.Future[list[pb.Outcome]]":
        future = self._proposer.submit(wires, requests, self.leader_address)
        self._wake.set()
        return future

    async def linearizable(self) -> None:
        """Return once reading the state machine is linearizable. Any node can, as long as it hears the leader.

        Raises:
            NotLeader: this node knows of no leader that it could ask.
            ReadLost: proof did not come in time, or too many reads wait; ask again, or elsewhere.
        """
        self.refuse_if_fenced()
        self.counters.reads += 1
        begun = self._reads.begin()
        if begun is None:
            raise ReadLost("too many reads wait")
        read_id, proven = begun
        try:
            self.raft.read(read_id)
            self._wake.set()
            async with asyncio.timeout(self.limits.read_wait_ms / 1000):
                await proven
        except (TimeoutError, ReadLost) as error:
            self.counters.reads_lost += 1
            raise ReadLost("this node could not prove in time that it knows the latest") from error
        finally:
            self._reads.forget(read_id)
            self.raft.forget_read(read_id)

    def refuse_if_fenced(self) -> None:
        """Before any read that does not have to be the latest.

        Raises:
            ReadLost: this node's state is not to be trusted.
        """
        if self._divergence.reason:
            raise ReadLost(self._divergence.reason)

    async def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        """The latest `limit` events of a seat, oldest first, up to what is applied now.

        Raises:
            ReadLost: the disk did not answer in time, or does not give back what was written; ask elsewhere.
        """
        try:
            async with asyncio.timeout(self.limits.read_wait_ms / 1000):
                return await self._keeper.history(inventory, seat, limit)
        except TimeoutError:
            raise ReadLost("the disk did not answer in time") from None
        except CheckpointUnreadable as error:
            log.error("event=history_damaged reason=%s", error)
            raise ReadLost("this node's history of the seat is damaged") from error

    # --- What operators ask of it -------------------------------------------------------------------

    async def add_learner(self, node: int, address: str, incarnation: int) -> None:
        """Let a node receive the log, without a vote; return when that is committed.

        Raises:
            NotLeader: ask the leader.
            ChangeRefused: nothing was changed; the reason says why.
            ChangeUnknown: it may or may not come to be.
        """
        await self._members.change(lambda members: members.with_learner(node, address, incarnation))

    async def promote(self, node: int) -> None:
        """Give a learner that has caught up a vote. Returns and raises as `add_learner`."""
        await self._members.change(lambda members: members.promoted(node))

    async def remove(self, node: int) -> None:
        """Take a member out of the cluster, for ever. Returns and raises as `add_learner`."""
        await self._members.change(lambda members: members.without(node))

    async def transfer(self, to: int | None) -> None:
        """Hand leadership to `to`, or to whoever is best prepared; return when another node leads.

        Raises:
            NotLeader: this node does not lead.
            ChangeRefused: nobody can take over, or nobody did in time.
        """
        await self._members.transfer(to)

    async def snapshot_now(self) -> LogBase:
        """Make the checkpoint durable, and drop the log up to it. Returns where the log begins now."""
        return await self._ending_with_disk(self._compactor.compact(keep_entries=0))

    async def backup(self) -> tuple[SnapshotRef, AsyncIterator[bytes]]:
        """A consistent copy of everything this node has applied, and its bytes.

        Raises:
            BackupBusy: another is being made or read.
            DiskFull: there is no room for it.
            SnapshotGone: while reading: the disk has become nearly full, or the reader was away for too long.
        """
        return await self._backups.begin()

    # --- Running ------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Run until cancelled.

        Raises:
            WriteFailed, MalformedMessage, InvariantViolation: the node cannot go on; its process must end.
        """
        async with asyncio.TaskGroup() as tasks:
            for part in (
                self._turns,
                self._writer,
                self._keeper,
                self._sender,
                self._receiver,
                self._backups,
                self._compactor,
                self._disk_guard,
                self._divergence,
            ):
                tasks.create_task(part.run())
            tasks.create_task(self._end_with_disk())

    async def _ending_with_disk(self, work: Coroutine[Any, Any, T]) -> T:
        """Whoever wanted something written, if the disk failed at it the node must stop."""
        try:
            return await work
        except WriteFailed as failure:
            self._disk_failures.put_nowait(failure)
            raise

    async def _end_with_disk(self) -> None:
        raise await self._disk_failures.get()

    async def stop(self) -> None:
        """Before the end, while `run` still runs: hand leadership over if somebody can take it, and save the state."""
        if self.raft.role is Role.LEADER:
            try:
                await self.transfer(None)
            except (NotLeader, ChangeRefused) as refused:
                log.info("event=not_handed_over reason=%s", refused)
        await self._keeper.save()

    def _applied(self, entry: Entry) -> None:
        self._proposer.applied(entry, self._clock.monotonic_ms())
        self._divergence.applied(self.machine)
