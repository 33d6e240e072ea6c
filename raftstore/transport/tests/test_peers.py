"""A peer that takes nothing in must not cost the sender its memory, nor one that is gone its sockets."""

import asyncio

from raftstore.core.messages import TimeoutNow
from raftstore.rpc import raft_pb2 as pb
from raftstore.transport import peers
from raftstore.transport.envelope import Envelope

NOBODY = "127.0.0.1:1"


def wire(size: int) -> pb.Envelope:
    entry = pb.LogEntry(data=bytes(size))
    return pb.Envelope(sender=1, append_entries=pb.AppendEntries(entries=[entry]))


def envelope() -> Envelope:
    return Envelope(1, 1, 11, "127.0.0.1:2", 2, 22, TimeoutNow(1))


async def test_the_queue_is_bounded_in_messages_and_in_bytes():
    few_but_big, many_but_small = peers.PeerStream(NOBODY), peers.PeerStream(NOBODY)
    for _ in range(100):
        few_but_big.put(wire(1 << 20))
    for _ in range(peers.QUEUE_LIMIT_MESSAGES + 10):
        many_but_small.put(wire(1))
    assert few_but_big.queue_bytes <= peers.QUEUE_LIMIT_BYTES
    assert len(few_but_big) == 31
    assert len(many_but_small) == peers.QUEUE_LIMIT_MESSAGES


async def test_streams_are_bounded_in_number():
    network = peers.GrpcNetwork()
    for port in range(1, peers.STREAM_LIMIT + 10):
        network.send(f"127.0.0.1:{port}", envelope())
    assert len(network.addresses) == peers.STREAM_LIMIT


async def test_a_stream_that_is_used_no_more_is_closed_and_opened_again_when_needed(monkeypatch):
    monkeypatch.setattr(peers, "IDLE_LIMIT_S", 0.01)
    network = peers.GrpcNetwork()
    running = asyncio.create_task(network.run())
    for _ in range(2):
        network.send(NOBODY, envelope())
        assert network.addresses == (NOBODY,)
        async with asyncio.timeout(30):
            while network.addresses:  # noqa: ASYNC110 - the network tells nobody that a stream has been closed
                await asyncio.sleep(0.01)
    running.cancel()
