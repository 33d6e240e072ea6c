"""What clients ask: commands in frames, reads, and a watch of what changes."""

import asyncio
from collections.abc import AsyncIterator

import grpc

from raftstore.core.refusals import NotLeader
from raftstore.rpc import gates_pb2
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.rpc import seatstore_pb2_grpc as pb_grpc
from raftstore.runtime.node import Node
from raftstore.runtime.pending import ReadLost
from raftstore.runtime.watch import Told
from raftstore.transport import codec, gates_codec

from .redirect import send_to_leader
from .seat_maps import SeatMaps

FRAME_LIMIT_REQUESTS = 1_024
HISTORY_LIMIT_EVENTS = 1_000
WATCH_BEAT_S = 2.0


class SeatStoreService(pb_grpc.SeatStoreServicer):
    def __init__(self, node: Node) -> None:
        self._node = node
        self._maps = SeatMaps()

    async def Session(
        self, request_iterator: AsyncIterator[pb.CommandFrame], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[pb.OutcomeFrame]:
        """One frame of outcomes for each frame of commands. A frame's caller decides how long to wait for it."""
        async for frame in request_iterator:
            if len(frame.requests) > FRAME_LIMIT_REQUESTS:
                await context.abort(
                    grpc.StatusCode.INVALID_ARGUMENT,
                    f"a frame may carry {FRAME_LIMIT_REQUESTS} requests, not {len(frame.requests)}",
                )
            yield pb.OutcomeFrame(frame=frame.frame, outcomes=await self._node.answer(frame.requests))

    async def GetSeatMap(self, request: pb.SeatMapRequest, context: grpc.aio.ServicerContext) -> pb.SeatMapReply:
        await self._catch_up(request.stale, context)
        # Encoded before anything else runs, so that readers may share one reply.
        return self._maps.reply(self._node.machine, request.inventory, self._node.raft.membership.cluster)

    async def GetHold(self, request: pb.HoldRequest, context: grpc.aio.ServicerContext) -> pb.HoldReply:
        await self._catch_up(request.stale, context)
        return codec.encode_hold(self._node.machine.hold(request.hold))

    async def ListHolds(self, request: pb.HoldsRequest, context: grpc.aio.ServicerContext) -> pb.HoldsReply:
        await self._catch_up(False, context)
        search = self._node.machine.search_holds(request.inventory, after=request.after, limit=request.limit)
        if search is None:
            return codec.encode_holds(None)
        for _ in search.portions():
            await asyncio.sleep(0)
        return codec.encode_holds(search.page())

    async def GetGate(self, request: gates_pb2.GateRequest, context: grpc.aio.ServicerContext) -> gates_pb2.GateReply:
        await self._catch_up(request.stale, context)
        machine = self._node.machine
        visitor = machine.visitor(request.inventory, request.visitor) if request.visitor else None
        return gates_codec.encode_gate_reply(machine.gate(request.inventory), visitor)

    async def ListDraw(self, request: gates_pb2.DrawRequest, context: grpc.aio.ServicerContext) -> gates_pb2.DrawReply:
        await self._catch_up(False, context)
        page = self._node.machine.draw_of(request.inventory, after=request.after, limit=request.limit)
        return gates_codec.encode_draw(page)

    async def GetHistory(self, request: pb.HistoryRequest, context: grpc.aio.ServicerContext) -> pb.HistoryReply:
        await self._catch_up(request.stale, context)
        limit = min(request.limit or HISTORY_LIMIT_EVENTS, HISTORY_LIMIT_EVENTS)
        try:
            events = await self._node.history(request.inventory, request.seat, limit)
        except ReadLost:
            await send_to_leader(self._node, context)
        return pb.HistoryReply(events=[codec.encode_event(event) for event in events])

    async def Watch(self, request: pb.WatchRequest, context: grpc.aio.ServicerContext) -> AsyncIterator[pb.WatchFrame]:
        cluster = self._node.raft.membership.cluster
        if not cluster:
            await context.abort(grpc.StatusCode.UNAVAILABLE, "this node is not in a cluster yet; try another")
        since_index = request.since_index if request.HasField("since_index") else None
        watcher = self._node.watch.subscribe(since_index, of_another_cluster=request.cluster not in (0, cluster))
        if watcher is None:
            await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, "too many watchers on this node; try another")
        try:
            while True:
                try:
                    async with asyncio.timeout(WATCH_BEAT_S):
                        told = await watcher.next()
                except TimeoutError:
                    if not self._node.leader_address:
                        await context.abort(grpc.StatusCode.UNAVAILABLE, "this node knows of no leader; try another")
                    told = Told(self._node.machine.applied_index, ())
                events = [codec.encode_event(event) for event in told.events]
                yield pb.WatchFrame(index=told.index, events=events, reset=told.reset, cluster=cluster)
        finally:
            self._node.watch.unsubscribe(watcher)

    async def _catch_up(self, stale: bool, context: grpc.aio.ServicerContext) -> None:
        """Make the following read linearizable, or at least one that can be trusted, or send the caller elsewhere."""
        try:
            if stale:
                self._node.refuse_if_fenced()
            else:
                await self._node.linearizable()
        except (NotLeader, ReadLost):
            await send_to_leader(self._node, context)
