"""Everybody who watches a line is told the same, once, and one look at the store is enough for all of them."""

import pytest

from booking.live.lines import Lines
from booking.live.reader import NoSuchMap
from booking.seatstore import StoreUnavailable
from booking.tests.following import until


class Watcher:
    def __init__(self):
        self.frames = []
        self.left = None

    async def send(self, frame):
        self.frames.append(frame)

    async def leave(self, why):
        self.left = why


class Line:
    """What the store would say; None when nobody waits there any more."""

    def __init__(self):
        self.frame = "front 1"
        self.looks = 0
        self.away = False

    def look(self, inventory):
        self.looks += 1
        if self.away:
            raise StoreUnavailable("no leader")
        return self.frame


@pytest.fixture
def line():
    return Line()


@pytest.fixture
def lines(line):
    return Lines(look=line.look, every_s=0.01)


async def test_a_hundred_watchers_cost_one_look_and_hear_of_each_change_once(lines, line):
    watchers = [Watcher() for _ in range(100)]
    readers = [lines.join("show", send=watcher.send, leave=watcher.leave) for watcher in watchers]
    await until(lambda: all(watcher.frames for watcher in watchers))
    looks = line.looks
    assert looks < 20
    line.frame = "front 2"
    await until(lambda: all(watcher.frames[-1] == "front 2" for watcher in watchers))
    await until(lambda: line.looks > looks + 5)
    assert {tuple(watcher.frames) for watcher in watchers} == {("front 1", "front 2")}
    for reader in readers:
        await lines.leave("show", reader)
    looks = line.looks
    await until(lambda: not lines._lines)
    assert line.looks <= looks + 1


async def test_who_comes_later_hears_at_once_how_far_it_is(lines):
    first, later = Watcher(), Watcher()
    reader = lines.join("show", send=first.send, leave=first.leave)
    await until(lambda: first.frames)
    other = lines.join("show", send=later.send, leave=later.leave)
    assert later.frames == ["front 1"]
    for each in (reader, other):
        await lines.leave("show", each)


async def test_while_the_store_is_away_the_line_stays_as_it_is_and_goes_on_after(lines, line):
    watcher = Watcher()
    reader = lines.join("show", send=watcher.send, leave=watcher.leave)
    await until(lambda: watcher.frames)
    line.away, looks = True, line.looks
    await until(lambda: line.looks > looks + 2)
    line.frame, line.away = "front 9", False
    await until(lambda: watcher.frames == ["front 1", "front 9"])
    assert watcher.left is None
    await lines.leave("show", reader)


async def test_who_watches_a_line_that_is_no_more_is_sent_to_look_again(lines, line):
    watcher = Watcher()
    reader = lines.join("show", send=watcher.send, leave=watcher.leave)
    await until(lambda: watcher.frames)
    line.frame = None
    await until(lambda: watcher.left is not None)
    assert isinstance(watcher.left, NoSuchMap)
    await lines.leave("show", reader)
