"""What the storage tests share: entries, logs on simulated disks, and every place at which a node can be ended."""

import random
from collections.abc import Callable, Iterator

from raftstore.core.messages import SnapshotRef
from raftstore.core.types import Entry, EntryKind, HardState
from raftstore.seats.machine import SeatMachine
from raftstore.storage.base import Directory, Recovered
from raftstore.storage.identity import Identity
from raftstore.storage.memory import Operation, SimulatedDirectory
from raftstore.storage.node_directory import NodeDirectory, Opened
from raftstore.storage.wal import WriteAheadLog

IDENTITY = Identity(1, 77)
POWER_CUTS = 3


class Ended(BaseException):
    """The node ends here."""


def entry(index: int, term: int = 1, data: bytes = b"data") -> Entry:
    return Entry(index, term, EntryKind.COMMAND, data)


def entries(first: int, last: int, term: int = 1) -> list[Entry]:
    return [entry(index, term, b"x" * index) for index in range(first, last + 1)]


def open_log(directory: Directory, segment_bytes: int = 1 << 20) -> tuple[WriteAheadLog, Recovered]:
    return WriteAheadLog.open(directory, IDENTITY, segment_bytes=segment_bytes)


def open_node(directory: Directory, segment_bytes: int = 1 << 20) -> tuple[NodeDirectory, Opened]:
    return NodeDirectory.open(
        directory, node=IDENTITY.node, draw_incarnation=lambda: IDENTITY.incarnation, segment_bytes=segment_bytes
    )


def apply(machine: SeatMachine, entry: Entry) -> None:
    """As a node does it, with an entry in which nobody asks for anything."""
    machine.apply(
        index=entry.index,
        term=entry.term,
        kind=entry.kind,
        data=entry.data,
        time_ms=entry.index,
        wall_ms=0,
        requests=(),
        membership=None,
    )


def crashed(directory: SimulatedDirectory, seed: int = 0, *, power_cut: bool = False) -> SimulatedDirectory:
    return directory.crash(power_cut=power_cut, chance=random.Random(seed))


def copied(directory: SimulatedDirectory) -> SimulatedDirectory:
    """Another disk with the same on it; the one it is copied from goes on."""
    copy = SimulatedDirectory(path=directory.path)
    for folder in ("", "log", "snapshots"):
        for name in directory.names(folder):
            place = f"{folder}/{name}" if folder else name
            copy.create(place, directory.open(place).read(0, directory.size_bytes(place)))
    return copy


def endings(
    prepare: Callable[[], SimulatedDirectory], run: Callable[[SimulatedDirectory], None]
) -> Iterator[tuple[str, SimulatedDirectory]]:
    """What is found after `run` was ended at each of its operations on the disk, by a kill and by power cuts; last,
    after it came to its end.
    """
    for step in range(10_000):
        for fate in range(1 + POWER_CUTS):
            directory = prepare()
            ended = _run_until(directory, step, run)
            found = directory.crash(power_cut=fate > 0, chance=random.Random(1_000 * step + fate))
            yield f"{ended or 'the end'}, {'power cut ' + str(fate) if fate else 'killed'}", found
        if ended is None:
            return
    raise AssertionError("it does not come to an end")


def _run_until(directory: SimulatedDirectory, step: int, run: Callable[[SimulatedDirectory], None]) -> str | None:
    """Returns the operation before which it ended, or None if it came to its end."""
    done = 0
    where = None

    def count(operation: Operation, name: str) -> None:
        nonlocal done, where
        if done == step:
            where = f"step {step}: {operation} of {name}"
            raise Ended
        done += 1

    directory.before = count
    try:
        run(directory)
    except Ended:
        return where
    return None


def node_with(last: int, applied: int, directory: SimulatedDirectory, term: int = 1) -> tuple[NodeDirectory, Opened]:
    node, opened = open_node(directory, 600)
    for one in entries(1, last, term):
        node.append(HardState(term, 1), [one])
        if one.index <= applied:
            apply(opened.machine, one)
    node.save(opened.machine.take_changes())
    return node, opened


def send(node: NodeDirectory, ref: SnapshotRef, to: NodeDirectory) -> None:
    received = to.receive_chunk(ref, 0, b"")
    while received < ref.size_bytes:
        received = to.receive_chunk(ref, received, node.read_chunk(ref, received, 10_000))
