"""Does a reader keep its frames in order, whichever way each takes to the socket?"""

import asyncio

from booking.live.reader import Reader


class Socket:
    """Takes frames at once while it has room, and by waiting when it has none."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.has_room = True
        self.freed = asyncio.Event()
        self.error: Exception | None = None

    def at_once(self, frame: str) -> bool:
        if self.error:
            raise self.error
        if self.has_room:
            self.got.append(f"{frame} at once")
        return self.has_room

    async def send(self, frame: str) -> None:
        await self.freed.wait()
        self.got.append(frame)

    async def leave(self, why: Exception) -> None:
        raise AssertionError(why)


async def test_a_frame_that_need_not_wait_is_sent_by_a_plain_call():
    socket = Socket()
    reader = Reader(send=socket.send, at_once=socket.at_once, leave=socket.leave)
    reader.give("one")
    assert socket.got == ["one at once"]


async def test_no_frame_overtakes_one_that_waits():
    socket = Socket()
    reader = Reader(send=socket.send, at_once=socket.at_once, leave=socket.leave)
    socket.has_room = False
    reader.give("one")
    socket.has_room = True
    reader.give("two")
    assert socket.got == []
    socket.freed.set()
    async with asyncio.timeout(5):
        while len(socket.got) < 2:  # noqa: ASYNC110 - a reader tells nobody when it is done
            await asyncio.sleep(0)
    reader.give("three")
    assert socket.got == ["one", "two", "three at once"]


async def test_a_socket_that_broke_is_given_nothing_more(caplog):
    socket = Socket()
    reader = Reader(send=socket.send, at_once=socket.at_once, leave=socket.leave)
    socket.error = ConnectionResetError()
    reader.give("one")
    socket.error = None
    reader.give("two")
    assert (socket.got, caplog.records) == ([], [])
