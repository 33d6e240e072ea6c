"""A backup is whole, is in nobody's way, and leaves nothing behind, whatever becomes of who asked for it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import Role
from raftstore.errors import BackupBusy, DiskFull, SnapshotGone
from raftstore.runtime.limits import Limits
from raftstore.runtime.node import Node

from .test_node_snapshots import with_one_behind
from .trio import Trio, on_virtual_time, sha256, until


async def with_bookings(limits: Limits | None = None) -> tuple[Trio, Node]:
    trio = Trio(limits=limits)
    trio.start()
    await trio.open_train()
    await trio.book(1, 2)
    await trio.all_equal()
    return trio, await trio.leader()


async def all_of(chunks: AsyncIterator[bytes]) -> list[bytes]:
    return [chunk async for chunk in chunks]


def copies(trio: Trio, node: Node) -> list[str]:
    return trio.directory(node.config.node).names("snapshots")


@on_virtual_time
async def test_a_backup_is_a_consistent_copy_of_what_is_applied():
    trio, _ = await with_bookings()
    node = (await trio.followers())[0]
    snapshot, chunks = await node.backup()
    assert snapshot.base.index == node.machine.applied_index
    content = await all_of(chunks)
    assert sum(map(len, content)) == snapshot.size_bytes
    assert sha256(content) == snapshot.checksum
    assert node.raft.role is Role.FOLLOWER
    assert copies(trio, node) == []


@on_virtual_time
async def test_a_backup_amid_a_transfer_to_a_follower_harms_neither():
    trio, behind = await with_one_behind()
    leader = await trio.leader()
    trio.start(behind)
    await until(lambda: trio.nodes[behind].counters.chunks_received >= 3, "some chunks")
    await trio.book(50)
    snapshot, chunks = await leader.backup()
    assert sha256(await all_of(chunks)) == snapshot.checksum
    await trio.all_equal()
    assert trio.nodes[behind].counters.snapshots_installed == 1


@on_virtual_time
async def test_one_backup_after_another_does_not_keep_a_follower_from_its_snapshot():
    trio, behind = await with_one_behind(seats=2_000)
    leader = await trio.leader()
    trio.start(behind)
    node = trio.nodes[behind]
    for seat in range(50, 80):
        await trio.book(seat)
        snapshot, chunks = await leader.backup()
        assert sha256(await all_of(chunks)) == snapshot.checksum
    await until(lambda: node.counters.snapshots_installed == 1, "the snapshot")
    assert leader.counters.snapshots_taken == 1
    await trio.all_equal()


@on_virtual_time
async def test_a_node_makes_one_backup_at_a_time_and_says_so():
    _, leader = await with_bookings()
    _, chunks = await leader.backup()
    with pytest.raises(BackupBusy, match="try again"):
        await leader.backup()
    assert sum(map(len, await all_of(chunks)))
    snapshot, chunks = await leader.backup()
    assert sha256(await all_of(chunks)) == snapshot.checksum


@on_virtual_time
async def test_whenever_a_backup_is_given_up_its_copy_goes_and_another_can_be_made():
    trio, leader = await with_bookings()
    disk = trio.disks[leader.config.node]
    take = disk.take_snapshot

    async def whoever_waits() -> SnapshotRef:
        # As production's threads do it: what was asked for is done.
        return await asyncio.shield(asyncio.ensure_future(take()))

    disk.take_snapshot = whoever_waits
    for step in range(40):
        backup = asyncio.ensure_future(leader.backup())
        await asyncio.sleep(step / 10_000)
        backup.cancel()
        await asyncio.wait([backup])
        if not backup.cancelled():
            await all_of(backup.result()[1])
        await asyncio.sleep(0.1)
        assert copies(trio, leader) == []
        snapshot, chunks = await leader.backup()
        assert sha256(await all_of(chunks)) == snapshot.checksum


@on_virtual_time
async def test_a_backup_that_nobody_reads_to_its_end_is_removed():
    trio, leader = await with_bookings(Limits(snapshot_idle_ms=5_000))
    _, chunks = await leader.backup()
    await anext(chunks)
    assert len(copies(trio, leader)) == 1
    await until(lambda: not copies(trio, leader), "the copy to be removed")
    with pytest.raises(SnapshotGone):
        await all_of(chunks)


@on_virtual_time
async def test_a_node_whose_disk_is_nearly_full_makes_no_backup_and_drops_the_one_there_is():
    trio, leader = await with_bookings()
    _, chunks = await leader.backup()
    trio.disks[leader.config.node].free = 1
    await until(lambda: not copies(trio, leader), "the copy to be removed")
    with pytest.raises(SnapshotGone):
        await all_of(chunks)
    with pytest.raises(DiskFull, match="nearly full"):
        await leader.backup()
    trio.disks[leader.config.node].free = None
    await until(lambda: leader.status().disk == "ok", "room on the disk")
    await all_of((await leader.backup())[1])
