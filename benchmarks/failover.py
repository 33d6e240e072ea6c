"""The leader is killed with kill -9 under 2,000/s of load: for how long is nobody answered? etcd stands beside it.

The gap is the longest time between two answers. etcd's depends on its timeouts, so it is shown with its own (a
heartbeat of 100 ms and an election after 1,000 ms), and with 50 and 300 ms, which are closest to ours (50, 150 to 300).
"""

import statistics
import sys
from collections.abc import Callable, Mapping, Sequence

from tests.running.store_cluster import StoreCluster

from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.cpu import CpuShares
from .measuring.load_program import LoadProgram
from .measuring.outages import PER_S, Outage
from .measuring.store import customers_command, pids_of, running_store
from .peers import etcd
from .peers.etcd import EtcdCluster

OUR_TRIALS, PEERS_TRIALS = 6, 2
# More than are asked for while a trial lasts, however long it takes.
SEATS_PER_TRIAL = 30_000
MEDIAN_LIMIT_MS, SLOWEST_LIMIT_MS = 300, 600
DEFAULTS, FAST = "etcd at its defaults", "etcd at 50/300 ms"
TIMEOUTS = {
    DEFAULTS: (etcd.DEFAULT_HEARTBEAT_MS, etcd.DEFAULT_ELECTION_MS),
    FAST: (50, 300),
}


def measure(setting: Setting) -> Findings:
    sides: dict[str, Callable[[int], list[Run]]] = {"ours": lambda turn: ours(setting, turn)}
    if setting.peers:
        etcd.check_installed()
        for name, timeouts in TIMEOUTS.items():
            sides[name] = lambda turn, timeouts=timeouts: peers(setting, turn, *timeouts)
    runs: dict[str, list[Run]] = {name: [] for name in sides}
    # Each turn is several trials on one cluster.
    for turn in range(setting.runs):
        for name, side in sides.items():
            made = side(turn)
            runs[name] += made
            print(f"turn {turn + 1} of {setting.runs}: {name}: {gaps_ms(made)}", file=sys.stderr, flush=True)
    return Findings([row(runs)], runs)


def ours(setting: Setting, turn: int) -> list[Run]:
    trials = 1 if setting.quick else OUR_TRIALS
    with running_store(setting) as cluster:
        command = customers_command(
            cluster, "arriving_customers", f"turn-{turn}", per_second=PER_S, seats=trials * SEATS_PER_TRIAL
        )
        runs = []
        with LoadProgram(setting.reaper, command) as customers:
            customers.tell("go")
            for _ in range(trials):
                run, killed = kill_leader(cluster, customers, lambda: pids_of(cluster, [customers]))
                runs.append(run)
                cluster.start(killed)
                cluster.wait_until_caught_up()
        return runs


def peers(setting: Setting, turn: int, heartbeat_ms: int, election_ms: int) -> list[Run]:
    trials = 1 if setting.quick else PEERS_TRIALS
    with etcd.running_etcd(setting, heartbeat_ms=heartbeat_ms, election_ms=election_ms) as cluster:
        command = etcd.customers_command(setting, cluster.endpoints, f"turn-{turn}", per_second=PER_S)
        runs = []
        with LoadProgram(setting.reaper, command) as customers:
            customers.tell("go")
            for _ in range(trials):
                run, killed = kill_leader(cluster, customers, lambda: {"client": customers.pid, **cluster.pids()})
                runs.append(run)
                cluster.start(killed)
        return runs


def kill_leader(
    cluster: StoreCluster | EtcdCluster, customers: LoadProgram, pids: Callable[[], Mapping[str, int]]
) -> tuple[Run, int]:
    """One trial. Returns what it cost, and who was killed."""
    outage = Outage(customers)
    # It does not live long enough to tell its own processor share.
    shares = CpuShares({name: pid for name, pid in pids().items() if name != "leader"})
    # Only now: who was started a moment ago may have stood for election since.
    leader = cluster.leader()
    cluster.kill(leader)
    return Run(outage.figures(), shares.shares()), leader


def gaps_ms(runs: Sequence[Run]) -> list[float]:
    return [run.figures["gap_ms"] for run in runs]


def row(runs: Mapping[str, Sequence[Run]]) -> Row:
    median_ms, slowest_ms = statistics.median(gaps_ms(runs["ours"])), max(gaps_ms(runs["ours"]))
    peers_ms = {name: statistics.median(gaps_ms(runs[name])) for name in TIMEOUTS if name in runs}
    return Row(
        promise=f"kill -9 of the leader under 2,000/s of load, until the next success, {len(runs['ours'])} trials",
        target=f"median at most {MEDIAN_LIMIT_MS} ms, slowest at most {SLOWEST_LIMIT_MS} ms",
        ours=f"median {median_ms:.0f} ms, slowest {slowest_ms:.0f} ms",
        peer="; ".join(f"{name}: median {median:.0f} ms" for name, median in peers_ms.items()),
        ratio=f"{median_ms / peers_ms[DEFAULTS]:.2f} x; {median_ms / peers_ms[FAST]:.2f} x" if peers_ms else "",
        reached=median_ms <= MEDIAN_LIMIT_MS and slowest_ms <= SLOWEST_LIMIT_MS,
    )


BENCHMARK = Benchmark("failover", "kill -9 of the leader under load, until the next success; beside etcd", measure)
