"""Nodes that lack the log's beginning get a snapshot, and the log does not grow without end."""

import asyncio

from raftstore.core.messages import SnapshotRef
from raftstore.errors import DiskFull
from raftstore.runtime.limits import Limits
from raftstore.runtime.watch import Told

from .trio import Trio, on_virtual_time, until

EAGER = Limits(compact_after_entries=20, compact_keep_entries=5)


async def with_one_behind(limits: Limits | None = None, seats: int = 100) -> tuple[Trio, int]:
    """A cluster whose follower was away while the log it lacks was dropped."""
    trio = Trio(limits=limits)
    trio.start()
    await trio.open_train(seats)
    behind = (await trio.followers())[0].config.node
    trio.kill(behind)
    await trio.book(*range(30))
    for node in trio.nodes.values():
        await node.snapshot_now()
    return trio, behind


@on_virtual_time
async def test_a_follower_that_was_away_for_long_gets_a_snapshot_and_then_the_log():
    trio, behind = await with_one_behind()
    leader = await trio.leader()
    assert leader.raft.log.base.index > 30
    trio.start(behind)
    await until(lambda: trio.nodes[behind].counters.snapshots_installed == 1, "the snapshot")
    await trio.book(50)
    await trio.all_equal()
    assert trio.nodes[behind].raft.membership == leader.raft.membership
    assert trio.nodes[behind].raft.log.base.index > 30


@on_virtual_time
async def test_what_a_snapshot_brought_is_there_after_a_restart_with_its_history():
    trio, behind = await with_one_behind()
    trio.start(behind)
    await until(lambda: trio.nodes[behind].counters.snapshots_installed == 1, "the snapshot")
    await trio.book(50)
    await trio.all_equal()
    trio.kill(behind)
    trio.start(behind)
    assert trio.nodes[behind].machine.seat_map("train").sold.keys() >= {"A-0", "A-29"}
    await trio.all_equal()
    assert [event.kind for event in await trio.nodes[behind].history("train", "A-7", 10)] == ["held", "confirmed"]
    assert trio.nodes[behind].counters.snapshots_installed == 0


@on_virtual_time
async def test_whoever_watches_a_node_that_installs_a_snapshot_is_told_to_start_afresh():
    trio, behind = await with_one_behind()
    trio.start(behind)
    node = trio.nodes[behind]
    watcher = node.watch.subscribe(None)
    before = await watcher.next()
    told = await watcher.next()
    while not told.reset:
        told = await watcher.next()
    assert told.index > before.index
    assert told == Told(told.index, (), reset=True)
    await trio.book(50)
    following = await watcher.next()
    assert {event.seat for event in following.events} == {"A-50"}
    assert node.watch.subscribe(before.index) is not None


@on_virtual_time
async def test_who_asks_for_a_history_while_a_snapshot_is_installed_is_answered_from_it():
    trio, behind = await with_one_behind()
    trio.start(behind)
    node = trio.nodes[behind]
    await until(lambda: node._applier.is_held, "the installation to begin")
    assert [event.kind for event in await node.history("train", "A-7", 10)] == ["held", "confirmed"]


@on_virtual_time
async def test_the_log_is_cut_by_itself_and_keeps_its_last_entries():
    trio = Trio(limits=EAGER)
    trio.start()
    await trio.open_train()
    await trio.book(*range(60))
    await until(lambda: all(node.raft.log.base.index > 30 for node in trio.nodes.values()), "the logs to be cut")
    for node in trio.nodes.values():
        assert node.raft.log.last_index - node.raft.log.base.index >= EAGER.compact_keep_entries
    await trio.all_equal()


@on_virtual_time
async def test_a_snapshot_interrupted_by_a_change_of_leader_arrives_all_the_same():
    trio, behind = await with_one_behind(seats=2_000)
    trio.start(behind)
    node = trio.nodes[behind]
    await until(lambda: node.counters.chunks_received >= 3, "some chunks")
    leader = await trio.leader()
    (third,) = trio.nodes.keys() - {behind, leader.config.node}
    await leader.transfer(third)
    assert node.counters.snapshots_installed == 0
    await until(lambda: node.counters.snapshots_installed == 1, "the snapshot")
    await trio.all_equal()


@on_virtual_time
async def test_a_snapshot_that_finds_no_room_is_tried_again_now_and_then():
    trio, behind = await with_one_behind(Limits(snapshot_retry_ms=3_000))
    leader = await trio.leader()
    disk = trio.disks[leader.config.node]
    take, tried_s = disk.take_snapshot, []

    async def no_room() -> SnapshotRef:
        tried_s.append(asyncio.get_running_loop().time())
        raise DiskFull("no room")

    disk.take_snapshot = no_room
    trio.start(behind)
    await asyncio.sleep(10)
    assert 3 <= len(tried_s) <= 4
    disk.take_snapshot = take
    await trio.all_equal()


@on_virtual_time
async def test_a_follower_without_room_for_a_snapshot_takes_none_of_it_until_it_has():
    trio, behind = await with_one_behind()
    directory = trio.directory(behind)
    used_bytes = sum(directory.size_bytes(name) for name in directory.names())
    used_bytes += sum(directory.size_bytes(f"log/{name}") for name in directory.names("log"))
    directory.capacity_bytes = used_bytes + trio.limits.disk_reserve_bytes + 30_000
    trio.start(behind)
    node = trio.nodes[behind]
    await until(lambda: node.counters.chunks_received >= 5, "some chunks")
    assert node.counters.snapshots_installed == 0
    assert node.status().disk == "ok"
    directory.capacity_bytes += 1 << 20
    await trio.all_equal()
    assert node.counters.snapshots_installed == 1


@on_virtual_time
async def test_a_snapshot_that_no_follower_reads_any_more_is_removed():
    trio, behind = await with_one_behind(Limits(snapshot_idle_ms=5_000))
    leader = await trio.leader()
    trio.start(behind)
    await until(lambda: leader.status().snapshot_index, "the copy")
    await until(lambda: not leader.status().snapshot_index, "the copy to be removed")
    await until(lambda: not trio.directory(leader.config.node).names("snapshots"), "its file to be removed")
    await trio.all_equal()
