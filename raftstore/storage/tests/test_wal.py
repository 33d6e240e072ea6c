"""What the log gives back after a restart, in how many pieces it is kept, and when it ends for good."""

import dataclasses
import errno
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raftstore.core.types import EMPTY_BASE, Entry, EntryKind, HardState, LogBase
from raftstore.errors import ConfigurationError, StorageError, WriteFailed
from raftstore.storage import wal_format
from raftstore.storage.files import RealDirectory
from raftstore.storage.memory import Operation, SimulatedDirectory
from raftstore.storage.wal import WriteAheadLog
from raftstore.storage.wal_format import SegmentHeader

from .disks import IDENTITY, crashed, entries, entry, open_log

SMALL = 400


def segments(directory: SimulatedDirectory) -> list[str]:
    return [name for name in directory.names("log") if name != "synced"]


def test_a_new_log_is_empty_and_its_first_term_is_zero() -> None:
    directory = SimulatedDirectory()
    _, recovered = open_log(directory)
    assert (recovered.hard_state, recovered.base, recovered.entries) == (HardState(0, None), EMPTY_BASE, ())
    assert segments(directory) == ["00000001-00000000000000000001.log"]


def test_what_was_appended_is_found_again_on_a_real_disk(tmp_path: Path) -> None:
    directory = RealDirectory(tmp_path)
    wal, _ = open_log(directory)
    written = [entry(1), Entry(2, 1, EntryKind.NOOP, b""), Entry(3, 2, EntryKind.CONFIG, b"\x00" * 5_000)]
    wal.append(hard_state=HardState(1, 3), entries=written[:2])
    wal.append(hard_state=None, entries=written[2:])
    wal.append(hard_state=HardState(2, None), entries=[])
    wal.append(hard_state=None, entries=[])
    size_bytes = wal.size_bytes
    wal.close()
    wal, recovered = open_log(directory)
    assert (recovered.hard_state, recovered.entries) == (HardState(2, None), tuple(written))
    assert (recovered.torn_bytes, wal.size_bytes) == (0, size_bytes)
    wal.append(hard_state=None, entries=[entry(4, 2)])
    wal.close()
    assert open_log(directory)[1].entries == (*written, entry(4, 2))
    directory.close()


def test_an_entry_replaces_its_index_and_everything_after() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    wal.append(hard_state=None, entries=[entry(index) for index in range(1, 6)])
    wal.append(hard_state=None, entries=[entry(3, 2), entry(4, 2)])
    _, recovered = open_log(crashed(directory))
    assert [(found.index, found.term) for found in recovered.entries] == [(1, 1), (2, 1), (3, 2), (4, 2)]


def test_entries_that_replace_others_of_the_same_write_are_the_ones_that_count() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory, SMALL)
    wal.append(hard_state=None, entries=entries(1, 30))
    wal.append(hard_state=None, entries=[*entries(31, 33), *entries(5, 6, 2)])
    _, recovered = open_log(crashed(directory), SMALL)
    assert list(recovered.entries) == [*entries(1, 4), *entries(5, 6, 2)]


def test_a_log_that_grows_is_kept_in_segments_each_of_which_has_the_hard_state() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory, SMALL)
    wal.append(hard_state=HardState(1, 2), entries=[])
    for one in entries(1, 40):
        wal.append(hard_state=None, entries=[one])
    assert len(segments(directory)) > 3
    assert wal.size_bytes == sum(directory.size_bytes(f"log/{name}") for name in segments(directory))
    wal.compact(LogBase(40, 1))
    assert len(segments(directory)) == 1
    wal, recovered = open_log(crashed(directory, power_cut=True), SMALL)
    assert recovered.hard_state == HardState(1, 2)
    assert list(recovered.entries) == entries(recovered.base.index + 1, 40)
    assert wal.size_bytes == directory.size_bytes(f"log/{segments(directory)[0]}")


def test_an_entry_that_replaces_one_of_an_earlier_segment_makes_the_later_ones_void() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory, SMALL)
    for one in entries(1, 40):
        wal.append(hard_state=None, entries=[one])
    wal.append(hard_state=None, entries=entries(7, 8, 2))
    wal.append(hard_state=None, entries=entries(9, 30, 3))
    wal, recovered = open_log(crashed(directory), SMALL)
    assert list(recovered.entries) == [*entries(1, 6), *entries(7, 8, 2), *entries(9, 30, 3)]
    # Compacted to where the void segments begin, it begins after them.
    wal.compact(LogBase(20, 3))
    _, recovered = open_log(crashed(directory), SMALL)
    assert recovered.entries[-1] == entries(30, 30, 3)[0]


def test_a_segment_makes_void_what_follows_its_base_even_before_it_has_entries_of_its_own() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    wal.append(hard_state=None, entries=entries(1, 9))
    header = SegmentHeader(IDENTITY.node, IDENTITY.incarnation, 2, LogBase(4, 1), begins=False)
    content = header.encode()
    content += wal_format.encode_batch(wal_format.seed_of(content), HardState(1, None), (), len(content))
    directory.create(f"log/{header.name}", content)
    wal, recovered = open_log(directory)
    assert (list(recovered.entries), wal.last_index) == (entries(1, 4), 4)


def test_dropping_a_beginning_that_was_replaced_leaves_what_replaced_it() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory, SMALL)
    for one in entries(1, 40):
        wal.append(hard_state=None, entries=[one])
    wal.append(hard_state=None, entries=entries(3, 3, 2))
    wal.compact(LogBase(2, 1))
    _, recovered = open_log(crashed(directory), SMALL)
    assert (recovered.base, list(recovered.entries)) == (LogBase(2, 1), entries(3, 3, 2))


def test_a_log_that_begins_anew_has_nothing_of_before_but_the_hard_state() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory, SMALL)
    for one in entries(1, 40):
        wal.append(hard_state=HardState(1, 3), entries=[one])
    wal.append(hard_state=None, entries=entries(101, 102, 5), base=LogBase(100, 4))
    assert len(segments(directory)) == 1
    assert (wal.base, wal.last_index) == (LogBase(100, 4), 102)
    _, recovered = open_log(crashed(directory), SMALL)
    assert (recovered.hard_state, recovered.base) == (HardState(1, 3), LogBase(100, 4))
    assert list(recovered.entries) == entries(101, 102, 5)


def test_a_log_knows_which_entries_it_holds() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory, SMALL)
    for one in [*entries(1, 20), *entries(21, 40, 2)]:
        wal.append(hard_state=None, entries=[one])
    wal.compact(LogBase(15, 1))
    for log in (wal, open_log(crashed(directory), SMALL)[0]):
        assert log.holds(LogBase(20, 1))
        assert log.holds(LogBase(21, 2))
        assert log.holds(log.base)
        assert log.holds(LogBase(1, 1))
        assert not log.holds(LogBase(20, 2))
        assert not log.holds(LogBase(41, 2))


def test_entries_that_leave_a_gap_are_not_taken() -> None:
    wal, _ = open_log(SimulatedDirectory())
    wal.append(hard_state=None, entries=[entry(1)])
    with pytest.raises(ValueError, match="entry 3 does not follow"):
        wal.append(hard_state=None, entries=[entry(3)])


def test_a_batch_is_one_write_and_one_sync() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    done: list[Operation] = []
    directory.before = lambda operation, name: done.append(operation)
    wal.append(hard_state=HardState(1, 1), entries=entries(1, 3))
    assert done == [Operation.APPEND, Operation.SYNC, Operation.NOTE]


steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(0, 4), st.integers(0, 12), st.booleans()),
        st.tuples(st.just("compact"), st.integers(0, 20), st.just(0), st.just(False)),
        st.tuples(st.just("anew"), st.integers(1, 9), st.just(0), st.just(False)),
        st.tuples(st.just("restart"), st.just(0), st.just(0), st.booleans()),
    ),
    max_size=14,
)


@settings(max_examples=300)
@given(steps)
def test_any_life_of_a_log_is_found_again(life: list[tuple[str, int, int, bool]]) -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory, 200)
    term, hard_state, base = 1, HardState(0, None), EMPTY_BASE
    log: list[Entry] = []
    for number, (step, amount, back, votes) in enumerate(life):
        last_index = base.index + len(log)
        if step == "append":
            term += back > 0
            first = max(base.index + 1, last_index + 1 - back)
            new = entries(first, first + amount - 1, term)
            new_hard_state = HardState(term, 1) if votes else None
            wal.append(hard_state=new_hard_state, entries=new)
            hard_state = new_hard_state or hard_state
            if new:
                log[first - base.index - 1 :] = new
        elif step == "compact" and amount <= len(log):
            wal.compact(LogBase(base.index + amount, log[amount - 1].term if amount else base.term))
            log, base = log[wal.base.index - base.index :], wal.base
        elif step == "anew":
            base, log = LogBase(last_index + amount, term), []
            wal.append(hard_state=None, entries=(), base=base)
        elif step == "restart":
            directory = crashed(directory, number, power_cut=votes)
            wal, _ = open_log(directory, 200)
    _, recovered = open_log(crashed(directory, power_cut=True), 200)
    assert (recovered.hard_state, recovered.base, list(recovered.entries)) == (hard_state, base, log)
    assert recovered.torn_bytes == 0


# --- Refusing -------------------------------------------------------------------------------------


def test_a_log_of_another_node_or_of_another_disk_of_this_node_refuses() -> None:
    directory = SimulatedDirectory()
    open_log(directory)
    with pytest.raises(ConfigurationError, match="belongs to node 1, not to node 2"):
        WriteAheadLog.open(directory, dataclasses.replace(IDENTITY, node=2))
    with pytest.raises(ConfigurationError, match="another disk of node 1"):
        WriteAheadLog.open(directory, dataclasses.replace(IDENTITY, incarnation=78))


def test_a_log_of_another_version_refuses_and_says_which() -> None:
    directory = SimulatedDirectory()
    with pytest.MonkeyPatch.context() as later:
        later.setattr("raftstore.storage.wal_format.SegmentHeader.__init__.__defaults__", (3,))
        open_log(directory)
    with pytest.raises(StorageError, match="format version 3; this program reads 2"):
        open_log(directory)


# --- Failing --------------------------------------------------------------------------------------


def test_a_failed_sync_ends_the_log_for_good() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    wal.append(hard_state=None, entries=[entry(1)])
    done: list[Operation] = []

    def fail_the_sync(operation: Operation, name: str) -> None:
        done.append(operation)
        if operation is Operation.SYNC:
            raise OSError(errno.EIO, "input/output error")

    directory.before = fail_the_sync
    with pytest.raises(WriteFailed, match="input/output error"):
        wal.append(hard_state=None, entries=[entry(2)])
    assert done == [Operation.APPEND, Operation.SYNC]
    for again in (lambda: wal.append(hard_state=HardState(1, 1), entries=()), lambda: wal.compact(LogBase(1, 1))):
        with pytest.raises(WriteFailed, match="an earlier write failed"):
            again()
    assert len(done) == 2
    for seed in range(20):
        disk = SimulatedDirectory()
        wal, _ = open_log(disk)
        wal.append(hard_state=None, entries=[entry(1)])
        disk.before = fail_the_sync
        with pytest.raises(WriteFailed):
            wal.append(hard_state=None, entries=[entry(2)])
        _, recovered = open_log(crashed(disk, seed, power_cut=True))
        assert [found.index for found in recovered.entries] in ([1], [1, 2])


def test_a_full_disk_ends_the_log_and_the_half_written_batch_is_cut_off_at_the_next_start() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    wal.append(hard_state=None, entries=[entry(1)])
    directory.capacity_bytes = sum(directory.size_bytes(f"log/{name}") for name in directory.names("log")) + 20
    with pytest.raises(WriteFailed, match="no space left"):
        wal.append(hard_state=None, entries=[entry(2)])
    with pytest.raises(WriteFailed):
        wal.append(hard_state=HardState(2, None), entries=[])
    _, recovered = open_log(crashed(directory))
    assert ([found.index for found in recovered.entries], recovered.torn_bytes) == ([1], 20)


def test_a_batch_beyond_the_limit_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raftstore.storage.wal.MAX_BATCH_BYTES", 100)
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    before = wal.size_bytes
    with pytest.raises(WriteFailed, match="beyond the limit"):
        wal.append(hard_state=None, entries=[entry(1, data=b"x" * 101)])
    assert wal.size_bytes == before


def test_more_than_fits_one_batch_is_written_in_several_each_synced_before_the_next() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    many = [entry(index, data=bytes(5 << 20)) for index in range(1, 17)]
    wal.append(hard_state=HardState(1, 1), entries=many)
    _, recovered = open_log(crashed(directory, power_cut=True))
    assert (recovered.hard_state, list(recovered.entries)) == (HardState(1, 1), many)
