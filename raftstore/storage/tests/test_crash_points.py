"""Ended anywhere, killed or by a power cut, a node finds what it had before or what it was about to have."""

import random

import pytest

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import Entry, HardState, LogBase
from raftstore.errors import StorageError
from raftstore.storage.memory import SimulatedDirectory
from raftstore.storage.node_directory import NodeDirectory

from .disks import Ended, apply, copied, crashed, endings, entries, open_log, open_node

SMALL = 250


def log_of(last: int) -> SimulatedDirectory:
    """A log of several segments, with entries of term 1 up to `last`."""
    directory = SimulatedDirectory()
    wal, _ = open_log(directory, SMALL)
    wal.append(hard_state=HardState(1, 1), entries=[])
    for one in entries(1, last):
        wal.append(hard_state=None, entries=[one])
    return crashed(directory)


def check_append(
    last: int,
    hard_state: HardState | None,
    new: list[Entry],
    base: LogBase | None = None,
) -> set[str]:
    """Ends an append everywhere. Returns which of the states were found: before, after."""
    kept = entries(1, last)
    after = [one for one in kept if new and one.index < new[0].index] + new if base is None else new
    prepared = log_of(last)
    found_states = set()

    def run(directory: SimulatedDirectory) -> None:
        open_log(directory, SMALL)[0].append(hard_state=hard_state, entries=new, base=base)

    for where, found in endings(lambda: copied(prepared), run):
        wal, recovered = open_log(found, SMALL)
        log, hard = list(recovered.entries), recovered.hard_state
        if (log, recovered.base.index) == (kept, 0):
            found_states.add("before")
        elif base is not None and (log, recovered.base) == ([], base):
            found_states.add("emptied")
        else:
            assert (log, recovered.base) == (after, base or LogBase(0, 0)), where
            found_states.add("after")
            assert hard == (hard_state or HardState(1, 1)), where
        assert hard in (HardState(1, 1), hard_state), where
        assert f"log/{found.names('log')[0]}" == wal._segments[0].name, where
        # And it goes on from there.
        wal.append(hard_state=HardState(9, 1), entries=[Entry(wal.last_index + 1, 9, new[0].kind, b"")] if new else [])
        assert open_log(crashed(found, power_cut=True), SMALL)[1].hard_state == HardState(9, 1), where
    return found_states


def test_an_append_is_there_or_not() -> None:
    assert check_append(3, None, entries(4, 5)) == {"before", "after"}
    assert check_append(3, HardState(2, 3), entries(4, 5, 2)) == {"before", "after"}


def test_an_append_that_begins_a_segment_is_there_or_not() -> None:
    for last in range(5, 15):
        assert check_append(last, HardState(2, 3), entries(last + 1, last + 2, 2)) == {"before", "after"}


def test_entries_that_replace_those_of_earlier_segments_are_there_or_those_are() -> None:
    for first in (1, 2, 9, 14):
        assert check_append(20, HardState(2, 3), entries(first, first + 1, 2)) == {"before", "after"}


def test_a_log_that_begins_anew_is_the_one_before_or_begins_there() -> None:
    for base in (LogBase(30, 2), LogBase(10, 2)):
        new = entries(base.index + 1, base.index + 2, 2)
        assert check_append(20, HardState(2, 3), new, base) == {"before", "emptied", "after"}


@pytest.mark.parametrize("replaced_from", [None, 3, 15])
@pytest.mark.parametrize("base_index", [2, 7, 14, 20])
def test_compacting_never_loses_what_follows(replaced_from: int | None, base_index: int) -> None:
    prepared = log_of(20)
    if replaced_from:
        wal, _ = open_log(prepared, SMALL)
        wal.append(hard_state=None, entries=entries(replaced_from, 25, 2))
        prepared = crashed(prepared)
    _, whole = open_log(copied(prepared), SMALL)
    base = LogBase(base_index, whole.entries[base_index - 1].term)
    for where, found in endings(lambda: copied(prepared), lambda disk: open_log(disk, SMALL)[0].compact(base)):
        _, recovered = open_log(found, SMALL)
        assert recovered.base.index <= base_index, where
        assert recovered.entries == whole.entries[recovered.base.index :], where
        assert recovered.hard_state == whole.hard_state, where


# --- The whole directory --------------------------------------------------------------------------


def node_of(log: list[Entry], applied: int) -> SimulatedDirectory:
    """A node's disk with that log, and a checkpoint as of an entry of it."""
    directory = SimulatedDirectory()
    node, opened = open_node(directory, SMALL)
    node.append(HardState(log[-1].term, 1), log)
    for one in log[:applied]:
        apply(opened.machine, one)
    node.save(opened.machine.take_changes())
    node.make_durable()
    node.close()
    return crashed(directory)


def sent(node: NodeDirectory, ref: SnapshotRef, to: NodeDirectory, chunk_bytes: int = 16_000) -> None:
    received = to.receive_chunk(ref, 0, b"")
    while received < ref.size_bytes:
        received = to.receive_chunk(ref, received, node.read_chunk(ref, received, chunk_bytes))


def test_making_a_directory_can_be_interrupted_anywhere() -> None:
    for where, found in endings(SimulatedDirectory, lambda directory: open_node(directory)[0].close()):
        node, opened = open_node(found)
        assert opened.machine.applied_index == 0, where
        node.close()


def test_a_save_is_there_or_not_and_never_ahead_of_the_log() -> None:
    prepared = node_of(entries(1, 10), 5)

    def run(directory: SimulatedDirectory) -> None:
        node, opened = open_node(directory, SMALL)
        for number in (6, 7, 8):
            node.append(None, entries(number + 5, number + 5))
            apply(opened.machine, opened.recovered.entries[number - 1])
            node.save(opened.machine.take_changes())
        assert node.make_durable() == LogBase(8, 1)
        node.compact(LogBase(8, 1))

    seen = set()
    for where, found in endings(lambda: copied(prepared), run):
        _, opened = open_node(found, SMALL)
        seen.add(opened.machine.applied_index)
        if opened.recovered.base.index > 0:
            assert opened.machine.applied_index == 8, where
    assert seen == {5, 6, 7, 8}


@pytest.mark.parametrize(
    ("log", "holds_it"),
    [(entries(1, 10), False), (entries(1, 40), False), (entries(1, 35, 2), True)],
    ids=["a short log", "a longer log with other entries", "a log that holds the snapshot's entry"],
)
def test_a_snapshot_is_installed_whole_or_not_at_all_whatever_the_log_holds(log: list[Entry], holds_it: bool) -> None:
    leader, _ = open_node(node_of(entries(1, 30, 2), 30))
    ref = leader.take_snapshot()
    prepared = node_of(log, 8)

    def run(directory: SimulatedDirectory) -> None:
        node, _ = open_node(directory, SMALL)
        sent(leader, ref, node)
        machine = node.install(ref)
        assert machine.applied_index == 30
        # What was under way before the core heard of it.
        node.append(HardState(3, None), entries(log[-1].index + 1, log[-1].index + 1, 3))
        if not holds_it:
            node.append(None, [], ref.base)
        apply(machine, entries(31, 31, 3)[0])
        node.append(None, entries(31, 31, 3))
        node.save(machine.take_changes())

    seen = set()
    for where, found in endings(lambda: copied(prepared), run):
        node, opened = open_node(found, SMALL)
        machine, recovered = opened.machine, opened.recovered
        seen.add(machine.applied_index)
        if machine.applied_index == 8:
            assert recovered.base.index == 0, where
        elif holds_it:
            assert [one.index for one in recovered.entries][:30] == list(range(1, 31)), where
        else:
            assert recovered.base == ref.base, where
        assert "installing" not in found.names(), where
        node.close()
        # What was finished once stays so.
        _, again = open_node(crashed(found, power_cut=True), SMALL)
        assert again.machine.digest() == machine.digest(), where
        assert again.recovered.entries == recovered.entries, where
    assert seen == {8, 30, 31}


def test_a_snapshot_goes_on_arriving_where_it_stopped() -> None:
    leader, _ = open_node(node_of(entries(1, 30, 2), 30))
    ref = leader.take_snapshot()
    prepared = node_of(entries(1, 3), 3)
    resumed = set()

    def run(directory: SimulatedDirectory) -> None:
        node, _ = open_node(directory)
        sent(leader, ref, node)

    for where, found in endings(lambda: copied(prepared), run):
        node, _ = open_node(found)
        received = node.receive_chunk(ref, 0, b"")
        resumed.add(received)
        assert found.size_bytes(f"snapshots/{found.names('snapshots')[0]}") in (0, received), where
        sent(leader, ref, node)
        assert node.install(ref).applied_index == 30, where
    assert {0, 16_000, 32_000, ref.size_bytes} <= resumed


def test_what_is_not_known_to_have_been_synced_does_not_count_as_received() -> None:
    leader, _ = open_node(node_of(entries(1, 30, 2), 30))
    ref = leader.take_snapshot()
    disk = SimulatedDirectory()
    node, _ = open_node(disk)
    node.receive_chunk(ref, 0, leader.read_chunk(ref, 0, 16_000))
    found = crashed(disk)
    incoming = found.open(f"snapshots/{found.names('snapshots')[0]}")
    incoming.append(b"what a power cut left")
    incoming.sync()
    node, _ = open_node(copied(found))
    assert node.receive_chunk(ref, 0, b"") == 16_000
    found.remove("snapshots/received")
    node, _ = open_node(found)
    assert node.receive_chunk(ref, 0, b"") == 0


def test_taking_a_snapshot_can_be_interrupted_anywhere() -> None:
    prepared = node_of(entries(1, 10), 10)

    def run(directory: SimulatedDirectory) -> None:
        node, _ = open_node(directory)
        node.drop_snapshot(node.take_snapshot())
        node.take_snapshot()

    for where, found in endings(lambda: copied(prepared), run):
        node, opened = open_node(found)
        assert opened.machine.applied_index == 10, where
        assert found.names("snapshots") == [], where
        assert node.take_snapshot().base == LogBase(10, 1), where


def test_any_life_of_a_node_keeps_what_was_made_durable() -> None:
    """A random mixture of everything, ended at random, again and again."""
    for seed in range(60):
        chance = random.Random(seed)
        directory = SimulatedDirectory()
        durable_log = 0
        for _ in range(12):
            left = chance.randrange(4, 60)

            def count(operation: object, name: str) -> None:
                nonlocal left
                left -= 1
                if left < 0:
                    raise Ended

            try:
                node, opened = open_node(directory, 600)
                machine, recovered = opened.machine, opened.recovered
                log = {one.index: one for one in recovered.entries}
                last = recovered.base.index + len(log)
                assert last >= durable_log, seed
                directory.before = count
                while True:
                    match chance.randrange(5):
                        case 0 | 1:
                            new = entries(last + 1, last + chance.randint(1, 4))
                            node.append(HardState(1, 1), new)
                            durable_log = last = new[-1].index
                            log.update({one.index: one for one in new})
                        case 2:
                            for index in range(
                                machine.applied_index + 1, chance.randint(machine.applied_index, last) + 1
                            ):
                                apply(machine, log[index])
                            node.save(machine.take_changes())
                        case 3:
                            node.compact(node.make_durable())
                        case _:
                            node.take_snapshot()
            except Ended:
                directory = crashed(directory, chance.randrange(1 << 30), power_cut=chance.random() < 0.7)
            except StorageError as error:
                raise AssertionError(f"seed {seed}") from error
