"""How late is an open seat map? 1,000 and 2,000 sockets on one map, 50 seats changing a second, one web process.

The peer is the same process, store and sockets with Channels' in-memory layer in the hub's place.
"""

import itertools
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack

from tests.running.store_cluster import StoreCluster

from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, median_cpu, medians
from .measuring.cpu import CpuShares
from .measuring.live_site import allow_open_files, running_live
from .measuring.load_program import LoadProgram
from .measuring.store import customers_command, pids_of, running_store

SOCKETS, SOCKETS_QUICK = 2_000, 50
FEWER = 2
CHANGES_PER_S = 50
MOST_P99_MS, MOST_CORE = 100, 0.6
OTHER_FILES = 500
OURS, OURS_FEWER, PEER = "ours", "ours, half as many", "Channels' in-memory layer"
SITE = "ticketsite.asgi:application"
APPLICATIONS = {OURS: SITE, OURS_FEWER: SITE, PEER: "benchmarks.peers.channel_layer.asgi:application"}


def measure(setting: Setting) -> Findings:
    sockets = SOCKETS_QUICK if setting.quick else SOCKETS
    allow_open_files(sockets + OTHER_FILES)
    inventories = (f"map-{number}" for number in itertools.count())
    with running_store(setting) as store:
        sides = {
            name: lambda _, name=name, count=count: _one_run(setting, store, name, next(inventories), count)
            for name, count in {OURS: sockets, OURS_FEWER: sockets // FEWER, PEER: sockets}.items()
            if setting.peers or name != PEER
        }
        runs = in_turn(sides, setting.runs)
    rows = [_row(sockets, runs[OURS], runs.get(PEER, [])), _row(sockets // FEWER, runs[OURS_FEWER], [])]
    return Findings(rows, runs)


def _row(sockets: int, ours: Sequence[Run], peers: Sequence[Run]) -> Row:
    our, peer = medians(ours), medians(peers)
    core, peers_core = median_cpu(ours)["web"], median_cpu(peers).get("web", 0)
    return Row(
        promise=f"live: {sockets:,} sockets on one map, {CHANGES_PER_S} seat changes/s",
        target=f"p99 from commit to socket at most {MOST_P99_MS} ms, below {MOST_CORE:.0%} of one core",
        ours=f"{our['delivered']:.0%} delivered, p50 {our['p50_ms']:.0f} ms, p99 {our['p99_ms']:.0f} ms, "
        f"{core:.0%} of a core",
        peer=f"{PEER}: {peer['delivered']:.0%} delivered, p99 {peer['p99_ms']:,.0f} ms, {peers_core:.0%} of a core"
        if peer
        else "",
        ratio="",
        reached=our["delivered"] == 1 and our["p99_ms"] <= MOST_P99_MS and core < MOST_CORE,
    )


def _one_run(setting: Setting, store: StoreCluster, name: str, inventory: str, sockets: int) -> Run:
    with ExitStack() as stack:
        pace = {"per_s": CHANGES_PER_S, "seconds": setting.seconds}
        command = customers_command(store, "live_changes", inventory, **pace)
        changes = stack.enter_context(LoadProgram(setting.reaper, command))
        site = stack.enter_context(running_live(setting, store.addresses, application=APPLICATIONS[name]))
        command = [sys.executable, "-m", "benchmarks.load.live_sockets", "--port", str(site.port)]
        command += ["--inventory", inventory, "--sockets", str(sockets)]
        maps = stack.enter_context(LoadProgram(setting.reaper, command))
        pids = pids_of(store, [changes]) | {"web": site.pid, "sockets": maps.pid}
        maps.tell("go")
        shares = CpuShares(pids)
        committed = changes.ask("go")["committed"]
        used = shares.shares()
        figures = maps.ask(json.dumps(committed))
        return Run({figure: round(value, 4) for figure, value in figures.items()}, used)


BENCHMARK = Benchmark(
    "live_sockets", "1,000 and 2,000 open seat maps; against Channels' in-memory layer", measure, seconds=10.0
)
