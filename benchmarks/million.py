"""With 1,000,000 seats on sale and after 1,000,000 commands: is the store as fast, how large is it, how soon back?

The million seats are those of 200 trains. Of the commands half are holds; of these most are released, one in ten is
confirmed. Throughput is compared, in turn, with that of a cluster that has just begun.
"""

import sys
from collections.abc import Mapping, Sequence

from tests.running.store_cluster import StoreCluster

from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians, times
from .measuring.cpu import resident_mb
from .measuring.load_program import LoadProgram
from .measuring.nodes import restart_s, stalls
from .measuring.store import customers_command, reservations, running_store

SEATS = COMMANDS = 1_000_000
QUICK_SEATS, QUICK_COMMANDS = 10_000, 1_000
CUSTOMERS = 64
FILLING_LIMIT_S = 600.0
LEAST_OF_FRESH, MEMORY_LIMIT_MB, RESTART_LIMIT_S, STALL_LIMIT_MS = 0.9, 300, 5.0, 50
FULL, FRESH = "with a million", "fresh cluster"


def measure(setting: Setting) -> Findings:
    with running_store(setting) as cluster:
        memory = fill(setting, cluster)
        restarts = [Run({"applied_s": restart_s(cluster)}) for _ in range(setting.runs)]

        # The fresh cluster is measured beside this one, which is idle then; so this one is measured beside an idle one.
        def full(number: int) -> Run:
            with running_store(setting):
                return reservations(setting, cluster, f"run-{number}", customers=CUSTOMERS)

        def fresh(number: int) -> Run:
            with running_store(setting) as other:
                return reservations(setting, other, f"run-{number}", customers=CUSTOMERS)

        sides = {FULL: full, FRESH: fresh} if setting.peers else {FULL: full}
        runs: dict[str, Sequence[Run]] = {**in_turn(sides, setting.runs)}
        runs["memory"] = [memory]
        runs["checkpoints and snapshots"] = [stalls(setting, cluster)]
        runs["restart"] = restarts
    return Findings(rows(runs), runs)


def fill(setting: Setting, cluster: StoreCluster) -> Run:
    """Put the seats on sale and carry the commands out. Returns how large the largest node was after each."""
    seats, commands = (QUICK_SEATS, QUICK_COMMANDS) if setting.quick else (SEATS, COMMANDS)
    command = customers_command(cluster, "busy_day", "day", seats=seats, commands=commands)
    with LoadProgram(setting.reaper, command) as customers:
        customers.ask("seats")
        cluster.wait_until_caught_up()
        seats_mb = largest_mb(cluster)
        print(f"{seats:,} seats are on sale; {commands:,} commands follow", file=sys.stderr, flush=True)
        lasted_s = customers.ask("commands", limit_s=FILLING_LIMIT_S)["elapsed_s"]
        cluster.wait_until_caught_up()
    return Run({"seats_mb": seats_mb, "commands_mb": largest_mb(cluster), "commands_s": round(lasted_s, 1)})


def largest_mb(cluster: StoreCluster) -> float:
    return round(max(resident_mb(cluster.pid(node)) for node in cluster.nodes))


def rows(runs: Mapping[str, Sequence[Run]]) -> list[Row]:
    found = {side: medians(made) for side, made in runs.items()}
    memory, stall = found["memory"], found["checkpoints and snapshots"]
    fresh = found.get(FRESH)
    ratio = times(found[FULL]["per_s"], fresh["per_s"]) if fresh else None
    slowest_s = max(run.figures["applied_s"] for run in runs["restart"])
    return [
        Row(
            promise="throughput after 1,000,000 commands and with 1,000,000 seats open",
            target=f"at least {LEAST_OF_FRESH:.0%} of the fresh cluster's",
            ours=f"{found[FULL]['per_s']:,.0f}/s",
            peer=f"fresh: {fresh['per_s']:,.0f}/s" if fresh else "",
            ratio=f"{ratio:.2f} x" if ratio else "",
            reached=ratio >= LEAST_OF_FRESH if ratio else None,
        ),
        Row(
            promise="memory of a node with 1,000,000 seats",
            target=f"at most {MEMORY_LIMIT_MB} MB",
            ours=f"{memory['seats_mb']:.0f} MB; after 1,000,000 commands {memory['commands_mb']:.0f} MB",
            peer="",
            ratio="",
            reached=max(memory["seats_mb"], memory["commands_mb"]) <= MEMORY_LIMIT_MB,
        ),
        Row(
            promise="restart of a node with 1,000,000 seats, after kill -9",
            target=f"at most {RESTART_LIMIT_S:g} s to applied",
            ours=f"median {found['restart']['applied_s']:.1f} s, slowest {slowest_s:.1f} s",
            peer="",
            ratio="",
            reached=slowest_s <= RESTART_LIMIT_S,
        ),
        Row(
            promise="longest stall of the loop during checkpoint and snapshot",
            target=f"at most {STALL_LIMIT_MS} ms",
            ours=f"longest answer {stall['longest_ms']:.0f} ms, while none was asked for "
            f"{stall['longest_otherwise_ms']:.0f} ms",
            peer="",
            ratio="",
            reached=stall["longest_ms"] <= STALL_LIMIT_MS,
        ),
    ]


BENCHMARK = Benchmark(
    "million",
    "speed, memory, restart and stalls with 1,000,000 seats and commands; against a fresh cluster",
    measure,
    seconds=3.0,
)
