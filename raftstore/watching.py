"""A client's watch: every change since an index, across failures of nodes."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import grpc

from raftstore.errors import MalformedMessage
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.rpc.seatstore_pb2_grpc import SeatStoreStub
from raftstore.seats import commands as c
from raftstore.transport import codec
from raftstore.transport.frames import GrpcConnector

log = logging.getLogger("raftstore.client")

RETRY_PAUSE_S = 0.25
# A node says something every couple of seconds (server/seat_service.py); one that is silent for this long hangs.
SILENCE_LIMIT_S = 8.0

WatchCallback = Callable[[int | None, Sequence[c.SeatEvent], bool, int], None]


@dataclass(frozen=True, slots=True)
class Known:
    """Up to where a watch has been told everything (None: it begins now), and in whose log (0: not said yet)."""

    index: int | None
    cluster: int = 0


def pass_on(frame: pb.WatchFrame, tell: WatchCallback, known: Known) -> Known:
    """Tell where a watch begins and what is news. Returns up to where everything is known now.

    A node that lags behind the one before it tells again what is known already.
    """
    index = -1 if known.index is None else known.index
    is_another_cluster = known.cluster not in (0, frame.cluster)
    reset = frame.reset or is_another_cluster
    if known.index is None or reset or (frame.events and frame.index > index):
        events = [codec.decode_event(event) for event in frame.events]
        try:
            tell(None if is_another_cluster else frame.index, events, reset, frame.cluster)
        except Exception:
            log.exception("a watch's callback failed at index=%d; the watch goes on", frame.index)
    return Known(frame.index if reset else max(index, frame.index), frame.cluster)


async def watch(
    connector: GrpcConnector, addresses: Sequence[str], tell: WatchCallback, *, since_index: int | None
) -> None:
    """Tell what changes, from one node after the other, until cancelled; see AsyncSeatStoreClient.watch."""
    position = 0
    known = Known(since_index)
    while True:
        stub = SeatStoreStub(connector.channel_to(addresses[position % len(addresses)]))
        stream = stub.Watch(pb.WatchRequest(since_index=known.index, cluster=known.cluster))
        try:
            while True:
                async with asyncio.timeout(SILENCE_LIMIT_S):
                    frame = await stream.read()
                if not isinstance(frame, pb.WatchFrame):
                    break
                known = pass_on(frame, tell, known)
        except (TimeoutError, grpc.aio.AioRpcError, MalformedMessage) as error:
            log.info("watch ends at index=%s: %r; trying the next node", known.index, error)
        finally:
            stream.cancel()
        position += 1
        await asyncio.sleep(RETRY_PAUSE_S)
