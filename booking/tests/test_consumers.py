"""What does a browser that opens the live seat map's socket get, and who is sent away?"""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from booking import consumers, seatstore
from booking.consumers import CLOSE_SLOW, CLOSE_UNKNOWN
from booking.hub import FRAMES_QUEUED_LIMIT
from booking.services import hold_seats, release_order
from booking.tests.selling import a_customer, a_train_on_sale
from booking.urls import websocket_urlpatterns

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seat_store")]


@pytest.fixture
async def train():
    yield await sync_to_async(a_train_on_sale)()
    await consumers.hub_of_this_process().close()


async def connected(inventory_id: str, *, query: str = "") -> WebsocketCommunicator:
    address = f"/ws/seat-maps/{inventory_id}/{query}"
    communicator = WebsocketCommunicator(URLRouter(websocket_urlpatterns), address)
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
    index = (await frame_of(stays))["index"]
    await sync_to_async(hold)(train, "C1-1")
    missed = await frame_of(stays)
    back = await connected(train.pk, query=f"?since={index}")
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


async def test_a_browser_that_does_not_keep_up_is_closed_so_that_it_can_come_back(train):
    browser = await connected(train.pk)
    first = await frame_of(browser)
    hub = consumers.hub_of_this_process()
    changes = [
        [seatstore.SeatChange(train.pk, first["index"] + n + 1, "C1-1", 1, 0)] for n in range(FRAMES_QUEUED_LIMIT + 1)
    ]
    for change in changes:
        hub._receive(change)
    async with asyncio.timeout(10):
        while (output := await browser.receive_output(timeout=10))["type"] != "websocket.close":
            pass
    assert output["code"] == CLOSE_SLOW
