"""A whole cluster over mutual TLS, with the certificates that script/certs makes: it serves, and each has its part."""

import json
import re
import ssl
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from raftstore.__main__ import main
from raftstore.operate import certificates
from tests.running.ports import free_port
from tests.running.reaper import Reaper
from tests.running.store_cluster import ROOT, StoreCluster
from tests.running.waiting import wait_for


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("certs")
    holders = [*certificates.HOLDERS, "node-4"]
    assert certificates.main([*holders, "--directory", str(directory)]) == 0
    return directory


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, reaper: Reaper, authority: Path) -> Iterator[StoreCluster]:
    cluster = StoreCluster(tmp_path_factory.mktemp("tls"), reaper, certificates=authority)
    cluster.start()
    cluster.leader()
    yield cluster
    cluster.kill()


def arguments(cluster: StoreCluster, holder: str) -> list[str]:
    return ["--addresses", ",".join(cluster.addresses), *cluster.tls_arguments(holder)]


def test_an_operator_sees_all_nodes_and_takes_in_another(cluster: StoreCluster, capsys):
    new = cluster.join()
    wait_for(lambda: cluster.status(new), "the new node to answer")
    assert main(["members", "add", f"{new}={cluster.address_of(new)}", *arguments(cluster, "operator")]) == 0
    assert main(["members", "remove", str(new), *arguments(cluster, "operator")]) == 0
    cluster.kill(new)
    cluster.forget(new)
    capsys.readouterr()
    assert main(["status", "--json", *arguments(cluster, "operator")]) == 0
    status = json.loads(capsys.readouterr().out)
    assert [node["node"] for node in status["nodes"]] == cluster.nodes
    assert all(node["certificate_expires_s"] for node in status["nodes"])


@pytest.mark.parametrize("holder", ["application", "node-1"])
def test_who_is_no_operator_changes_nothing_and_is_told_why(cluster: StoreCluster, holder: str, capsys):
    assert main(["transfer", *arguments(cluster, holder)]) == 1
    said = capsys.readouterr().err
    assert "may not call raftstore.v1.Cluster/TransferLeadership; give an operator's certificate" in said


def test_without_a_certificate_status_says_that_it_is_for_want_of_one(cluster: StoreCluster, tmp_path: Path, capsys):
    assert main(["status", "--addresses", cluster.addresses[0]]) == 1
    capsys.readouterr()
    certificates.main(["operator", "--directory", str(tmp_path / "other")])
    other = [f"--tls-{part}={tmp_path / 'other' / name}" for part, name in
             (("ca", "ca.pem"), ("cert", "operator.pem"), ("key", "operator.key"))]  # fmt: skip
    assert main(["status", "--addresses", cluster.addresses[0], *other]) == 1
    assert "no common certificates" in capsys.readouterr().out


def test_a_node_does_not_start_with_somebody_elses_certificate(authority: Path, tmp_path: Path, capsys):
    for holder, shown in (("node-2", "node 2"), ("operator", "operator operator")):
        tls = [f"--tls-ca={authority / 'ca.pem'}", f"--tls-cert={authority / holder}.pem",
               f"--tls-key={authority / holder}.key"]  # fmt: skip
        command = ["serve", "--node", "1", "--cluster", "1=127.0.0.1:1", "--data", str(tmp_path / "data"), *tls]
        assert main(command) == 2
        assert f"is a certificate for {shown}, not for node 1" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_a_nodes_metrics_and_json_logs_are_what_programs_expect(authority: Path, tmp_path: Path, reaper: Reaper):
    port, metrics_port = free_port(), free_port()
    command = [
        sys.executable, "-m", "raftstore", "serve", "--node", "1", "--cluster", f"1=127.0.0.1:{port}",
        "--data", str(tmp_path / "data"), "--metrics-port", str(metrics_port), "--log-format", "json",
        f"--tls-ca={authority / 'ca.pem'}", f"--tls-cert={authority / 'node-1.pem'}",
        f"--tls-key={authority / 'node-1.key'}",
    ]  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        node = reaper.start(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    context = ssl.create_default_context(cafile=str(authority / "ca.pem"))
    context.load_cert_chain(authority / "operator.pem", authority / "operator.key")

    def leads() -> bool:
        try:
            with urllib.request.urlopen(
                f"https://127.0.0.1:{metrics_port}/metrics", timeout=5, context=context
            ) as page:
                return bool(re.search(rb"^raftstore_is_leader 1\.0$", page.read(), re.MULTILINE))
        except OSError:
            return False

    wait_for(leads, "the metrics to say that the node leads")
    node.terminate()
    assert node.wait(timeout=30) == 0
    events = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {"serving", "role_changed", "stopping"} <= {event["event"] for event in events}
