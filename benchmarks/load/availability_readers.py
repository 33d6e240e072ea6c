"""Programs that read one inventory's availability over and over, each on a connection of its own.

Told "go" they read for a while and say how it went; told "unchanged" they say with each question what they have, and
hear that it is still so. All answers are checked for their status, and each connection's first for being JSON.
"""

import asyncio
import json
import time
from argparse import ArgumentParser, Namespace

import uvloop

from benchmarks.measuring.comparing import percentile

from .program import ready, say, told

HEAD_END = b"\r\n\r\n"


class Reader:
    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._ask = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: application/json\r\n"
        self.took_ms: list[float] = []

    async def open(self) -> None:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    async def read(self, *, etag: str = "") -> tuple[int, dict[str, str], bytes]:
        condition = f"If-None-Match: {etag}\r\n" if etag else ""
        self._writer.write(f"{self._ask}{condition}\r\n".encode())
        head = (await self._reader.readuntil(HEAD_END)).decode("latin-1")
        status_line, *lines = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        status = int(status_line.split()[1])
        body = b"" if status == 304 else await self._reader.readexactly(int(headers["content-length"]))
        return status, headers, body

    async def go(self, ends_at: float, *, unchanged: bool) -> None:
        """Read until then; how long each answer took is in `took_ms`."""
        _, headers, body = await self.read()
        json.loads(body)
        etag = headers["etag"]
        self.took_ms.clear()
        while not self.took_ms or time.monotonic() < ends_at:
            begun = time.monotonic()
            status, headers, _ = await self.read(etag=etag if unchanged else "")
            if status not in (200, 304):
                raise SystemExit(f"answered with {status}")
            etag = headers["etag"]
            self.took_ms.append((time.monotonic() - begun) * 1e3)


async def main(arguments: Namespace) -> None:
    readers = [Reader(arguments.port, arguments.path) for _ in range(arguments.connections)]
    for reader in readers:
        await reader.open()
        await reader.read()
    await ready()
    unchanged = False
    while True:
        begun = time.monotonic()
        await asyncio.gather(*(reader.go(begun + arguments.seconds, unchanged=unchanged) for reader in readers))
        took_ms = [took for reader in readers for took in reader.took_ms]
        p50_ms, p99_ms = percentile(took_ms, 50), percentile(took_ms, 99)
        say(per_s=len(took_ms) / (time.monotonic() - begun), p50_ms=p50_ms, p99_ms=p99_ms)
        word = await told()
        if not word:
            return
        unchanged = word == "unchanged"


if __name__ == "__main__":
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    uvloop.run(main(parser.parse_args()))
