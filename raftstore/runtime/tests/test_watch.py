"""Watchers miss nothing, or are told that they did."""

from raftstore.runtime.watch import Told, WatchBoard
from raftstore.seats.commands import EventKind, SeatEvent


def event(index: int) -> SeatEvent:
    return SeatEvent(index, 1, 0, 0, "train", "A-1", EventKind.HELD, "h", 0, 1, 1, 0)


def board(
    *, applied_index: int = 0, limit_events: int = 3, limit_frames: int = 10, limit_watchers: int = 2
) -> WatchBoard:
    return WatchBoard(
        applied_index=applied_index,
        limit_events=limit_events,
        limit_frames=limit_frames,
        limit_watchers=limit_watchers,
    )


async def test_a_watcher_hears_of_every_change_from_when_it_came():
    watch = board(applied_index=4)
    watcher = watch.subscribe(None)
    assert watcher is not None
    assert await watcher.next() == Told(4, ())
    watch.publish(5, (event(5),))
    watch.publish(6, ())
    watch.publish(7, (event(7),))
    assert [await watcher.next(), await watcher.next()] == [Told(5, (event(5),)), Told(7, (event(7),))]


async def test_a_watcher_that_comes_back_hears_what_it_missed():
    watch = board()
    for index in (1, 2, 3):
        watch.publish(index, (event(index),))
    watcher = watch.subscribe(1)
    assert watcher is not None
    assert await watcher.next() == Told(3, (event(2), event(3)))


async def test_a_watcher_that_missed_more_than_is_remembered_is_told_to_start_afresh():
    watch = board(limit_events=2)
    for index in (1, 2, 3, 4):
        watch.publish(index, (event(index),))
    missed, complete = watch.subscribe(1), watch.subscribe(2)
    assert missed is not None
    assert complete is not None
    assert await missed.next() == Told(4, (), reset=True)
    assert await complete.next() == Told(4, (event(3), event(4)))


async def test_a_node_that_has_just_started_knows_nothing_of_what_was_before():
    watcher = board(applied_index=100).subscribe(50)
    assert watcher is not None
    assert await watcher.next() == Told(100, (), reset=True)


async def test_a_watcher_of_another_cluster_is_told_to_start_afresh_wherever_it_was():
    watch = board(applied_index=100)
    before, after = (watch.subscribe(index, of_another_cluster=True) for index in (150, 100))
    assert before is not None
    assert after is not None
    watch.publish(101, (event(101),))
    told = [Told(100, (), reset=True), Told(101, (event(101),))]
    assert [await before.next(), await before.next()] == told
    assert [await after.next(), await after.next()] == told


async def test_a_watcher_too_slow_for_its_queue_is_told_to_start_afresh():
    watch = board(limit_frames=3)
    watcher = watch.subscribe(None)
    assert watcher is not None
    for index in (1, 2, 3, 4):
        watch.publish(index, (event(index),))
    assert [await watcher.next(), await watcher.next()] == [Told(3, (), reset=True), Told(4, (event(4),))]


def test_watchers_beyond_the_limit_are_refused_until_one_leaves():
    watch = board(limit_watchers=1)
    first = watch.subscribe(None)
    assert first is not None
    assert watch.subscribe(None) is None
    watch.unsubscribe(first)
    assert watch.subscribe(None) is not None


async def test_everybody_starts_afresh_when_the_state_came_as_a_whole():
    watch = board(applied_index=4)
    watcher = watch.subscribe(None)
    watch.publish(5, (event(5),))
    watch.reset(90)
    watch.publish(91, (event(91),))
    assert [await watcher.next(), await watcher.next()] == [Told(90, (), reset=True), Told(91, (event(91),))]
    comes_back = watch.subscribe(5)
    assert await comes_back.next() == Told(91, (), reset=True)


async def test_what_was_remembered_from_before_the_state_came_as_a_whole_proves_nothing_later():
    watch = board(limit_events=2)
    for index in (5, 6):
        watch.publish(index, (event(index),))
    watch.reset(90)
    watch.publish(91, (event(91),))
    missed = watch.subscribe(50)
    assert await missed.next() == Told(91, (), reset=True)
