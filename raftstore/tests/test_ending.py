"""How does a node's process end, when its disk does not do what it should? By itself, soon, and saying why."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import AsyncMock, Mock

import grpc
import pytest

from raftstore.client import SeatStoreClient
from raftstore.errors import ClientError, WriteFailed
from raftstore.rpc.cluster_pb2 import TakeSnapshotRequest
from raftstore.rpc.cluster_pb2_grpc import ClusterStub
from raftstore.seats import commands as c
from raftstore.server.cluster_service import ClusterService
from tests.running.ports import free_port
from tests.running.reaper import Reaper
from tests.running.waiting import wait_for

PATIENCE_S = 60
ASKING_S = 30

# From when the file named by TROUBLE exists, syncs of the log do not end or fail, or the checkpoint cannot be synced.
PROGRAM = """
import os, sys, time
from pathlib import Path

from raftstore import composition
from raftstore.__main__ import main
from raftstore.errors import WriteFailed
from raftstore.storage.node_directory import NodeDirectory

kind, trouble = os.environ["KIND"], Path(os.environ["TROUBLE"])
fdatasync, make_durable = os.fdatasync, NodeDirectory.make_durable

def sync_log(descriptor):
    while kind == "hangs" and trouble.exists():
        time.sleep(0.05)
    if kind == "fails" and trouble.exists():
        raise OSError(5, "Input/output error")
    fdatasync(descriptor)

def sync_checkpoint(self):
    if kind == "checkpoint" and trouble.exists():
        raise WriteFailed("the checkpoint cannot be synced")
    return make_durable(self)

os.fdatasync, NodeDirectory.make_durable = sync_log, sync_checkpoint
composition.STOP_LIMIT_S = composition.CLOSE_LIMIT_S = 0.5
sys.exit(main())
"""


class Alone:
    """A node that is a cluster by itself, and a client with a stream and a watch open."""

    def __init__(self, directory: Path, reaper: Reaper, kind: str) -> None:
        self.address = f"127.0.0.1:{free_port()}"
        self._trouble = directory / "trouble"
        self._log = directory / "log.txt"
        command = [sys.executable, "-c", PROGRAM, "serve", "--node", "1", "--cluster", f"1={self.address}"]
        with self._log.open("wb") as log:
            self.process: subprocess.Popen[bytes] = reaper.start(
                [*command, "--data", str(directory / "data")],
                env={**os.environ, "KIND": kind, "TROUBLE": str(self._trouble)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.client = SeatStoreClient([self.address])
        self.client.execute(c.OpenInventory("train", ("A-1",), 1), request_id="open", deadline_s=ASKING_S)
        watching = threading.Event()
        self.client.watch(lambda *told: watching.set())
        assert watching.wait(PATIENCE_S)

    def break_disk(self) -> None:
        self._trouble.touch()

    def write(self) -> None:
        with pytest.raises(ClientError):
            self.client.execute(c.Hold("train", "h", ("A-1",), 0, 1, 60_000), request_id="h", deadline_s=1.0)

    def ended(self) -> int:
        return self.process.wait(PATIENCE_S)

    @property
    def said(self) -> str:
        return self._log.read_text()


@pytest.fixture
def alone(tmp_path: Path, reaper: Reaper, request: pytest.FixtureRequest) -> Iterator[Alone]:
    alone = Alone(tmp_path, reaper, request.param)
    yield alone
    alone.client.close()
    reaper.stop(alone.process, signal.SIGKILL)


@pytest.mark.parametrize("alone", ["hangs"], indirect=True)
def test_a_signal_ends_a_node_whose_disk_hangs(alone: Alone):
    alone.break_disk()
    alone.write()
    alone.process.terminate()
    assert alone.ended() == 1
    assert "event=ended_at_once reason=disk_hangs" in alone.said


@pytest.mark.parametrize("alone", ["fails"], indirect=True)
def test_the_last_words_of_a_node_whose_write_failed_are_the_reason(alone: Alone):
    alone.break_disk()
    alone.write()
    assert alone.ended() == 1
    assert "event=failed" in alone.said.splitlines()[-1]
    assert "Input/output error" in alone.said.splitlines()[-1]
    assert "Traceback" not in alone.said


@pytest.mark.parametrize("alone", ["checkpoint"], indirect=True)
def test_a_disk_that_fails_while_an_operator_asks_for_a_snapshot_ends_the_node(alone: Alone):
    alone.break_disk()
    with grpc.insecure_channel(alone.address) as channel, pytest.raises(grpc.RpcError) as refusal:
        ClusterStub(channel).TakeSnapshot(TakeSnapshotRequest(), timeout=ASKING_S)
    assert "the checkpoint cannot be synced" in refusal.value.details()
    assert alone.ended() == 1
    assert "event=failed" in wait_for(lambda: alone.said, "its last words").splitlines()[-1]


@pytest.mark.parametrize("alone", ["nothing"], indirect=True)
def test_a_node_in_use_that_is_told_to_stop_says_nothing_but_that(alone: Alone):
    alone.process.terminate()
    assert alone.ended() == 0
    assert "event=stopping" in alone.said
    assert "Traceback" not in alone.said


async def test_an_operators_call_that_finds_the_disk_broken_tells_the_node_to_end():
    broken = WriteFailed("the checkpoint cannot be synced")
    node, context, ends = AsyncMock(), AsyncMock(), Mock()
    node.snapshot_now.side_effect = broken
    asking = ClusterService(node, None, ends).TakeSnapshot(TakeSnapshotRequest(), context)
    context.abort.side_effect = grpc.aio.AbortError
    with pytest.raises(grpc.aio.AbortError):
        await asking
    ends.assert_called_once_with(broken)
