"""Restoring a backup, going on alone, and looking at a directory that no node runs on."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from raftstore.core.types import Entry, EntryKind, HardState, LogBase
from raftstore.errors import CheckpointUnreadable, ConfigurationError, DataDirectoryInUse, StorageError
from raftstore.storage.files import RealDirectory
from raftstore.storage.memory import SimulatedDirectory
from raftstore.storage.node_directory import NodeDirectory
from raftstore.storage.offline import append_config, restore
from raftstore.storage.verify import Findings, verify

from .disks import apply, copied, crashed, endings, entries, open_node

MEMBERS = b'{"cluster": 0, "highest_node": 3, "members": []}'


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of a state as of entry 30."""
    node, opened = open_node(SimulatedDirectory())
    node.append(HardState(2, 1), entries(1, 30, 2))
    for one in entries(1, 30, 2):
        apply(opened.machine, one)
    opened.machine.membership = b"the cluster before"
    node.save(opened.machine.take_changes())
    ref = node.take_snapshot()
    path = tmp_path_factory.mktemp("backup") / "backup.sqlite3"
    path.write_bytes(node.read_chunk(ref, 0, ref.size_bytes))
    return path


# --- Restoring ------------------------------------------------------------------------------------


def test_a_restored_directory_has_the_state_other_members_and_an_incarnation_of_its_own(
    backup: Path, tmp_path: Path
) -> None:
    restored = restore(backup, RealDirectory(tmp_path), node=2, draw_incarnation=lambda: 99, membership=MEMBERS)
    assert (restored.identity.node, restored.identity.incarnation, restored.base) == (2, 99, LogBase(30, 2))
    assert restored.identity.log_begun
    node, opened = NodeDirectory.open(RealDirectory(tmp_path), node=2, draw_incarnation=lambda: 1)
    assert opened.machine.membership == MEMBERS
    assert opened.machine.applied_index == 30
    assert (opened.recovered.base, opened.recovered.entries) == (LogBase(30, 2), ())
    assert opened.recovered.hard_state == HardState(2, None)
    node.append(HardState(3, 1), entries(31, 31, 3))
    node.close()
    assert verify(RealDirectory(tmp_path, for_reading=True)).ok


def test_a_backup_is_restored_into_a_new_directory_only(backup: Path) -> None:
    directory = SimulatedDirectory()
    node, _ = open_node(directory)
    node.close()
    found = copied(directory)
    with pytest.raises(ConfigurationError, match="is not empty"):
        restore(backup, found, node=1, draw_incarnation=lambda: 5, membership=MEMBERS)
    assert found.is_closed


def test_what_is_no_backup_is_not_restored(tmp_path: Path) -> None:
    (tmp_path / "backup").write_bytes(b"no database at all" * 100)
    with pytest.raises(CheckpointUnreadable, match="cannot be restored"):
        restore(tmp_path / "backup", SimulatedDirectory(), node=1, draw_incarnation=lambda: 5, membership=MEMBERS)
    with pytest.raises(StorageError, match="cannot be restored"):
        restore(tmp_path / "none", SimulatedDirectory(), node=1, draw_incarnation=lambda: 5, membership=MEMBERS)


def test_an_interrupted_restore_is_not_taken_for_a_whole_one(backup: Path) -> None:
    def run(directory: SimulatedDirectory) -> None:
        restore(backup, directory, node=1, draw_incarnation=lambda: 5, membership=MEMBERS)

    whole = refused = 0
    for where, found in endings(SimulatedDirectory, run):
        is_new = found.names() == []
        try:
            _, opened = open_node(found)
        except StorageError:
            refused += 1
            continue
        assert is_new or opened.recovered.base == LogBase(30, 2), where
        assert is_new or opened.machine.membership == MEMBERS, where
        whole += not is_new
    assert whole
    assert refused


# --- Going on alone -------------------------------------------------------------------------------


def test_a_membership_is_appended_to_a_log_in_a_term_of_its_own() -> None:
    directory = SimulatedDirectory()
    node, opened = open_node(directory)
    node.append(HardState(4, 3), entries(1, 5, 4))
    node.close()
    directory = crashed(directory)
    node, opened = open_node(directory)
    entry = append_config(node, opened, MEMBERS)
    assert entry == Entry(6, 5, EntryKind.CONFIG, MEMBERS)
    _, again = open_node(crashed(directory, power_cut=True))
    assert again.recovered.hard_state == HardState(5, 1)
    assert again.recovered.entries[-1] == entry


# --- Looking --------------------------------------------------------------------------------------


@pytest.fixture
def healthy(tmp_path: Path) -> Path:
    """A closed directory on a real disk, compacted, with a checkpoint, entries behind it, and a snapshot."""
    node, opened = open_node(RealDirectory(tmp_path), 600)
    for one in entries(1, 60):
        node.append(HardState(1, 1), [one])
        apply(opened.machine, one)
        if one.index == 20:
            node.save(opened.machine.take_changes())
            node.compact(node.make_durable())
        if one.index == 50:
            node.save(opened.machine.take_changes())
            node.take_snapshot()
    node.close()
    return tmp_path


def contents(path: Path) -> dict[str, str]:
    files = (file for file in path.rglob("*") if file.is_file())
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def looked_at(path: Path) -> Findings:
    before = contents(path)
    findings = verify(RealDirectory(path, for_reading=True))
    assert contents(path) == before
    return findings


def problems(path: Path) -> Iterator[tuple[str, str]]:
    for finding in looked_at(path).items:
        if finding.problem:
            yield finding.item, finding.problem


def test_a_healthy_directory_is_found_well_item_by_item_and_not_changed(healthy: Path) -> None:
    findings = looked_at(healthy)
    assert findings.ok
    details = {finding.item: finding.detail for finding in findings.items}
    assert details["identity.json"] == "node 1, incarnation 77"
    assert details["state.sqlite3"] == "as of entry 50, term 1"
    assert details["snapshots/00000000000000000050-1.sqlite3"] == "as of entry 50, term 1"
    assert details["log and checkpoint"] == "10 entries follow the checkpoint"
    assert details["hash chain"] == "entries 21 to 50 are those that were applied"
    assert any(item.startswith("log/0") and "batches, entries" in detail for item, detail in details.items())


def test_a_directory_in_use_is_not_looked_at(healthy: Path) -> None:
    node, _ = open_node(RealDirectory(healthy))
    with pytest.raises(DataDirectoryInUse):
        RealDirectory(healthy, for_reading=True)
    node.close()


def test_a_checkpoint_is_read_with_what_sqlite_has_not_copied_back_yet(tmp_path: Path) -> None:
    node, opened = open_node(RealDirectory(tmp_path))
    node.append(HardState(1, 1), entries(1, 3))
    for one in entries(1, 3):
        apply(opened.machine, one)
    node.save(opened.machine.take_changes())
    # As a kill would leave it.
    copy = tmp_path.with_name("copy")
    copy.mkdir()
    for name in ("identity.json", "state.sqlite3", "state.sqlite3-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    (copy / "log").mkdir()
    for path in (tmp_path / "log").iterdir():
        (copy / "log" / path.name).write_bytes(path.read_bytes())
    node.close()
    findings = looked_at(copy)
    assert findings.ok
    assert "as of entry 3, term 1" in [finding.detail for finding in findings.items]


def test_every_damage_is_found_with_file_and_offset(healthy: Path) -> None:
    segment = min((healthy / "log").glob("*.log"))
    whole = segment.read_bytes()
    segment.write_bytes(whole[:100] + bytes([whole[100] ^ 1]) + whole[101:])
    found = {finding.item: finding for finding in looked_at(healthy).items if finding.problem}
    assert set(found) == {f"log/{segment.name}", "log"}
    assert found["log"].offset is not None
    assert f"{segment} is damaged at byte {found['log'].offset}" in found["log"].problem
    segment.write_bytes(whole)
    (healthy / "snapshots" / "00000000000000000050-1.sqlite3").write_bytes(b"none" * 1_000)
    assert [item for item, _ in problems(healthy)] == ["snapshots/00000000000000000050-1.sqlite3"]
    (healthy / "state.sqlite3").write_bytes(b"none" * 1_000)
    assert ("state.sqlite3", "file is not a database") in problems(healthy)
    (healthy / "identity.json").unlink()
    assert [item for item, _ in problems(healthy)] == ["identity.json"]


def test_a_checkpoint_that_does_not_fit_its_log_is_found(healthy: Path) -> None:
    for segment in sorted((healthy / "log").glob("*.log"))[1:]:
        segment.unlink()
    (healthy / "log" / "synced").unlink()
    assert [item for item, _ in problems(healthy)] == ["log and checkpoint"]


def test_entries_that_are_not_those_that_were_applied_are_found(healthy: Path) -> None:
    """Somebody wrote another log with right checksums."""
    marks = json.loads((healthy / "chain.json").read_text())
    marks[0]["chain"] = "00" * 16
    (healthy / "chain.json").write_text(json.dumps(marks))
    [(item, problem)] = problems(healthy)
    assert (item, problem) == ("hash chain", "entries 21 to 50 are not those that were applied")
    (healthy / "chain.json").write_text("{")
    assert [item for item, _ in problems(healthy)] == ["hash chain"]
    (healthy / "chain.json").unlink()
    assert list(problems(healthy)) == []


def test_an_unfinished_write_is_no_problem_and_is_told(healthy: Path) -> None:
    with max((healthy / "log").glob("*.log")).open("ab") as file:
        file.write(b"half")
    findings = looked_at(healthy)
    assert findings.ok
    assert any("4 bytes of an unfinished write will be cut off" in finding.detail for finding in findings.items)
