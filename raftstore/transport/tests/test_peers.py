"""A peer that takes nothing in must not cost the sender its memory."""

import asyncio

import pytest

from raftstore.rpc import raft_pb2
from raftstore.transport import peers


def message(size: int) -> raft_pb2.RaftMessage:
    entry = raft_pb2.LogEntry(data=bytes(size))
    return raft_pb2.RaftMessage(sender=1, append_entries=raft_pb2.AppendEntries(entries=[entry]))


async def test_the_queue_is_bounded_in_messages_and_in_bytes():
    few_but_big, many_but_small = peers.PeerStream("127.0.0.1:1"), peers.PeerStream("127.0.0.1:1")
    for _ in range(100):
        few_but_big.put(message(1 << 20))
    for _ in range(peers.QUEUE_LIMIT_MESSAGES + 10):
        many_but_small.put(message(1))
    assert few_but_big.queue_bytes <= peers.QUEUE_LIMIT_BYTES
    assert len(few_but_big) == 31
    assert len(many_but_small) == peers.QUEUE_LIMIT_MESSAGES


async def test_a_cluster_of_one_has_nobody_to_talk_to_and_goes_on():
    network = peers.GrpcNetwork(1, {1: "127.0.0.1:1"})
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await network.run()
