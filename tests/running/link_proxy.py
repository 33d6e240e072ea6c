"""The network between store nodes, as a program: an HTTP proxy (CONNECT) whose links can be cut, stalled and slowed.

A link is directed: what one node sends to another on the connections it opened. Started by links.py; told on its
standard input, one JSON object a line, how a link is from now on; ends when that input does. The node that connects
names itself as the user of the proxy's URL, and where it wants to go is in its CONNECT.
"""

import asyncio
import base64
import contextlib
import json
import re
import sys
import time
from dataclasses import dataclass, field

CHUNK_BYTES = 16_384
CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
REFUSED = b"HTTP/1.1 503 Cut off\r\nContent-Length: 0\r\n\r\n"


@dataclass(eq=False)
class Link:
    is_cut: bool = False
    delay_ms: float = 0
    bytes_per_s: float = 0
    # Cleared while nothing gets through; TCP keeps it all and delivers it later.
    flows: asyncio.Event = field(default_factory=asyncio.Event)
    open: set[asyncio.StreamWriter] = field(default_factory=set)

    def become(self, *, cut: bool, stalled: bool, delay_ms: float, bytes_per_s: float) -> None:
        self.is_cut, self.delay_ms, self.bytes_per_s = cut, delay_ms, bytes_per_s
        if stalled:
            self.flows.clear()
        else:
            self.flows.set()
        if cut:
            for writer in self.open:
                writer.transport.abort()


class Network:
    def __init__(self) -> None:
        self._links: dict[tuple[str, str], Link] = {}

    def link(self, sender: str, address: str) -> Link:
        if (sender, address) not in self._links:
            self._links[sender, address] = link = Link()
            link.flows.set()
        return self._links[sender, address]

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection of a node until either side ends it or the link is cut."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            address = head.split()[1]
            user = re.search(r"Proxy-Authorization: Basic (\S+)", head, re.IGNORECASE)
            sender = base64.b64decode(user[1]).decode().partition(":")[0] if user else ""
            link = self.link(sender, address)
            if link.is_cut:
                writer.write(REFUSED)
            else:
                await self._carry(link, address, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    async def _carry(
        self, link: Link, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        host, _, port = address.rpartition(":")
        far_reader, far_writer = await asyncio.open_connection(host, int(port))
        link.open |= {writer, far_writer}
        try:
            writer.write(CONNECTED)
            ways = [asyncio.create_task(_forward(link, *way)) for way in ((reader, far_writer), (far_reader, writer))]
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
        finally:
            link.open -= {writer, far_writer}
            far_writer.transport.abort()


async def _forward(link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Bytes in order, each no sooner than the link's delay after it came."""
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(maxsize=256)

    async def deliver() -> None:
        while True:
            due_s, chunk = await under_way.get()
            await asyncio.sleep(max(0.0, due_s - time.monotonic()))
            await link.flows.wait()
            if not chunk:
                return
            writer.write(chunk)
            await writer.drain()
            if link.bytes_per_s:
                await asyncio.sleep(len(chunk) / link.bytes_per_s)

    delivering = asyncio.create_task(deliver())
    try:
        chunk = b"?"
        while chunk:
            chunk = await reader.read(CHUNK_BYTES)
            await under_way.put((time.monotonic() + link.delay_ms / 1000, chunk))
        await delivering
    finally:
        delivering.cancel()


async def _obey(network: Network) -> None:
    """Change links as told, until there is nobody to tell."""
    orders = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        order = json.loads(line)
        network.link(order.pop("sender"), order.pop("address")).become(**order)
        sys.stdout.write("done\n")
        sys.stdout.flush()


async def main() -> None:
    network = Network()
    server = await asyncio.start_server(network.connect, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await _obey(network)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(main())
