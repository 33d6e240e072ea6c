"""How a program with threads talks to the store.

`SeatStoreClient` may be called from any thread. All callers share one AsyncSeatStoreClient (async_client.py), which
runs on an event loop in a thread of its own.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, TypeVar

from raftstore.async_client import DEFAULT_DEADLINE_S, AsyncSeatStoreClient
from raftstore.errors import ClientClosed, RaftstoreError
from raftstore.nodes import NodeState
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats import commands as c
from raftstore.seats.gate_commands import DrawPage
from raftstore.seats.listing import HoldPage
from raftstore.transport import codec
from raftstore.transport.gates_codec import Asked
from raftstore.transport.security import Security
from raftstore.watching import WatchCallback

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Call:
    request: pb.Request
    deadline_s: float
    answer: "Future[c.Outcome]"

    def end(self, outcome: "asyncio.Future[c.Outcome]") -> None:
        if error := outcome.exception():
            self.answer.set_exception(error)
        else:
            self.answer.set_result(outcome.result())


class SeatStoreClient:
    """A process's access to one cluster, for threads: every operation means what it means in AsyncSeatStoreClient.

    Args:
        addresses: where the nodes answer; any order, the client finds out who leads.
        security: the certificates to show and to believe; without them it speaks in the clear.

    Raises:
        ConfigurationError: no address was given.
    """

    def __init__(self, addresses: Sequence[str], *, security: Security | None = None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="seat-store-client", daemon=True)
        self._thread.start()
        # Whatever is begun behind this door is begun before the loop's end is.
        self._door = threading.Lock()
        self._handed_over: list[_Call] = []
        self._closed = False
        try:
            self._client = self._wait(_begin(addresses, security))
        except BaseException:
            self._end_thread()
            raise

    def execute(self, command: c.Command, *, request_id: str, deadline_s: float = DEFAULT_DEADLINE_S) -> c.Outcome:
        """Have the store carry out `command`, once, however often it is asked under this request id.

        Raises:
            StoreUnavailable, StoreOverloaded: nothing happened.
            OutcomeUnknown: it may or may not have happened; ask again with the same request id.
        """
        call = _Call(codec.encode_request(c.Request(request_id, command)), deadline_s, Future())
        with self._door:
            self._refuse_if_closed()
            self._handed_over.append(call)
            if len(self._handed_over) == 1:
                self._loop.call_soon_threadsafe(self._take_over)
        return call.answer.result()

    def seat_map(
        self, inventory: str, *, stale: bool = False, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> c.SeatMap | None:
        """An inventory's taken seats; None if there is no such inventory.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return self._wait(self._client.seat_map(inventory, stale=stale, deadline_s=deadline_s))

    def hold(self, hold: str, *, stale: bool = False, deadline_s: float = DEFAULT_DEADLINE_S) -> c.HoldView | None:
        """A hold; None if it never was, or ended long ago.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return self._wait(self._client.hold(hold, stale=stale, deadline_s=deadline_s))

    def holds(
        self, inventory: str, *, after: str = "", limit: int = 0, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> HoldPage | None:
        """An inventory's first holds after that id, at most `limit` if it is not 0; None if there is no such inventory.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return self._wait(self._client.holds(inventory, after=after, limit=limit, deadline_s=deadline_s))

    def gate(self, inventory: str, visitor: str = "", *, deadline_s: float = DEFAULT_DEADLINE_S) -> Asked | None:
        """A waiting room, and one of its visitors if named; None if there is none before this inventory.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return self._wait(self._client.gate(inventory, visitor, deadline_s=deadline_s))

    def draw(
        self, inventory: str, *, after: int = 0, limit: int = 0, deadline_s: float = DEFAULT_DEADLINE_S
    ) -> DrawPage | None:
        """Whom a waiting room's seed gave the first places after that one; None if there is no waiting room.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return self._wait(self._client.draw(inventory, after=after, limit=limit, deadline_s=deadline_s))

    def history(
        self,
        inventory: str,
        seat: str,
        *,
        limit: int = 100,
        stale: bool = False,
        deadline_s: float = DEFAULT_DEADLINE_S,
    ) -> list[c.SeatEvent]:
        """The latest `limit` events in a seat's life, oldest first.

        Raises:
            StoreUnavailable: no node could answer within `deadline_s`.
        """
        return self._wait(self._client.history(inventory, seat, limit=limit, stale=stale, deadline_s=deadline_s))

    def nodes(self, *, limit_s: float) -> list[NodeState]:
        """What each node that the client was told of says of itself within `limit_s`; silence is an answer too."""
        return self._wait(self._client.nodes(limit_s=limit_s))

    def watch(self, tell: WatchCallback, *, since_index: int | None = None) -> Callable[[], None]:
        """Call `tell(index, events, reset, cluster)` on the client's own thread for every change after `since_index`.

        Returns a function that ends the watch.
        """

        async def begin() -> Callable[[], None]:
            return self._client.watch(tell, since_index=since_index)

        end_watch = self._wait(begin())

        def end() -> None:
            with self._door:
                if not self._closed:
                    self._loop.call_soon_threadsafe(end_watch)

        return end

    def close(self) -> None:
        """End the stream and the thread; calls that still wait, and later ones, raise ClientClosed."""
        with self._door:
            if self._closed:
                return
            self._closed = True
        asyncio.run_coroutine_threadsafe(self._end_calls(), self._loop).result()
        self._end_thread()

    async def _end_calls(self) -> None:
        await self._client.close()
        if calls := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.wait(calls)

    def _end_thread(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        with self._door:
            if self._closed:
                coroutine.close()
            self._refuse_if_closed()
            call = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        return call.result()

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise ClientClosed("the client is closed")

    def _take_over(self) -> None:
        """On the loop: what threads have handed over since, at once, because waking the loop is what it costs."""
        with self._door:
            calls, self._handed_over = self._handed_over, []
        for call in calls:
            try:
                outcome = self._client.submit(call.request, call.deadline_s)
            except RaftstoreError as error:
                call.answer.set_exception(error)
            else:
                outcome.add_done_callback(call.end)


async def _begin(addresses: Sequence[str], security: Security | None) -> AsyncSeatStoreClient:
    return AsyncSeatStoreClient(addresses, security=security)
