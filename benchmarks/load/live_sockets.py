"""Thousands of open seat maps: sockets that note when each change reached them, and do as little else as they can.

Told "go" it begins to note; told what was committed when, as a JSON object of seats and monotonic times, it waits for
what is still on its way and says how late everything was. All sockets are sent the same bytes: they are parsed once.
"""

import array
import asyncio
import json
import time
from argparse import ArgumentParser, Namespace
from typing import cast

import uvloop

from benchmarks.measuring.comparing import percentile

from . import websocket
from .program import ready, say, told

OPENED_AT_ONCE = 100
OPENING_LIMIT_S = 60.0
# Whoever opens a map is sent it, which is not what is measured.
SETTLING_S = 1.0
# What has not arrived so long after the last commit counts as lost.
PATIENCE_S = 3.0


class Noted:
    """When which frame arrived, on all sockets together."""

    def __init__(self) -> None:
        self.arrivals: dict[bytes, array.array[float]] = {}
        self.closed = 0

    def take(self, data: bytes) -> bool:
        """Whether these bytes came before, so that nobody has to look at them again."""
        times = self.arrivals.get(data)
        if times is None:
            return False
        times.append(time.monotonic())
        return True

    def begin(self, frame: bytes) -> None:
        self.arrivals[frame] = array.array("d", [time.monotonic()])


class MapSocket(asyncio.Protocol):
    def __init__(self, noted: Noted, path: str, port: int) -> None:
        self._noted = noted
        self._request = websocket.handshake(path, port)
        self._buffer = b""
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's is one without saying so.
        self._transport = cast(asyncio.Transport, transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        if not self._buffer and self._noted.take(data):
            return
        self._buffer += data
        if not self.is_open.done():
            head, separator, rest = self._buffer.partition(b"\r\n\r\n")
            if not separator:
                return
            self._buffer = rest
            if websocket.is_accepted(head):
                self.is_open.set_result(None)
            else:
                self.is_open.set_exception(ConnectionRefusedError(head.decode("latin-1")))
        while (size := websocket.frame_size(self._buffer)) is not None:
            frame, self._buffer = self._buffer[:size], self._buffer[size:]
            self._take_frame(frame)

    def _take_frame(self, frame: bytes) -> None:
        opcode = websocket.opcode_of(frame)
        if opcode == websocket.PING:
            self._transport.write(websocket.pong(frame))
        elif opcode == websocket.TEXT and not self._noted.take(frame):
            self._noted.begin(frame)

    def connection_lost(self, error: Exception | None) -> None:
        self._noted.closed += 1
        if not self.is_open.done():
            self.is_open.set_exception(error or ConnectionResetError("the server closed the connection"))


def _seats_in(frame: bytes) -> list[str]:
    message = json.loads(websocket.text_of(frame))
    return [seat for seat, *_ in message["seats"]] if message["type"] == "changes" else []


async def _figures(noted: Noted, sockets: int, committed: dict[str, float]) -> dict[str, float]:
    expected = sockets * len(committed)
    ends_at = max(committed.values()) + PATIENCE_S
    await asyncio.sleep(ends_at - time.monotonic())
    late_ms: list[float] = []
    for frame, times in noted.arrivals.items():
        for seat in _seats_in(frame):
            if (begun := committed.get(seat)) is not None:
                late_ms += [(arrived - begun) * 1e3 for arrived in times if arrived < ends_at]
    return {
        "delivered": len(late_ms) / expected,
        "p50_ms": percentile(late_ms, 50) if late_ms else float("nan"),
        "p99_ms": percentile(late_ms, 99) if late_ms else float("nan"),
        "slowest_ms": max(late_ms, default=float("nan")),
        "frames": len(noted.arrivals),
        "closed": noted.closed,
    }


async def main(arguments: Namespace) -> None:
    noted = Noted()
    loop = asyncio.get_running_loop()
    path = f"/ws/seat-maps/{arguments.inventory}/"
    async with asyncio.timeout(OPENING_LIMIT_S):
        for first in range(0, arguments.sockets, OPENED_AT_ONCE):
            count = min(OPENED_AT_ONCE, arguments.sockets - first)
            opened = [
                await loop.create_connection(
                    lambda: MapSocket(noted, path, arguments.port), "127.0.0.1", arguments.port
                )
                for _ in range(count)
            ]
            await asyncio.gather(*(socket.is_open for _, socket in opened))
    await asyncio.sleep(SETTLING_S)
    await ready()
    noted.arrivals.clear()
    say(**await _figures(noted, arguments.sockets, json.loads(await told())))
    await told()


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--inventory", required=True)
    parser.add_argument("--sockets", type=int, required=True)
    uvloop.run(main(parser.parse_args()))
