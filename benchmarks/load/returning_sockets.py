"""Thousands of open seat maps lose their server at once, and come back as browsers do (static/js/reconnecting.js).

Ready when all have their map. After "go" the server may go away; told the seat that changed last, it waits until every
socket has heard of that, and says how long each was without its map, and what coming back took.
"""

import asyncio
import json
import random
import re
import time
from argparse import ArgumentParser, Namespace
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import uvloop

from benchmarks.measuring.comparing import percentile

from . import websocket
from .program import ready, say, told

RECONNECTING_JS = Path(__file__).resolve().parents[2] / "static" / "js" / "reconnecting.js"
OPENED_WITHIN_S = 5.0
LIMIT_S = 100.0


def browsers_ms(name: str) -> int:
    """What a browser's constant of this name is."""
    found = re.search(rf"^const {name} = ([0-9_]+);$", RECONNECTING_JS.read_text(), re.MULTILINE)
    if found is None:
        raise SystemExit(f"{RECONNECTING_JS.name} says no {name}")
    return int(found[1])


FIRST_PAUSE_S = browsers_ms("FIRST_PAUSE_MS") / 1e3
LONGEST_PAUSE_S = browsers_ms("LONGEST_PAUSE_MS") / 1e3
STEADY_S = browsers_ms("STEADY_MS") / 1e3


@dataclass(slots=True)
class Crowd:
    """What happened to all of them together; what one is sent is parsed once, however many are sent it."""

    path: str
    port: int
    attempts: int = 0
    lost_at: list[float] = field(default_factory=list)
    has_map_at: list[float] = field(default_factory=list)
    known: dict[bytes, tuple[str, int, frozenset[str]]] = field(default_factory=dict)

    def read(self, frame: bytes) -> tuple[str, int, frozenset[str]]:
        """The log and the index up to which somebody now knows everything, and the seats that it names."""
        found = self.known.get(frame)
        if found is None:
            message = json.loads(websocket.text_of(frame))
            is_map = message["type"] == "map"
            seats = frozenset(message["held"] if is_map else (seat for seat, *_ in message["seats"]))
            found = self.known[frame] = message["log"], message["index"], seats
        return found

    def first_index_with(self, seat: str) -> int | None:
        return min((index for _, index, seats in self.known.values() if seat in seats), default=None)


class MapSocket(asyncio.Protocol):
    """One connection of a page; it comes to nothing if nobody accepts it."""

    def __init__(self, page: "MapPage") -> None:
        self._page = page
        self._buffer = b""
        self._is_open = False
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one without saying so.
        self.transport = cast(asyncio.Transport, transport)
        crowd = self._page.crowd
        self.transport.write(websocket.handshake(crowd.path + self._page.place, crowd.port))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            if not websocket.is_accepted(head):
                self.transport.close()
                return
            self._is_open, self._buffer = True, rest
        while (size := websocket.frame_size(self._buffer)) is not None:
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            if websocket.opcode_of(frame) == websocket.PING:
                self.transport.write(websocket.pong(frame))
            elif websocket.opcode_of(frame) == websocket.TEXT:
                self._page.take(frame)

    def connection_lost(self, error: Exception | None) -> None:
        self._page.has_map = False
        self.closed.set_result(None)


class MapPage:
    """What somebody has open in a browser."""

    def __init__(self, crowd: Crowd) -> None:
        self.crowd = crowd
        self.log, self.index = "", 0
        self.has_map = False

    @property
    def place(self) -> str:
        return f"?since={self.index}&log={self.log}" if self.index else ""

    def take(self, frame: bytes) -> None:
        self.log, self.index, _ = self.crowd.read(frame)
        if not self.has_map:
            self.has_map = True
            self.crowd.has_map_at.append(time.monotonic())

    async def follow(self) -> None:
        await asyncio.sleep(random.uniform(0, OPENED_WITHIN_S))
        pause_s, loop = FIRST_PAUSE_S, asyncio.get_running_loop()
        while True:
            self.crowd.attempts += 1
            begun_at = time.monotonic()
            try:
                _, socket = await loop.create_connection(lambda: MapSocket(self), "127.0.0.1", self.crowd.port)
            except OSError:
                pass
            else:
                await socket.closed
                self.crowd.lost_at.append(time.monotonic())
                if time.monotonic() - begun_at >= STEADY_S:
                    pause_s = FIRST_PAUSE_S
            await asyncio.sleep(pause_s * random.uniform(0.5, 1.5))
            pause_s = min(pause_s * 2, LONGEST_PAUSE_S)


async def until_all_know(pages: list[MapPage], seat: str | None = None) -> None:
    """Until each has its map, and on it this seat as it became."""
    crowd = pages[0].crowd
    async with asyncio.timeout(LIMIT_S):
        while True:
            index = crowd.first_index_with(seat) if seat else 0
            if index is not None and all(page.has_map and page.index >= index for page in pages):
                return
            await asyncio.sleep(0.05)


async def main(arguments: Namespace) -> None:
    crowd = Crowd(f"/ws/seat-maps/{arguments.inventory}/", arguments.port)
    pages = [MapPage(crowd) for _ in range(arguments.sockets)]
    following = [asyncio.create_task(page.follow()) for page in pages]
    await until_all_know(pages)
    await ready()
    crowd.attempts = 0
    crowd.lost_at.clear()
    crowd.has_map_at.clear()
    say(going=True)
    await until_all_know(pages, await told())
    begun = min(crowd.lost_at)
    back_s = [at - begun for at in crowd.has_map_at]
    say(
        p50_s=percentile(back_s, 50),
        p99_s=percentile(back_s, 99),
        slowest_s=max(back_s),
        attempts_each=crowd.attempts / len(pages),
        last_at=max(crowd.has_map_at),
    )
    await told()
    for task in following:
        task.cancel()


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--inventory", required=True)
    parser.add_argument("--sockets", type=int, required=True)
    uvloop.run(main(parser.parse_args()))
