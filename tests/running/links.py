"""How does a test cut, stall, delay or throttle what one store node sends to another? Without root, on any machine.

Nodes that are started with `environment` connect to each other through a proxy (link_proxy.py) that knows who
connects to whom. Clients and operators connect directly, so they see both sides of a partition.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path

from .reaper import Reaper

# Runs `python -m raftstore` with outgoing connections through the proxy of the environment.
BEHIND_PROXY = ("-m", "tests.running.behind_proxy")


class Links:
    """Every link works until a test says otherwise. Nodes are named by id, and reached at their addresses."""

    def __init__(self, reaper: Reaper) -> None:
        self._reaper = reaper
        self._process = reaper.start(
            [sys.executable, str(Path(__file__).with_name("link_proxy.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())
        self._lock = threading.Lock()

    def environment(self, node: int) -> dict[str, str]:
        """What makes a node's connections pass through here."""
        return {"grpc_proxy": f"http://{node}:x@127.0.0.1:{self._port}", "no_grpc_proxy": ""}

    def set_link(
        self,
        sender: int,
        address: str,
        *,
        cut: bool = False,
        stalled: bool = False,
        delay_ms: float = 0,
        bytes_per_s: float = 0,
    ) -> None:
        """How what `sender` sends to `address` fares from now on.

        Args:
            cut: connections break at once and none can be made.
            stalled: connections stand but nothing arrives until the link works again, as TCP does.
            delay_ms, bytes_per_s: 0 for none.
        """
        order = {
            "sender": str(sender),
            "address": address,
            "cut": cut,
            "stalled": stalled,
            "delay_ms": delay_ms,
            "bytes_per_s": bytes_per_s,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            assert self._process.stdout.readline() == b"done\n", "the network's process is gone"

    def partition(self, sides: Sequence[Iterable[int]], addresses: dict[int, str], *, stalled: bool = False) -> None:
        """Nothing passes between nodes of different sides, in either direction."""
        side_of = {node: number for number, side in enumerate(sides) for node in side}
        for sender in side_of:
            for receiver in side_of:
                if side_of[sender] != side_of[receiver]:
                    self.set_link(sender, addresses[receiver], cut=not stalled, stalled=stalled)

    def heal(self, addresses: dict[int, str]) -> None:
        """Every link between these nodes works again."""
        for sender in addresses:
            for receiver, address in addresses.items():
                if sender != receiver:
                    self.set_link(sender, address)

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
