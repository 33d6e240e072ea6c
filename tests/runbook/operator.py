"""Somebody who types what the runbook says, and what supervises the nodes that are started that way."""

import json
import os
import signal
import subprocess
from pathlib import Path

from tests.running.ports import free_port
from tests.running.reaper import Reaper
from tests.running.store_cluster import ROOT
from tests.running.waiting import wait_for

COMMAND_LIMIT_S = 90


class Operator:
    """A shell in the checkout. `variables` are those that the runbook's head explains."""

    def __init__(self, directory: Path, reaper: Reaper) -> None:
        self._directory = directory
        self._reaper = reaper
        self.variables: dict[str, str] = {}
        self._addresses: dict[int, str] = {}
        self._serving: dict[int, subprocess.Popen[bytes]] = {}

    # --- Nodes --------------------------------------------------------------------------------------

    def data_of(self, node: int) -> Path:
        return self._directory / f"node-{node}"

    def address_of(self, node: int) -> str:
        return self._addresses.setdefault(node, f"127.0.0.1:{free_port()}")

    @property
    def addresses(self) -> list[str]:
        return list(self._addresses.values())

    def speak_of(self, node: int, *, data: Path | None = None) -> None:
        """Let $NODE, $ADDRESS and $DATA be those of a node."""
        self.variables |= {
            "NODE": str(node),
            "ADDRESS": self.address_of(node),
            "DATA": str(data or self.data_of(node)),
            "RAFTSTORE_ADDRESSES": ",".join(self.addresses),
        }

    def serve(self, node: int, block: str, *, data: Path | None = None) -> None:
        """Have the supervisor run a block that starts a node."""
        assert " serve " in block
        self.speak_of(node, data=data)
        with self._output_of(node).open("ab") as output:
            self._serving[node] = self._reaper.start(
                ["bash", "-euc", block],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def found(self, size: int, *, data: dict[int, Path] | None = None, flags: str = "") -> None:
        """A cluster as it was before anything went wrong."""
        nodes = range(1, size + 1)
        cluster = ",".join(f"{node}={self.address_of(node)}" for node in nodes)
        for node in nodes:
            command = f".venv/bin/python -m raftstore serve --node $NODE --cluster {cluster} --data $DATA {flags}"
            self.serve(node, command, data=(data or {}).get(node))
        self.until_well()

    def stop(self, *nodes: int, sent: signal.Signals = signal.SIGTERM) -> None:
        """As their supervisor does, or their machines."""
        for node in nodes:
            self._reaper.stop(self._serving.pop(node), sent)

    def stop_all(self) -> None:
        self.stop(*self._serving, sent=signal.SIGKILL)

    def lose(self, node: int) -> None:
        """Its machine is gone; nobody expects an answer there."""
        self.stop(node, sent=signal.SIGKILL)
        del self._addresses[node]
        self.variables["RAFTSTORE_ADDRESSES"] = ",".join(self.addresses)

    def has_ended(self, node: int) -> bool:
        return self._serving[node].poll() is not None

    def output_of(self, node: int) -> str:
        return self._output_of(node).read_text(errors="replace")

    # --- Commands -----------------------------------------------------------------------------------

    def run(self, block: str, *, code: int = 0) -> str:
        """Run a block as it stands. Returns what it said."""
        done = subprocess.run(
            ["bash", "-euc", block],
            cwd=ROOT,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=COMMAND_LIMIT_S,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, f"ended with {done.returncode}: {block}{said}"
        return said

    def until_well(self, block: str = ".venv/bin/python -m raftstore status") -> str:
        """Look at the status until it says that all is well: no line with an exclamation mark."""

        def well() -> str:
            done = subprocess.run(
                ["bash", "-euc", block], cwd=ROOT, env=self._environment(), capture_output=True, text=True
            )
            self._seen = done.stdout + done.stderr
            return done.stdout if done.returncode == 0 and not self._warnings(done.stdout) else ""

        try:
            return wait_for(well, "all to be well", 60, every_s=0.5)
        except AssertionError as error:
            outputs = "".join(f"--- node {node}\n{self.output_of(node)[-2_000:]}" for node in self._serving)
            raise AssertionError(f"{error}: {self._seen}{outputs}") from error

    def nodes(self) -> list[dict[str, object]]:
        return list(json.loads(self.run(".venv/bin/python -m raftstore status --json"))["nodes"])

    @staticmethod
    def _warnings(status: str) -> list[str]:
        return [line for line in status.splitlines() if line.startswith("!")]

    def _environment(self) -> dict[str, str]:
        return {**os.environ, **self.variables}

    def _output_of(self, node: int) -> Path:
        return self._directory / f"node-{node}.log"
