"""The node's gRPC face: Raft for its peers, SeatStore for clients, Cluster for operators, health and reflection."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import NoReturn

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from raftstore.core.raft import NotLeader
from raftstore.errors import ConfigurationError, MalformedMessage
from raftstore.rpc import cluster_pb2, cluster_pb2_grpc, raft_pb2, raft_pb2_grpc
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.rpc import seatstore_pb2_grpc as pb_grpc
from raftstore.runtime.node import Node
from raftstore.runtime.pending import ReadLost
from raftstore.runtime.watch import Told
from raftstore.seats.commands import RefusalCode
from raftstore.transport import codec
from raftstore.transport.channels import LEADER_METADATA_KEY, SERVER_OPTIONS
from raftstore.transport.envelope import decode_message

LogSize = Callable[[], int]

FRAME_LIMIT_REQUESTS = 1_024
HISTORY_LIMIT_EVENTS = 1_000
WATCH_BEAT_S = 2.0


class RaftService(raft_pb2_grpc.RaftServicer):
    def __init__(self, node: Node) -> None:
        self._node = node

    async def Deliver(
        self, request_iterator: AsyncIterator[raft_pb2.RaftMessage], context: grpc.aio.ServicerContext
    ) -> raft_pb2.DeliverSummary:
        count = 0
        async for wire in request_iterator:
            if wire.sender not in self._node.config.peers:
                await context.abort(
                    grpc.StatusCode.PERMISSION_DENIED, f"node {wire.sender} is not a member of this cluster"
                )
            try:
                self._node.deliver(wire.sender, decode_message(wire))
            except MalformedMessage as error:
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            count += 1
        return raft_pb2.DeliverSummary(messages=count)


class SeatStoreService(pb_grpc.SeatStoreServicer):
    def __init__(self, node: Node) -> None:
        self._node = node

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
            yield pb.OutcomeFrame(frame=frame.frame, outcomes=await self._answer(frame.requests))

    async def _answer(self, requests: Sequence[pb.Request]) -> list[pb.Outcome]:
        """Outcomes in order; requests that are not valid never reach the log."""
        refusals = {position: _refusal_of(request) for position, request in enumerate(requests)}
        valid = tuple(request for position, request in enumerate(requests) if refusals[position] is None)
        decided = iter(await self._node.submit(valid)) if valid else iter(())
        return [refusals[position] or next(decided) for position in range(len(requests))]

    async def GetSeatMap(self, request: pb.SeatMapRequest, context: grpc.aio.ServicerContext) -> pb.SeatMapReply:
        await self._catch_up(request.stale, context)
        return codec.encode_seat_map(self._node.machine.seat_map(request.inventory))

    async def GetHold(self, request: pb.HoldRequest, context: grpc.aio.ServicerContext) -> pb.HoldReply:
        await self._catch_up(request.stale, context)
        return codec.encode_hold(self._node.machine.hold(request.hold))

    async def GetHistory(self, request: pb.HistoryRequest, context: grpc.aio.ServicerContext) -> pb.HistoryReply:
        await self._catch_up(request.stale, context)
        limit = min(request.limit or HISTORY_LIMIT_EVENTS, HISTORY_LIMIT_EVENTS)
        events = await self._node.history(request.inventory, request.seat, limit)
        return pb.HistoryReply(events=[codec.encode_event(event) for event in events])

    async def Watch(self, request: pb.WatchRequest, context: grpc.aio.ServicerContext) -> AsyncIterator[pb.WatchFrame]:
        since_index = request.since_index if request.HasField("since_index") else None
        watcher = self._node.watch.subscribe(since_index)
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
                yield pb.WatchFrame(index=told.index, events=events, reset=told.reset)
        finally:
            self._node.watch.unsubscribe(watcher)

    async def _catch_up(self, stale: bool, context: grpc.aio.ServicerContext) -> None:
        """Make the following read linearizable, or send the caller to the leader."""
        if stale:
            return
        try:
            await self._node.linearizable()
        except (NotLeader, ReadLost):
            await self._send_to_leader(context)

    async def _send_to_leader(self, context: grpc.aio.ServicerContext) -> NoReturn:
        metadata = ((LEADER_METADATA_KEY, self._node.leader_address),)
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "this node does not lead", trailing_metadata=metadata)


def _refusal_of(request: pb.Request) -> pb.Outcome | None:
    """Why a client's request may not be proposed, if it may not."""
    if request.WhichOneof("command") is None:
        detail = "the request carries no command that this version knows"
    elif not 1 <= len(request.request_id) <= 128:
        detail = "a request id has 1 to 128 characters"
    else:
        return None
    return pb.Outcome(refused=pb.Refused(code=RefusalCode.INVALID, detail=detail))


class ClusterService(cluster_pb2_grpc.ClusterServicer):
    def __init__(self, node: Node, log_bytes: LogSize) -> None:
        self._node = node
        self._log_bytes = log_bytes

    async def GetStatus(
        self, request: cluster_pb2.StatusRequest, context: grpc.aio.ServicerContext
    ) -> cluster_pb2.StatusReply:
        node, raft, machine = self._node, self._node.raft, self._node.machine
        return cluster_pb2.StatusReply(
            node=node.config.node,
            role=raft.role,
            term=raft.term,
            leader=raft.leader or 0,
            leader_address=node.leader_address,
            last_index=raft.log.last_index,
            durable_index=raft.durable_index,
            commit_index=raft.commit_index,
            applied_index=machine.applied_index,
            checkpoint_index=node.checkpoint_index,
            time_ms=machine.time_ms,
            inventories=len(machine.inventories()),
            live_holds=machine.live_holds,
            log_bytes=self._log_bytes(),
            peers=[
                cluster_pb2.Peer(
                    node=peer,
                    address=node.addresses[peer],
                    match_index=progress.match_index,
                    last_heard_ms_ago=node.ms_since(progress.last_heard_ms),
                )
                for peer, progress in raft.progress.items()
            ],
        )


async def start_server(
    node: Node, address: str, log_bytes: LogSize
) -> tuple[grpc.aio.Server, health.aio.HealthServicer]:
    """Serve `node` on `address`; hand the health servicer to `report_health`.

    Raises:
        ConfigurationError: the address cannot be bound.
    """
    server = grpc.aio.server(options=SERVER_OPTIONS)
    raft_pb2_grpc.add_RaftServicer_to_server(RaftService(node), server)
    pb_grpc.add_SeatStoreServicer_to_server(SeatStoreService(node), server)
    cluster_pb2_grpc.add_ClusterServicer_to_server(ClusterService(node, log_bytes), server)
    health_servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    reflection.enable_server_reflection(
        [
            raft_pb2.DESCRIPTOR.services_by_name["Raft"].full_name,
            pb.DESCRIPTOR.services_by_name["SeatStore"].full_name,
            cluster_pb2.DESCRIPTOR.services_by_name["Cluster"].full_name,
            health.SERVICE_NAME,
            reflection.SERVICE_NAME,
        ],
        server,
    )
    try:
        server.add_insecure_port(address)
    except RuntimeError as error:
        raise ConfigurationError(f"cannot listen on {address}: is another process using it?") from error
    await server.start()
    return server, health_servicer


async def report_health(node: Node, servicer: health.aio.HealthServicer) -> None:
    """Keep the health service true: the process serves always, SeatStore while a leader is known."""
    service = pb.DESCRIPTOR.services_by_name["SeatStore"].full_name
    status = health_pb2.HealthCheckResponse
    while True:
        node.role_changed.clear()
        await servicer.set(service, status.SERVING if node.leader_address else status.NOT_SERVING)
        await node.role_changed.wait()
