"""The simulated disk is as bad as a real one may be, and no better than it promises."""

import errno
import random

import pytest

from raftstore.storage.memory import SimulatedDirectory

from .disks import crashed


def after(seed: int, synced: bytes, unsynced: bytes, *, power_cut: bool = True) -> bytes:
    directory = SimulatedDirectory()
    directory.create("log/1", b"")
    file = directory.open("log/1")
    file.append(synced)
    file.sync()
    file.append(unsynced)
    return crashed(directory, seed, power_cut=power_cut).open("log/1").read(0, 1 << 20)


def test_a_power_cut_keeps_what_was_synced_and_anything_of_the_rest() -> None:
    synced, unsynced = b"s" * 700, b"u" * 2_000
    found = [after(seed, synced, unsynced) for seed in range(200)]
    assert all(content[:700] == synced for content in found)
    rest = [content[700:] for content in found]
    assert b"" in rest
    assert unsynced in rest
    assert any(0 < len(content) < 2_000 and content == unsynced[: len(content)] for content in rest)
    assert any(b"\0" * 512 in content for content in rest)
    assert any(content.strip(b"u\0") for content in rest)


def test_a_kill_loses_nothing_that_was_written() -> None:
    assert after(1, b"synced", b"unsynced", power_cut=False) == b"syncedunsynced"


def test_the_same_chance_finds_the_same() -> None:
    assert [after(seed, b"s", b"u" * 3_000) for seed in range(9)] == [
        after(seed, b"s", b"u" * 3_000) for seed in range(9)
    ]


def test_a_note_may_be_lost_or_torn_by_a_power_cut_only() -> None:
    found = set()
    for seed in range(60):
        directory = SimulatedDirectory()
        directory.note("mark", b"first")
        directory.note("mark", b"other")
        found.add(crashed(directory, seed, power_cut=True).open("mark").read(0, 10))
        directory = SimulatedDirectory()
        directory.note("mark", b"first")
        directory.note("mark", b"other")
        assert crashed(directory, seed).open("mark").read(0, 10) == b"other"
    assert {b"first", b"other", b""} < found


def test_who_ran_before_a_crash_changes_nothing_afterwards() -> None:
    directory = SimulatedDirectory()
    directory.create("one", b"1")
    file = directory.open("one")
    database = directory.database("state")
    database.connect().execute("CREATE TABLE numbers (number)")
    database.committed()
    found = directory.crash(power_cut=False, chance=random.Random(1))
    for late in (lambda: file.append(b"2"), lambda: directory.remove("one"), database.committed):
        with pytest.raises(OSError, match="closed"):
            late()
    assert found.open("one").read(0, 10) == b"1"
    assert found.database("state").connect().execute("SELECT count(*) FROM numbers").fetchone() == (0,)


def test_a_disk_takes_what_it_has_room_for_and_removing_makes_room() -> None:
    directory = SimulatedDirectory(capacity_bytes=10)
    directory.create("one", b"1234")
    file = directory.open("one")
    with pytest.raises(OSError, match="no space") as full:
        file.append(b"56789abcdef")
    assert full.value.errno == errno.ENOSPC
    assert (file.size_bytes, directory.free_bytes()) == (10, 0)
    with pytest.raises(OSError, match="no space"):
        directory.create("two", b"1")
    directory.remove("one")
    directory.create("two", b"1")
    assert directory.free_bytes() == 9


def test_what_is_not_there_cannot_be_opened_renamed_or_removed() -> None:
    directory = SimulatedDirectory()
    for missing in (directory.open, directory.remove, lambda name: directory.rename(name, "other")):
        with pytest.raises(FileNotFoundError):
            missing("none")


def test_a_bit_that_flips_is_another_bit() -> None:
    directory = SimulatedDirectory()
    directory.create("one", b"\x00")
    directory.flip_bit("one", 0, 3)
    assert directory.open("one").read(0, 1) == b"\x08"
