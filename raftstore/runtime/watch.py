"""Seat changes for whoever watches: a bounded memory of recent events and a bounded queue per watcher."""

import asyncio
from collections import deque

from raftstore.seats.commands import SeatEvent
from raftstore.value import value


@value
class Told:
    """Everything up to `index` has been told; `reset` says that something before it was not."""

    index: int
    events: tuple[SeatEvent, ...]
    reset: bool = False


class Watcher:
    """One subscriber. A slow one loses its queue and is told to start afresh, so memory stays bounded."""

    def __init__(self, limit_frames: int) -> None:
        self._limit_frames = limit_frames
        self._frames: deque[Told] = deque()
        self._arrived = asyncio.Event()

    def tell(self, told: Told) -> None:
        if len(self._frames) >= self._limit_frames:
            self.start_afresh(told.index)
            return
        self._frames.append(told)
        self._arrived.set()

    def start_afresh(self, index: int) -> None:
        """What it has not read yet is not the whole story any more."""
        self._frames.clear()
        self._frames.append(Told(index, (), reset=True))
        self._arrived.set()

    async def next(self) -> Told:
        while not self._frames:
            self._arrived.clear()
            await self._arrived.wait()
        return self._frames.popleft()


class WatchBoard:
    """Remembers the last `limit_events` events, so that a watcher that reconnects misses nothing."""

    def __init__(self, *, applied_index: int, limit_events: int, limit_frames: int, limit_watchers: int) -> None:
        self._limit_frames = limit_frames
        self._limit_watchers = limit_watchers
        self._recent: deque[SeatEvent] = deque(maxlen=limit_events)
        self._complete_since = applied_index
        self._applied_index = applied_index
        self._watchers: set[Watcher] = set()

    def publish(self, index: int, events: tuple[SeatEvent, ...]) -> None:
        """The entry at `index` was applied and caused `events`."""
        self._applied_index = index
        if not events:
            return
        for event in events:
            if len(self._recent) == self._recent.maxlen:
                self._complete_since = self._recent[0].index
            self._recent.append(event)
        told = Told(index, events)
        for watcher in self._watchers:
            watcher.tell(told)

    def reset(self, index: int) -> None:
        """The state as of `index` came as a whole: nobody can be told what changed on the way there."""
        self._recent.clear()
        self._complete_since = self._applied_index = index
        for watcher in self._watchers:
            watcher.start_afresh(index)

    def subscribe(self, since_index: int | None, *, of_another_cluster: bool = False) -> Watcher | None:
        """A watcher that first hears what happened after `since_index`, if given; None when there are too many.

        Args:
            of_another_cluster: `since_index` is a place in another log, so that it says nothing here.
        """
        if len(self._watchers) >= self._limit_watchers:
            return None
        watcher = Watcher(self._limit_frames)
        if since_index is None:
            watcher.tell(Told(self._applied_index, ()))
        elif of_another_cluster or since_index < self._complete_since:
            watcher.tell(Told(self._applied_index, (), reset=True))
        else:
            missed = tuple(event for event in self._recent if event.index > since_index)
            watcher.tell(Told(max(self._applied_index, since_index), missed))
        self._watchers.add(watcher)
        return watcher

    def unsubscribe(self, watcher: Watcher) -> None:
        self._watchers.discard(watcher)
