"""The real parts around a node: what was handed to the checkpoint's thread gets there."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from raftstore.composition import CheckpointThread
from raftstore.seats import commands as c
from raftstore.seats.machine import SeatMachine
from raftstore.storage.checkpoint import Checkpoint
from tests.running.store_cluster import StoreCluster


async def test_a_save_whose_caller_is_cancelled_is_carried_out_all_the_same(tmp_path):
    thread = ThreadPoolExecutor(1)
    checkpoint, machine = thread.submit(Checkpoint.open, tmp_path).result()
    checkpoints = CheckpointThread(checkpoint, thread)
    request = c.Request("open", c.OpenInventory("train", ("A-1",), 1))
    machine.apply(index=1, term=1, time_ms=1, wall_ms=1, requests=(request,))
    busy = threading.Event()
    thread.submit(busy.wait)
    saving = asyncio.create_task(checkpoints.save(machine.take_changes()))
    await asyncio.sleep(0)
    saving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await saving
    busy.set()
    checkpoints.close()
    reopened, restored = Checkpoint.open(tmp_path)
    reopened.close()
    assert isinstance(restored, SeatMachine)
    assert restored.inventories() == ("train",)


def test_a_cluster_of_one_serves(tmp_path, reaper):
    cluster = StoreCluster(tmp_path, reaper, size=1)
    cluster.start()
    try:
        assert cluster.leader() == 1
    finally:
        cluster.stop()
