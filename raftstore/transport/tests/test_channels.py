"""A connection whose other end has fallen silent is noticed, and one that is only quiet is kept."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import grpc
import pytest

from raftstore.rpc import seatstore_pb2 as pb
from raftstore.rpc import seatstore_pb2_grpc as pb_grpc
from raftstore.transport import channels
from raftstore.transport.channels import SERVER_OPTIONS, open_channel

# Without pings it would be two hours.
LIMIT_S = 60


class SaysNothing(pb_grpc.SeatStoreServicer):
    def __init__(self) -> None:
        self.ended = asyncio.Event()

    async def Watch(self, request: pb.WatchRequest, context: grpc.aio.ServicerContext) -> AsyncIterator[pb.WatchFrame]:
        try:
            yield pb.WatchFrame(index=1)
            await asyncio.Event().wait()
        finally:
            self.ended.set()


class Wire:
    """A way to a server on which, once it is `cut`, nothing arrives and nothing is refused."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._parts: list[asyncio.Task[None]] = []
        self.cut = False

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onwards, back = await asyncio.open_connection("127.0.0.1", self._port)
        self._parts += [
            asyncio.create_task(self._carry(reader, back)),
            asyncio.create_task(self._carry(onwards, writer)),
        ]

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while part := await reader.read(65_536):
                if not self.cut:
                    writer.write(part)
                    await writer.drain()

    def close(self) -> None:
        for part in self._parts:
            part.cancel()


@pytest.fixture
async def service():
    return SaysNothing()


@pytest.fixture
async def port(service: SaysNothing):
    server = grpc.aio.server(options=SERVER_OPTIONS)
    pb_grpc.add_SeatStoreServicer_to_server(service, server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield port
    await server.stop(None)
    await service.ended.wait()


async def test_both_ends_notice_that_nothing_comes_through_any_more(service: SaysNothing, port: int):
    wire = Wire(port)
    listening = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    address = "127.0.0.1:{1}".format(*listening.sockets[0].getsockname())
    async with open_channel(address) as channel, asyncio.timeout(LIMIT_S):
        stream = pb_grpc.SeatStoreStub(channel).Watch(pb.WatchRequest())
        assert await stream.read() == pb.WatchFrame(index=1)
        wire.cut = True
        with pytest.raises(grpc.aio.AioRpcError) as broken:
            await stream.read()
        assert broken.value.code() is grpc.StatusCode.UNAVAILABLE
        await service.ended.wait()
    wire.close()
    listening.close()


async def test_a_stream_that_says_nothing_is_not_taken_for_an_attack(
    service: SaysNothing, port: int, monkeypatch: pytest.MonkeyPatch
):
    often = [(name, 20 if name == "grpc.keepalive_time_ms" else value) for name, value in channels.CHANNEL_OPTIONS]
    monkeypatch.setattr(channels, "CHANNEL_OPTIONS", often)
    async with open_channel(f"127.0.0.1:{port}") as channel, asyncio.timeout(LIMIT_S):
        stream = pb_grpc.SeatStoreStub(channel).Watch(pb.WatchRequest())
        await stream.read()
        # Time for many pings; a server that minds ends the connection at the third.
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.0):
                await stream.read()
