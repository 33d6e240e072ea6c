"""One run: a cluster, customers, faults one after the other, and the verdict. Tests and script/chaos run the same."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random

from raftstore.client import SeatStoreClient
from raftstore.transport.security import Security, load_security
from tests.running.links import Links
from tests.running.reaper import Reaper
from tests.running.small_disk import small_disk
from tests.running.store_cluster import StoreCluster

from .customers import Clients, Customer, Market
from .faults import DISK_RESERVE_BYTES, Fault, Target
from .history_file import HistoryFile
from .verdict import Verdict, judge

log = logging.getLogger("chaos")

JOIN_LIMIT_S = 90
# Logs are cut and snapshots sent all the time, not once in 20,000 entries.
FLAGS = ("--compact-after-entries", "400", "--disk-reserve-mib", str(DISK_RESERVE_BYTES >> 20))
SMALL_DISK_BYTES = 48 << 20


@dataclass(frozen=True)
class Setting:
    directory: Path
    seed: int
    customers: int = 6
    pause_s: float = 0.02
    nodes: int = 3
    certificates: Path | None = None
    small_disks: bool = False


def run(
    setting: Setting, reaper: Reaper, faults: Callable[[Random], Sequence[type[Fault]]], until_s: float = 0
) -> Verdict:
    """Let customers book while faults happen, then look what became of it.

    Args:
        faults: draws a round of them; rounds follow each other until `until_s` seconds are over, one at least.

    Raises:
        AssertionError: the store broke its promise.
        PermissionError: small disks are wanted, and this machine does not let us have them.
    """
    random = Random(setting.seed)
    setting.directory.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        links = Links(reaper)
        stack.callback(links.close)
        disks = {
            node: stack.enter_context(small_disk(setting.directory / f"disk-{node}", SMALL_DISK_BYTES))
            for node in range(1, setting.nodes + 1)
            if setting.small_disks
        }
        cluster = StoreCluster(
            setting.directory / "store",
            reaper,
            size=setting.nodes,
            certificates=setting.certificates,
            links=links,
            flags=FLAGS,
            data_dirs={node: disk.path / "data" for node, disk in disks.items()},
        )
        stack.callback(cluster.kill)
        cluster.start()
        cluster.leader()
        target = Target(cluster, links, random, setting.directory, disks)
        history = HistoryFile(setting.directory / "history.jsonl")
        security = _security(setting.certificates)
        try:
            with Crowd(setting, history, cluster, security):
                _harm(target, history, faults, time.monotonic() + until_s)
            client = SeatStoreClient(cluster.addresses, security=security)
            stack.callback(client.close)
            return judge(target, history, client)
        except AssertionError as error:
            raise AssertionError(f"seed {setting.seed}, {setting.directory}: {error}\n{cluster.logs()}") from error


class Crowd:
    """All customers, from the first to the last of them gone."""

    def __init__(
        self, setting: Setting, history: HistoryFile, cluster: StoreCluster, security: Security | None
    ) -> None:
        self._stop = threading.Event()
        self._clients = Clients(lambda: cluster.addresses, security)
        market = Market(f"run-{setting.seed}")
        self._customers = [
            Customer(number, self._clients, market, history, self._stop, setting.seed, setting.pause_s)
            for number in range(1, setting.customers + 1)
        ]

    def __enter__(self) -> None:
        for customer in self._customers:
            customer.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for customer in self._customers:
            customer.join(JOIN_LIMIT_S)
            assert not customer.is_alive(), f"{customer.name} waits for ever"
        self._clients.close()
        for customer in self._customers:
            if customer.failure is not None:
                raise AssertionError(f"{customer.name}: {customer.failure!r}") from customer.failure


def _harm(
    target: Target, history: HistoryFile, faults: Callable[[Random], Sequence[type[Fault]]], deadline_s: float
) -> None:
    """Round after round; between two faults all works for a while, and bookings are seen to go on."""
    while True:
        for kind in faults(target.random):
            _wait_for_bookings(target, history, 20)
            fault = kind(target)
            what = fault.begin()
            log.info("%d operations so far: %s", len(history.operations), what)
            time.sleep(target.random.uniform(0.3, 2.5))
            fault.end()
            target.cluster.leader()
        _wait_for_bookings(target, history, 20)
        if time.monotonic() >= deadline_s:
            return


def _wait_for_bookings(target: Target, history: HistoryFile, how_many: int) -> None:
    """With a majority up and connected, customers are served: the store makes progress after every fault."""
    begun = len(history.operations)
    target.cluster.leader()
    deadline_s = time.monotonic() + 60

    def served() -> int:
        return sum(operation.outcome is not None for operation in history.operations[begun:])

    while served() < how_many:
        assert time.monotonic() < deadline_s, "the cluster has a leader, but customers are not served"
        time.sleep(0.05)


def _security(certificates: Path | None) -> Security | None:
    if certificates is None:
        return None
    return load_security(
        authority=certificates / "ca.pem",
        certificate=certificates / "application.pem",
        key=certificates / "application.key",
    )
