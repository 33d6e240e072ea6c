"""A checkpoint plus the rest of the log is the state, at every cut, on every node, and readable by other tools."""

import contextlib
import random
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raftstore.core.types import LogBase
from raftstore.errors import CheckpointUnreadable, WriteFailed
from raftstore.seats.commands import (
    Cancel,
    Confirm,
    EventKind,
    Hold,
    HoldState,
    OpenInventory,
    Release,
    SeatEvent,
)
from raftstore.seats.machine import SeatMachine
from raftstore.seats.tests.store import WALL_MS, Store, open_store
from raftstore.seats.tests.strategies import RandomEntry, histories
from raftstore.seats.tests.test_model import feed
from raftstore.storage import tables
from raftstore.storage.checkpoint import Checkpoint
from raftstore.storage.files import RealDirectory
from raftstore.storage.memory import Operation, SimulatedDirectory

from .disks import apply, copied, crashed, entry

TABLES = ("meta", "layouts", "inventories", "holds", "taken", "requests", "history", "seat_history")


def contents(directory: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every table as another program sees it, in no particular order of ours."""
    connection = sqlite3.connect(f"file:{directory / 'state.sqlite3'}?mode=ro", uri=True)
    try:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}
    finally:
        connection.close()


def opened(path: Path) -> tuple[Checkpoint, SeatMachine]:
    """The directory is let go of at once: nobody else comes."""
    directory = RealDirectory(path)
    directory.close()
    return Checkpoint.open(directory)


def reopened(checkpoint: Checkpoint, path: Path) -> tuple[Checkpoint, SeatMachine]:
    checkpoint.close()
    return opened(path)


@settings(max_examples=40, deadline=None)
@given(histories)
def test_the_checkpoint_of_any_entry_and_the_log_s_rest_are_the_whole_state(history: list[RandomEntry]) -> None:
    whole = SeatMachine()
    feed(whole, history)
    with tempfile.TemporaryDirectory() as name:
        checkpoint, machine = opened(Path(name))
        for cut in range(len(history) + 1):
            feed(machine, history[:cut])
            checkpoint.save(machine.take_changes())
            checkpoint, restored = reopened(checkpoint, Path(name))
            assert restored.digest() == machine.digest()
            feed(restored, history)
            assert restored.digest() == whole.digest()
        checkpoint.close()


@settings(max_examples=40, deadline=None)
@given(histories, st.sets(st.integers(0, 30)), st.integers(0, 30))
def test_nodes_that_save_and_restart_at_other_times_have_equal_tables_at_the_same_index(
    history: list[RandomEntry], saves: set[int], restart: int
) -> None:
    with tempfile.TemporaryDirectory() as one_name, tempfile.TemporaryDirectory() as other_name:
        one, machine = opened(Path(one_name))
        for cut in range(len(history) + 1):
            feed(machine, history[:cut])
            if cut in saves:
                one.save(machine.take_changes())
            if cut == restart:
                one, machine = reopened(one, Path(one_name))
        feed(machine, history)
        one.save(machine.take_changes())
        other, machine = opened(Path(other_name))
        feed(machine, history)
        other.save(machine.take_changes())
        assert contents(Path(one_name)) == contents(Path(other_name))
        one.close()
        other.close()


def test_what_was_forgotten_leaves_the_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raftstore.seats.limits.MAX_ENDED_HOLDS_KEPT", 1)
    monkeypatch.setattr("raftstore.seats.limits.MAX_REQUESTS_KEPT", 2)
    checkpoint, machine = opened(tmp_path)
    store = Store(machine)
    store.do(OpenInventory("train", ("A-1",), 1))
    for number in range(3):
        store.do(Hold("train", f"h{number}", ("A-1",), 0, 1, 1_000))
        store.do(Release(f"h{number}"))
        checkpoint.save(machine.take_changes())
    found = contents(tmp_path)
    assert [row[0] for row in found["holds"]] == ["h2"]
    assert len(found["requests"]) == 2
    assert found["taken"] == []
    checkpoint, restored = reopened(checkpoint, tmp_path)
    assert restored.digest() == machine.digest()
    checkpoint.close()


def test_a_save_costs_what_changed_and_not_what_there_is(tmp_path: Path) -> None:
    store = open_store()
    store.machine.take_changes()
    store.do(Hold("train", "h1", ("A-2",), 0, 5, 1_000), "r1")
    changes = store.machine.take_changes()
    assert changes.inventories == ()
    assert [row.hold for row in changes.holds] == ["h1"]
    assert [row.request_id for row in changes.requests] == ["r1"]
    assert len(changes.events) == 1
    empty = store.machine.take_changes()
    assert (empty.holds, empty.requests, empty.events) == ((), (), ())


def test_changes_stay_as_they_were_taken_while_the_machine_goes_on(tmp_path: Path) -> None:
    store = open_store()
    store.do(Hold("train", "h1", ("A-1",), 0, 5, 1_000))
    changes = store.machine.take_changes()
    store.do(Confirm("h1"))
    checkpoint, _ = opened(tmp_path)
    checkpoint.save(changes)
    checkpoint, restored = reopened(checkpoint, tmp_path)
    checkpoint.close()
    view = restored.hold("h1")
    assert view is not None
    assert view.state is HoldState.HELD


def test_a_seat_s_history_is_its_latest_events_oldest_first(tmp_path: Path) -> None:
    store = open_store()
    store.do(Hold("train", "h1", ("A-1", "A-2"), 0, 2, 1_000))
    store.do(Confirm("h1"))
    store.do(Cancel("h1", ("A-1",)))
    checkpoint, _ = opened(tmp_path)
    checkpoint.save(store.machine.take_changes())
    events = checkpoint.history("train", "A-1", 10)
    assert events == [event for event in store.events if event.seat == "A-1"]
    assert [event.kind for event in events] == [EventKind.HELD, EventKind.CONFIRMED, EventKind.CANCELLED]
    assert {event.wall_ms for event in events} == {WALL_MS}
    assert checkpoint.history("train", "A-1", 2) == events[1:]
    assert checkpoint.history("train", "Z-9", 10) == []
    checkpoint.close()


def test_a_journey_of_more_legs_than_an_integer_has_bits_is_stored(tmp_path: Path) -> None:
    checkpoint, machine = opened(tmp_path)
    store = Store(machine)
    store.do(OpenInventory("long", ("A-1",), 1_024))
    store.do(Hold("long", "h1", ("A-1",), 0, 1_024, 1_000))
    checkpoint.save(machine.take_changes())
    assert checkpoint.history("long", "A-1", 1)[0].held == (1 << 1_024) - 1
    checkpoint, restored = reopened(checkpoint, tmp_path)
    assert restored.digest() == machine.digest()
    checkpoint.close()


def test_the_sqlite_command_line_reads_the_checkpoint_while_it_is_being_written(tmp_path: Path) -> None:
    checkpoint, machine = opened(tmp_path)
    store = Store(machine)
    store.do(OpenInventory("train", ("A-1", "A-2"), 5))
    store.do(Hold("train", "h1", ("A-2",), 1, 3, 1_000))
    checkpoint.save(machine.take_changes())
    query = "SELECT m.applied_index, t.inventory, t.seat, t.state, t.hold, t.first_leg, t.end_leg FROM taken t, meta m"
    command = ["sqlite3", "-readonly", str(tmp_path / "state.sqlite3"), query]

    def answer() -> str:
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout

    assert (
        subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
        == "2|train|A-2|held|h1|1|3\n"
    )
    store.do(Confirm("h1"))
    checkpoint.save(machine.take_changes())
    assert (
        subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout
        == "3|train|A-2|confirmed|h1|1|3\n"
    )
    checkpoint.close()


def test_a_reader_never_sees_half_a_save(tmp_path: Path) -> None:
    checkpoint, machine = opened(tmp_path)
    store = Store(machine)
    store.do(OpenInventory("train", ("A-1", "A-2"), 1))
    checkpoint.save(machine.take_changes())
    seen: set[tuple[int, ...]] = set()
    done = threading.Event()

    def look() -> None:
        reader = sqlite3.connect(f"file:{tmp_path / 'state.sqlite3'}?mode=ro", uri=True)
        question = "SELECT (SELECT count(*) FROM taken), (SELECT count(*) FROM holds WHERE state = 'held') * 2"
        while not done.is_set():
            seen.add(reader.execute(question).fetchone())
        reader.close()

    watching = threading.Thread(target=look)
    watching.start()
    for number in range(100):
        store.do(Hold("train", f"h{number}", ("A-1", "A-2"), 0, 1, 1_000))
        checkpoint.save(machine.take_changes())
        store.do(Release(f"h{number}"))
        checkpoint.save(machine.take_changes())
    done.set()
    watching.join()
    checkpoint.close()
    assert seen <= {(0, 0), (2, 2)}


def test_a_checkpoint_of_another_version_refuses_and_says_which(tmp_path: Path) -> None:
    opened(tmp_path)[0].close()
    connection = sqlite3.connect(tmp_path / "state.sqlite3")
    connection.execute("PRAGMA user_version = 7")
    connection.close()
    with pytest.raises(CheckpointUnreadable, match="schema version 7; this program reads 5"):
        opened(tmp_path)


def test_another_database_or_no_database_refuses(tmp_path: Path) -> None:
    path = tmp_path / "state.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE other (x)")
    connection.close()
    with pytest.raises(CheckpointUnreadable, match="not a checkpoint of this program"):
        opened(tmp_path)
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(CheckpointUnreadable, match="builds it again if its log reaches back"):
        opened(tmp_path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ("UPDATE holds SET state = 'confirmed'", "a row of table holds is not what was written: 'h1'"),
        ("UPDATE meta SET applied_index = 1", "a row of table meta"),
        ("DELETE FROM meta", "meta has no row"),
        ("DELETE FROM inventories", "KeyError"),
    ],
)
def test_a_state_that_is_not_what_was_written_refuses(tmp_path: Path, change: str, complaint: str) -> None:
    checkpoint, machine = opened(tmp_path)
    store = Store(machine)
    store.do(OpenInventory("train", ("A-1", "A-2"), 5))
    store.do(Hold("train", "h1", ("A-2",), 1, 3, 1_000))
    checkpoint.save(machine.take_changes())
    checkpoint.close()
    connection = sqlite3.connect(tmp_path / "state.sqlite3", isolation_level=None)
    connection.execute(change)
    connection.close()
    with pytest.raises(CheckpointUnreadable, match=complaint):
        opened(tmp_path)


def test_a_flipped_bit_in_the_checkpoint_is_noticed_unless_it_does_not_matter() -> None:
    directory = SimulatedDirectory()
    checkpoint, machine = Checkpoint.open(directory)
    store = Store(machine)
    store.do(OpenInventory("train", tuple(f"A-{number}" for number in range(200)), 5), "r0")
    for number in range(150):
        store.do(Hold("train", f"h{number}", (f"A-{number}",), 1, 3, 1_000), f"r{number + 1}")
    checkpoint.save(machine.take_changes())
    written = crashed(directory)
    size_bytes = written.size_bytes("state.sqlite3")
    history = set(events_in(copied(written)))
    chance = random.Random(7)
    refused = 0
    for _ in range(300):
        disk = copied(written)
        place, bit = chance.randrange(size_bytes), chance.randrange(8)
        disk.flip_bit("state.sqlite3", place, bit)
        try:
            found = Checkpoint.open(disk)[1]
        except CheckpointUnreadable:
            refused += 1
        else:
            assert found.digest() == machine.digest(), (place, bit)
            # One may be missing, which `verify` finds; none is wrong.
            assert history >= set(events_in(disk)), (place, bit)
    assert refused > 80


def events_in(directory: SimulatedDirectory) -> Iterator[SeatEvent]:
    """All seats' lives, without those that are refused."""
    checkpoint, _ = Checkpoint.open(directory)
    for number in range(200):
        with contextlib.suppress(CheckpointUnreadable):
            yield from checkpoint.history("train", f"A-{number}", 9)
    checkpoint.close()


def test_a_checkpoint_that_cannot_be_written_ends_the_node_and_keeps_the_state_before(tmp_path: Path) -> None:
    checkpoint, machine = opened(tmp_path)
    store = Store(machine)
    store.do(OpenInventory("train", ("A-1",), 1))
    checkpoint.save(machine.take_changes())
    digest = machine.digest()
    checkpoint._connection.execute("PRAGMA max_page_count = 1")
    store.apply()
    store.do(OpenInventory("big", tuple(f"S-{number}" for number in range(10_000)), 1))
    with pytest.raises(WriteFailed, match="cannot be written"):
        checkpoint.save(machine.take_changes())
    with pytest.raises(WriteFailed):
        checkpoint.save(machine.take_changes())
    checkpoint, restored = opened(tmp_path)
    assert restored.digest() == digest
    checkpoint.close()


def test_a_checkpoint_that_cannot_be_synced_ends_the_node() -> None:
    directory = SimulatedDirectory()
    checkpoint, _ = Checkpoint.open(directory)

    def refuse(operation: Operation, name: str) -> None:
        if operation is Operation.DATABASE_SYNC:
            raise OSError("input/output error")

    directory.before = refuse
    with pytest.raises(WriteFailed, match="cannot be synced"):
        checkpoint.make_durable()


def test_what_was_saved_is_lost_to_a_power_cut_only_until_it_was_made_durable() -> None:
    found = set()
    for seed in range(40):
        directory = SimulatedDirectory()
        checkpoint, machine = Checkpoint.open(directory)
        for index in range(1, 6):
            apply(machine, entry(index))
            checkpoint.save(machine.take_changes())
            if index == 3:
                assert checkpoint.make_durable() == LogBase(3, 1)
        _, restored = Checkpoint.open(crashed(directory, seed, power_cut=True))
        found.add(restored.applied_index)
    assert found == {3, 4, 5}


def test_making_a_real_checkpoint_durable_waits_for_the_disk(tmp_path: Path) -> None:
    """SQLite itself syncs, by the descriptor that it writes with: seen in the length of its write-ahead log."""
    checkpoint, machine = opened(tmp_path)
    apply(machine, entry(1))
    checkpoint.save(machine.take_changes())
    wal = tmp_path / "state.sqlite3-wal"
    before = wal.stat().st_size
    assert checkpoint.make_durable() == LogBase(1, 1)
    assert wal.stat().st_size > before
    assert checkpoint._connection.execute("PRAGMA synchronous").fetchone() == (1,)
    assert checkpoint._connection.execute("PRAGMA user_version").fetchone() == (tables.SCHEMA_VERSION,)
    checkpoint.close()
