"""A data directory is one node's, and its log, checkpoint and snapshots fit together or are refused."""

import pytest

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import HardState, LogBase
from raftstore.errors import ConfigurationError, LogDamaged, SnapshotDamaged, SnapshotGone, StorageError
from raftstore.storage.memory import SimulatedDirectory
from raftstore.storage.node_directory import NodeDirectory, Opened
from raftstore.storage.verify import verify

from .disks import apply, copied, crashed, endings, entries, node_with, open_node, send

# --- Identity -------------------------------------------------------------------------------------


def test_a_directory_draws_its_incarnation_once() -> None:
    directory = SimulatedDirectory()
    drawn = iter([11, 12])
    first = NodeDirectory.open(directory, node=3, draw_incarnation=lambda: next(drawn))[1].identity
    again = NodeDirectory.open(crashed(directory), node=3, draw_incarnation=lambda: next(drawn))[1].identity
    assert (first.node, first.incarnation) == (3, 11)
    assert again == first


def test_the_directory_of_another_node_is_refused() -> None:
    directory = SimulatedDirectory()
    open_node(directory)
    with pytest.raises(ConfigurationError, match="simulated belongs to node 1, not to node 2"):
        NodeDirectory.open(crashed(directory), node=2, draw_incarnation=lambda: 5)


def test_a_directory_with_files_but_without_identity_is_refused_and_let_go() -> None:
    directory = SimulatedDirectory()
    open_node(directory)
    directory.remove("identity.json")
    with pytest.raises(StorageError, match=r"no identity\.json"):
        open_node(directory)
    assert directory.is_closed


@pytest.mark.parametrize("content", [b"", b"{}", b'{"node": 1, "incarnation": 0}', b'{"node": 1', b"\xff"])
def test_an_identity_that_cannot_be_read_is_refused(content: bytes) -> None:
    directory = SimulatedDirectory()
    directory.create("identity.json", content)
    with pytest.raises(StorageError, match="does not say whose directory this is"):
        open_node(directory)


def test_a_node_that_has_lost_its_log_and_nothing_else_does_not_begin_another() -> None:
    """It would vote and acknowledge again under its old incarnation, without what it promised."""
    for applied in (0, 20):
        directory = SimulatedDirectory()
        node_with(20, applied, directory)
        for name in ("state.sqlite3", *(f"log/{name}" for name in directory.names("log"))):
            directory.remove(name)
        with pytest.raises(LogDamaged, match=r"log was begun and is not there.*members add"):
            open_node(crashed(directory))
    assert directory.names() == ["identity.json"]


def test_a_node_that_never_had_a_log_begins_one_wherever_it_was_interrupted() -> None:
    for where, found in endings(SimulatedDirectory, lambda directory: open_node(directory) and None):
        node, _ = open_node(found)
        node.append(HardState(1, 1), entries(1, 3))
        assert len(open_node(crashed(found, power_cut=True))[1].recovered.entries) == 3, where


def test_that_a_node_was_fenced_is_known_at_every_later_start() -> None:
    directory = SimulatedDirectory()
    node, opened = open_node(directory)
    assert opened.fenced == ""
    node.fence("the state differs")
    found = crashed(directory, power_cut=True)
    for _ in range(2):
        _, opened = open_node(found)
        assert opened.fenced == "the state differs"
        found = crashed(found)
    assert [finding.item for finding in verify(found).items if finding.problem] == ["fenced"]


# --- Log and checkpoint ---------------------------------------------------------------------------


def test_a_node_begins_from_its_checkpoint_and_the_log_s_rest() -> None:
    directory = SimulatedDirectory()
    node, opened = node_with(20, 12, directory)
    assert node.make_durable() == LogBase(12, 1)
    node.compact(LogBase(12, 1))
    _, again = open_node(crashed(directory, power_cut=True))
    assert again.machine.digest() == opened.machine.digest()
    assert 0 < again.recovered.base.index <= 12
    assert list(again.recovered.entries) == entries(again.recovered.base.index + 1, 20)


def test_a_checkpoint_ahead_of_the_log_is_refused() -> None:
    directory = SimulatedDirectory()
    node_with(10, 10, directory)
    older = SimulatedDirectory()
    node_with(6, 0, older)
    mixed = copied(older)
    mixed.create("state.sqlite3", directory.open("state.sqlite3").read(0, 1 << 24))
    with pytest.raises(LogDamaged, match="the log ends with entry 6, and the checkpoint is as of entry 10"):
        open_node(mixed)


def test_a_gap_between_checkpoint_and_log_is_refused() -> None:
    directory = SimulatedDirectory()
    node, _ = node_with(20, 20, directory)
    node.compact(LogBase(20, 1))
    found = crashed(directory)
    found.remove("state.sqlite3")
    with pytest.raises(LogDamaged, match=r"what is between them is missing.*members add") as caught:
        open_node(found)
    assert caught.value.offset == 0


def test_a_checkpoint_that_was_lost_is_built_again_from_a_whole_log() -> None:
    directory = SimulatedDirectory()
    node_with(20, 20, directory)
    found = crashed(directory)
    found.remove("state.sqlite3")
    _, opened = open_node(found)
    assert (opened.machine.applied_index, len(opened.recovered.entries)) == (0, 20)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    directory, other = SimulatedDirectory(), SimulatedDirectory()
    node_with(10, 5, directory)
    node_with(10, 5, other, term=2)
    mixed = copied(directory)
    mixed.create("state.sqlite3", other.open("state.sqlite3").read(0, 1 << 24))
    with pytest.raises(LogDamaged, match="another entry 5 than the log's"):
        open_node(mixed)


# --- Snapshots ------------------------------------------------------------------------------------


@pytest.fixture
def leader() -> tuple[NodeDirectory, Opened]:
    return node_with(30, 30, SimulatedDirectory(), term=2)


def test_a_snapshot_is_read_until_all_who_took_it_have_dropped_it(leader: tuple[NodeDirectory, Opened]) -> None:
    node, opened = leader
    first = node.take_snapshot()
    assert first.base == LogBase(30, 2)
    assert node.take_snapshot() == first
    assert len(node.read_chunk(first, 0, first.size_bytes + 1)) == first.size_bytes
    node.append(None, entries(31, 31, 2))
    apply(opened.machine, entries(31, 31, 2)[0])
    node.save(opened.machine.take_changes())
    second = node.take_snapshot()
    for _ in range(2):
        assert node.read_chunk(first, 0, 15) == node.read_chunk(second, 0, 15) == b"SQLite format 3"
        node.drop_snapshot(first)
    node.drop_snapshot(first)
    with pytest.raises(SnapshotGone):
        node.read_chunk(first, 0, 10)
    assert node.read_chunk(second, 0, 15) == b"SQLite format 3"
    assert len(node._directory.names("snapshots")) == 1


def test_a_snapshot_stays_as_it_was_taken_while_the_checkpoint_goes_on(leader: tuple[NodeDirectory, Opened]) -> None:
    node, opened = leader
    ref = node.take_snapshot()
    digest = opened.machine.digest()
    apply(opened.machine, entries(31, 31, 2)[0])
    node.save(opened.machine.take_changes())
    follower, _ = open_node(SimulatedDirectory())
    send(node, ref, follower)
    assert follower.install(ref).digest() == digest


def test_an_installed_snapshot_is_the_checkpoint_from_then_on(leader: tuple[NodeDirectory, Opened]) -> None:
    node, _ = leader
    ref = node.take_snapshot()
    disk = SimulatedDirectory()
    follower, _ = node_with(10, 10, disk)
    send(node, ref, follower)
    machine = follower.install(ref)
    follower.append(None, [], ref.base)
    assert "installing" not in disk.names()
    apply(machine, entries(31, 31, 3)[0])
    follower.append(None, entries(31, 31, 3))
    follower.save(machine.take_changes())
    assert follower.make_durable() == LogBase(31, 3)
    assert follower.history("train", "A-1", 5) == []
    again_ref = follower.take_snapshot()
    assert again_ref.base == LogBase(31, 3)
    _, again = open_node(crashed(disk, power_cut=True))
    assert again.machine.digest() == machine.digest()
    assert (again.recovered.base, len(again.recovered.entries)) == (ref.base, 1)


def test_until_the_log_follows_a_snapshot_the_next_start_makes_it_follow(
    leader: tuple[NodeDirectory, Opened],
) -> None:
    """Also when the checkpoint of another snapshot is installed meanwhile."""
    node, opened = leader
    first = node.take_snapshot()
    disk = SimulatedDirectory()
    follower, _ = node_with(10, 10, disk)
    send(node, first, follower)
    follower.install(first)
    apply(opened.machine, entries(31, 31, 2)[0])
    node.save(opened.machine.take_changes())
    second = node.take_snapshot()
    send(node, second, follower)
    follower.install(second)
    follower.append(None, [], first.base)
    assert "installing" in disk.names()
    _, again = open_node(crashed(disk, power_cut=True))
    assert (again.machine.applied_index, again.recovered.base) == (31, second.base)


def test_a_snapshot_that_rotted_is_not_sent_again_and_again(leader: tuple[NodeDirectory, Opened]) -> None:
    node, _ = leader
    ref = node.take_snapshot()
    assert isinstance(node._directory, SimulatedDirectory)
    node.read_chunk(ref, 0, 10)
    node.read_chunk(ref, 0, 10)
    node._directory.flip_bit(f"snapshots/{node._directory.names('snapshots')[0]}", 20_000)
    node.read_chunk(ref, 10, 10)
    with pytest.raises(SnapshotGone, match="damaged"):
        node.read_chunk(ref, 0, 10)
    follower, _ = open_node(SimulatedDirectory())
    ref = node.take_snapshot()
    send(node, ref, follower)
    assert follower.install(ref).applied_index == 30


def test_chunks_are_taken_in_order_and_only_once(leader: tuple[NodeDirectory, Opened]) -> None:
    node, _ = leader
    ref = node.take_snapshot()
    follower, _ = open_node(SimulatedDirectory())
    assert follower.receive_chunk(ref, 0, node.read_chunk(ref, 0, 1_000)) == 1_000
    assert follower.receive_chunk(ref, 0, node.read_chunk(ref, 0, 1_000)) == 1_000
    assert follower.receive_chunk(ref, 2_000, node.read_chunk(ref, 2_000, 1_000)) == 1_000
    assert follower.receive_chunk(ref, 1_000, bytes(ref.size_bytes)) == 1_000
    assert follower.receive_chunk(ref, 1_000, node.read_chunk(ref, 1_000, ref.size_bytes)) == ref.size_bytes


def test_another_snapshot_discards_what_was_received_of_the_one_before(leader: tuple[NodeDirectory, Opened]) -> None:
    node, _ = leader
    ref = node.take_snapshot()
    disk = SimulatedDirectory()
    follower, _ = open_node(disk)
    follower.receive_chunk(ref, 0, node.read_chunk(ref, 0, 1_000))
    other = SnapshotRef(LogBase(31, 2), ref.size_bytes, ref.checksum)
    assert follower.receive_chunk(other, 0, b"") == 0
    assert len([name for name in disk.names("snapshots") if name.startswith("incoming-")]) == 1


def test_a_snapshot_that_arrived_too_late_is_forgotten_at_the_next_start(
    leader: tuple[NodeDirectory, Opened],
) -> None:
    node, _ = leader
    ref = node.take_snapshot()
    disk = SimulatedDirectory()
    follower, _ = node_with(30, 30, disk, term=2)
    follower.receive_chunk(ref, 0, node.read_chunk(ref, 0, 1_000))
    found = crashed(disk)
    open_node(found)
    assert [name for name in found.names("snapshots") if name.startswith("incoming-")] == []


def test_a_snapshot_that_is_not_what_was_sent_is_thrown_away_and_nothing_is_lost(
    leader: tuple[NodeDirectory, Opened],
) -> None:
    node, _ = leader
    ref = node.take_snapshot()
    for fault in ("a flipped bit", "an unfinished one", "another base", "no database"):
        disk = SimulatedDirectory()
        follower, opened = node_with(10, 10, disk)
        wrong = ref
        if fault == "another base":
            wrong = SnapshotRef(LogBase(29, 2), ref.size_bytes, ref.checksum)
        if fault == "no database":
            checksum = "f5a5fd42d16a20302798ef6ed309979b43003d2320d9f0e8ea9831a92759fb4b"
            wrong = SnapshotRef(LogBase(40, 2), 64, bytes.fromhex(checksum))
            follower.receive_chunk(wrong, 0, bytes(64))
        elif fault == "an unfinished one":
            follower.receive_chunk(wrong, 0, node.read_chunk(ref, 0, 1_000))
        else:
            follower.receive_chunk(wrong, 0, node.read_chunk(ref, 0, ref.size_bytes))
        if fault == "a flipped bit":
            disk.flip_bit(f"snapshots/{disk.names('snapshots')[0]}", 20_000)
        with pytest.raises(SnapshotDamaged, match="thrown away"):
            follower.install(wrong)
        assert disk.names("snapshots") in ([], ["received"]), fault
        assert follower.receive_chunk(ref, 0, b"") == 0
        apply(opened.machine, entries(11, 11)[0])
        follower.save(opened.machine.take_changes())
        send(node, ref, follower)
        assert follower.install(ref).applied_index == 30, fault
