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
QUEUE_LIMIT_BYTES = 32 << 20
RECONNECT_MIN_MS = 20
RECONNECT_MAX_MS = 100


class PeerStream:
    """Messages to one node, in order, as long as the stream holds; what was queued when it breaks is lost."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._queue: deque[pb.RaftMessage] = deque()
        self.queue_bytes = 0
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, message: pb.RaftMessage) -> None:
        """Queue a message; lose it when the other side takes nothing in, as Raft allows."""
        size = message.ByteSize()
        if len(self._queue) < QUEUE_LIMIT_MESSAGES and self.queue_bytes + size <= QUEUE_LIMIT_BYTES:
            self._queue.append(message)
            self.queue_bytes += size
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
                self.queue_bytes = 0

    async def _send_over(self, stub: RaftStub) -> None:
        stream = stub.Deliver()
        try:
            while not stream.done():
                while self._queue:
                    message = self._queue.popleft()
                    self.queue_bytes -= message.ByteSize()
                    await stream.write(message)
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
        """Keep the streams up until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for stream in self._streams.values():
                tasks.create_task(stream.run())
            # A cluster of one has no streams, and goes on all the same.
            await asyncio.Event().wait()
