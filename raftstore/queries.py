"""Reading the store: maps, holds and histories, from whichever node can answer."""

from functools import partial

from raftstore.rpc import gates_pb2
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats import commands as c
from raftstore.seats.gate_commands import DrawPage
from raftstore.seats.listing import HoldPage
from raftstore.transport import codec, gates_codec
from raftstore.transport.connector import Connector
from raftstore.transport.leader import LeaderFinder


class Queries:
    """Answers are linearizable, unless `stale` asks by name for what any node has applied, which may be long ago.

    All raise StoreUnavailable when nobody answers within `deadline_s`.
    """

    def __init__(self, connector: Connector, leader: LeaderFinder) -> None:
        self._connector = connector
        self._leader = leader

    async def seat_map(self, inventory: str, *, stale: bool, deadline_s: float) -> c.SeatMap | None:
        question = partial(self._connector.seat_map, request=pb.SeatMapRequest(inventory=inventory, stale=stale))
        return codec.decode_seat_map(inventory, await self._leader.ask(question, deadline_s))

    async def hold(self, hold: str, *, stale: bool, deadline_s: float) -> c.HoldView | None:
        question = partial(self._connector.hold, request=pb.HoldRequest(hold=hold, stale=stale))
        return codec.decode_hold(hold, await self._leader.ask(question, deadline_s))

    async def holds(self, inventory: str, *, after: str, limit: int, deadline_s: float) -> HoldPage | None:
        request = pb.HoldsRequest(inventory=inventory, after=after, limit=limit)
        return codec.decode_holds(await self._leader.ask(partial(self._connector.holds, request=request), deadline_s))

    async def gate(self, inventory: str, visitor: str, *, stale: bool, deadline_s: float) -> gates_codec.Asked | None:
        request = gates_pb2.GateRequest(inventory=inventory, visitor=visitor, stale=stale)
        reply = await self._leader.ask(partial(self._connector.gate, request=request), deadline_s)
        return gates_codec.decode_gate_reply(reply)

    async def draw(self, inventory: str, *, after: int, limit: int, deadline_s: float) -> DrawPage | None:
        request = gates_pb2.DrawRequest(inventory=inventory, after=after, limit=limit)
        reply = await self._leader.ask(partial(self._connector.draw, request=request), deadline_s)
        return gates_codec.decode_draw(reply)

    async def history(
        self, inventory: str, seat: str, *, limit: int, stale: bool, deadline_s: float
    ) -> list[c.SeatEvent]:
        request = pb.HistoryRequest(inventory=inventory, seat=seat, limit=limit, stale=stale)
        reply = await self._leader.ask(partial(self._connector.history, request=request), deadline_s)
        return [codec.decode_event(event) for event in reply.events]
