"""Unfinished writes are cut off, and only those: whatever else is wrong with a log refuses, with file and offset."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from raftstore.core.types import HardState, LogBase
from raftstore.errors import LogDamaged
from raftstore.storage import wal_format
from raftstore.storage.files import RealDirectory
from raftstore.storage.memory import Operation, SimulatedDirectory
from raftstore.storage.wal_format import SegmentHeader

from .disks import IDENTITY, Ended, copied, entries, entry, open_log

FIRST = "log/00000001-00000000000000000001.log"


def written(segment_bytes: int = 1 << 20, batches: int = 4) -> tuple[SimulatedDirectory, list[int]]:
    """A log of batches of one entry each, and where in the last file each begins."""
    directory = SimulatedDirectory()
    wal, _ = open_log(directory, segment_bytes)
    offsets = []
    for index in range(1, batches + 1):
        offsets.append(wal.size_bytes)
        wal.append(hard_state=HardState(index, 2), entries=[entry(index, index, b"x" * index)])
    return directory, offsets


def unmarked(directory: SimulatedDirectory) -> SimulatedDirectory:
    """The mark did not reach the disk."""
    directory.remove("log/synced")
    return directory


def cut_to(directory: SimulatedDirectory, name: str, size_bytes: int) -> SimulatedDirectory:
    file = directory.open(name)
    file.truncate(size_bytes)
    file.close()
    return directory


def contents(directory: SimulatedDirectory) -> dict[str, bytes]:
    return {name: directory.open(f"log/{name}").read(0, 1 << 24) for name in directory.names("log")}


def refused(directory: SimulatedDirectory, segment_bytes: int = 1 << 20) -> LogDamaged:
    before = contents(directory)
    with pytest.raises(LogDamaged) as caught:
        open_log(directory, segment_bytes)
    assert contents(directory) == before
    assert "members add" in str(caught.value)
    return caught.value


# --- Unfinished writes ----------------------------------------------------------------------------


def unfinished() -> Iterator[tuple[SimulatedDirectory, int, int]]:
    """A log whose last batch was not synced, cut at each of its bytes; where it began, and how much of it came."""
    directory, _ = written(batches=3)
    wal, _ = open_log(directory)
    start = wal.size_bytes

    def end_at_the_sync(operation: Operation, name: str) -> None:
        if operation is Operation.SYNC:
            raise Ended

    directory.before = end_at_the_sync
    with pytest.raises(Ended):
        wal.append(hard_state=HardState(4, 2), entries=[entry(4, 4, b"xxxx")])
    for size_bytes in range(start, directory.size_bytes(FIRST)):
        yield cut_to(copied(directory), FIRST, size_bytes), start, size_bytes - start


def test_a_crash_at_any_byte_of_the_last_batch_loses_that_batch_and_nothing_else() -> None:
    for directory, start, torn_bytes in unfinished():
        wal, recovered = open_log(directory)
        assert [found.index for found in recovered.entries] == [1, 2, 3]
        assert recovered.hard_state == HardState(3, 2)
        assert (recovered.torn_bytes, wal.size_bytes) == (torn_bytes, start)
        wal.append(hard_state=None, entries=[entry(4, 9)])
        assert open_log(directory)[1].entries[-1] == entry(4, 9)


def test_a_last_batch_of_which_only_some_blocks_arrived_is_cut_off() -> None:
    directory, offsets = written()
    size_bytes = directory.size_bytes(FIRST)
    for hole in range(offsets[-1], size_bytes, 3):
        torn = cut_to(unmarked(copied(directory)), FIRST, hole)
        torn.open(FIRST).append(bytes(size_bytes - hole))
        _, recovered = open_log(torn)
        assert (len(recovered.entries), recovered.torn_bytes) == (3, size_bytes - offsets[-1])


def test_a_batch_inside_an_entry_of_an_unfinished_batch_is_not_taken_for_a_later_one() -> None:
    directory, offsets = written(batches=1)
    smuggled = directory.open(FIRST).read(offsets[0], 1_000)
    wal, _ = open_log(directory)
    wal.append(hard_state=None, entries=[entry(2, data=smuggled + b"tail")])
    _, recovered = open_log(cut_to(unmarked(directory), FIRST, wal.size_bytes - 1))
    assert len(recovered.entries) == 1


def test_a_batch_of_another_segment_is_not_taken_for_one_of_this() -> None:
    """Blocks of a file that was removed may turn up where a write did not arrive."""
    directory, offsets = written()
    last = directory.open(FIRST).read(offsets[-1], 1_000)
    other = SimulatedDirectory()
    wal, _ = open_log(other)
    wal.append(hard_state=HardState(3, 2), entries=(), base=LogBase(3, 3))
    name = f"log/{other.names('log')[0]}"
    file = other.open(name)
    file.append(bytes(offsets[-1] - file.size_bytes) + last)
    unmarked(other)
    _, recovered = open_log(other)
    assert (recovered.entries, recovered.torn_bytes > 0) == ((), True)


# --- Damage ---------------------------------------------------------------------------------------


def test_a_flipped_bit_anywhere_refuses_with_file_and_offset_and_changes_nothing() -> None:
    directory, offsets = written()
    starts = [0, wal_format.FILE_HEADER_BYTES, *offsets]
    for position in range(directory.size_bytes(FIRST)):
        disk = copied(directory)
        disk.flip_bit(FIRST, position, position % 8)
        error = refused(disk)
        where = max(start for start in starts if start <= position)
        assert (error.path, error.offset) == (Path("simulated", FIRST), where)
        assert f"simulated/{FIRST} is damaged at byte {where}" in str(error)


def test_without_the_mark_a_flipped_bit_in_the_last_batch_alone_passes_for_an_unfinished_write() -> None:
    directory, offsets = written()
    for position in range(directory.size_bytes(FIRST)):
        disk = unmarked(copied(directory))
        disk.flip_bit(FIRST, position, position % 8)
        if position < offsets[-1]:
            refused(disk)
        else:
            assert len(open_log(disk)[1].entries) == 3


def test_a_flipped_bit_in_any_segment_refuses() -> None:
    directory, _ = written(segment_bytes=150, batches=8)
    names = [f"log/{name}" for name in directory.names("log") if name != "synced"]
    assert len(names) > 3
    for name in names:
        for position in range(directory.size_bytes(name)):
            disk = copied(directory)
            disk.flip_bit(name, position, position % 8)
            assert refused(disk, 150).path == Path("simulated", name)


def test_a_mark_that_a_power_cut_took_is_there_again_after_the_next_start() -> None:
    directory, offsets = written()
    wal, _ = open_log(unmarked(directory))
    wal.close()
    directory.flip_bit(FIRST, offsets[-1] + 20)
    assert refused(directory).offset == offsets[-1]


def test_a_damaged_mark_is_no_mark() -> None:
    directory, _ = written()
    for position in range(directory.size_bytes("log/synced")):
        disk = copied(directory)
        disk.flip_bit("log/synced", position)
        assert len(open_log(disk)[1].entries) == 4


def test_a_missing_segment_refuses() -> None:
    directory, _ = written(segment_bytes=150, batches=8)
    names = [f"log/{name}" for name in directory.names("log") if name != "synced"]
    for name, later in zip(names[1:-1], names[2:], strict=True):
        disk = copied(directory)
        disk.remove(name)
        error = refused(disk, 150)
        assert error.path == Path("simulated", later)
        assert "the one before it is missing" in str(error)
    without_the_last = copied(directory)
    without_the_last.remove(names[-1])
    assert "was written and is not there" in str(refused(without_the_last, 150))
    for name in names:
        directory.remove(name)
    assert "was written and is not there" in str(refused(directory, 150))


def test_a_segment_under_another_name_refuses() -> None:
    directory, _ = written()
    directory.rename(FIRST, "log/00000002-00000000000000000001.log")
    assert "under another name" in str(refused(directory))


def test_a_file_that_was_cut_off_refuses_wherever_it_was_cut() -> None:
    directory, _ = written()
    for size_bytes in range(directory.size_bytes(FIRST)):
        refused(cut_to(copied(directory), FIRST, size_bytes))


def test_a_first_batch_that_is_not_whole_was_no_unfinished_write() -> None:
    directory = SimulatedDirectory()
    open_log(directory)
    size_bytes = directory.size_bytes(FIRST)
    assert "written together with the file" in str(refused(cut_to(unmarked(directory), FIRST, size_bytes - 1)))


def test_two_damaged_batches_in_a_row_at_the_end_do_not_pass_for_an_unfinished_write() -> None:
    directory, offsets = written()
    unmarked(directory)
    directory.flip_bit(FIRST, offsets[-1] - 1)
    directory.flip_bit(FIRST, directory.size_bytes(FIRST) - 1)
    refused(directory)


def test_a_whole_batch_far_behind_the_damage_is_found() -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    start = wal.size_bytes
    wal.append(hard_state=None, entries=[entry(1, data=b"\x00" * (3 << 20))])
    wal.append(hard_state=None, entries=[entry(2)])
    unmarked(directory)
    directory.flip_bit(FIRST, start)
    assert refused(directory).offset == start


def test_a_record_that_was_damaged_before_it_was_written_is_told_apart_in_its_batch(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The batch's checksum is over what was written, so only the record's own can show it."""
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    checksums = iter([1, 2])
    with monkeypatch.context() as broken:
        broken.setattr("raftstore.storage.wal_format._record_crc32", lambda *parts: next(checksums))
        wal.append(hard_state=None, entries=entries(1, 2))
    assert "the record at byte 0 of its contents is not what was written" in str(refused(directory))


@pytest.mark.parametrize(
    ("batch", "complaint"),
    [
        ([HardState(1, 1)], "term 1 follows term 2"),
        (entries(4, 4, 2), "entry 4 does not follow entry 2"),
        (entries(3, 3, 1), "entry 3 of term 1 follows term 2"),
        (entries(0, 0, 2), "entry 0 does not follow entry 2"),
    ],
    ids=["a term that goes back", "a gap", "an entry of an earlier term", "an entry before the first"],
)
def test_records_that_no_node_writes_refuse(batch: list[object], complaint: str) -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    wal.append(hard_state=HardState(2, 1), entries=entries(1, 2, 2))
    file = directory.open(FIRST)
    seed = wal_format.seed_of(file.read(0, wal_format.FILE_HEADER_BYTES))
    hard_state = batch[0] if isinstance(batch[0], HardState) else None
    file.append(wal_format.encode_batch(seed, hard_state, [] if hard_state else batch, file.size_bytes))  # type: ignore[arg-type]
    file.sync()
    assert complaint in str(refused(directory))


@pytest.mark.parametrize(
    ("base", "complaint"),
    [
        (LogBase(7, 2), "it begins after entry 7, but the log ends with entry 4"),
        (LogBase(3, 1), "it follows entry 3 of term 1, which is of term 2"),
    ],
    ids=["a gap", "an entry of another term"],
)
def test_a_segment_that_does_not_follow_the_one_before_refuses(base: LogBase, complaint: str) -> None:
    directory = SimulatedDirectory()
    wal, _ = open_log(directory)
    wal.append(hard_state=HardState(2, 1), entries=entries(1, 4, 2))
    header = SegmentHeader(IDENTITY.node, IDENTITY.incarnation, 2, base, begins=False)
    content = header.encode()
    content += wal_format.encode_batch(wal_format.seed_of(content), HardState(2, 1), (), len(content))
    directory.create(f"log/{header.name}", content)
    error = refused(directory)
    assert (error.path, error.offset) == (Path("simulated/log", header.name), 0)
    assert complaint in str(error)


def test_a_real_file_refuses_with_its_path(tmp_path: Path) -> None:
    directory = RealDirectory(tmp_path)
    wal, _ = open_log(directory)
    wal.append(hard_state=HardState(1, 1), entries=entries(1, 3))
    wal.close()
    path = tmp_path / FIRST
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    with pytest.raises(LogDamaged) as caught:
        open_log(directory)
    assert caught.value.path == path
    directory.close()
