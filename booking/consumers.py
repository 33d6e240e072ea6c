"""One browser's live seat map: hands the hub's frames, as they are, to its WebSocket.

The first frame is a map, or, for a browser that says `?since=<index>` and missed little, the changes since.
"""

import asyncio
import contextlib
from urllib.parse import parse_qs

from channels.generic.websocket import AsyncWebsocketConsumer

from booking.hub import Hub, NoSuchMap, Subscription, TooSlow

CLOSE_UNKNOWN = 4004
CLOSE_SLOW = 4008

_hubs: dict[asyncio.AbstractEventLoop, Hub] = {}


def hub_of_this_process() -> Hub:
    """The one hub; a server has one event loop, so one per loop is one per process."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        for closed in [other for other in _hubs if other.is_closed()]:
            del _hubs[closed]
        _hubs[loop] = Hub()
    return _hubs[loop]


class SeatMapConsumer(AsyncWebsocketConsumer):
    _reader: Subscription | None = None
    _sending: "asyncio.Task[None] | None" = None

    async def connect(self) -> None:
        await self.accept()
        self._inventory: str = self.scope["url_route"]["kwargs"]["inventory_id"]
        self._hub = hub_of_this_process()
        self._reader = self._hub.join(self._inventory, since=_since(self.scope["query_string"]))
        self._sending = asyncio.create_task(self._send_frames(self._reader))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is asked of the browser; what it says is not looked at."""

    async def disconnect(self, code: int) -> None:
        if self._reader is not None:
            self._hub.leave(self._inventory, self._reader)
        if self._sending is not None and self._sending is not asyncio.current_task():
            self._sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sending

    async def _send_frames(self, reader: Subscription) -> None:
        try:
            while True:
                await self.send(text_data=await reader.next())
        except TooSlow:
            await self.close(code=CLOSE_SLOW)
        except NoSuchMap:
            await self.close(code=CLOSE_UNKNOWN)


def _since(query_string: bytes) -> int | None:
    """The index in `?since=`; anything else is as good as none."""
    value = parse_qs(query_string.decode("ascii", errors="replace")).get("since", [""])[0]
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 20 else None
