"""How long are 2,000 open seat maps without their server when it is restarted? While seats change, 50 a second.

They come back as browsers do, each when chance says, and resume from what they know. One is back when it has its map
again; the run ends when each knows the seat that changed last, so that nobody has come back with a gap. All times
count from when the old process is told to end, so they have its end and the new one's start in them.
"""

import itertools
import sys
import time
from contextlib import ExitStack

from tests.running.ports import free_port
from tests.running.store_cluster import StoreCluster

from .live_sockets import APPLICATIONS, CHANGES_PER_S, OTHER_FILES, OURS, SOCKETS, SOCKETS_QUICK
from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians
from .measuring.live_site import allow_open_files, running_live
from .measuring.load_program import LoadProgram
from .measuring.store import customers_command, running_store

LIMIT_S = 10


def measure(setting: Setting) -> Findings:
    sockets = SOCKETS_QUICK if setting.quick else SOCKETS
    allow_open_files(sockets + OTHER_FILES)
    inventories = (f"map-{number}" for number in itertools.count())
    with running_store(setting) as store:
        runs = in_turn({OURS: lambda _: _one_run(setting, store, next(inventories), sockets)}, setting.runs)
    ours, slowest_s = medians(runs[OURS]), max(run.figures["settled_s"] for run in runs[OURS])
    row = Row(
        promise=f"live: {sockets:,} sockets come back after a restart of the web process",
        target=f"all with their map again within {LIMIT_S} s of its end, every time",
        ours=f"all after {ours['settled_s']:.1f} s, the slowest time {slowest_s:.1f} s; half after "
        f"{ours['p50_s']:.1f} s; the old process ended after {ours['down_s']:.1f} s, the new one listened "
        f"after {ours['up_s']:.1f} s",
        peer="",
        ratio="",
        reached=slowest_s <= LIMIT_S,
    )
    return Findings([row], runs)


def _one_run(setting: Setting, store: StoreCluster, inventory: str, sockets: int) -> Run:
    port = free_port()
    with ExitStack() as stack:
        pace = {"per_s": CHANGES_PER_S, "seconds": setting.seconds}
        changes = stack.enter_context(
            LoadProgram(setting.reaper, customers_command(store, "live_changes", inventory, **pace))
        )
        with running_live(setting, store.addresses, application=APPLICATIONS[OURS], port=port):
            command = [sys.executable, "-m", "benchmarks.load.returning_sockets", "--port", str(port)]
            command += ["--inventory", inventory, "--sockets", str(sockets)]
            maps = stack.enter_context(LoadProgram(setting.reaper, command))
            # So that what comes back is a map with something on it.
            changes.ask("go")
            maps.ask("go")
            changes.tell("go")
            ended_at = time.monotonic()
        down_at = time.monotonic()
        stack.enter_context(running_live(setting, store.addresses, application=APPLICATIONS[OURS], port=port))
        up_at = time.monotonic()
        committed = changes.answer()["committed"]
        figures = maps.ask(max(committed, key=lambda seat: float(committed[seat])))
        settled_s = figures.pop("last_at") - ended_at
        steps = {"down_s": down_at - ended_at, "up_s": up_at - ended_at, "settled_s": settled_s}
        return Run({name: round(seconds, 3) for name, seconds in steps.items()} | figures)


BENCHMARK = Benchmark(
    "reconnect_storm", "2,000 open seat maps come back after their server was restarted", measure, seconds=12.0
)
