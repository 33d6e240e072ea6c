"""What carries a client's frames and questions to a node? The client's `Connector` over the simulated network.

A connection keeps its order and loses nothing while it lasts. What cannot pass now may pass much later, when its client
has long gone elsewhere: that is how a command arrives twice.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from random import Random
from typing import TypeVar

from raftstore.core.refusals import NotLeader
from raftstore.rpc import gates_pb2
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.runtime.node import Node
from raftstore.runtime.pending import ReadLost
from raftstore.transport import codec, gates_codec
from raftstore.transport.connector import TryElsewhere

from .host import Host
from .loop import VirtualLoop
from .network import SimulatedNetwork

T = TypeVar("T")

# A blocked connection tries to get through again after so long, and breaks after so many times.
RESEND_S = 0.25
RESENDS = 20
CHANCE_OF_BREAK = 0.01


class SimulatedConnector:
    """The ways of one client, which is at `address` in the network, to the hosts."""

    def __init__(
        self,
        loop: VirtualLoop,
        network: SimulatedNetwork,
        hosts: Mapping[str, Host],
        random: Random,
        address: str,
    ) -> None:
        self.address = address
        self._loop = loop
        self._network = network
        self._hosts = hosts
        self._random = random

    async def connect(self, address: str) -> "SimulatedStream":
        host = await self._reach(address)
        stream = SimulatedStream(self._loop, self, host)
        await self.travel(host.address, self.address)
        return stream

    async def seat_map(self, address: str, request: pb.SeatMapRequest) -> pb.SeatMapReply:
        async def answer(node: Node) -> pb.SeatMapReply:
            await _catch_up(node, request.stale)
            return codec.encode_seat_map(node.machine.seat_map(request.inventory))

        return await self._ask(address, answer)

    async def hold(self, address: str, request: pb.HoldRequest) -> pb.HoldReply:
        async def answer(node: Node) -> pb.HoldReply:
            await _catch_up(node, request.stale)
            return codec.encode_hold(node.machine.hold(request.hold))

        return await self._ask(address, answer)

    async def holds(self, address: str, request: pb.HoldsRequest) -> pb.HoldsReply:
        async def answer(node: Node) -> pb.HoldsReply:
            await _catch_up(node, stale=False)
            page = node.machine.holds_of(request.inventory, after=request.after, limit=request.limit)
            return codec.encode_holds(page)

        return await self._ask(address, answer)

    async def gate(self, address: str, request: gates_pb2.GateRequest) -> gates_pb2.GateReply:
        async def answer(node: Node) -> gates_pb2.GateReply:
            await _catch_up(node, request.stale)
            machine = node.machine
            return gates_codec.encode_gate_reply(
                machine.gate(request.inventory), machine.visitor(request.inventory, request.visitor)
            )

        return await self._ask(address, answer)

    async def draw(self, address: str, request: gates_pb2.DrawRequest) -> gates_pb2.DrawReply:
        async def answer(node: Node) -> gates_pb2.DrawReply:
            await _catch_up(node, stale=False)
            return gates_codec.encode_draw(
                node.machine.draw_of(request.inventory, after=request.after, limit=request.limit)
            )

        return await self._ask(address, answer)

    async def history(self, address: str, request: pb.HistoryRequest) -> pb.HistoryReply:
        async def answer(node: Node) -> pb.HistoryReply:
            await _catch_up(node, request.stale)
            events = await node.history(request.inventory, request.seat, request.limit)
            return pb.HistoryReply(events=[codec.encode_event(event) for event in events])

        return await self._ask(address, answer)

    def hears(self, host: Host) -> bool:
        """Whether what leaves the client reaches the host."""
        return self._network.passes(self.address, host.address)

    def breaks(self) -> bool:
        """Whether the connection breaks, this time, while the node is at work."""
        return self._random.random() < CHANCE_OF_BREAK

    def draw_break_s(self) -> float:
        return self._random.uniform(0, 0.02)

    def tells(self) -> bool:
        """Whether the client is told, this time, that its connection broke."""
        return self._random.random() < 0.5

    # --- On the way ---------------------------------------------------------------------------------

    async def travel(self, source: str, target: str) -> None:
        """Return when what left `source` has arrived at `target`, which may be late.

        Raises:
            TryElsewhere: it never will.
        """
        await asyncio.sleep(self._network.weather.draw_delay_s(self._random))
        for _ in range(RESENDS):
            if self._network.passes(source, target):
                return
            await asyncio.sleep(RESEND_S)
        raise TryElsewhere(reason="the connection broke")

    async def _reach(self, address: str) -> Host:
        """The host at an address, after the way to it.

        Raises:
            TryElsewhere: nobody listens there.
        """
        await self.travel(self.address, address)
        host = self._hosts.get(address)
        if host is None or not host.is_running:
            raise TryElsewhere(reason="nobody listens there")
        return host

    async def _ask(self, address: str, question: Callable[[Node], Awaitable[T]]) -> T:
        host = await self._reach(address)
        reply: asyncio.Future[T | TryElsewhere] = self._loop.create_future()

        async def answer() -> None:
            node = host.running_node
            try:
                result: T | TryElsewhere = await question(node)
            except (NotLeader, ReadLost):
                result = TryElsewhere(node.leader_address)
            if not reply.done():
                reply.set_result(result)

        def give_up(_: "asyncio.Task[None]") -> None:
            if not reply.done():
                reply.set_result(TryElsewhere(reason="the node died"))

        host.spawn(answer()).add_done_callback(give_up)
        result = await reply
        await self.travel(address, self.address)
        if isinstance(result, TryElsewhere):
            raise result
        return result


class SimulatedStream:
    """See transport/connector.py: FrameStream."""

    def __init__(self, loop: VirtualLoop, connector: SimulatedConnector, host: Host) -> None:
        self._loop = loop
        self._connector = connector
        self._host = host
        self._life = host.life
        self._replies: deque[bytes] = deque()
        self._changed = asyncio.Event()
        self._answering: dict[asyncio.Task[bytes], None] = {}
        self._is_broken = False

    @property
    def closed(self) -> bool:
        return self._is_broken

    async def send(self, frame: pb.CommandFrame) -> None:
        if self._is_broken:
            raise TryElsewhere(reason="the connection is broken")
        # A task of nobody's: what is on its way may arrive though its sender waits no more.
        self._loop.start(self._carry(frame.SerializeToString()))

    async def receive(self) -> pb.OutcomeFrame:
        while not self._replies:
            if self._is_broken:
                raise TryElsewhere(reason="the connection broke")
            self._changed.clear()
            await self._changed.wait()
        return pb.OutcomeFrame.FromString(self._replies.popleft())

    def close(self) -> None:
        self._is_broken = True
        self._changed.set()
        # The node learns that its caller has gone, if the way to it is open.
        for answering in self._answering if self._connector.hears(self._host) else ():
            answering.cancel()

    async def _carry(self, frame: bytes) -> None:
        """One frame to the node, and its answer back."""
        host, connector = self._host, self._connector
        try:
            await connector.travel(connector.address, host.address)
            if not host.is_running or host.life != self._life:
                raise TryElsewhere(reason="the node died")
            answering = host.spawn(self._answer(host.running_node, frame))
            self._answering[answering] = None
            if connector.breaks():
                self._loop.call_later(connector.draw_break_s(), answering.cancel)
            await asyncio.wait((answering,))
            del self._answering[answering]
            if answering.cancelled():
                raise TryElsewhere(reason="the node died")
            await connector.travel(host.address, connector.address)
        except TryElsewhere:
            # A connection may also break so that the client never hears of it.
            if connector.tells():
                self.close()
            return
        self._replies.append(answering.result())
        self._changed.set()

    async def _answer(self, node: Node, frame: bytes) -> bytes:
        received = pb.CommandFrame.FromString(frame)
        outcomes = await node.answer(received.requests)
        return pb.OutcomeFrame(frame=received.frame, outcomes=outcomes).SerializeToString()


async def _catch_up(node: Node, stale: bool) -> None:
    """Make the following read linearizable, if it is to be."""
    if stale:
        node.refuse_if_fenced()
    else:
        await node.linearizable()
