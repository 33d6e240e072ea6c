"""The client's connector on real gRPC: whatever goes wrong there is one thing, and a leader's address is passed on."""

import asyncio
from collections.abc import AsyncIterator

import grpc
import pytest

from raftstore.rpc import seatstore_pb2 as pb
from raftstore.rpc import seatstore_pb2_grpc as pb_grpc
from raftstore.transport.channels import LEADER_METADATA_KEY
from raftstore.transport.connector import NotSent, TryElsewhere
from raftstore.transport.frames import GrpcConnector

LIMIT_S = 30


class TwoFrames(pb_grpc.SeatStoreServicer):
    """Answers two frames of a stream, and one question; of the others it says who leads."""

    async def Session(
        self, request_iterator: AsyncIterator[pb.CommandFrame], context: grpc.aio.ServicerContext
    ) -> AsyncIterator[pb.OutcomeFrame]:
        answered = 0
        async for frame in request_iterator:
            yield pb.OutcomeFrame(frame=frame.frame)
            answered += 1
            if answered == 2:
                return

    async def GetSeatMap(self, request: pb.SeatMapRequest, context: grpc.aio.ServicerContext) -> pb.SeatMapReply:
        return pb.SeatMapReply(found=True, index=7)

    async def GetHold(self, request: pb.HoldRequest, context: grpc.aio.ServicerContext) -> pb.HoldReply:
        leader = ((LEADER_METADATA_KEY, "the leader"),)
        await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "this node does not lead", trailing_metadata=leader)


@pytest.fixture
async def address():
    server = grpc.aio.server()
    pb_grpc.add_SeatStoreServicer_to_server(TwoFrames(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    yield f"127.0.0.1:{port}"
    await server.stop(None)


@pytest.fixture
async def connector():
    connector = GrpcConnector()
    yield connector
    await connector.close()


async def test_frames_go_out_and_answers_come_back_until_the_node_ends_the_stream(connector, address):
    async with asyncio.timeout(LIMIT_S):
        stream = await connector.connect(address)
        for number in (1, 2):
            assert not stream.closed
            await stream.send(pb.CommandFrame(frame=number))
            assert (await stream.receive()).frame == number
        with pytest.raises(TryElsewhere):
            await stream.receive()
        assert stream.closed
        with pytest.raises(NotSent):
            await stream.send(pb.CommandFrame(frame=3))


async def test_a_stream_that_was_closed_is_known_to_be(connector, address):
    async with asyncio.timeout(LIMIT_S):
        stream = await connector.connect(address)
        stream.close()
        assert stream.closed


async def test_nobody_at_the_address_is_a_node_that_cannot_answer(connector, unused_tcp_port):
    async with asyncio.timeout(LIMIT_S):
        with pytest.raises(TryElsewhere, match="unavailable"):
            await connector.connect(f"127.0.0.1:{unused_tcp_port}")


async def test_a_question_is_answered_or_the_leader_s_address_is_told(connector, address):
    async with asyncio.timeout(LIMIT_S):
        assert (await connector.seat_map(address, pb.SeatMapRequest())).index == 7
        with pytest.raises(TryElsewhere, match="failed_precondition: this node does not lead") as elsewhere:
            await connector.hold(address, pb.HoldRequest())
        assert elsewhere.value.address == "the leader"
        with pytest.raises(TryElsewhere, match="unimplemented") as elsewhere:
            await connector.history(address, pb.HistoryRequest())
        assert elsewhere.value.address == ""
