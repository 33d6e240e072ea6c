"""Three real store nodes on free ports, to be killed and started again by the tests that use them."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import grpc

from raftstore.rpc.cluster_pb2 import StatusReply, StatusRequest
from raftstore.rpc.cluster_pb2_grpc import ClusterStub

from .links import BEHIND_PROXY, Links
from .ports import free_port
from .reaper import Reaper
from .waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
ASKING_TIMEOUT_S = 1.0


class StoreCluster:
    """Nodes are numbered from 1. Their data and logs lie under `directory`, also after the test, to be looked at."""

    def __init__(
        self,
        directory: Path,
        reaper: Reaper,
        size: int = 3,
        certificates: Path | None = None,
        links: Links | None = None,
        flags: Sequence[str] = (),
        data_dirs: Mapping[int, Path] | None = None,
    ) -> None:
        """
        Args:
            certificates: where the nodes' and an operator's certificates are, as script/certs names them; then all
                speak TLS.
            links: the network between the nodes, if it is to have faults.
            flags: more for each node's command line.
            data_dirs: where some nodes' data lies, if not below `directory`.
        """
        self._directory = directory
        self._reaper = reaper
        self._address_of = {node: f"127.0.0.1:{free_port()}" for node in range(1, size + 1)}
        self._certificates = certificates
        self._links = links
        self._flags = tuple(flags)
        self._data_dirs = dict(data_dirs or {})
        # An id is never used twice.
        self._highest_node = size
        # Whom the cluster is formed of; nodes that were started before are in no need of it.
        self._founders = ",".join(f"{node}={address}" for node, address in self._address_of.items())
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    @property
    def nodes(self) -> list[int]:
        return list(self._address_of)

    @property
    def addresses(self) -> list[str]:
        return list(self._address_of.values())

    @property
    def address_book(self) -> dict[int, str]:
        return dict(self._address_of)

    def data_dir(self, node: int) -> Path:
        return self._data_dirs.get(node, self._directory / str(node))

    def start(self, *nodes: int) -> None:
        """Start these nodes (all, if none is named) with the data they had. Does not wait for a leader."""
        for node in nodes or self.nodes:
            is_founder = f"{node}={self._address_of[node]}" in self._founders.split(",")
            self._serve(node, *(["--cluster", self._founders] if is_founder else self._joining(node)))

    def join(self, address: str | None = None, data_dir: Path | None = None) -> int:
        """Start one node more, under the next id, which waits to be taken in. Returns its id."""
        self._highest_node += 1
        node = self._highest_node
        self._address_of[node] = address or f"127.0.0.1:{free_port()}"
        if data_dir:
            self._data_dirs[node] = data_dir
        self._serve(node, *self._joining(node))
        return node

    def _joining(self, node: int) -> list[str]:
        return ["--join", "--address", self._address_of[node]]

    def forget(self, node: int) -> None:
        """It is gone for good, and belongs to the cluster no more."""
        assert not self.is_running(node), f"node {node} is running"
        del self._address_of[node]

    def address_of(self, node: int) -> str:
        return self._address_of[node]

    def _serve(self, node: int, *arguments: str) -> None:
        assert not self.is_running(node), f"node {node} is running already"
        program = BEHIND_PROXY if self._links else ("-m", "raftstore")
        environment = {**os.environ, **(self._links.environment(node) if self._links else {})}
        command = [sys.executable, *program, "serve", *self._flags]
        command += ["--node", str(node), "--data", str(self.data_dir(node)), *arguments]
        command += self.tls_arguments(f"node-{node}")
        self._directory.mkdir(parents=True, exist_ok=True)
        with self._log_path(node).open("ab") as log:
            self._processes[node] = self._reaper.start(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self, *nodes: int) -> None:
        """kill -9 of these nodes (all, if none is named), at once."""
        self._stop(nodes, signal.SIGKILL)

    def stop(self, *nodes: int) -> None:
        """End these nodes (all, if none is named) as an operator would, with SIGTERM."""
        self._stop(nodes, signal.SIGTERM)

    @contextmanager
    def without_leader(self) -> Iterator[None]:
        """Most of the nodes are gone for so long; afterwards all are back, and have caught up."""
        gone = self.nodes[: len(self.nodes) // 2 + 1]
        self.kill(*gone)
        try:
            yield
        finally:
            self.start(*gone)
            self.leader()
            self.wait_until_caught_up()

    def suspend(self, node: int) -> None:
        """Make a node hang: it lives and keeps its connections, but does nothing."""
        self._processes[node].send_signal(signal.SIGSTOP)

    def resume(self, node: int) -> None:
        self._processes[node].send_signal(signal.SIGCONT)

    def pid(self, node: int) -> int:
        return self._processes[node].pid

    def is_running(self, node: int) -> bool:
        return node in self._processes and self._processes[node].poll() is None

    def leader(self, timeout_s: float = 30) -> int:
        """The node that leads and is followed by a majority, once there is one."""
        try:
            return wait_for(self._leader_now, "a leader of the store", timeout_s)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.logs()}") from error

    def status(self, node: int) -> StatusReply | None:
        """What the node says of itself; None if it does not answer."""
        with self._channel(self._address_of[node]) as channel:
            try:
                return ClusterStub(channel).GetStatus(StatusRequest(), timeout=ASKING_TIMEOUT_S)
            except grpc.RpcError:
                return None

    def tls_arguments(self, holder: str) -> list[str]:
        """What a command needs to show that holder's certificate; nothing where nobody speaks TLS."""
        if self._certificates is None:
            return []
        files = [self._certificates / name for name in ("ca.pem", f"{holder}.pem", f"{holder}.key")]
        return ["--tls-ca", str(files[0]), "--tls-cert", str(files[1]), "--tls-key", str(files[2])]

    def _channel(self, address: str) -> grpc.Channel:
        if self._certificates is None:
            return grpc.insecure_channel(address)
        ca, certificate, key = (
            (self._certificates / name).read_bytes() for name in ("ca.pem", "operator.pem", "operator.key")
        )
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(ca, key, certificate))

    def wait_until_caught_up(self, timeout_s: float = 30) -> None:
        """Until every running node has applied what the leader had committed when this was called."""
        leader = self.leader(timeout_s)
        status = self.status(leader)
        target = status.commit_index if status else 0

        def all_applied() -> bool:
            answers = [self.status(node) for node in self.nodes if self.is_running(node)]
            return all(answer is not None and answer.applied_index >= target for answer in answers)

        wait_for(all_applied, f"every node to apply entry {target}", timeout_s)

    def logs(self, last_lines: int = 20) -> str:
        """The end of each node's log, for a failing test to show."""
        parts = []
        for node in self.nodes:
            path = self._log_path(node)
            lines = path.read_text(errors="replace").splitlines() if path.exists() else ["(never started)"]
            parts += [f"--- node {node}", *lines[-last_lines:]]
        return "\n".join(parts)

    def _leader_now(self) -> int | None:
        answers = {node: self.status(node) for node in self.nodes if self.is_running(node)}
        for node, answer in answers.items():
            if answer is None or answer.role != "leader":
                continue
            followers = [other for other in answers.values() if other and other.term == answer.term]
            if 2 * len(followers) > len(self.nodes):
                return node
        return None

    def _stop(self, nodes: tuple[int, ...], sent: signal.Signals) -> None:
        chosen = [self._processes[node] for node in nodes or self.nodes if self.is_running(node)]
        for process in chosen:
            process.send_signal(sent)
        for process in chosen:
            self._reaper.stop(process, sent)

    def _log_path(self, node: int) -> Path:
        return self._directory / f"node-{node}.log"
