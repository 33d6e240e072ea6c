"""Our side: three real nodes, and customers of theirs."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.running.store_cluster import StoreCluster

from .benchmark import BenchmarkFailed, Run, Setting
from .load_program import LoadProgram, all_ready
from .reservations import measure_run


@contextmanager
def running_store(setting: Setting) -> Iterator[StoreCluster]:
    """Three new nodes with a leader; nothing is left of them afterwards."""
    with tempfile.TemporaryDirectory(dir=setting.directory) as directory:
        cluster = StoreCluster(Path(directory), setting.reaper)
        cluster.start()
        try:
            cluster.leader()
            yield cluster
        except BenchmarkFailed as failed:
            failed.add_note(cluster.logs())
            raise
        finally:
            cluster.kill()


def customers_command(cluster: StoreCluster, program: str, name: str, **options: object) -> list[str]:
    """What starts a program of benchmarks/load."""
    command = [sys.executable, "-m", f"benchmarks.load.{program}", "--addresses", ",".join(cluster.addresses)]
    command += ["--name", name]
    for option, value in options.items():
        command += [f"--{option.replace('_', '-')}", str(value)]
    return command


def pids_of(cluster: StoreCluster, clients: Sequence[LoadProgram]) -> dict[str, int]:
    """By the names under which the results tell their processor shares; the node that leads says so."""
    leader = cluster.leader()
    names = ["client"] if len(clients) == 1 else [f"client {number}" for number in range(1, len(clients) + 1)]
    pids = dict(zip(names, (client.pid for client in clients), strict=True))
    followers = [node for node in cluster.nodes if node != leader]
    pids["leader"] = cluster.pid(leader)
    return pids | {f"follower {number}": cluster.pid(node) for number, node in enumerate(followers, 1)}


def reservations(setting: Setting, cluster: StoreCluster, name: str, *, customers: int, programs: int = 1) -> Run:
    """As many customers, each waiting for an answer before asking again, spread over as many programs."""
    with ExitStack() as stack:
        commands = [
            customers_command(
                cluster,
                "waiting_customers",
                f"{name}-{number}",
                customers=customers // programs,
                seconds=setting.seconds,
            )
            for number in range(programs)
        ]
        clients = all_ready(stack, setting.reaper, commands)
        return measure_run(clients, pids_of(cluster, clients))
