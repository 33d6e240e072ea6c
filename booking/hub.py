"""How do thousands of open seat maps hear of one change? One watcher per process, one encoding per change.

The hub watches the store once. For each inventory that somebody looks at it keeps a board: the map as of a log index
and the latest frames of changes. A newcomer gets the board's map (or, if they say how far they are, the frames since),
and from then on every frame, already encoded, through a bounded queue of their own.

A frame holds absolute states, so a frame that repeats what a map already has does no harm; a gap would. Frames are
therefore kept only where they follow the board's map without one, and a WatchReset reads the maps anew.
"""

import asyncio
import contextlib
import json
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field

from booking import seatstore

logger = logging.getLogger(__name__)

FRAMES_QUEUED_LIMIT = 64
# A reader who comes back gets all that it missed at once; half of its queue stays free for what happens meanwhile.
FRAMES_REMEMBERED = FRAMES_QUEUED_LIMIT // 2
RETRY_PAUSE_S = 1.0

Watch = Callable[[], AsyncIterator[list[seatstore.SeatChange] | seatstore.WatchReset]]
ReadMap = Callable[[str], seatstore.Availability]


class TooSlow(Exception):
    """The subscriber does not take its frames away; it may come back and resume."""


class NoSuchMap(Exception):
    """The store knows no such inventory."""


class Subscription:
    """One reader's frames, in order and without a gap; at most FRAMES_QUEUED_LIMIT wait.

    Once it has ended, nothing comes any more: a frame after those that were dropped would hide that they are missing.
    """

    def __init__(self, since: int | None) -> None:
        self.since = since
        self._queue: deque[str] = deque()
        self._arrived = asyncio.Event()
        self._end: Exception | None = None

    def give(self, frame: str) -> None:
        if self._end is not None:
            return
        if len(self._queue) >= FRAMES_QUEUED_LIMIT:
            self.end(TooSlow())
            return
        self._queue.append(frame)
        self._arrived.set()

    def end(self, why: Exception) -> None:
        self._queue.clear()
        self._end = self._end or why
        self._arrived.set()

    async def next(self) -> str:
        """The next frame to send.

        Raises:
            TooSlow, NoSuchMap: there will be none any more.
        """
        while self._end is None and not self._queue:
            self._arrived.clear()
            await self._arrived.wait()
        if self._end is not None:
            raise self._end
        return self._queue.popleft()


@dataclass(slots=True)
class Board:
    """A map as of `index`, kept up to date; `index` is 0 until it was read for the first time."""

    inventory: str
    index: int = 0
    held: dict[str, int] = field(default_factory=dict)
    sold: dict[str, int] = field(default_factory=dict)
    # (index, frame) of what followed the map of index `complete_since`, without a gap.
    frames: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=FRAMES_REMEMBERED))
    complete_since: int = 0
    reading: bool = False
    # Something was missed since the reading began, so that it has to be done once more.
    outdated: bool = False
    # Changes that arrive while the map is being read, to be applied on top of it.
    pending: list[seatstore.SeatChange] = field(default_factory=list)
    readers: set[Subscription] = field(default_factory=set)

    def welcome(self, reader: Subscription) -> None:
        """What the reader lacks. Whoever is ahead of this board, by a newer reading of their own, lacks nothing."""
        if reader.since is not None and self.complete_since <= reader.since:
            for index, frame in self.frames:
                if index > reader.since:
                    reader.give(frame)
        else:
            reader.give(self.encoded_map())

    def encoded_map(self) -> str:
        return _encode({"type": "map", "index": self.index, "held": _in_hex(self.held), "sold": _in_hex(self.sold)})

    def replace(self, seats: seatstore.Availability) -> None:
        """Take the map as just read, and what has come since."""
        self.index = self.complete_since = seats.index
        self.held, self.sold = dict(seats.held), dict(seats.sold)
        self.frames.clear()
        pending, self.pending = self.pending, []
        self._apply([change for change in pending if change.index > self.index])

    def change(self, changes: Sequence[seatstore.SeatChange]) -> None:
        """Apply what follows the map, and tell every reader."""
        if self.reading:
            self.pending += changes
            return
        frame = self._apply([change for change in changes if change.index > self.index])
        if frame is not None:
            for reader in self.readers:
                reader.give(frame)

    def _apply(self, changes: Sequence[seatstore.SeatChange]) -> str | None:
        if not changes:
            return None
        latest = {change.seat: change for change in changes}
        for seat, change in latest.items():
            _set_or_drop(self.held, seat, change.held)
            _set_or_drop(self.sold, seat, change.sold)
        self.index = changes[-1].index
        seats = [[seat, f"{change.held:x}", f"{change.sold:x}"] for seat, change in latest.items()]
        frame = _encode({"type": "changes", "index": self.index, "seats": seats})
        if len(self.frames) == self.frames.maxlen:
            self.complete_since = self.frames[0][0]
        self.frames.append((self.index, frame))
        return frame


class Hub:
    """Lives on one event loop. The watch begins with the first reader and stays."""

    def __init__(self, *, watch: Watch = seatstore.watch, read_map: ReadMap = seatstore.availability) -> None:
        self._watch = watch
        self._read_map = read_map
        self._boards: dict[str, Board] = {}
        self._watching: asyncio.Task[None] | None = None
        self._readings: set[asyncio.Task[None]] = set()

    def join(self, inventory: str, *, since: int | None = None) -> Subscription:
        """Begin to follow an inventory. `since` is the index the reader already knows everything up to."""
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._keep_watching())
        reader = Subscription(since)
        board = self._boards.get(inventory)
        if board is None:
            board = self._boards[inventory] = Board(inventory)
            self._read(board)
        board.readers.add(reader)
        if board.index:
            board.welcome(reader)
        return reader

    def leave(self, inventory: str, reader: Subscription) -> None:
        board = self._boards.get(inventory)
        if board is None:
            return
        board.readers.discard(reader)
        if not board.readers:
            del self._boards[inventory]

    async def close(self) -> None:
        tasks = [task for task in (self._watching, *self._readings) if task is not None]
        for task in tasks:
            task.cancel()
        for task in tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _keep_watching(self) -> None:
        while True:
            try:
                async for news in self._watch():
                    self._receive(news)
            except Exception:
                logger.exception("The watch on the seat store broke; it is begun anew")
            await asyncio.sleep(RETRY_PAUSE_S)
            self._read_again(None)

    def _receive(self, news: list[seatstore.SeatChange] | seatstore.WatchReset) -> None:
        if isinstance(news, seatstore.WatchReset):
            self._read_again(news.index)
            return
        by_inventory: dict[str, list[seatstore.SeatChange]] = {}
        for change in news:
            if change.inventory in self._boards:
                by_inventory.setdefault(change.inventory, []).append(change)
        for inventory, changes in by_inventory.items():
            self._boards[inventory].change(changes)

    def _read_again(self, missed_before: int | None) -> None:
        """Changes before this index were missed, all that there may be if it is None."""
        for board in self._boards.values():
            if missed_before is None or board.reading or board.index < missed_before:
                self._read(board)

    def _read(self, board: Board) -> None:
        if board.reading:
            board.outdated = True
            return
        board.reading = True
        task = asyncio.create_task(self._read_until_known(board))
        self._readings.add(task)
        task.add_done_callback(self._readings.discard)

    async def _read_until_known(self, board: Board) -> None:
        while self._boards.get(board.inventory) is board:
            board.outdated = False
            try:
                seats = await asyncio.to_thread(self._read_map, board.inventory)
            except seatstore.SeatStoreRefused:
                self._forget(board)
                return
            except seatstore.SeatStoreError:
                await asyncio.sleep(RETRY_PAUSE_S)
                continue
            except Exception:
                # Whoever waits for this map would otherwise wait for ever.
                logger.exception("The map of %s could not be read; it is tried again", board.inventory)
                await asyncio.sleep(RETRY_PAUSE_S)
                continue
            if not board.outdated:
                _take(board, seats)
                return

    def _forget(self, board: Board) -> None:
        if self._boards.get(board.inventory) is board:
            del self._boards[board.inventory]
        for reader in board.readers:
            reader.end(NoSuchMap())


def _take(board: Board, seats: seatstore.Availability) -> None:
    """A first reading welcomes everybody, a later one corrects them."""
    first = board.index == 0
    board.replace(seats)
    board.reading = False
    frame = board.encoded_map()
    for reader in board.readers:
        if first:
            board.welcome(reader)
        else:
            reader.give(frame)


def _set_or_drop(masks: dict[str, int], seat: str, mask: int) -> None:
    if mask:
        masks[seat] = mask
    else:
        masks.pop(seat, None)


def _in_hex(masks: dict[str, int]) -> dict[str, str]:
    """A mask has as many bits as the train has legs, and JSON's numbers are exact to 53 bits in a browser."""
    return {seat: f"{mask:x}" for seat, mask in masks.items()}


def _encode(message: dict[str, object]) -> str:
    return json.dumps(message, separators=(",", ":"))
