"""Batches that wait together reach the disk as one write that leaves it as all of them in order would."""

import asyncio

import pytest

from raftstore.core.effects import Persist
from raftstore.core.types import Entry, EntryKind, HardState, LogBase
from raftstore.errors import WriteFailed
from raftstore.runtime.counters import Counters
from raftstore.runtime.limits import Limits
from raftstore.runtime.shared import Shared
from raftstore.runtime.writing import LogWriter


class Slow:
    """A disk whose writes finish when the test says so."""

    def __init__(self) -> None:
        self.now_ms = 100
        self.writes: list[tuple[object, ...]] = []
        self.finish = asyncio.Semaphore(0)
        self.failure: Exception | None = None
        self.woken = 0

    async def append(self, hard_state, entries, base) -> None:
        self.writes.append((hard_state, list(entries), base))
        await self.finish.acquire()
        if self.failure:
            raise self.failure

    def monotonic_ms(self) -> int:
        return self.now_ms

    def wake(self) -> None:
        self.woken += 1


def writer(disk: Slow) -> LogWriter:
    return LogWriter(Shared(None, disk, Limits(), Counters(), disk.wake), disk)


def entry(index: int, term: int = 1) -> Entry:
    return Entry(index, term, EntryKind.NOOP, b"")


async def a_moment() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_what_gathers_during_a_write_is_written_next_and_together():
    disk = Slow()
    log = writer(disk)
    running = asyncio.create_task(log.run())
    log.add(Persist(1, HardState(1, 1), (entry(1),)))
    await a_moment()
    log.add(Persist(2, None, (entry(2),)))
    log.add(Persist(3, HardState(2, None), (entry(3, 2),)))
    await a_moment()
    assert disk.writes == [(HardState(1, 1), [entry(1)], None)]
    assert log.written_seq == 0
    disk.finish.release()
    await a_moment()
    assert log.written_seq == 1
    assert disk.writes[1] == (HardState(2, None), [entry(2), entry(3, 2)], None)
    disk.finish.release()
    await a_moment()
    assert (log.written_seq, disk.woken) == (3, 2)
    running.cancel()


async def test_a_log_that_begins_anew_holds_nothing_of_what_was_to_be_written_before():
    disk = Slow()
    log = writer(disk)
    log.add(Persist(1, HardState(3, 1), (entry(7), entry(8))))
    log.add(Persist(2, None, (entry(21, 3),), LogBase(20, 3)))
    log.add(Persist(3, None, (entry(22, 3),)))
    running = asyncio.create_task(log.run())
    await a_moment()
    assert disk.writes == [(HardState(3, 1), [entry(21, 3), entry(22, 3)], LogBase(20, 3))]
    running.cancel()


async def test_how_long_a_write_is_under_way_can_be_seen():
    disk = Slow()
    log = writer(disk)
    running = asyncio.create_task(log.run())
    log.add(Persist(1, None, (entry(1),)))
    await a_moment()
    assert log.busy_since_ms == 100
    disk.now_ms = 250
    disk.finish.release()
    await a_moment()
    assert log.busy_since_ms is None
    running.cancel()


async def test_a_write_that_fails_ends_the_writer_and_is_never_tried_again():
    disk = Slow()
    disk.failure = WriteFailed("no")
    log = writer(disk)
    log.add(Persist(1, None, (entry(1),)))
    disk.finish.release()
    with pytest.raises(WriteFailed):
        await log.run()
    assert len(disk.writes) == 1
    assert log.written_seq == 0
