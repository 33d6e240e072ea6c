"""Does every open map learn of every change, exactly as it is in the store, whatever breaks on the way?"""

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator

import pytest

from booking import hub as hub_module
from booking.hub import FRAMES_QUEUED_LIMIT, FRAMES_REMEMBERED, Hub, NoSuchMap, Subscription, TooSlow
from booking.seatstore import Availability, SeatChange, SeatStoreRefused, StoreUnavailable, WatchReset

TRAIN = "train-1"


class Store:
    """Maps that a test sets, and news that it tells by hand."""

    def __init__(self) -> None:
        self.index = 10
        self.held: dict[str, int] = {}
        self.news: asyncio.Queue[list[SeatChange] | WatchReset | Exception] = asyncio.Queue()
        self.errors: deque[Exception] = deque()
        self.reads = 0
        self.watches = 0
        self.may_answer = threading.Event()
        self.may_answer.set()

    def read_map(self, inventory: str) -> Availability:
        self.reads += 1
        seats = Availability(inventory, self.index, True, 4, dict(self.held), {})
        assert self.may_answer.wait(5)
        if self.errors:
            raise self.errors.popleft()
        return seats

    async def watch(self) -> AsyncIterator[list[SeatChange] | WatchReset]:
        self.watches += 1
        while True:
            news = await self.news.get()
            if isinstance(news, Exception):
                raise news
            yield news

    def tell(self, *changes: tuple[str, int], inventory: str = TRAIN) -> None:
        """Each (seat, mask) is held at the next index."""
        batch = []
        for seat, mask in changes:
            self.index += 1
            self.held[seat] = mask
            batch.append(SeatChange(inventory, self.index, seat, mask, 0))
        self.news.put_nowait(batch)


@pytest.fixture
def store():
    return Store()


@pytest.fixture
async def hub(store, monkeypatch):
    monkeypatch.setattr(hub_module, "RETRY_PAUSE_S", 0.01)
    hub = Hub(watch=store.watch, read_map=store.read_map)
    yield hub
    store.may_answer.set()
    await hub.close()


async def next_of(reader: Subscription) -> dict:
    async with asyncio.timeout(5):
        return json.loads(await reader.next())


async def nothing_more_for(reader: Subscription) -> bool:
    try:
        async with asyncio.timeout(0.1):
            await reader.next()
    except TimeoutError:
        return True
    return False


async def test_a_reader_gets_the_map_first_and_then_each_change(hub, store):
    store.held = {"B1-1": 3}
    reader = hub.join(TRAIN)
    assert await next_of(reader) == {"type": "map", "index": 10, "held": {"B1-1": "3"}, "sold": {}}
    store.tell(("B1-2", 1), ("B1-1", 0))
    assert await next_of(reader) == {"type": "changes", "index": 12, "seats": [["B1-2", "1", "0"], ["B1-1", "0", "0"]]}


async def test_a_later_reader_gets_the_map_as_it_is_now_without_another_reading(hub, store):
    first = hub.join(TRAIN)
    await next_of(first)
    store.tell(("B1-2", 1))
    await next_of(first)
    assert await next_of(hub.join(TRAIN)) == {"type": "map", "index": 11, "held": {"B1-2": "1"}, "sold": {}}
    assert store.reads == 1


async def test_one_change_is_encoded_once_for_all_readers(hub, store):
    readers = [hub.join(TRAIN) for _ in range(3)]
    for reader in readers:
        await next_of(reader)
    store.tell(("B1-2", 1))
    frames = [await reader.next() for reader in readers]
    assert frames[0] is frames[1] is frames[2]


async def test_changes_that_arrive_while_the_map_is_read_are_applied_on_top_of_it(hub, store):
    store.may_answer.clear()
    reader = hub.join(TRAIN)
    await asyncio.sleep(0.05)
    store.tell(("B1-7", 1))
    await asyncio.sleep(0.05)
    store.may_answer.set()
    assert (await next_of(reader))["held"] == {"B1-7": "1"}


async def test_changes_that_the_map_knows_already_are_not_told_again(hub, store):
    reader = hub.join(TRAIN)
    await next_of(reader)
    store.news.put_nowait([SeatChange(TRAIN, 9, "B1-1", 1, 0), SeatChange(TRAIN, 10, "B1-2", 1, 0)])
    assert await nothing_more_for(reader)


async def test_changes_of_other_inventories_are_not_told(hub, store):
    reader = hub.join(TRAIN)
    await next_of(reader)
    store.tell(("A-1", 1), inventory="show-1")
    assert await nothing_more_for(reader)


async def test_a_reader_that_comes_back_gets_only_what_it_missed(hub, store):
    stays = hub.join(TRAIN)
    await next_of(stays)
    for seat in ("B1-1", "B1-2", "B1-3"):
        store.tell((seat, 1))
        await next_of(stays)
    back = hub.join(TRAIN, since=11)
    assert [(await next_of(back))["index"] for _ in range(2)] == [12, 13]
    assert await nothing_more_for(back)


async def test_a_reader_that_missed_more_than_is_remembered_gets_a_map(hub, store):
    stays = hub.join(TRAIN)
    await next_of(stays)
    for number in range(FRAMES_REMEMBERED + 1):
        store.tell((f"B1-{number}", 1))
        await next_of(stays)
    assert (await next_of(hub.join(TRAIN, since=10)))["type"] == "map"
    assert (await next_of(hub.join(TRAIN, since=11)))["type"] == "changes"


async def test_a_reader_whose_page_is_newer_than_the_board_is_not_set_back(hub, store):
    await next_of(hub.join(TRAIN))
    assert await nothing_more_for(hub.join(TRAIN, since=500))


async def test_after_a_reset_every_reader_gets_a_fresh_map(hub, store):
    reader = hub.join(TRAIN)
    await next_of(reader)
    store.index, store.held = 40, {"B1-9": 2}
    store.news.put_nowait(WatchReset(38))
    assert await next_of(reader) == {"type": "map", "index": 40, "held": {"B1-9": "2"}, "sold": {}}


async def test_a_reset_during_a_reading_makes_that_reading_worthless(hub, store):
    store.may_answer.clear()
    reader = hub.join(TRAIN)
    await asyncio.sleep(0.05)
    store.index, store.held = 40, {"B1-9": 2}
    store.news.put_nowait(WatchReset(38))
    await asyncio.sleep(0.05)
    store.may_answer.set()
    assert (await next_of(reader))["index"] == 40


async def test_after_a_reset_by_another_store_every_map_is_read_again_however_new_it_seems(hub, store):
    reader = hub.join(TRAIN)
    before = await next_of(reader)
    store.index, store.held = 3, {"B1-9": 2}
    store.news.put_nowait(WatchReset(None))
    assert before["index"] > 3
    assert (await next_of(reader))["index"] == 3
    store.tell(("B1-2", 1))
    assert await next_of(reader) == {"type": "changes", "index": 4, "seats": [["B1-2", "1", "0"]]}


async def test_a_reset_that_missed_nothing_reads_nothing(hub, store):
    reader = hub.join(TRAIN)
    await next_of(reader)
    store.news.put_nowait(WatchReset(10))
    assert await nothing_more_for(reader)
    assert store.reads == 1


async def test_a_watch_that_breaks_is_begun_anew_and_the_maps_are_read_again(hub, store):
    reader = hub.join(TRAIN)
    await next_of(reader)
    store.index, store.held = 12, {"B1-1": 1}
    store.news.put_nowait(RuntimeError("the stream broke"))
    assert (await next_of(reader))["index"] == 12
    store.tell(("B1-2", 1))
    assert (await next_of(reader))["type"] == "changes"
    assert store.watches == 2


async def test_a_map_that_cannot_be_read_is_tried_until_the_store_answers(hub, store):
    store.errors.extend([StoreUnavailable("no leader"), StoreUnavailable("no leader")])
    assert (await next_of(hub.join(TRAIN)))["type"] == "map"
    assert store.reads == 3


async def test_a_reader_of_an_inventory_that_nobody_knows_is_sent_away(hub, store):
    store.errors.append(SeatStoreRefused("unknown_inventory", "There is none."))
    with pytest.raises(NoSuchMap):
        await next_of(hub.join(TRAIN))


async def test_a_reader_that_does_not_keep_up_is_cut_off_and_the_others_are_not(hub, store):
    slow, quick = hub.join(TRAIN), hub.join(TRAIN)
    await next_of(slow)
    await next_of(quick)
    for number in range(FRAMES_QUEUED_LIMIT + 1):
        store.tell((f"B1-{number}", 1))
        await next_of(quick)
    with pytest.raises(TooSlow):
        await next_of(slow)
    store.tell(("B1-1", 0))
    assert (await next_of(quick))["type"] == "changes"


@pytest.mark.parametrize("missed", [FRAMES_REMEMBERED, FRAMES_QUEUED_LIMIT + 1, 3 * FRAMES_QUEUED_LIMIT])
async def test_however_much_a_reader_missed_it_ends_up_with_the_stores_map(hub, store, missed):
    stays = hub.join(TRAIN)
    await next_of(stays)
    for number in range(missed):
        store.tell((f"B1-{number}", 1))
        await next_of(stays)
    back, held = hub.join(TRAIN, since=10), {}
    store.tell(("B2-1", 1))
    await next_of(stays)
    while True:
        frame = await next_of(back)
        held |= frame["held"] if frame["type"] == "map" else {seat: mask for seat, mask, _ in frame["seats"]}
        if frame["index"] == store.index:
            break
    assert held == {seat: f"{mask:x}" for seat, mask in store.held.items()}


async def test_a_reader_that_was_cut_off_gets_nothing_more_that_would_hide_what_it_missed(hub, store):
    slow, quick = hub.join(TRAIN), hub.join(TRAIN)
    await next_of(slow)
    await next_of(quick)
    for number in range(FRAMES_QUEUED_LIMIT + 5):
        store.tell((f"B1-{number}", 1))
        await next_of(quick)
    for _ in range(2):
        with pytest.raises(TooSlow):
            await next_of(slow)


async def test_a_map_whose_reading_breaks_unexpectedly_is_tried_again_and_told_the_operator(hub, store, caplog):
    store.errors.append(RuntimeError("no thread left"))
    assert (await next_of(hub.join(TRAIN)))["type"] == "map"
    assert "The map of train-1 could not be read" in caplog.text


async def test_a_mask_wider_than_a_browsers_numbers_arrives_whole(hub, store):
    wide = (1 << 63) | 1
    store.held = {"B1-1": wide}
    reader = hub.join(TRAIN)
    assert (await next_of(reader))["held"] == {"B1-1": "8000000000000001"}
    store.tell(("B1-2", wide))
    assert (await next_of(reader))["seats"] == [["B1-2", "8000000000000001", "0"]]


async def test_a_map_that_nobody_looks_at_any_more_is_forgotten(hub, store):
    reader = hub.join(TRAIN)
    await next_of(reader)
    hub.leave(TRAIN, reader)
    store.held = {"B1-5": 1}
    assert (await next_of(hub.join(TRAIN)))["held"] == {"B1-5": "1"}
    assert store.reads == 2
