"""How a program talks to the store: it finds the leader, retries in the same session, and never guesses.

`SeatStoreClient` may be called from any thread; all callers share one stream to the leader (session.py), which runs
on an event loop in a thread of the client's own.
"""

import asyncio
import logging
import random
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any, TypeVar

import grpc

from raftstore.errors import ClientClosed, ConfigurationError, MalformedMessage
from raftstore.queries import Queries
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.rpc.seatstore_pb2_grpc import SeatStoreStub
from raftstore.seats import commands as c
from raftstore.session import Session
from raftstore.transport import codec
from raftstore.transport.frames import GrpcConnector
from raftstore.transport.leader import LeaderFinder
from raftstore.transport.security import Security

log = logging.getLogger("raftstore.client")

T = TypeVar("T")

DEFAULT_DEADLINE_S = 5.0
WATCH_RETRY_PAUSE_S = 0.25
# A node says something every couple of seconds (server/seat_service.py); one that is silent for this long hangs.
WATCH_SILENCE_LIMIT_S = 8.0

WatchCallback = Callable[[int | None, Sequence[c.SeatEvent], bool], None]


class SeatStoreClient:
    """A process's access to one cluster.

    Args:
        addresses: where the nodes answer; any order, the client finds out who leads.
        security: the certificates to show and to believe; without them it speaks in the clear.

    Raises:
        ConfigurationError: no address was given.
    """

    def __init__(self, addresses: Sequence[str], *, security: Security | None = None) -> None:
        if not addresses:
            raise ConfigurationError("the addresses of the store's nodes are needed, e.g. 127.0.0.1:50051")
        self._addresses = list(addresses)
        self._loop = asyncio.new_event_loop()
        chance = random.SystemRandom()
        leader = LeaderFinder(self._addresses, chance)
        self._connector = GrpcConnector(security)
        self._session = Session(self._connector, leader, chance)
        self._queries = Queries(self._connector, leader)
        self._thread = threading.Thread(target=self._loop.run_forever, name="seat-store-client", daemon=True)
        self._thread.start()
        self._closed = False
        self._start(_logged(self._session.run()))

    def execute(self, command: c.Command, *, request_id: str, deadline_s: float = DEFAULT_DEADLINE_S) -> c.Outcome:
        """Have the store carry out `command`, once, however often it is asked under this request id.

        Raises:
            StoreUnavailable, StoreOverloaded: nothing happened.
            OutcomeUnknown: it may or may not have happened; ask again with the same request id.
        """
        request = codec.encode_request(c.Request(request_id, command))
        return self._wait(self._session.execute(request, deadline_s))

    def seat_map(
        self, inventory: str, *, stale: bool = False, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> c.SeatMap | None:
        """An inventory's taken seats; None if there is no such inventory.

        Linearizable; with `stale` whatever any node has applied, also one that knows of no leader.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return self._wait(self._queries.seat_map(inventory, stale=stale, deadline_s=deadline_s))

    def hold(self, hold: str, *, stale: bool = False, deadline_s: float = DEFAULT_DEADLINE_S) -> c.HoldView | None:
        """A hold, linearizable unless `stale` (see seat_map); None if it never was, or ended long ago.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return self._wait(self._queries.hold(hold, stale=stale, deadline_s=deadline_s))

    def history(
        self,
        inventory: str,
        seat: str,
        *,
        limit: int = 100,
        stale: bool = False,
        deadline_s: float = DEFAULT_DEADLINE_S,
    ) -> list[c.SeatEvent]:
        """The latest `limit` events in a seat's life, oldest first, linearizable unless `stale` (see seat_map).

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return self._wait(self._queries.history(inventory, seat, limit=limit, stale=stale, deadline_s=deadline_s))

    def watch(self, tell: WatchCallback, *, since_index: int | None = None) -> Callable[[], None]:
        """Call `tell(index, events, reset)` for every change after `since_index`.

        Without it, from now on: the first call, without events, tells from which index on.

        Goes on across failures of nodes, also of one that lives but says nothing.

        `tell` runs on the client's thread and must return quickly. `reset` means that changes were missed: read the
        maps again. The index is None with it when another cluster answers, such as one that was restored: its log is
        another, so that no map's index of before can be compared with one of now.

        Returns a function that ends the watch.
        """
        watching = self._start(_logged(self._watch(tell, since_index)))

        def end() -> None:
            watching.cancel()

        return end

    def close(self) -> None:
        """End the stream and the thread; calls that still wait, and later ones, raise ClientClosed."""

        async def shut_down() -> None:
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            await self._connector.close()

        if self._closed:
            return
        self._closed = True
        asyncio.run_coroutine_threadsafe(shut_down(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # --- On the client's own loop -----------------------------------------------------------------

    def _start(self, coroutine: Coroutine[Any, Any, T]) -> "Future[T]":
        if self._closed:
            coroutine.close()
            raise ClientClosed("the client is closed")
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop)

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return self._start(coroutine).result()
        except CancelledError:
            raise ClientClosed("the client was closed while this waited; it may or may not have happened") from None

    async def _watch(self, tell: WatchCallback, since_index: int | None) -> None:
        position = 0
        known = Known(since_index)
        while True:
            stub = SeatStoreStub(self._connector.channel_to(self._addresses[position % len(self._addresses)]))
            stream = stub.Watch(pb.WatchRequest(since_index=known.index, cluster=known.cluster))
            try:
                while True:
                    async with asyncio.timeout(WATCH_SILENCE_LIMIT_S):
                        frame = await stream.read()
                    if not isinstance(frame, pb.WatchFrame):
                        break
                    known = pass_on(frame, tell, known)
            except (TimeoutError, grpc.aio.AioRpcError, MalformedMessage) as error:
                log.info("watch ends at index=%s: %r; trying the next node", known.index, error)
            finally:
                stream.cancel()
            position += 1
            await asyncio.sleep(WATCH_RETRY_PAUSE_S)


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
            tell(None if is_another_cluster else frame.index, events, reset)
        except Exception:
            log.exception("a watch's callback failed at index=%d; the watch goes on", frame.index)
    return Known(frame.index if reset else max(index, frame.index), frame.cluster)


async def _logged(part: Coroutine[Any, Any, None]) -> None:
    """Run a part of the client that nobody waits for; should it ever fail, somebody must hear of it."""
    try:
        await part
    except Exception:
        log.exception("a part of the seat store's client ended")
        raise
