"""Does every open map learn of every change, exactly as it is in the store, whatever breaks on the way?"""

import asyncio

import pytest

from booking.live.reader import FRAMES_QUEUED_LIMIT, NoSuchMap, TooSlow
from booking.seatstore import SeatChange, SeatStoreRefused, StoreUnavailable, WatchReset
from booking.tests.following import LOG, OTHER_LOG, TRAIN, Socket, until


async def test_a_reader_gets_the_map_first_and_then_each_change(hub, store):
    store.held = {"B1-1": 3}
    reader = Socket(hub)
    assert await reader.next() == {"type": "map", "log": LOG, "index": 10, "held": {"B1-1": "3"}, "sold": {}}
    store.tell(("B1-2", 1), ("B1-1", 0))
    assert await reader.next() == {
        "type": "changes",
        "log": LOG,
        "index": 12,
        "seats": [["B1-2", "1", "0"], ["B1-1", "0", "0"]],
    }


async def test_a_later_reader_gets_the_map_as_it_is_now_without_another_reading(hub, store):
    first = Socket(hub)
    await first.next()
    store.tell(("B1-2", 1))
    await first.next()
    assert await Socket(hub).next() == {"type": "map", "log": LOG, "index": 11, "held": {"B1-2": "1"}, "sold": {}}
    assert store.reads == 1


async def test_however_many_sockets_follow_however_many_maps_the_store_is_watched_once(hub, store):
    sockets = [Socket(hub, inventory=f"train-{number % 20}") for number in range(200)]
    for socket in sockets:
        assert (await socket.next())["type"] == "map"
    for number in range(20):
        store.tell(("B1-1", 1), inventory=f"train-{number}")
    for socket in sockets:
        assert (await socket.next())["type"] == "changes"
    assert store.watches == 1


async def test_one_change_is_encoded_once_for_all_readers(hub, store):
    readers = [Socket(hub) for _ in range(3)]
    for reader in readers:
        await reader.next()
    store.tell(("B1-2", 1))
    frames = [await reader.encoded() for reader in readers]
    assert frames[0] is frames[1] is frames[2]


async def test_changes_that_arrive_while_the_map_is_read_are_applied_on_top_of_it(hub, store):
    store.may_answer.clear()
    reader = Socket(hub)
    await asyncio.sleep(0.05)
    store.tell(("B1-7", 1))
    await asyncio.sleep(0.05)
    store.may_answer.set()
    assert (await reader.next())["held"] == {"B1-7": "1"}


async def test_changes_that_the_map_knows_already_are_not_told_again(hub, store):
    reader = Socket(hub)
    await reader.next()
    store.news.put_nowait([SeatChange(TRAIN, 9, "B1-1", 1, 0, LOG), SeatChange(TRAIN, 10, "B1-2", 1, 0, LOG)])
    assert await reader.gets_nothing_more()


async def test_changes_of_other_inventories_are_not_told(hub, store):
    reader = Socket(hub)
    await reader.next()
    store.tell(("A-1", 1), inventory="show-1")
    assert await reader.gets_nothing_more()


async def test_a_reader_that_comes_back_gets_only_what_it_missed_in_one_frame(hub, store):
    stays = Socket(hub)
    await stays.next()
    for seat in ("B1-1", "B1-2", "B1-1", "B1-3"):
        store.tell((seat, 1))
        await stays.next()
    back = Socket(hub, since=12, log=LOG)
    missed = [["B1-1", "1", "0"], ["B1-3", "1", "0"]]
    assert await back.next() == {"type": "changes", "log": LOG, "index": 14, "seats": missed}
    assert await back.gets_nothing_more()


async def test_a_reader_that_missed_what_the_hub_did_not_see_gets_a_map(hub, store):
    await Socket(hub).next()
    assert (await Socket(hub, since=9, log=LOG).next())["type"] == "map"
    assert await Socket(hub, since=10, log=LOG).gets_nothing_more()


@pytest.mark.parametrize("since", [3, 10, 500])
async def test_a_reader_that_knows_a_store_that_is_no_more_gets_a_map(hub, store, since):
    await Socket(hub).next()
    assert (await Socket(hub, since=since, log=OTHER_LOG).next())["type"] == "map"


@pytest.mark.parametrize("log", [LOG, None])
async def test_a_reader_whose_page_is_newer_than_the_board_is_not_set_back(hub, store, log):
    await Socket(hub).next()
    assert await Socket(hub, since=500, log=log).gets_nothing_more()


async def test_after_a_reset_every_reader_gets_what_was_missed(hub, store):
    store.held = {"B1-1": 1, "B1-2": 1}
    reader = Socket(hub)
    await reader.next()
    store.index, store.held = 40, {"B1-2": 1, "B1-9": 2}
    store.news.put_nowait(WatchReset(38, LOG))
    frame = await reader.next()
    assert sorted(frame.pop("seats")) == [["B1-1", "0", "0"], ["B1-9", "2", "0"]]
    assert frame == {"type": "changes", "log": LOG, "index": 40}


async def test_what_happens_during_the_reading_after_a_reset_is_not_told_before_what_was_missed(hub, store):
    reader = Socket(hub)
    await reader.next()
    store.index, store.held = 40, {"B1-9": 2}
    store.may_answer.clear()
    store.news.put_nowait(WatchReset(38, LOG))
    await asyncio.sleep(0.05)
    store.tell(("B1-2", 1))
    assert await reader.gets_nothing_more()
    store.may_answer.set()
    frame = await reader.next()
    assert (frame["index"], sorted(frame["seats"])) == (41, [["B1-2", "1", "0"], ["B1-9", "2", "0"]])


async def test_who_comes_while_the_map_is_read_once_more_is_told_although_nothing_was_missed(hub, store):
    reader = Socket(hub)
    await reader.next()
    store.may_answer.clear()
    store.news.put_nowait(WatchReset(38, LOG))
    await until(lambda: store.reads == 2)
    late = Socket(hub)
    assert await late.gets_nothing_more()
    store.may_answer.set()
    assert (await late.next())["type"] == "map"
    assert await reader.gets_nothing_more()


async def test_a_reset_during_a_reading_makes_that_reading_worthless(hub, store):
    store.may_answer.clear()
    reader = Socket(hub)
    await asyncio.sleep(0.05)
    store.index, store.held = 40, {"B1-9": 2}
    store.news.put_nowait(WatchReset(38, LOG))
    await asyncio.sleep(0.05)
    store.may_answer.set()
    assert (await reader.next())["index"] == 40


@pytest.mark.parametrize("index", [3, 10, 500])
@pytest.mark.parametrize("reset", [WatchReset(None, OTHER_LOG), WatchReset(2, OTHER_LOG)])
async def test_after_a_restore_every_reader_gets_the_restored_map_however_old_it_seems(hub, store, reset, index):
    store.held = {"B1-1": 1}
    reader = Socket(hub)
    await reader.next()
    store.log, store.index, store.held = OTHER_LOG, index, {"B1-9": 2}
    store.news.put_nowait(reset)
    assert await reader.next() == {"type": "map", "log": OTHER_LOG, "index": index, "held": {"B1-9": "2"}, "sold": {}}
    store.tell(("B1-2", 1))
    changes = [["B1-2", "1", "0"]]
    assert await reader.next() == {"type": "changes", "log": OTHER_LOG, "index": index + 1, "seats": changes}


async def test_a_restored_store_that_says_no_other_log_is_believed_all_the_same(hub, store):
    reader = Socket(hub)
    await reader.next()
    store.index, store.held = 3, {"B1-9": 2}
    store.news.put_nowait(WatchReset(None, LOG))
    assert await reader.next() == {"type": "map", "log": LOG, "index": 3, "held": {"B1-9": "2"}, "sold": {}}


async def test_a_change_in_another_log_shows_that_the_map_is_of_a_log_that_has_ended(hub, store):
    reader = Socket(hub)
    await reader.next()
    store.log, store.index, store.held = OTHER_LOG, 4, {"B1-9": 2}
    store.tell(("B1-2", 1))
    assert await reader.next() == {
        "type": "map",
        "log": OTHER_LOG,
        "index": 5,
        "held": {"B1-9": "2", "B1-2": "1"},
        "sold": {},
    }


async def test_a_reset_that_missed_nothing_reads_nothing(hub, store):
    reader = Socket(hub)
    await reader.next()
    store.news.put_nowait(WatchReset(10, LOG))
    assert await reader.gets_nothing_more()
    assert store.reads == 1


async def test_a_watch_that_breaks_is_begun_anew_and_the_maps_are_read_again(hub, store):
    reader = Socket(hub)
    await reader.next()
    store.index, store.held = 12, {"B1-1": 1}
    store.news.put_nowait(RuntimeError("the stream broke"))
    assert (await reader.next())["index"] == 12
    store.tell(("B1-2", 1))
    assert (await reader.next())["type"] == "changes"
    assert store.watches == 2


async def test_a_map_that_cannot_be_read_is_tried_until_the_store_answers(hub, store):
    store.errors.extend([StoreUnavailable("no leader"), StoreUnavailable("no leader")])
    assert (await Socket(hub).next())["type"] == "map"
    assert store.reads == 3


async def test_a_reader_of_an_inventory_that_nobody_knows_is_sent_away(hub, store):
    store.errors.append(SeatStoreRefused("unknown_inventory", "There is none."))
    with pytest.raises(NoSuchMap):
        await Socket(hub).next()


async def test_a_reader_that_does_not_keep_up_is_sent_away_and_the_others_are_not(hub, store):
    slow, quick = Socket(hub), Socket(hub)
    await slow.next()
    await quick.next()
    slow.can_take.clear()
    for number in range(FRAMES_QUEUED_LIMIT + 2):
        store.tell((f"B1-{number}", 1))
        await quick.next()
    store.tell(("B1-1", 0))
    assert (await quick.next())["type"] == "changes"
    slow.can_take.set()
    # The one that it was just being sent, and nothing after it that would hide what was dropped.
    assert (await slow.next())["index"] == 11
    with pytest.raises(TooSlow):
        await slow.next()
    assert await slow.gets_nothing_more()


async def test_a_reader_that_is_slow_for_a_moment_gets_everything_in_order(hub, store):
    slow, quick = Socket(hub), Socket(hub)
    await slow.next()
    await quick.next()
    slow.can_take.clear()
    for number in range(5):
        store.tell((f"B1-{number}", 1))
        await quick.next()
    slow.can_take.set()
    assert [(await slow.next())["index"] for _ in range(5)] == [11, 12, 13, 14, 15]
    store.tell(("B1-9", 1))
    assert (await slow.next())["index"] == 16


async def test_a_socket_that_goes_while_it_cannot_take_its_frame_leaves_nothing_behind(hub, store):
    slow, quick = Socket(hub), Socket(hub)
    await slow.next()
    await quick.next()
    before = asyncio.all_tasks()
    slow.can_take.clear()
    store.tell(("B1-1", 1))
    await quick.next()
    await until(lambda: len(asyncio.all_tasks() - before) == 1)
    await slow.disconnect()
    await until(lambda: not asyncio.all_tasks() - before)
    assert not slow.can_take.is_set()


async def test_a_socket_that_breaks_keeps_nobody_from_anything(hub, store):
    broken, whole = Socket(hub), Socket(hub)
    await broken.next()
    await whole.next()
    broken.frames = None
    for number in range(2):
        store.tell((f"B1-{number}", 1))
        assert (await whole.next())["index"] == 11 + number


@pytest.mark.parametrize("missed", [1, FRAMES_QUEUED_LIMIT + 1, 3 * FRAMES_QUEUED_LIMIT])
async def test_however_much_a_reader_missed_it_ends_up_with_the_stores_map(hub, store, missed):
    stays = Socket(hub)
    await stays.next()
    for number in range(missed):
        store.tell((f"B1-{number % 50}", number % 4))
        await stays.next()
    back, held = Socket(hub, since=10, log=LOG), {}
    store.tell(("B2-1", 1))
    await stays.next()
    while True:
        frame = await back.next()
        held |= frame["held"] if frame["type"] == "map" else {seat: mask for seat, mask, _ in frame["seats"]}
        if frame["index"] == store.index:
            break
    assert held == {seat: f"{mask:x}" for seat, mask in store.held.items()}


async def test_a_map_whose_reading_breaks_unexpectedly_is_tried_again_and_told_the_operator(hub, store, caplog):
    store.errors.append(RuntimeError("no thread left"))
    assert (await Socket(hub).next())["type"] == "map"
    assert "The map of train-1 could not be read" in caplog.text


async def test_a_mask_wider_than_a_browsers_numbers_arrives_whole(hub, store):
    wide = (1 << 63) | 1
    store.held = {"B1-1": wide}
    reader = Socket(hub)
    assert (await reader.next())["held"] == {"B1-1": "8000000000000001"}
    store.tell(("B1-2", wide))
    assert (await reader.next())["seats"] == [["B1-2", "8000000000000001", "0"]]


async def test_a_map_that_nobody_looks_at_any_more_is_forgotten(hub, store):
    reader = Socket(hub)
    await reader.next()
    await reader.disconnect()
    store.held = {"B1-5": 1}
    assert (await Socket(hub).next())["held"] == {"B1-5": "1"}
    assert store.reads == 2
