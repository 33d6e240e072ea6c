"""The real network: one outgoing gRPC stream to every other node, with a bounded queue in front of it."""

import asyncio
import logging
import random
from collections import deque

import grpc

from raftstore.core.messages import Message
from raftstore.rpc import raft_pb2 as pb
from raftstore.rpc.raft_pb2_grpc import RaftStub

from .channels import CHANNEL_OPTIONS
from .envelope import encode_message

log = logging.getLogger("raftstore.peers")

QUEUE_LIMIT_MESSAGES = 1_024
RECONNECT_MIN_MS = 20
RECONNECT_MAX_MS = 100


class PeerStream:
    """Messages to one node, in order, as long as the stream holds; what was queued when it breaks is lost."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._queue: deque[pb.RaftMessage] = deque(maxlen=QUEUE_LIMIT_MESSAGES)
        self._arrived = asyncio.Event()

    def put(self, message: pb.RaftMessage) -> None:
        self._queue.append(message)
        self._arrived.set()

    async def run(self) -> None:
        """Send until cancelled, reconnecting with a growing pause."""
        pause_ms = RECONNECT_MIN_MS
        async with grpc.aio.insecure_channel(self._address, options=CHANNEL_OPTIONS) as channel:
            while True:
                try:
                    await self._send_over(RaftStub(channel))
                except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
                    log.debug("peer=%s stream broken: %s", self._address, error)
                pause_ms = RECONNECT_MIN_MS if self._queue else min(RECONNECT_MAX_MS, pause_ms * 2)
                await asyncio.sleep(random.uniform(0.5, 1.0) * pause_ms / 1000)
                self._queue.clear()

    async def _send_over(self, stub: RaftStub) -> None:
        stream = stub.Deliver()
        try:
            while not stream.done():
                while self._queue:
                    await stream.write(self._queue.popleft())
                self._arrived.clear()
                await self._arrived.wait()
        finally:
            stream.cancel()


class GrpcNetwork:
    """The runtime's `Network` over gRPC."""

    def __init__(self, node: int, addresses: dict[int, str]) -> None:
        self._node = node
        self._streams = {peer: PeerStream(address) for peer, address in addresses.items() if peer != node}

    def send(self, to: int, message: Message) -> None:
        self._streams[to].put(encode_message(self._node, message))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            for stream in self._streams.values():
                tasks.create_task(stream.run())
