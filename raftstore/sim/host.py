"""What is a machine in the simulation? A disk, a clock and perhaps a running node, composed as composition.py does it.

A machine may be switched off, killed, stopped for a while, or lose its disk. Whatever of a dead node still runs is cut
off from disk and network, so it can no longer do anything that others could notice.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import partial
from random import Random
from typing import Any

from raftstore.core.effects import Effects
from raftstore.core.membership import Membership
from raftstore.core.raft import Raft
from raftstore.core.types import Config, Entry, HardState, LogBase
from raftstore.errors import RaftstoreError, WriteFailed
from raftstore.runtime.node import Node
from raftstore.storage.memory import SimulatedDirectory
from raftstore.storage.node_directory import NodeDirectory, Opened
from raftstore.transport.envelope import Envelope

from .clock import SimulatedClock
from .disk import Cut, DiskWeather, SimulatedDisk
from .journal import Journal, RuleBroken
from .loop import Machine, VirtualLoop
from .network import Port, SimulatedNetwork
from .plan import Plan


class Condition(StrEnum):
    RUNNING = "running"
    # Nothing runs, and may be started.
    OFF = "off"
    # Its disk does not let a node start: it must be replaced.
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all machines of a run share.

    Args:
        stepped: called after each turn of a running node.
        sent: told of each message that a running node sends.
        writing: told of each write to a host's log before it begins.
        stored: told of it once it is durable.
        started: told what a host's node found on its disk; called before it does anything.
        ended: told that a host's node runs no more.
    """

    loop: VirtualLoop
    network: SimulatedNetwork
    journal: Journal
    plan: Plan
    stepped: "Callable[[Host], None]"
    sent: "Callable[[Host, Envelope], None]"
    writing: "Callable[[Host, Sequence[Entry], LogBase | None], None]"
    stored: "Callable[[Host, HardState | None, Sequence[Entry], LogBase | None], None]"
    started: "Callable[[Host, Opened], None]"
    ended: "Callable[[Host], None]"


class Host(Machine):
    """
    Args:
        bootstrap: whom its node forms a cluster with, if it never belonged to one.
    """

    def __init__(self, around: Surroundings, number: int, bootstrap: Membership) -> None:
        super().__init__()
        self.number = number
        self.address = f"node-{number}:1"
        self.bootstrap = bootstrap
        self.condition = Condition.OFF
        self.node: Node | None = None
        self.opened: Opened | None = None
        self.incarnation = 0
        # Counts the node's starts; who remembers one can tell whether the node he spoke to is the one that runs.
        self.life = 0
        self.random = Random(f"{around.plan.seed} host {number}")
        self.directory = SimulatedDirectory(path=f"disk-{number}")
        self.disk_weather = DiskWeather(around.plan.disk_ms)
        self.clock = SimulatedClock(
            around.loop.time,
            rate=1 + self.random.uniform(-around.plan.clock_drift, around.plan.clock_drift),
            wall_offset_ms=self.random.randint(-around.plan.wall_skew_ms, around.plan.wall_skew_ms),
        )
        self._has_turned = False
        # Somebody flipped a bit on its disk, so that it may refuse to start.
        self.is_damaged = False
        # Its disk was lost: what runs here now is not the node that the cluster knows under its number.
        self.is_replaced = False
        self._around = around
        self._journal = around.journal
        self._port: Port | None = None
        self._disk: SimulatedDisk | None = None
        self._store: NodeDirectory | None = None
        self._tasks: dict[asyncio.Task[Any], None] = {}

    def step_ended(self) -> None:
        if self._has_turned:
            self._has_turned = False
            if self.node is not None:
                self._around.stepped(self)

    def _notice_turns(self, raft: Raft) -> None:
        """Whatever was done to the core, its effects are taken next (core/effects.py): then is the time to look."""
        take_effects = raft.take_effects

        def take_and_notice() -> Effects:
            self._has_turned = True
            return take_effects()

        raft.take_effects = take_and_notice  # type: ignore[method-assign]

    @property
    def is_running(self) -> bool:
        return self.condition is Condition.RUNNING

    @property
    def running_node(self) -> Node:
        if self.node is None:
            raise LookupError(f"no node runs on host {self.number}")
        return self.node

    # --- Life and death -----------------------------------------------------------------------------

    def start(self) -> bool:
        """Switch it on. Returns whether a node runs; if not, the disk does not allow it."""
        plan, loop = self._around.plan, self._around.loop
        self.directory.before = self._before_operation
        try:
            store, opened = NodeDirectory.open(
                self.directory,
                node=self.number,
                draw_incarnation=lambda: self.random.getrandbits(62) + 1,
                segment_bytes=plan.segment_bytes,
                reserve_bytes=plan.limits.disk_reserve_bytes,
            )
        except Cut:
            return False
        except RaftstoreError as error:
            self._did_not_start(error)
            return False
        self.life += 1
        self.condition = Condition.RUNNING
        self.opened, self._store = opened, store
        self.incarnation = opened.identity.incarnation
        self._journal.note("start", self.number, opened.recovered.base.index, len(opened.recovered.entries))
        if opened.recovered.torn_bytes:
            self._journal.count("torn log tails cut off")
        self._port = Port(self._around.network, self.address, partial(self._around.sent, self))
        self._disk = SimulatedDisk(
            loop,
            store,
            self.disk_weather,
            self.random,
            writing=lambda entries, base: self._around.writing(self, entries, base),
            stored=lambda *write: self._around.stored(self, *write),
        )
        self._around.started(self, opened)
        self.node = Node(
            self._config(),
            recovered=opened.recovered,
            machine=opened.machine,
            fenced=opened.fenced,
            bootstrap=self.bootstrap,
            address=self.address,
            clock=self.clock,
            disk=self._disk.log,
            checkpoints=self._disk.checkpoints,
            network=self._port,
            draw_timeout_ms=self.random.randint,
            limits=plan.limits,
        )
        self._notice_turns(self.node.raft)
        self._around.network.listen(self.address, self.node.deliver)
        self.spawn(self._run(self.node, self.life))
        return True

    def spawn(self, part: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Run something on this machine; it ends with the node."""
        task = self._around.loop.start(part, on=self)
        self._tasks[task] = None
        task.add_done_callback(self._forget_task)
        return task

    def die(self, *, power_cut: bool) -> None:
        """The node ends here, in the middle of whatever it was doing."""
        if self.condition is not Condition.RUNNING:
            return
        self._journal.note("power cut" if power_cut else "kill", self.number)
        self._journal.count("power cuts" if power_cut else "kills")
        self._end(power_cut=power_cut)

    def leave_room(self, room_bytes: int | None) -> None:
        """Let the disk have only so much room left; None is all that anybody could want."""
        self.directory.capacity_bytes = None if room_bytes is None else self.disk_bytes() + room_bytes

    def disk_bytes(self) -> int:
        """What its files have altogether."""
        return sum(
            self.directory.size_bytes(name) for folder in ("", "log", "snapshots") for name in self._names(folder)
        )

    def _names(self, folder: str) -> list[str]:
        return [f"{folder}/{name}" if folder else name for name in self.directory.names(folder)]

    def wipe(self) -> None:
        """The disk is lost; an empty one takes its place."""
        self._end(power_cut=True)
        self.directory = SimulatedDirectory(path=f"disk-{self.number}-new")
        self.condition = Condition.OFF
        self.is_replaced = True

    def count(self) -> None:
        """Add what the running node has counted to what happened in the run."""
        if self.node is not None:
            for field in fields(self.node.counters):
                if times := getattr(self.node.counters, field.name):
                    self._journal.count(f"node counters: {field.name}", times)

    def _end(self, *, power_cut: bool) -> None:
        if self.paused:
            self._around.loop.resume(self)
        self.count()
        if self.condition is Condition.RUNNING:
            self.condition = Condition.OFF
        self._around.network.listen(self.address, None)
        if self._port is not None:
            self._port.is_open = False
        if self._disk is not None:
            self._disk.die()
        self.directory = self.directory.crash(power_cut=power_cut, chance=self.random)
        self.node = self._disk = self._store = self._port = None
        tasks, self._tasks = list(self._tasks), {}
        for task in tasks:
            task.cancel()
        self._around.ended(self)

    # --- Inside -------------------------------------------------------------------------------------

    async def _run(self, node: Node, life: int) -> None:
        try:
            await node.run()
        except* WriteFailed:
            # The process of a node whose disk failed ends by itself, and must.
            if self.life == life and self.is_running:
                self._journal.note("stopped by its disk", self.number)
                self._journal.count("nodes stopped by their disk")
                self._end(power_cut=True)
        except* Exception:
            # What is cut off from its disk may fail as it likes.
            if self.life == life and self.is_running:
                raise

    def _forget_task(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.pop(task, None)

    def _did_not_start(self, error: RaftstoreError) -> None:
        self._journal.note("does not start", self.number, type(error).__name__, str(error))
        self._journal.count(f"starts refused: {type(error).__name__}")
        # A disk that is full, or fails just now, may do better next time.
        if not isinstance(error.__cause__, OSError):
            if not self.is_damaged:
                raise RuleBroken("nobody harmed the disk, so it can be read", f"host {self.number}: {error}")
            self.condition = Condition.LOST
        self.directory = self.directory.crash(power_cut=False, chance=self.random)

    def _before_operation(self, operation: str, name: str) -> None:
        if self.disk_weather.cuts_before(operation):
            self._journal.count(f"power cuts before: {operation}")
            self._journal.note("power cut before", operation, self.number)
            self._end(power_cut=True)
            raise Cut
        self.disk_weather.fail_if_due(operation, name)

    def _config(self) -> Config:
        plan = self._around.plan
        return Config(
            self.number,
            incarnation=self.incarnation,
            election_min_ms=plan.election_min_ms,
            election_max_ms=plan.election_max_ms,
            heartbeat_ms=plan.heartbeat_ms,
            append_limit_bytes=plan.append_limit_bytes,
            inflight_limit_messages=plan.inflight_limit_messages,
            chunk_bytes=plan.chunk_bytes,
        )
