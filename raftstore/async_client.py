"""How a program with an event loop talks to the store: it finds the leader, retries in the same session, never guesses.

Programs with threads use client.py, which runs one of these.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from raftstore.errors import ClientClosed, ConfigurationError
from raftstore.nodes import NodeState, ask_nodes
from raftstore.queries import Queries
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats import commands as c
from raftstore.seats.gate_commands import DrawPage
from raftstore.seats.listing import HoldPage
from raftstore.session import Session
from raftstore.transport import codec
from raftstore.transport.frames import GrpcConnector
from raftstore.transport.gates_codec import Asked
from raftstore.transport.leader import LeaderFinder
from raftstore.transport.security import Security
from raftstore.watching import WatchCallback, watch

log = logging.getLogger("raftstore.client")

T = TypeVar("T")

DEFAULT_DEADLINE_S = 5.0

_CLOSED = "the client was closed while this waited; it may or may not have happened"


class AsyncSeatStoreClient:
    """A process's access to one cluster, on the running event loop; all its callers share one stream to the leader.

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
        chance = random.SystemRandom()
        leader = LeaderFinder(self._addresses, chance)
        self._connector = GrpcConnector(security)
        self._session = Session(self._connector, leader, chance)
        self._queries = Queries(self._connector, leader)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._start(_logged(self._session.run()))

    async def execute(
        self, command: c.Command, *, request_id: str, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> c.Outcome:
        """Have the store carry out `command`, once, however often it is asked under this request id.

        Raises:
            StoreUnavailable, StoreOverloaded: nothing happened.
            OutcomeUnknown: it may or may not have happened; ask again with the same request id.
        """
        return await self.submit(codec.encode_request(c.Request(request_id, command)), deadline_s)

    def submit(self, request: pb.Request, deadline_s: float) -> "asyncio.Future[c.Outcome]":
        """As `execute`, with a request that is encoded already.

        Raises:
            RequestTooLarge, StoreOverloaded, ClientClosed: nothing happened.
        """
        self._refuse_if_closed()
        return self._session.submit(request, deadline_s)

    async def seat_map(
        self, inventory: str, *, stale: bool = False, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> c.SeatMap | None:
        """An inventory's taken seats; None if there is no such inventory.

        Linearizable; with `stale` whatever any node has applied, also one that knows of no leader.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return await self._ask(self._queries.seat_map(inventory, stale=stale, deadline_s=deadline_s))

    async def hold(
        self, hold: str, *, stale: bool = False, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> c.HoldView | None:
        """A hold, linearizable unless `stale` (see seat_map); None if it never was, or ended long ago.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return await self._ask(self._queries.hold(hold, stale=stale, deadline_s=deadline_s))

    async def holds(
        self, inventory: str, *, after: str = "", limit: int = 0, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> HoldPage | None:
        """An inventory's first holds after that id, linearizable, at most `limit` if it is not 0; None if there is no
        such inventory.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return await self._ask(self._queries.holds(inventory, after=after, limit=limit, deadline_s=deadline_s))

    async def gate(self, inventory: str, visitor: str = "", *, deadline_s: float = DEFAULT_DEADLINE_S) -> Asked | None:
        """A waiting room, and one of its visitors if named, linearizable; None if there is none.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return await self._ask(self._queries.gate(inventory, visitor, stale=False, deadline_s=deadline_s))

    async def draw(
        self, inventory: str, *, after: int = 0, limit: int = 0, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> DrawPage | None:
        """Whom a waiting room's seed gave the first places after that one, linearizable; None if there is none.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return await self._ask(self._queries.draw(inventory, after=after, limit=limit, deadline_s=deadline_s))

    async def history(
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
        query = self._queries.history(inventory, seat, limit=limit, stale=stale, deadline_s=deadline_s)
        return await self._ask(query)

    async def nodes(self, *, limit_s: float) -> list[NodeState]:
        """What each node that the client was told of says of itself within `limit_s`; silence is an answer too."""
        return await self._ask(ask_nodes(self._connector.channel_to, self._addresses, limit_s))

    def watch(self, tell: WatchCallback, *, since_index: int | None = None) -> Callable[[], None]:
        """Call `tell(index, events, reset, cluster)` for every change after `since_index`.

        Without it, from now on: the first call, without events, tells from which index on.

        Goes on across failures of nodes, also of one that lives but says nothing.

        `tell` runs on the event loop and must return quickly. `reset` means that changes were missed: read the maps
        again. The index is None with it when another cluster answers, such as one that was restored: its log is
        another, so that no map's index of before can be compared with one of now. `cluster` is whose log it is, as in
        SeatMap.

        Returns a function that ends the watch.
        """
        self._refuse_if_closed()
        watching = self._start(_logged(watch(self._connector, self._addresses, tell, since_index=since_index)))

        def end() -> None:
            watching.cancel()

        return end

    async def close(self) -> None:
        """End the stream and every watch; calls that still wait, and later ones, raise ClientClosed."""
        if self._closed:
            return
        self._closed = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._session.refuse_all(_CLOSED)
        await self._connector.close()

    # --- Tasks --------------------------------------------------------------------------------------

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ClientClosed("the client is closed")

    def _start(self, part: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        task = asyncio.get_running_loop().create_task(part)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        if self._closed:
            question.close()
        self._refuse_if_closed()
        asking = self._start(question)
        try:
            return await asking
        except asyncio.CancelledError:
            if self._closed and asking.cancelled():
                raise ClientClosed(_CLOSED) from None
            raise


async def _logged(part: Coroutine[Any, Any, None]) -> None:
    """Run a part of the client that nobody waits for; should it ever fail, somebody must hear of it."""
    try:
        await part
    except Exception:
        log.exception("a part of the seat store's client ended")
        raise
