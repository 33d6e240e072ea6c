"""What does a browser that opens the live seat map's socket get, and who is sent away?"""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from booking import seatstore
from booking.live import consumers
from booking.live.consumers import CLOSE_SLOW, CLOSE_UNKNOWN
from booking.live.reader import FRAMES_QUEUED_LIMIT
from booking.live.routes import websocket_urlpatterns
from booking.services import hold_seats, release_order
from booking.tests.selling import a_customer, a_train_on_sale

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]


@pytest.fixture
async def train():
    yield await sync_to_async(a_train_on_sale)()
    await consumers.hub_of_this_process().close()


async def connected(inventory_id: str, *, query: str = "", can_take: asyncio.Event | None = None):
    """A browser's socket; while `can_take` is not set, it takes nothing."""
    address = f"/ws/seat-maps/{inventory_id}/{query}"
    site = URLRouter(websocket_urlpatterns)

    async def behind_a_slow_line(scope, receive, send):
        async def send_when_it_can(message):
            await can_take.wait()
            await send(message)

        await site(scope, receive, send_when_it_can)

    communicator = WebsocketCommunicator(behind_a_slow_line if can_take else site, address)
    accepted, _ = await communicator.connect(timeout=10)
    assert accepted
    return communicator


async def frame_of(communicator: WebsocketCommunicator) -> dict:
    return json.loads(await communicator.receive_from(timeout=10))


def hold(inventory, *seats):
    return hold_seats(
        customer=a_customer(), inventory=inventory, seats=seats, first_leg=1, end_leg=3, request_id="socket"
    )


async def test_the_map_comes_first_and_then_what_others_hold_and_give_back(train):
    browser = await connected(train.pk)
    first = await frame_of(browser)
    assert (first["type"], first["held"], first["sold"]) == ("map", {}, {})
    order = await sync_to_async(hold)(train, "C1-1", "C1-2")
    held = await frame_of(browser)
    assert held["type"] == "changes"
    assert sorted(held["seats"]) == [["C1-1", "6", "0"], ["C1-2", "6", "0"]]
    assert held["index"] > first["index"]
    await sync_to_async(release_order)(order=order)
    assert sorted((await frame_of(browser))["seats"]) == [["C1-1", "0", "0"], ["C1-2", "0", "0"]]
    await browser.disconnect()


async def test_a_browser_that_comes_back_is_told_only_what_it_missed(train):
    stays = await connected(train.pk)
    first = await frame_of(stays)
    await sync_to_async(hold)(train, "C1-1")
    missed = await frame_of(stays)
    back = await connected(train.pk, query=f"?since={first['index']}&log={first['log']}")
    assert await frame_of(back) == missed
    await back.disconnect()
    await stays.disconnect()


@pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30, "%C2%B2"])
async def test_an_index_that_is_none_counts_as_none(train, since):
    browser = await connected(train.pk, query=f"?since={since}")
    assert (await frame_of(browser))["type"] == "map"
    await browser.disconnect()


async def test_an_inventory_that_does_not_exist_closes_the_socket(train):
    browser = await connected("train-of-nobody")
    assert await browser.receive_output(timeout=10) == {"type": "websocket.close", "code": CLOSE_UNKNOWN}


async def test_a_browser_that_knows_a_store_that_is_no_more_gets_the_map(train):
    browser = await connected(train.pk, query="?since=1000000000&log=ffff")
    frame = await frame_of(browser)
    assert (frame["type"], frame["log"] != "ffff", frame["index"] < 1_000_000_000) == ("map", True, True)
    await browser.disconnect()


async def test_a_browser_that_does_not_keep_up_is_closed_so_that_it_can_come_back(train):
    can_take = asyncio.Event()
    can_take.set()
    slow, quick = await connected(train.pk, can_take=can_take), await connected(train.pk)
    first = await frame_of(slow)
    await frame_of(quick)
    can_take.clear()
    hub = consumers.hub_of_this_process()
    for number in range(1, FRAMES_QUEUED_LIMIT + 3):
        hub._receive([seatstore.SeatChange(train.pk, first["index"] + number, "C1-1", 1, 0, first["log"])])
        assert (await frame_of(quick))["index"] == first["index"] + number
    can_take.set()
    assert (await frame_of(slow))["index"] == first["index"] + 1
    assert await slow.receive_output(timeout=10) == {"type": "websocket.close", "code": CLOSE_SLOW}
    await quick.disconnect()
