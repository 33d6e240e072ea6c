"""Do all sockets get what they are told, when its frame is made only once? What may one cost that is not read?"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import uvicorn
from uvicorn.protocols.utils import ClientDisconnected
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosedError, ConnectionClosedOK
from websockets.frames import Frame

from tests.running.ports import free_port
from ticketsite import broadcast

HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


class Room:
    """An ASGI application whose sockets are told what a test says."""

    def __init__(self) -> None:
        self.sends = []
        self.calls = []
        self.heard = asyncio.Event()
        self._came = asyncio.Condition()

    async def __call__(self, scope, receive, send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        async with self._came:
            self.sends.append(send)
            self.calls.append(scope["extensions"][broadcast.AT_ONCE]["send_text"])
            self._came.notify_all()
        while (await receive())["type"] != "websocket.disconnect":
            self.heard.set()

    async def full(self, count: int) -> None:
        async with asyncio.timeout(10), self._came:
            await self._came.wait_for(lambda: len(self.sends) == count)

    async def tell(self, text: str) -> None:
        for send in self.sends:
            await send({"type": "websocket.send", "text": text})


@contextlib.asynccontextmanager
async def serving(room: Room, *, deflate: bool = False, ping_s: float = 20) -> AsyncIterator[str]:
    port = free_port()
    config = uvicorn.Config(
        room,
        port=port,
        ws="ticketsite.broadcast:BroadcastProtocol",
        ws_per_message_deflate=deflate,
        ws_ping_interval=ping_s,
        ws_ping_timeout=ping_s,
        lifespan="off",
        log_level="error",
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - it offers nothing to wait for
        await asyncio.sleep(0.01)
    try:
        yield f"ws://127.0.0.1:{port}/"
    finally:
        server.should_exit = True
        await running


@pytest.fixture
def framed(monkeypatch):
    """The texts that frames were made of."""
    texts = []

    def counted(opcode, data):
        texts.append(data)
        return Frame(opcode, data)

    monkeypatch.setattr(broadcast, "Frame", counted)
    return texts


@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize("text", ["", "map", "₹" * 100, "x" * 70_000])
async def test_what_all_are_told_arrives_at_each_and_in_order(text, deflate):
    room = Room()
    async with serving(room, deflate=deflate) as url, connect(url) as one, connect(url) as other:
        await room.full(2)
        for told in (text, text + "2", text):
            await room.tell(told)
        async with asyncio.timeout(10):
            for socket in (one, other):
                assert [await socket.recv() for _ in range(3)] == [text, text + "2", text]


@pytest.mark.parametrize("deflate", [False, True])
async def test_its_frame_is_made_once(framed, deflate):
    room = Room()
    async with serving(room, deflate=deflate) as url, connect(url) as one, connect(url) as other:
        await room.full(2)
        text = f"one map for all {deflate}"
        await room.tell(text)
        async with asyncio.timeout(10):
            assert (await one.recv(), await other.recv()) == (text, text)
        assert framed == [text.encode()]


async def test_by_a_plain_call_it_arrives_too_until_the_socket_is_closed():
    room = Room()
    async with serving(room) as url, connect(url) as socket:
        await room.full(1)
        assert room.calls[0]("map")
        async with asyncio.timeout(10):
            assert await socket.recv() == "map"
        await room.sends[0]({"type": "websocket.close", "code": 1000})
        assert not room.calls[0]("too late")


async def finishes(task: "asyncio.Task[None]") -> bool:
    done, _ = await asyncio.wait([task], timeout=0.3)
    return bool(done)


async def test_who_cannot_take_it_is_waited_for():
    room = Room()
    async with serving(room, deflate=False) as url, connect(url, max_queue=1) as socket:
        await room.full(1)
        text = "x" * 100_000
        told = 0
        async with asyncio.timeout(10):
            # Until every buffer on the way is full.
            while await finishes(telling := asyncio.create_task(room.tell(text))):
                told += 1
            assert not room.sends[0].__self__.writable.is_set()
            for _ in range(told + 1):
                assert await socket.recv() == text
            await telling


async def test_nothing_is_written_after_the_end():
    room = Room()
    async with serving(room, deflate=False) as url, connect(url) as socket:
        await room.full(1)
        await room.sends[0]({"type": "websocket.close", "code": 1000})
        with pytest.raises(RuntimeError):
            await room.tell("too late")
        async with asyncio.timeout(10):
            with pytest.raises(ConnectionClosedOK):
                await socket.recv()


@pytest.mark.parametrize("politely", [True, False])
async def test_a_socket_that_is_gone_says_so(politely):
    room = Room()
    async with serving(room, deflate=False) as url:
        async with connect(url) as socket:
            await room.full(1)
            if not politely:
                socket.transport.abort()
        for _ in range(1_000):
            try:
                await room.tell("is anybody there?")
            except ClientDisconnected:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it never said so")


@contextlib.asynccontextmanager
async def deaf(url: str) -> AsyncIterator[socket.socket]:
    """A client that reads nothing after the handshake."""
    port = int(url.rstrip("/").rpartition(":")[2])
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setblocking(False)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        await loop.sock_connect(client, ("127.0.0.1", port))
        await loop.sock_sendall(client, HANDSHAKE)
        yield client


def written_ahead(room: Room) -> int:
    """How many bytes the process keeps for the first socket that the system does not take."""
    return room.sends[0].__self__.transport.get_write_buffer_size()


async def fill(room: Room) -> "asyncio.Task[None]":
    """Tell the room so much that it has to wait for somebody. Returns what waits."""
    text = "x" * 100_000
    while await finishes(telling := asyncio.create_task(room.tell(text))):
        pass
    return telling


async def test_who_never_reads_is_cut_off_whatever_is_on_its_way_and_whoever_waits_for_it_goes_on():
    room = Room()
    async with serving(room, ping_s=0.5) as url, deaf(url), asyncio.timeout(20):
        await room.full(1)
        telling = await fill(room)
        with pytest.raises(ClientDisconnected):
            await telling


async def test_who_is_told_to_go_and_does_not_is_cut_off():
    room = Room()
    async with serving(room, ping_s=0.5) as url, deaf(url), asyncio.timeout(20):
        await room.full(1)
        # So much that the system does not take all of it, and so little that nobody has to wait.
        while not written_ahead(room):
            await room.tell("x" * 10_000)
        protocol = room.sends[0].__self__
        await room.sends[0]({"type": "websocket.close", "code": 4008})
        protocol.close_timer.cancel()
        while protocol in protocol.connections:  # noqa: ASYNC110 - it offers nothing to wait for
            await asyncio.sleep(0.01)


async def test_answers_to_pings_do_not_pile_up_for_somebody_who_does_not_read_them():
    room = Room()
    ping, text = bytes([0x89, 0x80 | 125]) + bytes(4) + b"?" * 125, bytes([0x81, 0x80]) + bytes(4)
    async with serving(room) as url, deaf(url) as client, asyncio.timeout(30):
        await room.full(1)
        telling = await fill(room)
        before, loop = written_ahead(room), asyncio.get_running_loop()
        for _ in range(100):
            await loop.sock_sendall(client, ping * 100)
        await loop.sock_sendall(client, text)
        await room.heard.wait()
        telling.cancel()
        assert written_ahead(room) <= before


async def test_a_message_longer_than_anything_there_is_to_say_ends_the_socket():
    room = Room()
    async with serving(room) as url, connect(url) as client, asyncio.timeout(10):
        await client.send("x" * broadcast.HEARD_LIMIT_BYTES)
        assert await client.ping() is not None
        await client.send("x" * (broadcast.HEARD_LIMIT_BYTES + 1))
        with pytest.raises(ConnectionClosedError, match="1009"):
            await client.recv()
