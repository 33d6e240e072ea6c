"""Two store clusters instead of one: how many reservations a second, and what does each cost in processor time?

Clusters share nothing, so with processors of their own two sell twice as much. On one machine they share its
processors, which one cluster keeps busy already, and the rate says little. What can be told here is whether a
reservation costs more because there is another cluster: if it does not, the rate grows with the machines.
"""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.comparing import Side, in_turn, medians, times
from .measuring.cpu import EVERYTHING_ELSE
from .measuring.load_program import all_ready
from .measuring.reservations import measure_run
from .measuring.store import customers_command, pids_of, running_store

CUSTOMERS = 64
MOST_TIMES_THE_COST = 1.1
US_PER_S = 1_000_000
ONE, TWO = "one cluster", "two clusters"


def measure(setting: Setting) -> Findings:
    runs = in_turn({TWO: side(setting, 2), ONE: side(setting, 1)}, setting.runs)
    two, one = medians(runs[TWO]), medians(runs[ONE])
    cost = times(two["cpu_us"], one["cpu_us"])
    row = Row(
        promise="two clusters on one machine: processor time of a reservation",
        target=f"at most {MOST_TIMES_THE_COST} x one cluster's",
        ours=f"{two['cpu_us']:.0f} us at {two['per_s']:,.0f}/s, p99 {two['p99_ms']:.1f} ms",
        peer=f"one cluster: {one['cpu_us']:.0f} us at {one['per_s']:,.0f}/s, p99 {one['p99_ms']:.1f} ms",
        ratio=f"{cost:.2f} x",
        reached=cost <= MOST_TIMES_THE_COST,
    )
    return Findings([row], runs)


def side(setting: Setting, clusters: int) -> Side:
    """As many clusters, each with its own program of 64 customers; all begin together."""

    def run(number: int) -> Run:
        with ExitStack() as stack:
            stores = [stack.enter_context(running_store(setting)) for _ in range(clusters)]
            commands = [
                customers_command(
                    store, "waiting_customers", f"run-{number}", customers=CUSTOMERS, seconds=setting.seconds
                )
                for store in stores
            ]
            clients = all_ready(stack, setting.reaper, commands)
            pids = [pids_of(store, [client]) for store, client in zip(stores, clients, strict=True)]
            return with_cost(measure_run(clients, by_cluster(pids)))

    return run


def by_cluster(pids: Sequence[Mapping[str, int]]) -> dict[str, int]:
    if len(pids) == 1:
        return dict(pids[0])
    return {f"{name} of {number}": pid for number, of in enumerate(pids, 1) for name, pid in of.items()}


def with_cost(run: Run) -> Run:
    """With the processor time of each reservation, on all nodes and in its customer's program together."""
    used = sum(share for name, share in run.cpu.items() if name != EVERYTHING_ELSE)
    return Run({**run.figures, "cpu_us": round(used * US_PER_S / run.figures["per_s"], 1)}, run.cpu)


BENCHMARK = Benchmark(
    "clusters", "two store clusters instead of one: rate, and processor time each", measure, seconds=4.0
)
