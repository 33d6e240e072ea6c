"""`python -m raftstore`: one clear line when something is wrong, and what operators ask."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from raftstore.__main__ import main
from raftstore.client import SeatStoreClient
from raftstore.errors import ConfigurationError
from raftstore.operate.arguments import parse_cluster
from raftstore.seats import commands as c
from tests.running.ports import free_port
from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster


def raftstore(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "raftstore", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_cluster_is_node_ids_and_addresses():
    assert parse_cluster("1=127.0.0.1:50051, 2=[::1]:50052") == {1: "127.0.0.1:50051", 2: "[::1]:50052"}


@pytest.mark.parametrize(
    "text", ["", "127.0.0.1:50051", "x=127.0.0.1:1", "0=127.0.0.1:1", "1=127.0.0.1", "1=a:1,1=b:2", "1=a:1,2=a:1"]
)
def test_a_cluster_that_makes_no_sense_is_refused(text):
    with pytest.raises(ConfigurationError, match="--cluster"):
        parse_cluster(text)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--node", "4", "--cluster", "1=127.0.0.1:50051"], "node 4 is not a member"),
        (["--node", "1", "--cluster", "1=127.0.0.1:50051", "--address", "127.0.0.1:1"], "not what --cluster says"),
        (["--node", "1", "--cluster", "1=192.0.2.1:50051"], "only loopback"),
        (["--node", "1", "--address", "127.0.0.1:50051"], "is new: say with --cluster"),
        (["--node", "1", "--join"], "give --address"),
        (["--node", "1", "--cluster", "1=127.0.0.1:50051", "--tls-ca", "ca.pem"], "missing: certificate, key"),
        (["--node", "1", "--cluster", "1=127.0.0.1:50051", "--heartbeat-ms", "500"], "heartbeat"),
    ],
)
def test_a_node_that_cannot_be_started_says_why_in_one_line(tmp_path: Path, arguments, complaint):
    done = raftstore("serve", *arguments, "--data", str(tmp_path / "data"))
    assert done.returncode == 2
    assert complaint in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_address_or_a_data_directory_in_use_is_said_in_one_line(seat_store: StoreCluster, tmp_path: Path):
    address = seat_store.addresses[0]
    taken_port = raftstore("serve", "--node", "1", "--cluster", f"1={address}", "--data", str(tmp_path / "new"))
    assert taken_port.returncode == 2
    assert f"cannot listen on {address}" in taken_port.stderr
    free = f"1=127.0.0.1:{free_port()}"
    taken_data = raftstore("serve", "--node", "1", "--cluster", free, "--data", str(seat_store.data_dir(1)))
    assert taken_data.returncode == 1
    assert str(seat_store.data_dir(1)) in taken_data.stderr
    assert "Traceback" not in taken_port.stderr + taken_data.stderr


def test_a_node_whose_cluster_looks_for_it_elsewhere_does_not_start(tmp_path: Path, reaper: Reaper):
    alone = StoreCluster(tmp_path, reaper, size=1)
    alone.start()
    alone.leader()
    alone.stop()
    elsewhere = f"127.0.0.1:{free_port()}"
    moved = raftstore("serve", "--node", "1", "--cluster", f"1={elsewhere}", "--data", str(alone.data_dir(1)))
    assert moved.returncode == 2
    assert f"node 1 answers at {alone.addresses[0]}, not at {elsewhere}" in moved.stderr
    assert moved.stderr.count("\n") == 1


def test_status_shows_every_node_and_fails_when_nobody_leads(seat_store: StoreCluster, capsys):
    assert main(["status", "--json", "--addresses", ",".join(seat_store.addresses)]) == 0
    status = json.loads(capsys.readouterr().out)
    assert [node["node"] for node in status["nodes"]] == [1, 2, 3]
    assert [node["role"] for node in status["nodes"]].count("leader") == 1
    assert status["leader"] == seat_store.leader()
    assert status["warnings"] == []
    assert main(["status", "--addresses", f"127.0.0.1:{free_port()}"]) == 1
    assert "unreachable" in capsys.readouterr().out


def test_seat_map_and_history_show_what_happened(seat_store: StoreCluster, capsys):
    client = SeatStoreClient(seat_store.addresses)
    client.execute(c.OpenInventory("cli-train", ("A-1", "A-2"), 4), request_id="cli-open")
    client.execute(c.Hold("cli-train", "cli-h", ("A-1",), 1, 3, 60_000), request_id="cli-hold")
    client.execute(c.Confirm("cli-h"), request_id="cli-confirm")
    client.close()
    addresses = ["--addresses", ",".join(seat_store.addresses)]
    assert main(["seatmap", *addresses, "cli-train"]) == 0
    shown = capsys.readouterr().out
    assert "open, 2 seats x 4 legs" in shown
    assert "A-1  .SS." in shown
    assert main(["history", *addresses, "cli-train", "A-1"]) == 0
    shown = capsys.readouterr().out
    assert shown.index("held") < shown.index("confirmed")
    assert "legs 2-3" in shown
    assert re.search(r"^\d{4}-\d\d-\d\d .*Z  index \d+ +term \d+ +held", shown)
    assert main(["seatmap", *addresses, "nowhere"]) == 1
