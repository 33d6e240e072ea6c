"""What the log gives back after a restart, a crash at any byte, and damage."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raftstore.core.types import Entry, EntryKind, HardState
from raftstore.errors import ConfigurationError, DataDirectoryInUse, LogDamaged, StorageError, WriteFailed
from raftstore.storage import wal_format
from raftstore.storage.memory import MemoryFile
from raftstore.storage.wal import WriteAheadLog


def entry(index: int, term: int = 1, data: bytes = b"data") -> Entry:
    return Entry(index, term, EntryKind.COMMAND, data)


def log_file(directory: Path) -> Path:
    return directory / "log" / "00000000000000000001.log"


def written(directory: Path, batches: int = 4) -> list[int]:
    """A log of some batches of one entry each. Returns the offset at which each batch begins."""
    wal, _ = WriteAheadLog.open(directory, node=1)
    offsets = []
    for index in range(1, batches + 1):
        offsets.append(wal.size_bytes)
        wal.append(hard_state=HardState(index, 2), entries=[entry(index, index, b"x" * index)])
    wal.close()
    return offsets


def damage(path: Path, offset: int) -> None:
    content = bytearray(path.read_bytes())
    content[offset] ^= 0x10
    path.write_bytes(content)


def test_a_new_log_is_empty_and_its_first_term_is_zero(tmp_path: Path) -> None:
    wal, recovered = WriteAheadLog.open(tmp_path, node=1)
    wal.close()
    assert (recovered.hard_state, recovered.entries, recovered.torn_bytes) == (HardState(0, None), (), 0)
    assert log_file(tmp_path).exists()


def test_what_was_appended_is_found_again(tmp_path: Path) -> None:
    wal, _ = WriteAheadLog.open(tmp_path, node=1)
    entries = [entry(1), Entry(2, 1, EntryKind.NOOP, b""), Entry(3, 2, EntryKind.CONFIG, b"\x00" * 5_000)]
    wal.append(hard_state=HardState(1, 3), entries=entries[:2])
    wal.append(hard_state=None, entries=entries[2:])
    wal.append(hard_state=HardState(2, None), entries=[])
    wal.append(hard_state=None, entries=[])
    size_bytes = wal.size_bytes
    wal.close()
    wal, recovered = WriteAheadLog.open(tmp_path, node=1)
    assert (recovered.hard_state, recovered.entries) == (HardState(2, None), tuple(entries))
    assert (recovered.torn_bytes, wal.size_bytes) == (0, size_bytes)
    wal.append(hard_state=None, entries=[entry(4, 2)])
    wal.close()
    wal, recovered = WriteAheadLog.open(tmp_path, node=1)
    assert recovered.entries == (*entries, entry(4, 2))
    wal.close()


def test_an_entry_replaces_its_index_and_everything_after(tmp_path: Path) -> None:
    wal, _ = WriteAheadLog.open(tmp_path, node=1)
    wal.append(hard_state=None, entries=[entry(index) for index in range(1, 6)])
    wal.append(hard_state=None, entries=[entry(3, 2), entry(4, 2)])
    wal.close()
    wal, recovered = WriteAheadLog.open(tmp_path, node=1)
    wal.close()
    assert [(found.index, found.term) for found in recovered.entries] == [(1, 1), (2, 1), (3, 2), (4, 2)]


batch_lists = st.lists(
    st.tuples(
        st.one_of(st.none(), st.builds(HardState, st.integers(0, 9), st.one_of(st.none(), st.integers(1, 3)))),
        st.lists(st.binary(max_size=20), max_size=3),
        st.integers(0, 3),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(batch_lists)
def test_any_sequence_of_batches_is_found_again(
    batches: list[tuple[HardState | None, list[bytes], int]],
) -> None:
    file = MemoryFile(wal_format.encode_file_header(1, 1))
    wal, _ = WriteAheadLog.recover(file, node=1)
    hard_state, entries = HardState(0, None), list[Entry]()
    for new_hard_state, datas, cut_back in batches:
        if datas:
            del entries[max(0, len(entries) - cut_back) :]
        new_entries = [entry(len(entries) + 1 + number, data=data) for number, data in enumerate(datas)]
        wal.append(hard_state=new_hard_state, entries=new_entries)
        entries += new_entries
        hard_state = new_hard_state or hard_state
    _, recovered = WriteAheadLog.recover(file.crash(), node=1)
    assert (recovered.hard_state, recovered.entries) == (hard_state, tuple(entries))


def test_a_batch_is_one_write_and_one_sync() -> None:
    file = MemoryFile(wal_format.encode_file_header(1, 1))
    wal, _ = WriteAheadLog.recover(file, node=1)
    wal.append(hard_state=HardState(1, 1), entries=[entry(1), entry(2), entry(3)])
    assert (file.writes, file.syncs) == (1, 1)


def test_a_crash_at_any_byte_of_the_last_batch_loses_that_batch_and_nothing_else(tmp_path: Path) -> None:
    offsets = written(tmp_path)
    content = log_file(tmp_path).read_bytes()
    for length in range(offsets[-1], len(content)):
        log_file(tmp_path).write_bytes(content[:length])
        wal, recovered = WriteAheadLog.open(tmp_path, node=1)
        assert [found.index for found in recovered.entries] == [1, 2, 3]
        assert recovered.hard_state == HardState(3, 2)
        assert recovered.torn_bytes == length - offsets[-1]
        assert wal.size_bytes == offsets[-1]
        wal.append(hard_state=None, entries=[entry(4, 9)])
        wal.close()
        wal, recovered = WriteAheadLog.open(tmp_path, node=1)
        wal.close()
        assert recovered.entries[-1] == entry(4, 9)


def test_a_last_batch_of_which_only_some_blocks_arrived_is_cut_off(tmp_path: Path) -> None:
    offsets = written(tmp_path)
    content = log_file(tmp_path).read_bytes()
    length = len(content) - offsets[-1]
    for hole in range(0, length, 3):
        lost = content[: offsets[-1] + hole] + bytes(length - hole)
        log_file(tmp_path).write_bytes(lost)
        wal, recovered = WriteAheadLog.open(tmp_path, node=1)
        wal.close()
        assert (len(recovered.entries), recovered.torn_bytes) == (3, length)


def test_a_flipped_bit_before_the_last_batch_refuses_with_file_and_offset_and_changes_nothing(tmp_path: Path) -> None:
    offsets = written(tmp_path)
    path = log_file(tmp_path)
    content = path.read_bytes()
    for position in range(offsets[0], offsets[-1]):
        path.write_bytes(content)
        damage(path, position)
        with pytest.raises(LogDamaged) as refused:
            WriteAheadLog.open(tmp_path, node=1)
        batch = max(offset for offset in offsets if offset <= position)
        assert (refused.value.path, refused.value.offset) == (path, batch)
        assert f"{path} is damaged at byte {batch}" in str(refused.value)
        assert "move its data directory away" in str(refused.value)
        assert len(path.read_bytes()) == len(content)


def test_two_damaged_batches_in_a_row_at_the_end_do_not_pass_for_an_unfinished_write(tmp_path: Path) -> None:
    offsets = written(tmp_path)
    damage(log_file(tmp_path), offsets[-1] - 1)
    damage(log_file(tmp_path), log_file(tmp_path).stat().st_size - 1)
    with pytest.raises(LogDamaged):
        WriteAheadLog.open(tmp_path, node=1)


def test_a_whole_batch_far_behind_the_damage_is_found(tmp_path: Path) -> None:
    wal, _ = WriteAheadLog.open(tmp_path, node=1)
    start = wal.size_bytes
    wal.append(hard_state=None, entries=[entry(1, data=b"\x00" * (3 << 20))])
    wal.append(hard_state=None, entries=[entry(2)])
    wal.close()
    damage(log_file(tmp_path), start)
    with pytest.raises(LogDamaged):
        WriteAheadLog.open(tmp_path, node=1)


def test_a_batch_inside_an_entry_of_an_unfinished_batch_is_not_taken_for_a_later_one(tmp_path: Path) -> None:
    offsets = written(tmp_path, batches=1)
    smuggled = log_file(tmp_path).read_bytes()[offsets[0] :]
    wal, _ = WriteAheadLog.open(tmp_path, node=1)
    wal.append(hard_state=None, entries=[entry(2, data=smuggled + b"tail")])
    wal.close()
    content = log_file(tmp_path).read_bytes()
    log_file(tmp_path).write_bytes(content[:-1])
    wal, recovered = WriteAheadLog.open(tmp_path, node=1)
    wal.close()
    assert len(recovered.entries) == 1


def test_a_gap_between_entries_refuses() -> None:
    file = MemoryFile(wal_format.encode_file_header(1, 1))
    wal, _ = WriteAheadLog.recover(file, node=1)
    wal.append(hard_state=None, entries=[entry(1)])
    wal.append(hard_state=None, entries=[entry(3)])
    with pytest.raises(LogDamaged, match="entry 3 does not follow entry 1"):
        WriteAheadLog.recover(file, node=1)


def test_a_damaged_or_cut_off_header_refuses(tmp_path: Path) -> None:
    written(tmp_path)
    path = log_file(tmp_path)
    content = path.read_bytes()
    damage(path, 9)
    with pytest.raises(LogDamaged, match="damaged at byte 0"):
        WriteAheadLog.open(tmp_path, node=1)
    path.write_bytes(content[:10])
    with pytest.raises(LogDamaged, match="too short"):
        WriteAheadLog.open(tmp_path, node=1)


def test_a_log_of_another_version_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path)
    with monkeypatch.context() as later:
        later.setattr(wal_format, "FORMAT_VERSION", 2)
        header = wal_format.encode_file_header(1, 1)
    log_file(tmp_path).write_bytes(header)
    with pytest.raises(StorageError, match="format version 2; this program reads 1"):
        WriteAheadLog.open(tmp_path, node=1)


def test_a_log_in_parts_refuses(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "log" / "00000000000000000005.log").touch()
    with pytest.raises(StorageError, match="another version"):
        WriteAheadLog.open(tmp_path, node=1)


def test_a_directory_of_another_node_refuses(tmp_path: Path) -> None:
    written(tmp_path)
    with pytest.raises(ConfigurationError, match="belongs to node 1, not to node 2"):
        WriteAheadLog.open(tmp_path, node=2)


def test_a_directory_that_cannot_hold_a_log_refuses_and_is_left_unlocked(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("in the way")
    with pytest.raises(StorageError, match="cannot be opened"):
        WriteAheadLog.open(tmp_path, node=1)
    (tmp_path / "log").unlink()
    wal, _ = WriteAheadLog.open(tmp_path, node=1)
    wal.close()


def test_a_failed_sync_ends_the_log_for_good() -> None:
    file = MemoryFile(wal_format.encode_file_header(1, 1))
    wal, _ = WriteAheadLog.recover(file, node=1)
    wal.append(hard_state=None, entries=[entry(1)])
    file.fail_next_sync = True
    with pytest.raises(WriteFailed):
        wal.append(hard_state=None, entries=[entry(2)])
    writes = file.writes
    with pytest.raises(WriteFailed, match="an earlier write failed"):
        wal.append(hard_state=None, entries=[entry(2)])
    assert file.writes == writes
    _, recovered = WriteAheadLog.recover(file.crash(), node=1)
    assert [found.index for found in recovered.entries] == [1]


def test_a_full_disk_ends_the_log_and_the_half_written_batch_is_cut_off_at_the_next_start() -> None:
    file = MemoryFile(wal_format.encode_file_header(1, 1))
    wal, _ = WriteAheadLog.recover(file, node=1)
    wal.append(hard_state=None, entries=[entry(1)])
    file.capacity_bytes = file.size_bytes + 20
    with pytest.raises(WriteFailed, match="no space left"):
        wal.append(hard_state=None, entries=[entry(2)])
    with pytest.raises(WriteFailed):
        wal.append(hard_state=HardState(2, None), entries=[])
    _, recovered = WriteAheadLog.recover(file.crash(unsynced_bytes_kept=20), node=1)
    assert ([found.index for found in recovered.entries], recovered.torn_bytes) == ([1], 20)


def test_a_real_file_that_cannot_be_synced_ends_the_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(fd: int) -> None:
        raise OSError("input/output error")

    wal, _ = WriteAheadLog.open(tmp_path, node=1)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", refuse)
        with pytest.raises(WriteFailed, match="input/output error"):
            wal.append(hard_state=None, entries=[entry(1)])
    with pytest.raises(WriteFailed):
        wal.append(hard_state=None, entries=[entry(1)])
    wal.close()


def test_a_batch_beyond_the_limit_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("raftstore.storage.wal.MAX_BATCH_BYTES", 100)
    file = MemoryFile(wal_format.encode_file_header(1, 1))
    wal, _ = WriteAheadLog.recover(file, node=1)
    with pytest.raises(WriteFailed, match="beyond the limit"):
        wal.append(hard_state=None, entries=[entry(1, data=b"x" * 101)])
    assert file.writes == 0


def test_a_second_process_cannot_open_the_same_data_directory(tmp_path: Path) -> None:
    wal, _ = WriteAheadLog.open(tmp_path, node=1)
    imports = "import pathlib, sys; from raftstore.storage.wal import WriteAheadLog"
    program = f"{imports}; WriteAheadLog.open(pathlib.Path(sys.argv[1]), node=1)"
    command = [sys.executable, "-c", program, str(tmp_path)]
    second = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert second.returncode == 1
    assert f"DataDirectoryInUse: data directory {tmp_path} is in use by process {os.getpid()}" in second.stderr
    with pytest.raises(DataDirectoryInUse):
        WriteAheadLog.open(tmp_path, node=1)
    wal.close()
    assert subprocess.run(command, timeout=30, check=False).returncode == 0


def test_more_than_fits_one_batch_is_written_in_several_each_synced_before_the_next() -> None:
    file = MemoryFile(wal_format.encode_file_header(1, 1))
    wal, _ = WriteAheadLog.recover(file, node=1)
    entries = [entry(index, data=bytes(5 << 20)) for index in range(1, 17)]
    wal.append(hard_state=HardState(1, 1), entries=entries)
    _, recovered = WriteAheadLog.recover(file.crash(), node=1)
    assert (recovered.hard_state, list(recovered.entries)) == (HardState(1, 1), entries)
