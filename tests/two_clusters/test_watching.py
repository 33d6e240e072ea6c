"""Does a process hear of every change on both clusters, and of one cluster's while the other is silent?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import uuid4

import pytest

from booking import seatstore
from booking.live.hub import Hub
from booking.placing.moving import move_inventory
from booking.seatstore import SeatChange, WatchReset, watching
from tests.running.store_cluster import StoreCluster
from tests.two_clusters.selling import a_performance_on, buy, put_on_sale, take_off_sale

LIMIT_S = 30
Heard = list[list[SeatChange] | WatchReset]
WaitFor = Callable[[Callable[[], bool]], Awaitable[None]]


def sell_a_seat(cluster: str, inventory: str = "") -> str:
    """Returns the inventory's name."""
    inventory = inventory or f"watched-{uuid4()}"
    seats = {"inventory": inventory, "cluster": cluster}
    seatstore.open_inventory(seats=["A-1"], legs=1, **seats)
    seatstore.hold_seats(
        hold_id=uuid4(), seats=["A-1"], first_leg=0, end_leg=1, ttl_s=600, request_id=uuid4().hex, **seats
    )
    return inventory


@pytest.fixture
async def heard() -> AsyncIterator[tuple[Heard, WaitFor, Callable[[], None]]]:
    """What a watch tells, a way to wait until it has told something, and what begins it."""
    news: Heard = []
    arrived = asyncio.Event()

    async def listen() -> None:
        async for told in seatstore.watch():
            news.append(told)
            arrived.set()

    async def until(told: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not told():
                arrived.clear()
                await arrived.wait()

    tasks: list[asyncio.Task[None]] = []
    yield news, until, lambda: tasks.append(asyncio.create_task(listen()))
    for task in tasks:
        task.cancel()


def changes(news: Heard, inventory: str) -> list[SeatChange]:
    return [
        change for told in news if not isinstance(told, WatchReset) for change in told if change.inventory == inventory
    ]


@pytest.mark.django_db
async def test_changes_of_both_clusters_are_told_each_with_its_log(two_clusters, heard):
    news, until, begin = heard
    begin()
    await until(lambda: len(news) == 2)
    assert all(isinstance(told, WatchReset) for told in news)
    on_main, on_second = [await asyncio.to_thread(sell_a_seat, cluster) for cluster in ("main", "second")]
    await until(lambda: changes(news, on_main) and changes(news, on_second))
    [of_main], [of_second] = changes(news, on_main), changes(news, on_second)
    assert (of_main.seat, of_main.held, of_second.held) == ("A-1", 1, 1)
    assert {of_main.log, of_second.log} == {reset.log for reset in news if isinstance(reset, WatchReset)}
    assert of_main.log != of_second.log


@pytest.mark.django_db
async def test_while_one_cluster_is_away_the_others_changes_are_told_and_it_is_heard_again(
    one_mortal: StoreCluster, heard
):
    news, until, begin = heard
    await asyncio.to_thread(one_mortal.kill)
    begin()
    await until(lambda: len(news) == 1)
    on_main = await asyncio.to_thread(sell_a_seat, "main")
    await until(lambda: bool(changes(news, on_main)))
    await asyncio.to_thread(one_mortal.start)
    await asyncio.to_thread(one_mortal.leader)
    await until(lambda: len({told.log for told in news if isinstance(told, WatchReset)}) == 2)
    on_second = await asyncio.to_thread(sell_a_seat, "second")
    await until(lambda: bool(changes(news, on_second)))


@pytest.mark.django_db(transaction=True)
async def test_a_live_map_follows_its_inventory_to_another_cluster(two_clusters, settings):
    show = await asyncio.to_thread(a_performance_on, "main", settings)
    hub, told = Hub(), asyncio.Event()

    async def send(_: str) -> None:
        told.set()

    async def until_sold(seats: set[str]) -> str:
        """Returns of which log the board is then."""
        async with asyncio.timeout(LIMIT_S):
            while (board := hub.board(show.pk)) is None or set(board.sold) != seats:
                told.clear()
                await told.wait()
        return board.log

    hub.join(show.pk, send=send, leave=lambda _: asyncio.sleep(0))
    await asyncio.to_thread(buy, show, "A-1")
    before = await until_sold({"A-1"})
    await asyncio.to_thread(take_off_sale, show)
    await asyncio.to_thread(move_inventory, inventory_id=show.pk, to="second", tell=lambda _: None)
    await asyncio.to_thread(put_on_sale, show)
    await asyncio.to_thread(buy, show, "A-2")
    assert await until_sold({"A-1", "A-2"}) != before
    await hub.close()


async def test_a_reader_that_is_too_slow_is_told_for_each_cluster_what_it_has_missed(monkeypatch):
    monkeypatch.setattr(watching, "WATCH_QUEUE_LIMIT", 3)
    waiting = watching._Waiting()
    change = SeatChange("train", 7, "A-1", 1, 0, "log-of-main")
    waiting.add("main", WatchReset(None, "log-of-main"), WatchReset(None, "log-of-main"))
    waiting.add("second", WatchReset(4, "log-of-second"), WatchReset(4, "log-of-second"))
    for _ in range(2):
        waiting.add("main", [change], WatchReset(7, "log-of-main"))
    # `main` was restored, which counts for every map, however old; `second` was not.
    assert [await waiting.next() for _ in range(2)] == [WatchReset(None, "log-of-main"), WatchReset(4, "log-of-second")]
    waiting.add("main", [change], WatchReset(7, "log-of-main"))
    assert await waiting.next() == [change]
