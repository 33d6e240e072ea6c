"""How does a process hear of every seat that changes, on every cluster? One watch a cluster, one stream of news."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence

from booking.placing.clusters import clusters
from raftstore.seats import commands as c

from .asking import cluster_named
from .values import SeatChange, WatchReset, log_of

WATCH_QUEUE_LIMIT = 1_000

News = list[SeatChange] | WatchReset


async def watch() -> AsyncIterator[News]:
    """Seat changes of all clusters, across failures of nodes; one cluster's silence keeps no other's news.

    What comes first from each cluster is a WatchReset: maps of it that were read before may lack something. A reader
    too slow for its queue gets one for each cluster whose news it lost.
    """
    loop = asyncio.get_running_loop()
    waiting = _Waiting()

    def forward(name: str) -> Callable[[int | None, Sequence[c.SeatEvent], bool, int], None]:
        begun = False

        def tell(index: int | None, events: Sequence[c.SeatEvent], reset: bool, cluster: int) -> None:
            nonlocal begun
            reset, begun = reset or not begun, True
            log = log_of(cluster)
            changes = [SeatChange(e.inventory, e.index, e.seat, e.held, e.sold, log) for e in events]
            if reset or changes:
                afresh = WatchReset(index, log)
                loop.call_soon_threadsafe(waiting.add, name, afresh if reset else changes, afresh)

        return tell

    ends = [cluster_named(name).client.watch(forward(name)) for name in clusters()]
    try:
        while True:
            yield await waiting.next()
    finally:
        for end in ends:
            end()


class _Waiting:
    """News that the reader has not taken yet; at most WATCH_QUEUE_LIMIT, and then a reset for each cluster."""

    def __init__(self) -> None:
        # The cluster, its news, and the reset that can stand for them.
        self._queue: deque[tuple[str, News, WatchReset]] = deque()
        self._arrived = asyncio.Event()

    def add(self, cluster: str, news: News, instead: WatchReset) -> None:
        self._queue.append((cluster, news, instead))
        if len(self._queue) > WATCH_QUEUE_LIMIT:
            self._queue = deque((name, reset, reset) for name, reset in self._resets().items())
        self._arrived.set()

    def _resets(self) -> dict[str, WatchReset]:
        """The last of each cluster's. One that counts for every map must not become one for older ones only."""
        resets: dict[str, WatchReset] = {}
        for name, _, instead in self._queue:
            earlier = resets.get(name)
            everything = earlier is not None and earlier.index is None
            resets[name] = WatchReset(None if everything else instead.index, instead.log)
        return resets

    async def next(self) -> News:
        while not self._queue:
            self._arrived.clear()
            await self._arrived.wait()
        return self._queue.popleft()[1]
