"""Does an open map follow the store into another log, with real nodes that were formed anew?"""

import asyncio
import json
import shutil

import pytest

from booking import seatstore
from booking.live.hub import Hub
from tests.running.store_cluster import StoreCluster

INVENTORY = "train-restored"
LIMIT_S = 60


@pytest.fixture
def cluster(own_store_cluster: StoreCluster, settings):
    settings.SEAT_STORE_ADDRESSES = own_store_cluster.addresses
    own_store_cluster.start()
    own_store_cluster.leader()
    return own_store_cluster


def form_anew(cluster: StoreCluster) -> None:
    """The same nodes at the same addresses, and none of what they knew."""
    cluster.kill()
    for node in cluster.nodes:
        shutil.rmtree(cluster.data_dir(node))
    cluster.start()
    cluster.leader()


def put_on_sale(*held: str) -> None:
    seatstore.open_inventory(inventory=INVENTORY, seats=["A", "B", "C"], legs=1)
    for seat in held:
        hold(seat)


def hold(seat: str) -> None:
    seatstore.hold_seats(
        inventory=INVENTORY, hold_id=f"of-{seat}", seats=[seat], first_leg=0, end_leg=1, ttl_s=600, request_id=seat
    )


async def test_a_map_and_whoever_comes_back_to_it_follow_the_store_into_another_log(cluster: StoreCluster):
    hub = Hub()
    frames: asyncio.Queue[str] = asyncio.Queue()

    async def leave(why: Exception) -> None:
        raise AssertionError(f"sent away: {why!r}")

    async def next_frame(log: str | None = None) -> dict:
        """The next one, or the next one of another log than this."""
        while (frame := json.loads(await frames.get()))["log"] == log:
            pass
        return frame

    try:
        async with asyncio.timeout(LIMIT_S):
            await asyncio.to_thread(put_on_sale, "A", "B")
            hub.join(INVENTORY, send=frames.put, leave=leave)
            before = await next_frame()
            assert before["held"] == {"A": "1", "B": "1"}

            # Sockets of an inventory that the new store does not know would be sent away: they stay only a moment.
            hub._watching.cancel()
            await asyncio.to_thread(form_anew, cluster)
            await asyncio.to_thread(put_on_sale, "C")
            hub._watching = asyncio.create_task(hub._keep_watching())
            after = await next_frame(before["log"])
            assert (after["type"], after["held"]) == ("map", {"C": "1"})

            back: asyncio.Queue[str] = asyncio.Queue()
            hub.join(INVENTORY, send=back.put, leave=leave, since=before["index"] + 1_000, log=before["log"])
            assert json.loads(await back.get()) == after
            await asyncio.to_thread(hold, "A")
            assert (await next_frame())["seats"] == [["A", "1", "0"]]
            assert json.loads(await back.get())["seats"] == [["A", "1", "0"]]
    finally:
        await hub.close()
