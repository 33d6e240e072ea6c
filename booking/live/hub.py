"""How do thousands of open seat maps hear of one change? One watch per process, one encoding, no task per socket.

The hub watches the store once. For each inventory that somebody follows it keeps a board (board.py) and an audience,
the sockets that follow it. What changes within a short window becomes one frame, handed to each socket in turn. While
a frame is being handed round, what happens gathers for the next, so that frames never queue up here.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from booking import seatstore
from booking.placing.placement import read_map_in_a_thread

from .board import Board
from .reader import Leave, NoSuchMap, Reader, SendAtOnce, SendFrame

logger = logging.getLogger(__name__)

RETRY_PAUSE_S = 1.0
# The more sockets, the more it costs to tell them, and the more is told at once.
WINDOW_LEAST_S = 0.02
WINDOW_MOST_S = 0.05
WINDOW_PER_READER_S = 0.000_015
# Requests of others have their turn between two portions of an audience.
PORTION = 100

Watch = Callable[[], AsyncIterator[list[seatstore.SeatChange] | seatstore.WatchReset]]
ReadMap = Callable[[str], seatstore.Availability]
Pause = Callable[[float], Awaitable[None]]


@dataclass(slots=True)
class Audience:
    """Who follows one board. `kept`: it is of use also while nobody does.

    `told_index` and `told_log` are the place up to which everybody who is welcome has been told.
    """

    board: Board
    readers: set[Reader] = field(default_factory=set)
    kept: bool = False
    told_index: int = 0
    told_log: str = ""
    telling: "asyncio.Task[None] | None" = None
    reading: "asyncio.Task[None] | None" = None
    # Something was missed since the reading began, so that it has to be done once more.
    outdated: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether there is something to tell."""
        board = self.board
        if not board.trusted or not self.readers:
            return False
        return (board.index, board.log) != (self.told_index, self.told_log) or self._newcomers

    @property
    def _newcomers(self) -> bool:
        return any(not reader.is_welcome for reader in self.readers)

    def next_frame(self) -> str | None:
        """What has changed since everybody was told."""
        frame = self.board.news_since(self.told_index, self.told_log)
        self.note_told()
        return frame

    def note_told(self) -> None:
        self.told_index, self.told_log = self.board.index, self.board.log

    def lacks(self, reset: seatstore.WatchReset) -> bool:
        board = self.board
        return not board.trusted or reset.log != board.log or reset.index is None or board.index < reset.index

    def start_over(self) -> None:
        self.board.start_over()
        self.note_told()

    def window_s(self) -> float:
        return min(WINDOW_MOST_S, WINDOW_LEAST_S + WINDOW_PER_READER_S * len(self.readers))


class Hub:
    """Lives on one event loop. The watch begins with the first board and stays."""

    def __init__(
        self,
        *,
        watch: Watch = seatstore.watch,
        read_map: ReadMap = read_map_in_a_thread,
        pause: Pause = asyncio.sleep,
        now_s: Callable[[], float] = time.monotonic,
    ) -> None:
        """
        Args:
            pause: lets a window pass.
            now_s: a clock that never goes back.
        """
        self._watch = watch
        self._read_map = read_map
        self._pause = pause
        self._now_s = now_s
        self._audiences: dict[str, Audience] = {}
        self._watching: asyncio.Task[None] | None = None

    # --- Sockets ----------------------------------------------------------------------------------

    def join(
        self,
        inventory: str,
        *,
        send: SendFrame,
        leave: Leave,
        at_once: SendAtOnce | None = None,
        since: int | None = None,
        log: str | None = None,
    ) -> Reader:
        """Begin to follow an inventory; the arguments are the Reader's."""
        reader = Reader(send=send, leave=leave, at_once=at_once, since=since, log=log)
        audience = self._audience_of(inventory)
        if audience.board.trusted:
            reader.welcome(audience.board)
            if not audience.readers:
                audience.note_told()
        audience.readers.add(reader)
        return reader

    async def leave(self, inventory: str, reader: Reader) -> None:
        audience = self._audiences.get(inventory)
        if audience is not None:
            audience.readers.discard(reader)
            self._drop_if_useless(audience)
        await reader.close()

    # --- Boards for whoever asks ------------------------------------------------------------------

    def board(self, inventory: str) -> Board | None:
        """The inventory as it is known just now; None if it is not followed, or may lack something."""
        audience = self._audiences.get(inventory)
        return audience.board if audience is not None and audience.board.trusted else None

    def keep(self, inventory: str) -> Board:
        """Follow an inventory also while no socket does, until `let_go`. Its board, which may not be trusted yet."""
        audience = self._audience_of(inventory)
        audience.kept = True
        return audience.board

    def let_go(self, inventory: str) -> None:
        audience = self._audiences.get(inventory)
        if audience is not None:
            audience.kept = False
            self._drop_if_useless(audience)

    def verify(self, inventory: str) -> None:
        """Compare the board with the store, in the background; its `verified_at` says when that was done."""
        audience = self._audiences.get(inventory)
        if audience is not None and audience.reading is None:
            self._read(audience)

    async def close(self) -> None:
        tasks = [self._watching]
        for audience in self._audiences.values():
            tasks += [audience.reading, audience.telling]
        for task in tasks:
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def _audience_of(self, inventory: str) -> Audience:
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._keep_watching())
        audience = self._audiences.get(inventory)
        if audience is None:
            audience = self._audiences[inventory] = Audience(Board(inventory))
            self._read(audience)
        return audience

    def _drop_if_useless(self, audience: Audience) -> None:
        if not audience.readers and not audience.kept and self._is_current(audience):
            del self._audiences[audience.board.inventory]

    def _is_current(self, audience: Audience) -> bool:
        return self._audiences.get(audience.board.inventory) is audience

    # --- The watch --------------------------------------------------------------------------------

    async def _keep_watching(self) -> None:
        while True:
            try:
                async for news in self._watch():
                    self._receive(news)
            except Exception:
                logger.exception("The watch on the seat store broke; it is begun anew")
            await asyncio.sleep(RETRY_PAUSE_S)
            for audience in list(self._audiences.values()):
                self._miss(audience)

    def _receive(self, news: list[seatstore.SeatChange] | seatstore.WatchReset) -> None:
        if isinstance(news, seatstore.WatchReset):
            for audience in list(self._audiences.values()):
                if audience.lacks(news):
                    if news.index is None:
                        audience.start_over()
                    self._miss(audience)
            return
        by_inventory: dict[str, list[seatstore.SeatChange]] = {}
        for change in news:
            if change.inventory in self._audiences:
                by_inventory.setdefault(change.inventory, []).append(change)
        for inventory, changes in by_inventory.items():
            audience = self._audiences[inventory]
            was_trusted = audience.board.trusted
            audience.board.hear(changes)
            if audience.board.trusted:
                self._tell(audience, after_s=audience.window_s())
            elif was_trusted:
                self._read_again(audience)

    def _miss(self, audience: Audience) -> None:
        """Some changes did not arrive. Where nobody looks just now, the map is read when somebody asks for it again."""
        if audience.readers or audience.reading is not None:
            self._read_again(audience)
        else:
            self._forget(audience)

    # --- Reading maps -----------------------------------------------------------------------------

    def _read(self, audience: Audience) -> None:
        audience.reading = asyncio.create_task(self._read_until_known(audience))

    def _read_again(self, audience: Audience) -> None:
        audience.board.distrust()
        if audience.reading is not None:
            audience.outdated = True
        else:
            self._read(audience)

    async def _read_until_known(self, audience: Audience) -> None:
        board = audience.board
        try:
            while self._is_current(audience):
                audience.outdated = False
                asked_at = self._now_s()
                seats = await self._read_once(audience)
                if seats is not None and not audience.outdated:
                    board.take(seats, asked_at=asked_at)
                if board.trusted:
                    break
                if not audience.outdated:
                    await asyncio.sleep(RETRY_PAUSE_S)
        finally:
            audience.reading = None
        self._tell(audience, after_s=0)

    async def _read_once(self, audience: Audience) -> seatstore.Availability | None:
        board = audience.board
        try:
            return await asyncio.to_thread(self._read_map, board.inventory)
        except seatstore.SeatStoreRefused:
            self._forget(audience)
        except seatstore.SeatStoreError:
            # Without an audience it is read when somebody asks for it again.
            if not audience.readers and not board.trusted:
                self._forget(audience)
        except Exception:
            # Whoever waits for this map would otherwise wait for ever.
            logger.exception("The map of %s could not be read; it is tried again", board.inventory)
        return None

    def _forget(self, audience: Audience) -> None:
        if self._is_current(audience):
            del self._audiences[audience.board.inventory]
        for reader in audience.readers:
            reader.send_away(NoSuchMap())

    # --- Telling ----------------------------------------------------------------------------------

    def _tell(self, audience: Audience, *, after_s: float) -> None:
        if audience.telling is None and audience.is_waiting:
            audience.telling = asyncio.create_task(self._tell_while_there_is_news(audience, after_s))

    async def _tell_while_there_is_news(self, audience: Audience, after_s: float) -> None:
        try:
            await self._pause(after_s)
            while audience.is_waiting:
                begun_at = self._now_s()
                await self._hand_round(audience)
                await self._pause(max(0, begun_at + audience.window_s() - self._now_s()))
        finally:
            audience.telling = None

    async def _hand_round(self, audience: Audience) -> None:
        """One frame to everybody who is here now; whoever comes meanwhile is welcomed with what it says already."""
        frame = audience.next_frame()
        readers = tuple(audience.readers)
        for first in range(0, len(readers), PORTION):
            for reader in readers[first : first + PORTION]:
                if not reader.is_welcome:
                    reader.welcome(audience.board)
                elif frame is not None:
                    reader.give(frame)
            await asyncio.sleep(0)


_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub_of_this_process() -> Hub:
    """The one hub; a server has one event loop, so one per loop is one per process."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for closed in [other for other in _hubs if other.is_closed()]:
            del _hubs[closed]
        _hubs[loop] = Hub()
    return _hubs[loop]
