"""How do thousands who wait see their line move? One look at the store a second for each line that somebody watches.

What is told is the same for everybody: the place of the first who waits. Each page knows its own place, so one frame,
encoded once, moves all of them. A line moves once a second, when the worker lets people in; so often it is looked at.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from typing import Final

from django.db import close_old_connections

from booking import seatstore
from booking.models import WaitingRoom

from .reader import Leave, NoSuchMap, Reader, SendAtOnce, SendFrame

logger = logging.getLogger(__name__)

LOOK_EVERY_S: Final = 1.0
# Requests of others have their turn between two portions of those who watch.
PORTION: Final = 100

Look = Callable[[str], str | None]


def look_in_a_thread(inventory: str) -> str | None:
    """As look, where no request's end looks after the thread's connection to the database."""
    close_old_connections()
    try:
        return look(inventory)
    finally:
        close_old_connections()


def look(inventory: str) -> str | None:
    """The frame that says how far the line is; None if nobody has to wait any more.

    Raises:
        seatstore.StoreUnavailable: no leader answered.
    """
    room = WaitingRoom.objects.select_related("inventory").filter(inventory=inventory).first()
    if room is None or room.state == WaitingRoom.State.CLOSED:
        return None
    found = seatstore.gate(inventory, cluster=room.inventory.cluster)
    gate = found[0] if found else None
    message = {
        "type": "line",
        "open": bool(gate and gate.seed),
        "front": gate.front if gate else 0,
        "waiting": gate.waiting if gate else 0,
        "perMinute": round(room.per_minute, 1),
    }
    return json.dumps(message, separators=(",", ":"))


class Line:
    """One line and those who watch it."""

    def __init__(self) -> None:
        self.readers: set[Reader] = set()
        self.frame: str | None = None
        self.looking: asyncio.Task[None] | None = None


class Lines:
    """Lives on one event loop; a line is looked at while somebody watches it."""

    def __init__(self, *, look: Look, every_s: float = LOOK_EVERY_S) -> None:
        self._look = look
        self._every_s = every_s
        self._lines: dict[str, Line] = {}

    def join(self, inventory: str, *, send: SendFrame, leave: Leave, at_once: SendAtOnce | None = None) -> Reader:
        """Begin to watch a line; the arguments are the Reader's."""
        reader = Reader(send=send, leave=leave, at_once=at_once)
        line = self._lines.setdefault(inventory, Line())
        line.readers.add(reader)
        if line.frame is not None:
            reader.give(line.frame)
        if line.looking is None:
            line.looking = asyncio.create_task(self._keep_looking(inventory, line))
        return reader

    async def leave(self, inventory: str, reader: Reader) -> None:
        line = self._lines.get(inventory)
        if line is not None:
            line.readers.discard(reader)
        await reader.close()

    async def _keep_looking(self, inventory: str, line: Line) -> None:
        try:
            while line.readers:
                try:
                    frame = await asyncio.to_thread(self._look, inventory)
                except seatstore.SeatStoreError:
                    # Places are kept; what is shown stays until the store answers again.
                    pass
                except Exception:
                    logger.exception("The line before %s could not be looked at; it is tried again", inventory)
                else:
                    if frame is None:
                        self._send_away(line)
                    elif frame != line.frame:
                        line.frame = frame
                        await self._hand_round(line, frame)
                await asyncio.sleep(self._every_s)
        finally:
            line.looking = None
            if self._lines.get(inventory) is line:
                del self._lines[inventory]

    async def _hand_round(self, line: Line, frame: str) -> None:
        readers = tuple(line.readers)
        for first in range(0, len(readers), PORTION):
            for reader in readers[first : first + PORTION]:
                reader.give(frame)
            await asyncio.sleep(0)

    def _send_away(self, line: Line) -> None:
        for reader in line.readers:
            reader.send_away(NoSuchMap())
        line.readers.clear()


_lines: dict[asyncio.AbstractEventLoop, Lines] = {}


def lines_of_this_process() -> Lines:
    """One per event loop, of which a server has one."""
    loop = asyncio.get_running_loop()
    if loop not in _lines:
        for closed in [other for other in _lines if other.is_closed()]:
            del _lines[closed]
        _lines[loop] = Lines(look=look_in_a_thread)
    return _lines[loop]
