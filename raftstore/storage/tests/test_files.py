"""A real directory: one owner, names that are durable, and no trace of what a crash left unfinished."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from raftstore.core.types import HardState, LogBase
from raftstore.errors import DataDirectoryInUse, StorageError, WriteFailed
from raftstore.storage.files import RealDirectory
from raftstore.storage.memory import SimulatedDirectory

from .disks import apply, entries, entry, open_log, open_node


def test_a_second_process_cannot_open_the_same_data_directory(tmp_path: Path) -> None:
    directory = RealDirectory(tmp_path)
    imports = "import pathlib, sys; from raftstore.storage.files import RealDirectory"
    command = [sys.executable, "-c", f"{imports}; RealDirectory(pathlib.Path(sys.argv[1]))", str(tmp_path)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert f"DataDirectoryInUse: data directory {tmp_path} is in use by process {os.getpid()}" in second.stderr
    with pytest.raises(DataDirectoryInUse):
        RealDirectory(tmp_path)
    with pytest.raises(DataDirectoryInUse):
        RealDirectory(tmp_path, for_reading=True)
    directory.close()
    assert subprocess.run(command, timeout=30, check=False).returncode == 0


def test_reading_a_directory_leaves_it_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "half.log.new").write_bytes(b"half")
    directory = RealDirectory(tmp_path, for_reading=True)
    with pytest.raises(OSError, match="Bad file descriptor"):
        directory.open("log/half.log.new").append(b"more")
    directory.close()
    assert [path.name for path in tmp_path.rglob("*")] == ["log", "half.log.new"]
    with pytest.raises(StorageError, match="cannot be opened"):
        RealDirectory(tmp_path / "not there", for_reading=True)
    assert not (tmp_path / "not there").exists()


def test_what_was_not_finished_is_cleared_away(tmp_path: Path) -> None:
    for folder in ("", "log", "snapshots"):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / "half.new").write_bytes(b"half")
    directory = RealDirectory(tmp_path)
    assert directory.names() == ["lock"]
    assert directory.names("log") == directory.names("snapshots") == directory.names("nowhere") == []
    directory.close()


def test_files_are_made_renamed_and_removed_in_folders_that_come_by_themselves(tmp_path: Path) -> None:
    directory = RealDirectory(tmp_path / "new" / "node-1")
    directory.create("log/1", b"one")
    directory.create("log/1", b"other")
    directory.rename("log/1", "elsewhere/2")
    assert directory.open("elsewhere/2").read(0, 100) == b"other"
    assert (directory.names("log"), directory.names("elsewhere")) == ([], ["2"])
    directory.remove("elsewhere/2")
    assert directory.names("elsewhere") == []
    assert directory.free_bytes() > 0
    directory.close()


def test_renaming_and_removing_wait_until_the_names_are_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = RealDirectory(tmp_path)
    synced: list[str] = []
    sync = os.fsync

    def note_name(fd: int) -> None:
        synced.append(os.path.relpath(os.readlink(f"/proc/self/fd/{fd}"), tmp_path))
        sync(fd)

    monkeypatch.setattr(os, "fsync", note_name)
    directory.create("log/1", b"one")
    assert synced == [".", "log/1.new", "log"]
    synced.clear()
    directory.rename("log/1", "2")
    assert synced == [".", "log"]
    synced.clear()
    directory.remove("2")
    assert synced == ["."]
    directory.close()


def test_a_note_is_overwritten_in_place_without_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    directory = RealDirectory(tmp_path)
    directory.note("log/mark", b"first")
    monkeypatch.setattr(os, "fsync", None)
    monkeypatch.setattr(os, "fdatasync", None)
    directory.note("log/mark", b"other")
    assert (tmp_path / "log" / "mark").read_bytes() == b"other"
    directory.close()


def test_a_real_file_that_cannot_be_synced_ends_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(fd: int) -> None:
        raise OSError("input/output error")

    directory = RealDirectory(tmp_path)
    wal, _ = open_log(directory)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", refuse)
        with pytest.raises(WriteFailed, match="input/output error"):
            wal.append(hard_state=None, entries=[entry(1)])
    with pytest.raises(WriteFailed):
        wal.append(hard_state=None, entries=[entry(1)])
    wal.close()
    directory.close()


def test_a_directory_that_cannot_hold_a_log_refuses_and_is_left_unlocked(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be opened"):
        open_node(RealDirectory(tmp_path))
    (tmp_path / "log").unlink()
    node, _ = open_node(RealDirectory(tmp_path))
    node.close()


def test_a_copy_of_a_database_is_whole_compact_and_needs_no_file_beside_it(tmp_path: Path) -> None:
    directory = RealDirectory(tmp_path)
    file = directory.database("one.sqlite3")
    connection = file.connect()
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE numbers (number)")
    connection.execute("BEGIN")
    connection.executemany("INSERT INTO numbers VALUES (?)", ((number,) for number in range(1_000)))
    connection.execute("DELETE FROM numbers WHERE number >= 10")
    connection.execute("COMMIT")
    file.copy_to("copies/two.sqlite3")
    connection.execute("DELETE FROM numbers")
    copy = sqlite3.connect(f"file:{tmp_path / 'copies/two.sqlite3'}?mode=ro", uri=True)
    assert copy.execute("SELECT count(*) FROM numbers").fetchone() == (10,)
    copy.close()
    assert directory.names("copies") == ["two.sqlite3"]
    (tmp_path / "copies" / "in the way.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        file.copy_to("copies/in the way")
    assert directory.names("copies") == ["two.sqlite3"]
    file.close()
    directory.close()


def test_a_copy_that_finds_no_room_or_is_cut_short_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unfinished = [tmp_path / "copies" / f"two.new{ending}" for ending in ("", "-journal")]
    unfinished[0].parent.mkdir()

    class FullDisk:
        """What SQLite leaves when a disk is full."""

        def execute(self, *_: object) -> None:
            for path in unfinished:
                path.touch()
            raise sqlite3.OperationalError("database or disk is full")

    directory = RealDirectory(tmp_path)
    file = directory.database("one.sqlite3")
    monkeypatch.setattr(file, "_connection", FullDisk())
    with pytest.raises(sqlite3.OperationalError, match="full"):
        file.copy_to("copies/two")
    assert directory.names("copies") == []
    directory.close()
    for path in unfinished:
        path.touch()
    directory = RealDirectory(tmp_path)
    assert directory.names("copies") == []
    directory.close()


def test_what_sqlite_kept_beside_the_checkpoint_before_is_not_taken_for_part_of_an_installed_one(
    tmp_path: Path,
) -> None:
    """A kill between the note that a snapshot is being installed and the renaming."""
    leader, of_leader = open_node(SimulatedDirectory())
    node, of_node = open_node(RealDirectory(tmp_path / "node"))
    for one, opened, term in ((leader, of_leader, 2), (node, of_node, 1)):
        one.append(HardState(term, 1), entries(1, 9, term))
        for number in range(9 if term == 2 else 5):
            apply(opened.machine, entries(number + 1, number + 1, term)[0])
            one.save(opened.machine.take_changes())
    ref = leader.take_snapshot()
    node.receive_chunk(ref, 0, leader.read_chunk(ref, 0, ref.size_bytes))
    killed = tmp_path / "killed"
    shutil.copytree(tmp_path / "node", killed)
    node.close()
    [snapshot] = (killed / "snapshots").glob("incoming-*")
    note = {"snapshot": f"snapshots/{snapshot.name}", "index": 9, "term": 2}
    (killed / "installing").write_text(json.dumps(note))
    assert (killed / "state.sqlite3-wal").stat().st_size > 0
    node, again = open_node(RealDirectory(killed))
    assert again.machine.digest() == of_leader.machine.digest()
    assert again.recovered.base == LogBase(9, 2)
    node.close()


def test_a_node_goes_on_after_being_closed_and_opened_on_a_real_disk(tmp_path: Path) -> None:
    node, opened = open_node(RealDirectory(tmp_path), 400)
    node.append(HardState(1, 1), entries(1, 5))
    for number in range(6, 40):
        node.append(None, entries(number, number))
    assert node.log_bytes == sum(path.stat().st_size for path in (tmp_path / "log").glob("*.log"))
    node.close()
    node, again = open_node(RealDirectory(tmp_path), 400)
    assert again.identity == opened.identity
    assert list(again.recovered.entries) == entries(1, 39)
    assert again.warnings == ()
    node.close()
    last = max((tmp_path / "log").glob("*.log"))
    with last.open("ab") as file:
        file.write(b"half a batch")
    node, again = open_node(RealDirectory(tmp_path), 400)
    assert again.warnings == (f"cut 12 bytes of an unfinished write off the end of {last}",)
    node.close()
