"""The real network: one outgoing gRPC stream to each address that is spoken to, with a bounded queue in front of it.

Streams are opened when something is sent, and closed when nothing has been for a while: members come and go.
"""

import asyncio
import contextlib
import logging
import random
from collections import deque

import grpc

from raftstore.rpc import raft_pb2 as pb
from raftstore.rpc.raft_pb2_grpc import RaftStub

from .channels import open_channel
from .envelope import Envelope, encode_envelope
from .security import Security

log = logging.getLogger("raftstore.peers")

QUEUE_LIMIT_MESSAGES = 1_024
QUEUE_LIMIT_BYTES = 32 << 20
STREAM_LIMIT = 64
IDLE_LIMIT_S = 30.0
RECONNECT_MIN_MS = 20
RECONNECT_MAX_MS = 100


class PeerStream:
    """Messages to one address, in order, as long as the stream holds; what was queued when it breaks is lost."""

    def __init__(self, address: str, security: Security | None = None) -> None:
        self._address = address
        self._security = security
        self._queue: deque[tuple[pb.Envelope, int]] = deque()
        self.queue_bytes = 0
        self._arrived = asyncio.Event()
        self._used_s = asyncio.get_running_loop().time()

    @property
    def idle_s(self) -> float:
        """For how long nothing has been given to it."""
        return asyncio.get_running_loop().time() - self._used_s

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, envelope: pb.Envelope) -> None:
        """Queue a message; lose it when the other side takes nothing in, as Raft allows."""
        self._used_s = asyncio.get_running_loop().time()
        size = envelope.ByteSize()
        if len(self._queue) < QUEUE_LIMIT_MESSAGES and self.queue_bytes + size <= QUEUE_LIMIT_BYTES:
            self._queue.append((envelope, size))
            self.queue_bytes += size
            self._arrived.set()

    async def run(self) -> None:
        """Send until cancelled, reconnecting with a growing pause."""
        pause_ms = RECONNECT_MIN_MS
        async with open_channel(self._address, self._security) as channel:
            while True:
                try:
                    await self._send_over(RaftStub(channel))
                except (grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
                    log.debug("event=stream_broken peer=%s reason=%s", self._address, error)
                pause_ms = RECONNECT_MIN_MS if self._queue else min(RECONNECT_MAX_MS, pause_ms * 2)
                await asyncio.sleep(random.uniform(0.5, 1.0) * pause_ms / 1000)
                self._queue.clear()
                self.queue_bytes = 0

    async def _send_over(self, stub: RaftStub) -> None:
        stream = stub.Deliver()
        try:
            while not stream.done():
                while self._queue:
                    envelope, size = self._queue.popleft()
                    self.queue_bytes -= size
                    await stream.write(envelope)
                self._arrived.clear()
                await self._arrived.wait()
        finally:
            stream.cancel()


class GrpcNetwork:
    """The runtime's `Network` over gRPC."""

    def __init__(self, security: Security | None = None) -> None:
        self._security = security
        self._streams: dict[str, PeerStream] = {}
        self._opened: asyncio.Queue[str] = asyncio.Queue()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Those with a stream."""
        return tuple(self._streams)

    def send(self, address: str, envelope: Envelope) -> None:
        stream = self._streams.get(address)
        if stream is None:
            if len(self._streams) >= STREAM_LIMIT:
                return
            stream = self._streams[address] = PeerStream(address, self._security)
            self._opened.put_nowait(address)
        stream.put(encode_envelope(envelope))

    async def run(self) -> None:
        """Keep the streams up until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            running: dict[str, asyncio.Task[None]] = {}
            while True:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_LIMIT_S):
                        address = await self._opened.get()
                        running[address] = tasks.create_task(self._streams[address].run())
                for address in [address for address, stream in self._streams.items() if stream.idle_s > IDLE_LIMIT_S]:
                    del self._streams[address]
                    running.pop(address).cancel()
