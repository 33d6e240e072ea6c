"""The peer etcd: three members on this machine, each syncing its log to the same disk as our nodes, and customers."""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring.benchmark import BenchmarkFailed, PeerMissing, Run, Setting
from benchmarks.measuring.comparing import Side
from benchmarks.measuring.load_program import LoadProgram
from benchmarks.measuring.reservations import measure_run
from tests.running.ports import free_port
from tests.running.reaper import Reaper
from tests.running.store_cluster import ROOT
from tests.running.waiting import wait_for

PACKAGES = "etcd-server golang-go golang-etcd-server-dev"
# Where Debian's golang-*-dev packages put their sources.
GOPATH = Path("/usr/share/gocode")
SOURCE = Path(__file__).with_name("etcd") / "main.go"
MEMBERS = (1, 2, 3)
DEFAULT_HEARTBEAT_MS, DEFAULT_ELECTION_MS = 100, 1_000
START_LIMIT_S = 30.0
ASKING_LIMIT_S = 1.0


class EtcdCluster:
    """Members are numbered from 1."""

    def __init__(self, directory: Path, reaper: Reaper, *, heartbeat_ms: int, election_ms: int) -> None:
        self._directory = directory
        self._reaper = reaper
        self._timing = [f"--heartbeat-interval={heartbeat_ms}", f"--election-timeout={election_ms}"]
        self._client_url = {member: f"http://127.0.0.1:{free_port()}" for member in MEMBERS}
        self._peer_url = {member: f"http://127.0.0.1:{free_port()}" for member in MEMBERS}
        self._members: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def endpoints(self) -> str:
        return ",".join(url.removeprefix("http://") for url in self._client_url.values())

    def endpoint(self, member: int) -> str:
        return self._client_url[member].removeprefix("http://")

    def start(self, member: int) -> None:
        """Start a member with the data it had. Does not wait for it."""
        everybody = ",".join(f"m{number}={url}" for number, url in self._peer_url.items())
        command = ["etcd", f"--name=m{member}", f"--data-dir={self._directory / str(member)}", *self._timing]
        command += [f"--listen-client-urls={self._client_url[member]}", "--initial-cluster-state=new"]
        command += [f"--advertise-client-urls={self._client_url[member]}", f"--initial-cluster={everybody}"]
        command += [f"--listen-peer-urls={self._peer_url[member]}"]
        command += [f"--initial-advertise-peer-urls={self._peer_url[member]}", "--log-level=error"]
        with (self._directory / f"member-{member}.log").open("ab") as log:
            self._members[member] = self._reaper.start(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, "ETCD_ENABLE_V2": "false"}
            )

    def kill(self, *members: int) -> None:
        """kill -9 of these members (all, if none is named)."""
        chosen = [self._members[member] for member in members or self._members]
        for child in chosen:
            if child.poll() is None:
                self._reaper.stop(child, signal.SIGKILL)

    def leader(self) -> int:
        """The member that leads, once all that run say so."""

        def agreed() -> int | None:
            answers = {member: self._status(member) for member in MEMBERS if self._members[member].poll() is None}
            leaders = {answer.get("leader") if answer else None for answer in answers.values()}
            if len(leaders) != 1 or not (leader := leaders.pop()) or leader == "0":
                return None
            own_ids = {answer["header"]["member_id"]: member for member, answer in answers.items() if answer}
            return own_ids.get(leader)

        try:
            return wait_for(agreed, "a leader of etcd", START_LIMIT_S)
        except AssertionError as error:
            raise BenchmarkFailed(str(error)) from error

    def pids(self) -> dict[str, int]:
        """By the names under which the results tell their processor shares."""
        leader = self.leader()
        followers = [member for member in MEMBERS if member != leader]
        pids = {"leader": self._members[leader].pid}
        return pids | {f"follower {number}": self._members[member].pid for number, member in enumerate(followers, 1)}

    def _status(self, member: int) -> dict | None:
        request = urllib.request.Request(f"{self._client_url[member]}/v3/maintenance/status", data=b"{}")
        try:
            with urllib.request.urlopen(request, timeout=ASKING_LIMIT_S) as reply:
                return json.load(reply)
        except (urllib.error.URLError, OSError):
            return None


@contextmanager
def running_etcd(
    setting: Setting, *, heartbeat_ms: int = DEFAULT_HEARTBEAT_MS, election_ms: int = DEFAULT_ELECTION_MS
) -> Iterator[EtcdCluster]:
    """Three new members with a leader; nothing is left of them afterwards.

    Raises:
        PeerMissing: etcd is not installed.
    """
    check_installed()
    with tempfile.TemporaryDirectory(dir=setting.directory) as directory:
        cluster = EtcdCluster(Path(directory), setting.reaper, heartbeat_ms=heartbeat_ms, election_ms=election_ms)
        for member in MEMBERS:
            cluster.start(member)
        try:
            cluster.leader()
            yield cluster
        finally:
            cluster.kill()


def check_installed() -> None:
    """
    Raises:
        PeerMissing: something is not installed.
    """
    sources = GOPATH / "src" / "go.etcd.io" / "etcd" / "clientv3"
    if not (shutil.which("etcd") and shutil.which("go") and sources.is_dir()):
        raise PeerMissing(f"the peer etcd is not installed: apt-get install {PACKAGES}")


def customers_command(setting: Setting, endpoints: str, name: str, **options: object) -> list[str]:
    """What starts etcd's customers, compiled if they have not been yet."""
    program = setting.directory / "etcd-customers"
    if not program.exists() or program.stat().st_mtime < SOURCE.stat().st_mtime:
        environment = {**os.environ, "GO111MODULE": "off", "GOPATH": str(GOPATH)}
        subprocess.run(["go", "build", "-o", program, str(SOURCE)], cwd=ROOT, env=environment, check=True)
    flags = [f"-{option.replace('_', '-')}={value}" for option, value in options.items()]
    return [str(program), f"-endpoints={endpoints}", f"-name={name}", *flags]


def side(setting: Setting, **options: object) -> Side:
    """Customers (etcd/main.go has their options) of a new cluster each run.

    They speak to the leader alone, which spares etcd a hop: its best case.

    Raises:
        PeerMissing: something is not installed.
    """
    check_installed()

    def run(number: int) -> Run:
        with running_etcd(setting) as cluster:
            endpoint = cluster.endpoint(cluster.leader())
            command = customers_command(setting, endpoint, f"run-{number}", seconds=setting.seconds, **options)
            with LoadProgram(setting.reaper, command) as client:
                return measure_run([client], {"client": client.pid, **cluster.pids()})

    return run
