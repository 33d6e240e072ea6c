"""How many sockets may one address have open, and who is that, behind proxies and in a house with many addresses?"""

import asyncio

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from ticketsite.sockets import RETRY_AFTER_S, Sockets

from .test_broadcast import Room, serving


class Door:
    """Sockets as a server asks for them; whoever is let in stays until told to go."""

    def __init__(self, *, proxies: int = 0, limit: int = 100, limit_per_address: int = 1) -> None:
        bounds = {"limit": limit, "limit_per_address": limit_per_address, "proxies": proxies}
        self._sockets = Sockets(self._inside, **bounds)
        self._gone = asyncio.Event()
        self._open: list[asyncio.Task[None]] = []

    async def _inside(self, scope, receive, send) -> None:
        await send({"type": "websocket.accept"})
        await self._gone.wait()

    async def knock(self, client: str | None, *said: str) -> int:
        """101 if the handshake is completed, else what was answered."""
        sent: asyncio.Queue[dict[str, object]] = asyncio.Queue()
        scope = {
            "type": "websocket",
            "client": client and (client, 4711),
            "headers": [(b"x-forwarded-for", value.encode()) for value in said],
            "extensions": {"websocket.http.response": {}},
        }
        self._open.append(asyncio.create_task(self._sockets(scope, asyncio.Event().wait, sent.put)))
        async with asyncio.timeout(5):
            message = await sent.get()
        return 101 if message["type"] == "websocket.accept" else message["status"]

    async def all_leave(self) -> None:
        self._gone.set()
        await asyncio.gather(*self._open)


async def test_one_address_has_only_so_many_and_leaves_room_for_others():
    door = Door(limit_per_address=2)
    assert [await door.knock("192.0.2.1") for _ in range(3)] == [101, 101, 429]
    assert await door.knock("192.0.2.2") == 101
    await door.all_leave()
    assert await door.knock("192.0.2.1") == 101


async def test_when_all_places_are_taken_nobody_comes_in_from_anywhere():
    door = Door(limit=1)
    assert [await door.knock("192.0.2.1"), await door.knock("192.0.2.2")] == [101, 503]


@pytest.mark.parametrize(
    ("proxies", "first", "other", "answer"),
    [
        # Nobody stands in front of the site: what is said of somebody else is not believed.
        (0, ["192.0.2.1"], ["192.0.2.2"], 429),
        # One proxy: only what it added counts, however many a client says that it is.
        (1, ["192.0.2.1"], ["192.0.2.2"], 101),
        (1, ["192.0.2.1"], ["198.51.100.7, 192.0.2.1"], 429),
        (1, ["192.0.2.1"], ["198.51.100.7", "192.0.2.1"], 429),
        # Two: the outer one knows the client.
        (2, ["192.0.2.1, 203.0.113.9"], ["198.51.100.7, 192.0.2.1, 203.0.113.9"], 429),
        (2, ["192.0.2.1, 203.0.113.9"], ["192.0.2.2, 203.0.113.9"], 101),
    ],
)
async def test_an_address_is_what_the_proxies_that_are_believed_say(proxies, first, other, answer):
    door = Door(proxies=proxies)
    assert await door.knock("127.0.0.1", *first) == 101
    assert await door.knock("127.0.0.1", *other) == answer


@pytest.mark.parametrize(
    ("first", "other", "answer"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", 429),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", 101),
        ("192.0.2.1", "::ffff:192.0.2.1", 429),
    ],
)
async def test_a_household_is_one_whatever_version_its_addresses_have(first, other, answer):
    door = Door()
    assert [await door.knock(first), await door.knock(other)] == [101, answer]


async def test_whose_address_nobody_knows_is_counted_among_all_alone():
    door = Door()
    assert [await door.knock(None), await door.knock(None)] == [101, 101]


async def test_a_program_that_is_refused_is_told_when_to_come_again_and_no_error_is_logged(caplog):
    room = Room()
    async with serving(Sockets(room, limit=9, limit_per_address=1, proxies=0)) as url, connect(url):
        await room.full(1)
        with pytest.raises(InvalidStatus) as refused:
            await connect(url)
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == str(RETRY_AFTER_S)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]
