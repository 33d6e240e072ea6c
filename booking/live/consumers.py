"""One browser's live seat map: hands the hub's frames, as they are, to its WebSocket.

The first frame is a map, or, for a browser that says `?since=<index>&log=<log>` and missed little, the changes since.
"""

from collections.abc import Coroutine
from typing import Any
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from booking.live.hub import Hub, hub_of_this_process
from booking.live.lines import Lines, lines_of_this_process
from booking.live.reader import NoSuchMap, Reader, SendAtOnce

CLOSE_UNKNOWN = 4004
CLOSE_SLOW = 4008


class SeatMapConsumer(AsyncWebsocketConsumer):
    _reader: Reader | None = None

    async def connect(self) -> None:
        await self.accept()
        self._inventory: str = self.scope["url_route"]["kwargs"]["inventory_id"]
        self._hub: Hub = hub_of_this_process()
        since, log = _place(self.scope["query_string"])
        self._reader = self._hub.join(
            self._inventory,
            send=self._send_frame,
            at_once=_at_once(self.scope),
            leave=self._leave,
            since=since,
            log=log,
        )

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is asked of the browser; what it says is not looked at."""

    async def disconnect(self, code: int) -> None:
        if self._reader is not None:
            await self._hub.leave(self._inventory, self._reader)

    def _send_frame(self, frame: str) -> Coroutine[Any, Any, None]:
        return self.base_send({"type": "websocket.send", "text": frame})

    async def _leave(self, why: Exception) -> None:
        await self.close(code=CLOSE_UNKNOWN if isinstance(why, NoSuchMap) else CLOSE_SLOW)


class LineConsumer(AsyncWebsocketConsumer):
    """One browser that watches its line move; what it is told is the same for all who wait there."""

    _reader: Reader | None = None

    async def connect(self) -> None:
        await self.accept()
        self._inventory: str = self.scope["url_route"]["kwargs"]["inventory_id"]
        self._lines: Lines = lines_of_this_process()
        self._reader = self._lines.join(
            self._inventory, send=self._send_frame, at_once=_at_once(self.scope), leave=self._leave
        )

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is asked of the browser; what it says is not looked at."""

    async def disconnect(self, code: int) -> None:
        if self._reader is not None:
            await self._lines.leave(self._inventory, self._reader)

    def _send_frame(self, frame: str) -> Coroutine[Any, Any, None]:
        return self.base_send({"type": "websocket.send", "text": frame})

    async def _leave(self, why: Exception) -> None:
        await self.close(code=CLOSE_UNKNOWN if isinstance(why, NoSuchMap) else CLOSE_SLOW)


def _at_once(scope: dict[str, Any]) -> SendAtOnce | None:
    """The short way that our server offers (ticketsite/broadcast.py); others have none."""
    offered = scope.get("extensions", {}).get("ticketsite.at_once")
    return offered and offered["send_text"]


def _place(query_string: bytes) -> tuple[int | None, str | None]:
    """What `?since=` and `?log=` say; an index that is none is as good as not said."""
    query = parse_qs(query_string.decode("ascii", errors="replace"))
    since = query.get("since", [""])[0]
    is_index = since.isascii() and since.isdecimal() and len(since) < 20
    return int(since) if is_index else None, query.get("log", [None])[0]
