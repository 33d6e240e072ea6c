"""The checkpoint is always the state of one machine as of one index, whatever is installed, saved or cut short when."""

import asyncio

import pytest

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import Entry, EntryKind, LogBase
from raftstore.errors import SnapshotDamaged
from raftstore.runtime.applying import Applier
from raftstore.runtime.checkpointing import CheckpointKeeper
from raftstore.runtime.counters import Counters
from raftstore.runtime.pending import PendingChanges, PendingCommands, PendingReads
from raftstore.runtime.watch import WatchBoard
from raftstore.seats.machine import Changes, SeatMachine

SNAPSHOT = SnapshotRef(LogBase(10, 1), 100, bytes(32))


def noop(index: int) -> Entry:
    return Entry(index, 1, EntryKind.NOOP, b"")


def machine_at(index: int) -> SeatMachine:
    machine = SeatMachine()
    for each in range(1, index + 1):
        machine.apply(index=each, term=1, kind=0, data=b"", time_ms=0, wall_ms=0, requests=(), membership=None)
    machine.take_changes()
    return machine


class File:
    """Notes what is done to it; each call takes until it is allowed."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []
        self.allowed = asyncio.Event()
        self.allowed.set()
        self.damaged = False

    async def save(self, changes: Changes) -> None:
        self.calls.append(("save", changes.applied_index))
        await self.allowed.wait()

    async def install(self, snapshot: SnapshotRef) -> SeatMachine:
        self.calls.append(("install", snapshot.base.index))
        await self.allowed.wait()
        if self.damaged:
            raise SnapshotDamaged("no")
        return machine_at(snapshot.base.index)

    async def history(self, inventory: str, seat: str, limit: int) -> list[object]:
        self.calls.append(("history", 0))
        return []


def parts() -> tuple[File, Applier, CheckpointKeeper]:
    file = File()
    applier = Applier(
        SeatMachine(),
        commands=PendingCommands(limit_requests=10, limit_bytes=10_000),
        reads=PendingReads(limit_reads=10),
        changes=PendingChanges(),
        watch=WatchBoard(applied_index=0, limit_events=10, limit_frames=10, limit_watchers=10),
        counters=Counters(),
        applied=lambda entry: None,
    )
    return file, applier, CheckpointKeeper(file, applier, interval_ms=10_000)


async def a_moment() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_nothing_of_the_old_machine_is_saved_once_its_file_is_being_replaced():
    file, applier, keeper = parts()
    applier.add([noop(1), noop(2)])
    applier.apply_some(100)
    applier.hold_still()
    file.allowed.clear()
    installing = asyncio.create_task(keeper.install(SNAPSHOT))
    await a_moment()
    saving = asyncio.create_task(keeper.save())
    await a_moment()
    assert file.calls == [("install", 10)]
    file.allowed.set()
    await asyncio.gather(installing, saving)
    assert file.calls == [("install", 10)]
    assert keeper.index == applier.machine.applied_index == 10
    applier.add([noop(11)])
    applier.apply_some(100)
    await keeper.save()
    assert file.calls[-1] == ("save", 11)


async def test_an_installation_that_was_cut_short_leaves_a_file_that_nothing_is_added_to():
    file, applier, keeper = parts()
    applier.add([noop(1)])
    applier.apply_some(100)
    file.allowed.clear()
    installing = asyncio.create_task(keeper.install(SNAPSHOT))
    await a_moment()
    installing.cancel()
    await a_moment()
    await keeper.save()
    assert file.calls == [("install", 10)]


async def test_a_save_that_is_under_way_ends_before_an_installation_begins():
    file, applier, keeper = parts()
    applier.add([noop(1)])
    applier.apply_some(100)
    file.allowed.clear()
    saving = asyncio.create_task(keeper.save())
    await a_moment()
    installing = asyncio.create_task(keeper.install(SNAPSHOT))
    await a_moment()
    assert file.calls == [("save", 1)]
    file.allowed.set()
    await asyncio.gather(saving, installing)
    assert file.calls == [("save", 1), ("install", 10)]


async def test_after_a_damaged_snapshot_the_old_machine_is_kept_and_saved():
    file, applier, keeper = parts()
    applier.add([noop(1)])
    applier.apply_some(100)
    file.damaged = True
    with pytest.raises(SnapshotDamaged):
        await keeper.install(SNAPSHOT)
    await keeper.save()
    assert file.calls == [("install", 10), ("save", 1)]


async def test_entries_that_a_snapshot_holds_are_dropped_and_those_after_it_applied():
    _, applier, keeper = parts()
    applier.hold_still()
    applier.add([noop(index) for index in range(1, 13)])
    assert not applier.apply_some(100)
    assert applier.machine.applied_index == 0
    await keeper.install(SNAPSHOT)
    applier.apply_some(100)
    assert applier.machine.applied_index == 12


async def test_a_history_waits_for_what_was_applied_before_it_was_asked_for():
    file, applier, keeper = parts()
    running = asyncio.create_task(keeper.run())
    applier.add([noop(1), noop(2)])
    applier.apply_some(100)
    await keeper.history("train", "A-1", 10)
    assert file.calls == [("save", 2), ("history", 0)]
    running.cancel()
