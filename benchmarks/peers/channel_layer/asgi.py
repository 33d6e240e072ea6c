"""Sockets that are told of changes by `group_send`: `uvicorn benchmarks.peers.channel_layer.asgi:application`.

The store is watched once, as the hub watches it, and a change is encoded once; what differs is the way to the sockets.
"""

import asyncio
import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application
from django.urls import path

from booking import seatstore


class Watch:
    """Begun with the first socket; one for the process."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        self._task = self._task or asyncio.create_task(self._tell())

    async def _tell(self) -> None:
        layer = get_channel_layer()
        async for news in seatstore.watch():
            if isinstance(news, seatstore.WatchReset):
                continue
            by_inventory: dict[str, list[list[str]]] = {}
            for change in news:
                row = [change.seat, f"{change.held:x}", f"{change.sold:x}"]
                by_inventory.setdefault(change.inventory, []).append(row)
            for inventory, seats in by_inventory.items():
                frame = json.dumps({"type": "changes", "index": news[-1].index, "seats": seats}, separators=(",", ":"))
                await layer.group_send(inventory, {"type": "seats.changed", "frame": frame})


watch = Watch()


class MapConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self._inventory = self.scope["url_route"]["kwargs"]["inventory"]
        watch.begin()
        await self.channel_layer.group_add(self._inventory, self.channel_name)
        await self.accept()

    async def seats_changed(self, event: dict[str, Any]) -> None:
        await self.send(text_data=event["frame"])

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self._inventory, self.channel_name)


sockets = URLRouter([path("ws/seat-maps/<slug:inventory>/", MapConsumer.as_asgi())])
application = ProtocolTypeRouter({"http": get_asgi_application(), "websocket": sockets})
