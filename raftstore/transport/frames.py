"""A client's frames and questions over gRPC."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import grpc

from raftstore.rpc import gates_pb2
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.rpc.seatstore_pb2_grpc import SeatStoreStub

from .channels import LEADER_METADATA_KEY, open_channel
from .connector import NotSent, TryElsewhere
from .security import Security

T = TypeVar("T")


class GrpcFrameStream:
    """The `FrameStream` of one Session call."""

    def __init__(self, call: grpc.aio.StreamStreamCall[pb.CommandFrame, pb.OutcomeFrame]) -> None:
        self._call = call

    @property
    def closed(self) -> bool:
        return self._call.done()

    async def send(self, frame: pb.CommandFrame) -> None:
        if self._call.done():
            raise NotSent(reason="the stream has ended")
        try:
            await self._call.write(frame)
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
            raise TryElsewhere(reason=repr(error)) from error

    async def receive(self) -> pb.OutcomeFrame:
        try:
            frame = await self._call.read()
        except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
            raise TryElsewhere(reason=repr(error)) from error
        if not isinstance(frame, pb.OutcomeFrame):
            raise TryElsewhere(reason="the node ended the stream")
        return frame

    def close(self) -> None:
        self._call.cancel()


class GrpcConnector:
    """The `Connector` of a running client; keeps one channel to each address."""

    def __init__(self, security: Security | None = None) -> None:
        self._security = security
        self._channels: dict[str, grpc.aio.Channel] = {}

    def channel_to(self, address: str) -> grpc.aio.Channel:
        if address not in self._channels:
            self._channels[address] = open_channel(address, self._security)
        return self._channels[address]

    async def connect(self, address: str) -> GrpcFrameStream:
        call = self._stub(address).Session()
        try:
            await call.wait_for_connection()
        except grpc.aio.AioRpcError as error:
            raise TryElsewhere(reason=_reason(error)) from error
        except asyncio.CancelledError:
            call.cancel()
            raise
        return GrpcFrameStream(call)

    async def seat_map(self, address: str, request: pb.SeatMapRequest) -> pb.SeatMapReply:
        return await _answer(self._stub(address).GetSeatMap(request))

    async def hold(self, address: str, request: pb.HoldRequest) -> pb.HoldReply:
        return await _answer(self._stub(address).GetHold(request))

    async def holds(self, address: str, request: pb.HoldsRequest) -> pb.HoldsReply:
        return await _answer(self._stub(address).ListHolds(request))

    async def gate(self, address: str, request: gates_pb2.GateRequest) -> gates_pb2.GateReply:
        return await _answer(self._stub(address).GetGate(request))

    async def draw(self, address: str, request: gates_pb2.DrawRequest) -> gates_pb2.DrawReply:
        return await _answer(self._stub(address).ListDraw(request))

    async def history(self, address: str, request: pb.HistoryRequest) -> pb.HistoryReply:
        return await _answer(self._stub(address).GetHistory(request))

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()

    def _stub(self, address: str) -> SeatStoreStub:
        return SeatStoreStub(self.channel_to(address))


async def _answer(call: Awaitable[T]) -> T:
    try:
        return await call
    except grpc.aio.AioRpcError as error:
        metadata = dict(error.trailing_metadata() or ())
        raise TryElsewhere(str(metadata.get(LEADER_METADATA_KEY, "")), _reason(error)) from error


def _reason(error: grpc.aio.AioRpcError) -> str:
    return f"{error.code().name.lower()}: {error.details()}"
