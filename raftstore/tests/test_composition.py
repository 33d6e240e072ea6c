"""The real parts around a node: what was handed to a thread gets done, and a signal ends a node in order."""

import asyncio
import threading

import pytest

from raftstore.composition import CheckpointThread
from raftstore.core.types import Entry, EntryKind, HardState
from raftstore.seats import commands as c
from raftstore.seats.machine import SeatMachine
from raftstore.storage.files import RealDirectory
from raftstore.storage.node_directory import NodeDirectory, Opened
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for


def open_directory(path) -> tuple[NodeDirectory, Opened]:
    return NodeDirectory.open(RealDirectory(path), node=1, draw_incarnation=lambda: 11)


async def test_a_save_whose_caller_is_cancelled_is_carried_out_all_the_same(tmp_path):
    directory, opened = open_directory(tmp_path)
    directory.append(HardState(1, 1), [Entry(1, 1, EntryKind.NOOP, b"")])
    checkpoints = CheckpointThread(directory)
    machine = opened.machine
    request = c.Request("open", c.OpenInventory("train", ("A-1",), 1))
    machine.apply(index=1, term=1, kind=1, data=b"", time_ms=1, wall_ms=1, requests=(request,), membership=None)
    busy = threading.Event()
    checkpoints._thread.submit(busy.wait)
    saving = asyncio.create_task(checkpoints.save(machine.take_changes()))
    await asyncio.sleep(0)
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    busy.set()
    checkpoints.close()
    directory.close()
    reopened, again = open_directory(tmp_path)
    reopened.close()
    assert isinstance(again.machine, SeatMachine)
    assert again.machine.inventories() == ("train",)


def test_a_cluster_of_one_serves(tmp_path, reaper):
    cluster = StoreCluster(tmp_path, reaper, size=1)
    cluster.start()
    try:
        assert cluster.leader() == 1
    finally:
        cluster.stop()


def test_a_leader_that_is_sent_sigterm_hands_over_before_it_ends(tmp_path, reaper):
    cluster = StoreCluster(tmp_path, reaper)
    cluster.start()
    try:
        leader = cluster.leader()
        term = cluster.status(leader).term
        cluster.stop(leader)
        other = next(node for node in cluster.nodes if node != leader)
        status = wait_for(lambda: (found := cluster.status(other)) and found.leader and found, "another leader")
        # It did not have to be found out that the old one was gone: one election, in the very next term.
        assert (status.leader != leader, status.term) == (True, term + 1)
        assert "event=stopping" in cluster.logs()
    finally:
        cluster.stop()
