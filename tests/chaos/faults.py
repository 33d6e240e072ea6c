"""What can go wrong, and how it is made good again: one class a kind of fault.

`begin` does the harm, `end` undoes it; a fault leaves a cluster that can recover by itself. No fault is a
disaster: a majority's disks survive, as the promise demands.
"""

import shutil
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.running.links import Links
from tests.running.small_disk import SmallDisk
from tests.running.store_cluster import ROOT, StoreCluster
from tests.running.waiting import wait_for

COMMAND_LIMIT_S = 60
DISK_RESERVE_BYTES = 2 << 20


@dataclass
class Target:
    """What faults act on."""

    cluster: StoreCluster
    links: Links
    random: Random
    # Where backups go.
    directory: Path
    # Of nodes whose disks can be filled.
    disks: dict[int, SmallDisk] = field(default_factory=dict)

    def any_node(self) -> int:
        return self.random.choice(self.cluster.nodes)

    def leader_or_any(self) -> int:
        """Mostly the leader: that is where it hurts."""
        if self.random.random() < 0.6:
            for node in self.cluster.nodes:
                status = self.cluster.status(node)
                if status is not None and status.role == "leader":
                    return node
        return self.any_node()

    def operate(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run an operator's command as an operator would."""
        command = [sys.executable, "-m", "raftstore", *arguments]
        command += ["--addresses", ",".join(self.cluster.addresses), *self.cluster.tls_arguments("operator")]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=COMMAND_LIMIT_S)


class Fault(ABC):
    """One time that something goes wrong."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.cluster = target.cluster

    @abstractmethod
    def begin(self) -> str:
        """Do the harm. Returns what it was, for the log."""

    @abstractmethod
    def end(self) -> None:
        """Make it good."""


class Operation(Fault):
    """What an operator does: it is over when it is done."""

    def end(self) -> None:
        pass


class Kill(Fault):
    """kill -9, as if the machine lost its process."""

    def begin(self) -> str:
        self.node = self.target.leader_or_any()
        self.cluster.kill(self.node)
        return f"kill -9 of node {self.node}"

    def end(self) -> None:
        self.cluster.start(self.node)


class KillAll(Fault):
    """Every process at once, as when the power fails."""

    def begin(self) -> str:
        self.cluster.kill()
        return "kill -9 of every node"

    def end(self) -> None:
        self.cluster.start()


class Hang(Fault):
    """SIGSTOP: it keeps its connections and its port, and does nothing; later it goes on as if no time had passed."""

    def begin(self) -> str:
        self.node = self.target.leader_or_any()
        self.cluster.suspend(self.node)
        return f"node {self.node} hangs"

    def end(self) -> None:
        self.cluster.resume(self.node)


class RestartAll(Operation):
    """One node after the other ends by SIGTERM and starts again, as at a release; leadership is handed over."""

    def begin(self) -> str:
        for node in self.cluster.nodes:
            self.cluster.stop(node)
            self.cluster.start(node)
            self.cluster.leader()
        return "rolling restart"


class Partition(Fault):
    """A minority is cut off from the rest, with connections that break or that stand and carry nothing."""

    stalled = False

    def begin(self) -> str:
        alone = self.target.leader_or_any()
        others = [node for node in self.cluster.nodes if node != alone]
        self.target.links.partition([[alone], others], self.cluster.address_book, stalled=self.stalled)
        return f"node {alone} is cut off{' silently' if self.stalled else ''}"

    def end(self) -> None:
        self.target.links.heal(self.cluster.address_book)


class SilentPartition(Partition):
    stalled = True


class Bridge(Fault):
    """Two nodes cannot reach each other, but both can reach the third."""

    def begin(self) -> str:
        left, right = self.target.random.sample(self.cluster.nodes, 2)
        self.target.links.partition([[left], [right]], self.cluster.address_book)
        return f"nodes {left} and {right} do not reach each other"

    def end(self) -> None:
        self.target.links.heal(self.cluster.address_book)


class OneWay(Fault):
    """A node hears nobody though all hear it, or the other way round."""

    def begin(self) -> str:
        node = self.target.leader_or_any()
        deaf = self.target.random.random() < 0.5
        for other, address in self.cluster.address_book.items():
            if other != node:
                sender, receiver = (other, self.cluster.address_of(node)) if deaf else (node, address)
                self.target.links.set_link(sender, receiver, stalled=True)
        return f"node {node} {'hears nobody' if deaf else 'is heard by nobody'}"

    def end(self) -> None:
        self.target.links.heal(self.cluster.address_book)


class SlowNetwork(Fault):
    """Every message takes its time, or one link carries little."""

    def begin(self) -> str:
        delay_ms = self.target.random.choice([5, 20, 60])
        narrow = self.target.random.choice(self.cluster.nodes)
        for sender in self.cluster.nodes:
            for receiver, address in self.cluster.address_book.items():
                if sender != receiver:
                    self.target.links.set_link(
                        sender, address, delay_ms=delay_ms, bytes_per_s=200_000 if sender == narrow else 0
                    )
        return f"the network takes {delay_ms} ms; little comes from node {narrow}"

    def end(self) -> None:
        self.target.links.heal(self.cluster.address_book)


class Transfer(Operation):
    """An operator hands leadership over. It may be refused, as when there is no leader; that is an answer too."""

    def begin(self) -> str:
        done = self.target.operate("transfer")
        return f"transfer: {(done.stdout or done.stderr).strip()[-100:]}"


class Shorten(Operation):
    """An operator has the logs shortened; who is behind now needs a snapshot."""

    def begin(self) -> str:
        done = self.target.operate("snapshot")
        return f"snapshot: {(done.stdout or done.stderr).strip()[-100:]}"


class Backup(Operation):
    """A backup is taken while all goes on. Nodes may be down: then another one serves it."""

    taken = 0

    def begin(self) -> str:
        Backup.taken += 1
        self.file = self.target.directory / f"backup-{Backup.taken}"
        done = self.target.operate("backup", str(self.file))
        assert done.returncode == 0, f"no backup from a cluster that works: {done.stderr}"
        return f"backup of {self.file.stat().st_size} bytes"


class NearlyFullDisk(Fault):
    """Less room than the reserve: the node takes no writes, and gives leadership away."""

    leave_bytes = DISK_RESERVE_BYTES // 2

    def begin(self) -> str:
        self.node = self.target.leader_or_any()
        self.target.disks[self.node].fill(self.leave_bytes)
        return f"{self.leave_bytes} bytes left on the disk of node {self.node}"

    def end(self) -> None:
        self.target.disks[self.node].empty()
        wait_for(self._works, f"node {self.node} to go on now that there is room")

    def _works(self) -> bool:
        # It may have ended, because a write failed; whoever watches over it starts it again.
        if not self.cluster.is_running(self.node):
            self.cluster.start(self.node)
        status = self.cluster.status(self.node)
        return status is not None and status.disk == "ok"


class FullDisk(NearlyFullDisk):
    """Not a byte left, also of the reserve."""

    leave_bytes = 0


class Replace(Operation):
    """A node is lost with its disk, and an operator puts another one in its place under a new id."""

    def begin(self) -> str:
        lost = self.target.leader_or_any()
        self.cluster.kill(lost)
        shutil.rmtree(self.cluster.data_dir(lost))
        self.cluster.leader()
        disk = self.target.disks.pop(lost, None)
        new = self.cluster.join(data_dir=disk.path / f"after-{lost}" if disk else None)
        if disk:
            self.target.disks[new] = disk
        wait_for(lambda: self.cluster.status(new) is not None, f"node {new} to answer")
        done = self.target.operate("members", "replace", str(lost), f"{new}={self.cluster.address_of(new)}")
        assert done.returncode == 0, f"node {lost} could not be replaced: {done.stdout} {done.stderr}"
        self.cluster.forget(lost)
        wait_for(lambda: self._is_voter(new), f"node {new} to be a voter")
        return f"node {lost} is replaced by node {new}"

    def _is_voter(self, node: int) -> bool:
        status = self.cluster.status(node)
        return status is not None and any(member.node == node and member.voter for member in status.members)


CRASHES: Sequence[type[Fault]] = (Kill, Kill, KillAll, Hang, Hang, RestartAll)
NETWORK: Sequence[type[Fault]] = (Partition, SilentPartition, Bridge, OneWay, SlowNetwork)
OPERATIONS: Sequence[type[Fault]] = (Transfer, Shorten, Backup, Replace)
DISKS: Sequence[type[Fault]] = (NearlyFullDisk, NearlyFullDisk, FullDisk)
EVERYTHING = (*CRASHES, *NETWORK, *OPERATIONS)
