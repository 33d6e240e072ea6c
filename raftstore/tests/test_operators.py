"""What operators do to a running cluster: members, leadership, logs, backups; and to data directories without one."""

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from raftstore.__main__ import main
from raftstore.client import SeatStoreClient
from raftstore.core.membership import Membership
from raftstore.errors import OperationRefused
from raftstore.operate.nodes import Nodes
from raftstore.rpc.cluster_pb2 import RemoveRequest, StatusReply
from raftstore.seats import commands as c
from raftstore.storage.files import RealDirectory
from raftstore.storage.node_directory import NodeDirectory
from raftstore.storage.offline import append_config
from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for

SEATS = ("A-1", "A-2", "A-3")


@pytest.fixture
def cluster(own_store_cluster: StoreCluster) -> StoreCluster:
    own_store_cluster.start()
    own_store_cluster.leader()
    return own_store_cluster


@pytest.fixture
def single(tmp_path: Path, reaper: Reaper) -> Iterator[StoreCluster]:
    """A cluster of one node, where one will do."""
    cluster = StoreCluster(tmp_path / "store", reaper, size=1)
    cluster.start()
    cluster.leader()
    yield cluster
    cluster.kill()


class Told:
    """What commands say, and how they end."""

    def __init__(self, cluster: StoreCluster, capsys: pytest.CaptureFixture[str]) -> None:
        self._cluster = cluster
        self._capsys = capsys
        self.out = self.err = ""

    def __call__(self, *arguments: str, code: int = 0) -> str:
        returned = main([*arguments, "--addresses", ",".join(self._cluster.addresses)])
        self.out, self.err = self._capsys.readouterr()
        assert returned == code, f"{arguments} ended with {returned}: {self.out}{self.err}{self._cluster.logs()}"
        return self.out

    def members(self) -> dict[int, bool]:
        """Node id -> whether it votes."""
        return {member["node"]: member["voter"] for member in json.loads(self("members", "list", "--json"))}


@pytest.fixture
def operator(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Told:
    name = "cluster" if "cluster" in request.fixturenames else "single"
    return Told(request.getfixturevalue(name), capsys)


def sell(cluster: StoreCluster, *seats: str) -> None:
    client = SeatStoreClient(cluster.addresses)
    client.execute(c.OpenInventory("train", SEATS, 2), request_id="open", deadline_s=30)
    for seat in seats:
        client.execute(c.Hold("train", f"h-{seat}", (seat,), 0, 2, 60_000), request_id=f"hold:{seat}", deadline_s=30)
        client.execute(c.Confirm(f"h-{seat}"), request_id=f"confirm:{seat}", deadline_s=30)
    client.close()


def sold(cluster: StoreCluster) -> set[str]:
    client = SeatStoreClient(cluster.addresses)
    try:
        view = client.seat_map("train", deadline_s=30)
        return set(view.sold) if view else set()
    finally:
        client.close()


# --- Members --------------------------------------------------------------------------------------


def test_a_node_is_taken_in_as_a_learner_then_promoted_and_the_leader_let_go(cluster: StoreCluster, operator: Told):
    sell(cluster, "A-1")
    new = cluster.join()
    address = cluster.address_of(new)
    wait_for(lambda: cluster.status(new), "the new node to answer")
    operator("members", "add", f"{new}={address}", "--learner")
    assert operator.members() == {1: True, 2: True, 3: True, new: False}
    operator("members", "promote", str(new))
    assert operator.members()[new]
    leader = cluster.leader()
    operator("members", "remove", str(leader))
    cluster.kill(leader)
    cluster.forget(leader)
    assert operator.members() == dict.fromkeys(cluster.nodes, True)
    assert cluster.leader() != leader
    assert sold(cluster) == {"A-1"}


def test_replacing_a_dead_node_is_one_command_that_can_be_given_again(cluster: StoreCluster, operator: Told):
    dead = next(node for node in cluster.nodes if node != cluster.leader())
    cluster.kill(dead)
    new = cluster.join()
    wait_for(lambda: cluster.status(new), "the new node to answer")
    for _ in range(2):
        operator("members", "replace", str(dead), f"{new}={cluster.address_of(new)}")
        assert operator.members() == {node: True for node in cluster.nodes if node != dead}


def test_a_new_node_may_answer_where_the_dead_one_did(cluster: StoreCluster, operator: Told):
    dead = next(node for node in cluster.nodes if node != cluster.leader())
    cluster.kill(dead)
    new = cluster.join(cluster.address_of(dead))
    wait_for(lambda: cluster.status(new), "the new node to answer")
    operator("members", "replace", str(dead), f"{new}={cluster.address_of(new)}")
    assert operator.members() == {node: True for node in cluster.nodes if node != dead}


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (["members", "add", "4=127.0.0.1:1"], "does not answer at 127.0.0.1:1 (nothing listens there); start it first"),
        (["members", "promote", "9"], "node 9 is not a member"),
        (["members", "remove", "1"], "node 1 is the only voter"),
        (["transfer"], "no other voter answers"),
        (["transfer", "--to", "9"], "node 9 does not vote"),
    ],
)
def test_what_cannot_be_done_is_refused_in_one_line(single: StoreCluster, operator: Told, command, complaint):
    operator(*command, code=1)
    assert complaint in operator.err
    assert operator.err.count("\n") == 1


def test_a_node_under_another_id_is_not_taken_in(single: StoreCluster, operator: Told):
    operator("members", "add", f"4={single.address_of(1)}", code=1)
    assert "node 1 answers, not node 4" in operator.err


def test_a_member_that_is_not_of_the_form_id_and_address_is_a_usage_error(single: StoreCluster, operator: Told):
    operator("members", "add", "127.0.0.1:50054", code=2)
    assert "is not of the form" in operator.err


async def test_who_does_not_lead_sends_the_operator_on(seat_store: StoreCluster, monkeypatch: pytest.MonkeyPatch):
    leader = seat_store.leader()
    follower = next(node for node in seat_store.nodes if node != leader)
    believed = iter([follower, leader])

    async def believe(nodes: Nodes) -> StatusReply:
        return StatusReply(address=seat_store.address_of(next(believed)))

    monkeypatch.setattr(Nodes, "wait_for_leader", believe)
    async with Nodes(seat_store.addresses, None) as nodes:
        with pytest.raises(OperationRefused, match="node 9 is not a member"):
            await nodes.ask_leader(lambda stub: stub.Remove(RemoveRequest(node=9), timeout=10))
    assert list(believed) == []


# --- Leadership and logs --------------------------------------------------------------------------


def test_leadership_is_handed_to_the_node_that_is_named(cluster: StoreCluster, operator: Told):
    heir = next(node for node in cluster.nodes if node != cluster.leader())
    assert f"node {heir} leads" in operator("transfer", "--to", str(heir))
    assert cluster.leader() == heir
    assert "leads already" in operator("transfer", "--to", str(heir))
    operator("transfer")
    assert cluster.leader() != heir


def test_a_snapshot_shortens_every_log(cluster: StoreCluster, operator: Told):
    sell(cluster, *SEATS)
    cluster.wait_until_caught_up()
    rows = json.loads(operator("snapshot", "--json"))
    assert [row["node"] for row in rows] == cluster.nodes
    assert all(row["base"] >= 7 for row in rows)
    assert json.loads(operator("snapshot", "--json", "--node", "2"))[0]["node"] == 2
    operator("snapshot", "--node", "9", code=1)


# --- Backup, restore, verify, recover -------------------------------------------------------------


def test_a_backup_is_everything_and_becomes_a_new_cluster(
    cluster: StoreCluster, operator: Told, tmp_path: Path, reaper: Reaper, capsys: pytest.CaptureFixture[str]
):
    sell(cluster, "A-1", "A-2")
    backup = tmp_path / "backup.sqlite3"
    operator("backup", str(backup))
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.sqlite3", "backup.sqlite3.sha256"]
    with sqlite3.connect(backup) as database:
        assert database.execute("SELECT count(*) FROM holds WHERE state = 'confirmed'").fetchone() == (2,)
    database.close()
    old = cluster.status(1).cluster
    sell(cluster, "A-3")
    cluster.kill()

    restored = StoreCluster(tmp_path / "restored", reaper)
    members = ",".join(f"{node}={restored.address_of(node)}" for node in restored.nodes)
    for node in restored.nodes:
        directory = str(restored.data_dir(node))
        command = ["restore", str(backup), "--node", str(node), "--data", directory, "--cluster", members]
        assert main(command) == 0
        assert f"serve --node {node} --data {directory}" in capsys.readouterr().out
    assert main(command) == 2
    assert "is not empty" in capsys.readouterr().err
    restored.start()
    try:
        restored.leader()
        assert sold(restored) == {"A-1", "A-2"}
        assert restored.status(1).cluster not in (0, old)
        sell(restored, "A-3")
    finally:
        restored.kill()


def test_a_backup_never_takes_the_place_of_another_file(single: StoreCluster, operator: Told, tmp_path: Path):
    backup = tmp_path / "backup.sqlite3"
    backup.write_text("precious")
    operator("backup", str(backup), code=2)
    assert backup.read_text() == "precious"
    operator("backup", str(tmp_path / "no such directory" / "backup"), code=2)
    assert "No such file or directory" in operator.err


def test_a_backup_that_was_altered_or_has_no_checksum_is_not_restored(
    single: StoreCluster, operator: Told, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    backup = tmp_path / "backup.sqlite3"
    operator("backup", str(backup))
    command = ["restore", str(backup), "--node", "1", "--data", str(tmp_path / "r"), "--cluster", "1=127.0.0.1:1"]
    with backup.open("r+b") as file:
        file.seek(5_000)
        file.write(b"x")
    assert main(command) == 1
    assert "is not what was backed up" in capsys.readouterr().err
    (tmp_path / "backup.sqlite3.sha256").unlink()
    assert main(command) == 2
    assert "sha256sum" in capsys.readouterr().err
    assert not (tmp_path / "r").exists()


def test_verify_says_which_file_is_damaged(single: StoreCluster, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    sell(single, *SEATS)
    directory = single.data_dir(1)
    assert main(["verify", str(directory)]) == 1
    assert "stop that node first" in capsys.readouterr().err
    single.stop()
    assert main(["verify", str(directory)]) == 0
    assert "everything is as it was written" in capsys.readouterr().out
    (segment,) = (directory / "log").glob("*.log")
    content = bytearray(segment.read_bytes())
    content[len(content) // 2] ^= 1
    segment.write_bytes(content)
    assert main(["verify", "--json", str(directory)]) == 1
    found = json.loads(capsys.readouterr().out)
    damaged = next(item for item in found["items"] if item["item"] == f"log/{segment.name}")
    assert not found["ok"]
    assert damaged["offset"] > 0
    assert main(["verify", str(tmp_path / "nowhere")]) == 2


def test_one_node_of_three_goes_on_only_when_told_that_writes_may_be_lost(
    cluster: StoreCluster, operator: Told, capsys: pytest.CaptureFixture[str]
):
    sell(cluster, "A-1")
    cluster.wait_until_caught_up()
    old = cluster.status(1).cluster
    cluster.kill()
    recover = ["recover", "--data", str(cluster.data_dir(1))]
    assert main(recover) == 1
    said = capsys.readouterr().out
    assert "Nothing was changed" in said
    assert re.search(r"log up to index \d+ of term \d+", said)
    assert main([*recover, "--i-accept-that-acknowledged-writes-may-be-lost"]) == 0
    cluster.start(1)
    wait_for(lambda: (status := cluster.status(1)) and status.role == "leader", "the node to lead by itself")
    assert sold(cluster) == {"A-1"}
    # The others' old data is another cluster's now: they neither join nor disturb, and nobody mixes them up.
    assert cluster.status(1).cluster not in (0, old)
    cluster.start(2, 3)
    wait_for(lambda: (status := cluster.status(2)) and status.leader, "the old nodes to have a leader")
    operator("members", "remove", "2", code=1)
    assert "different clusters" in operator.err
    cluster.kill(2, 3)
    cluster.forget(2)
    cluster.forget(3)
    new = cluster.join()
    wait_for(lambda: cluster.status(new), "the new node to answer")
    operator("members", "add", f"{new}={cluster.address_of(new)}")
    assert operator.members() == {1: True, new: True}


def test_a_node_that_only_an_uncommitted_change_lets_go_can_go_on_alone(
    cluster: StoreCluster, capsys: pytest.CaptureFixture[str]
):
    sell(cluster, "A-1")
    cluster.wait_until_caught_up()
    cluster.kill()
    files, opened = NodeDirectory.open(RealDirectory(cluster.data_dir(1)), node=1, draw_incarnation=lambda: 1)
    members = Membership.decode(opened.machine.membership or opened.recovered.entries[0].data)
    append_config(files, opened, members.without(1).encode())
    files.close()
    assert main(["recover", "--data", str(cluster.data_dir(1)), "--i-accept-that-acknowledged-writes-may-be-lost"]) == 0
    assert "with ids above 3" in capsys.readouterr().out
    cluster.start(1)
    wait_for(lambda: (status := cluster.status(1)) and status.role == "leader", "the node to lead by itself")
    assert sold(cluster) == {"A-1"}
    assert [member.node for member in cluster.status(1).members] == [1]


def test_recover_refuses_what_is_not_a_member_of_a_cluster(tmp_path: Path, own_store_cluster: StoreCluster, capsys):
    assert main(["recover", "--data", str(tmp_path)]) == 1
    assert "is not a node's data directory" in capsys.readouterr().err
    own_store_cluster.start(1)
    wait_for(lambda: own_store_cluster.status(1), "the node to answer")
    own_store_cluster.kill()
    assert main(["recover", "--data", str(own_store_cluster.data_dir(1))]) == 1
    assert "there is nothing to keep" in capsys.readouterr().err
