"""Nodes that talk to each other at once, on simulated disks and virtual time, for tests that say what happens when.

Everything is the production code except clock, disk, network and chance; what goes wrong is what a test says.
"""

import asyncio
import functools
import hashlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from random import Random
from typing import Any, TypeVar

from raftstore.core.membership import NO_MEMBERS, Membership
from raftstore.core.messages import SnapshotRef
from raftstore.core.types import Config, Entry, HardState, LogBase, Role
from raftstore.runtime.limits import Limits
from raftstore.runtime.node import Node
from raftstore.seats import commands as c
from raftstore.seats.changes import Changes
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import SeatMachine
from raftstore.sim.loop import VirtualLoop
from raftstore.storage.memory import SimulatedDirectory
from raftstore.storage.node_directory import NodeDirectory
from raftstore.transport import codec
from raftstore.transport.envelope import Envelope

T = TypeVar("T")

PATIENCE_S = 60.0
LONGEST_TEST_S = 300.0
DELAY_S = 0.001


def on_virtual_time(test: Callable[[], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    async def bounded() -> None:
        async with asyncio.timeout(LONGEST_TEST_S):
            await test()

    @functools.wraps(test)
    def run() -> None:
        VirtualLoop().run(bounded())

    return run


async def until(condition: Callable[[], T], what: str) -> T:
    """The first truthy answer."""
    deadline_s = asyncio.get_running_loop().time() + PATIENCE_S
    while asyncio.get_running_loop().time() < deadline_s:
        if answer := condition():
            return answer
        await asyncio.sleep(DELAY_S / 2)
    raise AssertionError(f"waited in vain for {what}")


class InlineDisk:
    """`Disk` and `Checkpoints` over a directory; nothing is written while `hangs`."""

    def __init__(self, store: NodeDirectory) -> None:
        self._store = store
        self._works = asyncio.Event()
        self._works.set()
        self.free: int | None = None

    def hang(self) -> None:
        self._works.clear()

    def recover(self) -> None:
        self._works.set()

    async def _call(self, job: Callable[[], T]) -> T:
        await asyncio.sleep(DELAY_S)
        await self._works.wait()
        return job()

    async def append(self, hard_state: HardState | None, entries: Sequence[Entry], base: LogBase | None) -> None:
        await self._call(lambda: self._store.append(hard_state, entries, base))

    async def compact(self, base: LogBase) -> None:
        await self._call(lambda: self._store.compact(base))

    @property
    def log_bytes(self) -> int:
        return self._store.log_bytes

    def free_bytes(self) -> int:
        return self._store.free_bytes() if self.free is None else self.free

    async def save(self, changes: Changes) -> None:
        await self._call(lambda: self._store.save(changes))

    async def make_durable(self) -> LogBase:
        return await self._call(self._store.make_durable)

    async def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        return await self._call(lambda: self._store.history(inventory, seat, limit))

    async def take_snapshot(self) -> SnapshotRef:
        return await self._call(self._store.take_snapshot)

    async def drop_snapshot(self, snapshot: SnapshotRef) -> None:
        await self._call(lambda: self._store.drop_snapshot(snapshot))

    async def read_chunk(self, snapshot: SnapshotRef, offset: int, length: int) -> bytes:
        return await self._call(lambda: self._store.read_chunk(snapshot, offset, length))

    async def receive_chunk(self, snapshot: SnapshotRef, offset: int, data: bytes) -> int:
        return await self._call(lambda: self._store.receive_chunk(snapshot, offset, data))

    async def install(self, snapshot: SnapshotRef) -> SeatMachine:
        return await self._call(lambda: self._store.install(snapshot))

    async def fence(self, reason: str) -> None:
        await self._call(lambda: self._store.fence(reason))


class Trio:
    """Nodes 1..size, which form a cluster; others can be started to join it.

    Args:
        limits: of every node.
    """

    def __init__(self, *, size: int = 3, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.nodes: dict[int, Node] = {}
        self.disks: dict[int, InlineDisk] = {}
        self.random = Random(1)
        self._bootstrap = Membership.unformed({node: self.address(node) for node in range(1, size + 1)})
        self._directories: dict[int, SimulatedDirectory] = {}
        self._running: dict[int, asyncio.Task[None]] = {}
        self._cut_off: set[int] = set()
        self._requests = 0

    @staticmethod
    def address(node: int) -> str:
        return f"node-{node}:1"

    # --- Life and death -----------------------------------------------------------------------------

    def start(self, *nodes: int) -> None:
        for node in nodes or [member.node for member in self._bootstrap.members]:
            self._start(node)

    def _start(self, node: int) -> None:
        directory = self._directories.setdefault(node, SimulatedDirectory(path=f"disk-{node}"))
        store, opened = NodeDirectory.open(
            directory,
            node=node,
            draw_incarnation=lambda: self.random.randrange(1, 1 << 62),
            reserve_bytes=self.limits.disk_reserve_bytes,
        )
        disk = self.disks[node] = InlineDisk(store)
        self.nodes[node] = Node(
            Config(node, opened.identity.incarnation, chunk_bytes=4_096),
            recovered=opened.recovered,
            machine=opened.machine,
            fenced=opened.fenced,
            bootstrap=self._bootstrap if node in self._bootstrap else NO_MEMBERS,
            address=self.address(node),
            clock=self,
            disk=disk,
            checkpoints=disk,
            network=_Wire(self, node),
            draw_timeout_ms=self.random.randint,
            limits=self.limits,
        )
        self._running[node] = asyncio.get_running_loop().create_task(self.nodes[node].run())

    def kill(self, *nodes: int) -> None:
        """The processes end where they are; what was written stays."""
        for node in nodes:
            self._running.pop(node).cancel()
            del self.nodes[node]
            self._directories[node] = self._directories[node].crash(power_cut=False, chance=self.random)

    def directory(self, node: int) -> SimulatedDirectory:
        return self._directories[node]

    def wipe(self, node: int) -> None:
        self.kill(node)
        del self._directories[node]

    def cut_off(self, *nodes: int) -> None:
        """Nothing they send arrives, and nothing reaches them."""
        self._cut_off |= set(nodes)

    def heal(self) -> None:
        self._cut_off.clear()

    def carry(self, sender: int, address: str, envelope: Envelope) -> None:
        def arrive() -> None:
            node = self.nodes.get(envelope.to)
            if node is not None and not {sender, envelope.to} & self._cut_off:
                node.deliver(envelope)

        assert address == self.address(envelope.to)
        asyncio.get_running_loop().call_later(DELAY_S, arrive)

    # --- Clock --------------------------------------------------------------------------------------

    def monotonic_ms(self) -> int:
        return int(asyncio.get_running_loop().time() * 1_000)

    def wall_ms(self) -> int:
        return 1_700_000_000_000 + self.monotonic_ms()

    # --- What tests ask -----------------------------------------------------------------------------

    async def leader(self) -> Node:
        """The one leader that can commit."""

        def leading() -> Node | None:
            leaders = [node for node in self.nodes.values() if node.raft.role is Role.LEADER]
            settled = [node for node in leaders if node.machine.applied_index >= node.raft.term_start_index]
            return max(settled, key=lambda node: node.raft.term, default=None)

        return await until(leading, "a leader")

    async def followers(self) -> list[Node]:
        leader = await self.leader()
        return [node for node in self.nodes.values() if node is not leader]

    async def do(self, *commands: c.Command) -> list[c.Outcome]:
        """Have the leader, whoever it is, carry out the commands in one frame."""
        self._requests += 1
        requests = [
            codec.encode_request(c.Request(f"{self._requests}-{position}", command))
            for position, command in enumerate(commands)
        ]
        for _ in range(100):
            outcomes = [codec.decode_outcome(wire) for wire in await (await self.leader()).answer(requests)]
            if not any(isinstance(outcome, codec.pb.Failure) for outcome in outcomes):
                return outcomes  # type: ignore[return-value]
            await asyncio.sleep(0.05)
        raise AssertionError(f"no answer but {outcomes}")

    async def open_train(self, seats: int = 100) -> None:
        await self.do(c.OpenInventory("train", tuple(f"A-{seat}" for seat in range(seats)), 1))

    async def book(self, *seats: int) -> None:
        for seat in seats:
            held, confirmed = await self.do(
                c.Hold("train", f"h-{seat}", (f"A-{seat}",), 0, 1, 60_000), c.Confirm(f"h-{seat}")
            )
            assert isinstance(held, c.Held)
            assert isinstance(confirmed, c.Confirmed)

    async def all_equal(self) -> None:
        """Until every node that runs is in the same state, as of the same index."""
        await until(
            lambda: len({(n.machine.applied_index, n.machine.digest()) for n in self.nodes.values()}) == 1,
            "equal states",
        )


class _Wire:
    def __init__(self, trio: Trio, node: int) -> None:
        self._trio = trio
        self._node = node

    def send(self, address: str, envelope: Envelope) -> None:
        self._trio.carry(self._node, address, envelope)


async def outcome_of(awaitable: Awaitable[object]) -> object:
    """What it returns, or the exception it raises."""
    try:
        return await awaitable
    except Exception as error:
        return error


def sha256(chunks: Sequence[bytes]) -> bytes:
    return hashlib.sha256(b"".join(chunks)).digest()
