"""A node's data directory on a disk that is full, fails, or is a real one."""

import random
import sqlite3

import pytest

from raftstore.core.types import EMPTY_BASE, HardState, LogBase
from raftstore.errors import DiskFull, StorageError
from raftstore.storage.files import RealDirectory
from raftstore.storage.memory import Operation, SimulatedDirectory
from raftstore.storage.node_directory import NodeDirectory, Opened

from .disks import apply, copied, crashed, entries, node_with, open_node, send


@pytest.fixture
def leader() -> tuple[NodeDirectory, Opened]:
    return node_with(30, 30, SimulatedDirectory(), term=2)


def test_copies_of_the_state_leave_the_reserve_to_the_log(leader: tuple[NodeDirectory, Opened]) -> None:
    reserve_bytes = 100_000
    other, _ = leader
    ref = other.take_snapshot()
    disk = SimulatedDirectory()
    node, _ = NodeDirectory.open(disk, node=1, draw_incarnation=lambda: 77, reserve_bytes=reserve_bytes)
    used_bytes = sum(disk.size_bytes(f"log/{name}") for name in disk.names("log"))
    used_bytes += sum(disk.size_bytes(name) for name in disk.names())

    def leave(room_bytes: int) -> None:
        disk.capacity_bytes = used_bytes + room_bytes
        assert node.free_bytes() == room_bytes

    leave(reserve_bytes + 20_000)
    with pytest.raises(DiskFull, match="are needed with the reserve"):
        node.take_snapshot()
    with pytest.raises(DiskFull, match="are needed with the reserve"):
        node.receive_chunk(ref, 0, other.read_chunk(ref, 0, 1_000))
    assert disk.names("snapshots") == []
    leave(reserve_bytes + ref.size_bytes)
    node.drop_snapshot(node.take_snapshot())
    assert node.receive_chunk(ref, 0, other.read_chunk(ref, 0, 1_000)) == 1_000


def test_a_full_disk_makes_no_snapshot_and_harms_nothing() -> None:
    disk = SimulatedDirectory()
    node, _ = node_with(30, 30, disk)
    used = (1 << 40) - disk.free_bytes()
    disk.capacity_bytes = sum(
        disk.size_bytes(f"{folder}{name}") for folder in ("", "log/") for name in disk.names(folder.rstrip("/"))
    )
    disk.capacity_bytes += 5_000
    assert (used, node.free_bytes()) == (0, 5_000)
    with pytest.raises(DiskFull):
        node.take_snapshot()
    assert node.free_bytes() == 5_000
    leader, _ = node_with(40, 40, SimulatedDirectory())
    ref = leader.take_snapshot()
    with pytest.raises(DiskFull):
        send(leader, ref, node)
    assert disk.names("snapshots") in ([], ["received"])
    assert node.receive_chunk(ref, 0, b"") == 0
    node.append(None, entries(31, 31))
    disk.capacity_bytes = None
    assert node.take_snapshot().base == LogBase(30, 1)
    send(leader, ref, node)
    assert node.install(ref).applied_index == 40


def test_a_disk_that_fails_at_any_step_of_opening_raises_an_error_of_ours_and_lets_go() -> None:
    prepared = SimulatedDirectory()
    node, _ = node_with(10, 5, prepared)
    leader, _ = node_with(30, 30, SimulatedDirectory(), term=2)
    ref = leader.take_snapshot()
    send(leader, ref, node)
    node.install(ref)
    prepared = crashed(prepared)
    for step in range(100):
        disk = copied(prepared)
        left = step

        def fail(operation: Operation, name: str) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise OSError("input/output error")

        disk.before = fail
        try:
            open_node(disk)[0].close()
        except StorageError:
            assert disk.is_closed
        if left >= 0:
            break
    assert 3 < step < 99


def test_a_real_directory_does_all_of_it(tmp_path_factory: pytest.TempPathFactory) -> None:
    paths = tmp_path_factory.mktemp("leader"), tmp_path_factory.mktemp("follower")
    leader, opened = open_node(RealDirectory(paths[0]), 600)
    leader.append(HardState(2, 1), entries(1, 30, 2))
    for one in entries(1, 30, 2):
        apply(opened.machine, one)
    leader.save(opened.machine.take_changes())
    ref = leader.take_snapshot()
    follower, found = open_node(RealDirectory(paths[1]), 600)
    follower.append(HardState(1, 1), entries(1, 10))
    apply(found.machine, entries(1, 1)[0])
    follower.save(found.machine.take_changes())
    follower.receive_chunk(ref, 0, leader.read_chunk(ref, 0, 9_000))
    follower.close()
    follower, _ = open_node(RealDirectory(paths[1]), 600)
    assert follower.receive_chunk(ref, 0, b"") == 9_000
    send(leader, ref, follower)
    assert follower.install(ref).digest() == opened.machine.digest()
    other = sqlite3.connect(f"file:{paths[1] / 'state.sqlite3'}?mode=ro", uri=True)
    assert other.execute("SELECT applied_index FROM meta").fetchone() == (30,)
    other.close()
    # As a kill here would leave it: the log does not follow yet.
    assert sorted(path.name for path in paths[1].glob("inst*")) == ["installing"]
    follower.close()
    follower, found = open_node(RealDirectory(paths[1]), 600)
    assert found.recovered.base == LogBase(30, 2)
    assert found.recovered.hard_state == HardState(1, 1)
    assert list(paths[1].glob("inst*")) == []
    assert follower.free_bytes() > 0
    follower.close()
    leader.close()
    assert [path.name for path in paths[0].glob("snapshots/*.sqlite3")] != []
    leader, _ = open_node(RealDirectory(paths[0]), 600)
    assert [path.name for path in paths[0].glob("snapshots/*.sqlite3")] == []
    leader.close()


def test_a_killed_node_finds_all_that_it_wrote_and_a_power_cut_leaves_no_other_files() -> None:
    disk = SimulatedDirectory()
    node_with(10, 10, disk)
    killed = crashed(copied(disk))
    assert open_node(killed)[1].machine.applied_index == 10
    cut = disk.crash(power_cut=True, chance=random.Random(1))
    assert cut.names() == disk.names()
    assert open_node(cut)[1].recovered.base == EMPTY_BASE
