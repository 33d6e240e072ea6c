"""5,000 customers a second who arrive at random: how long does the slowest hundredth wait?

Nobody waits for those before, so a store that is slower than that falls behind ever further. Times count from when a
customer should have arrived. etcd under the same arrivals stands beside it, though no ratio is promised.
"""

from contextlib import ExitStack

from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians
from .measuring.load_program import LoadProgram
from .measuring.reservations import measure_run
from .measuring.store import customers_command, pids_of, running_store
from .peers import etcd

PER_S = 5_000
P99_LIMIT_MS = 12.0
# More than can arrive.
SEATS_PER_S = 2 * PER_S


def measure(setting: Setting) -> Findings:
    def ours(number: int) -> Run:
        with running_store(setting) as cluster, ExitStack() as stack:
            command = customers_command(
                cluster,
                "arriving_customers",
                f"run-{number}",
                per_second=PER_S,
                seconds=setting.seconds,
                seats=int(SEATS_PER_S * setting.seconds),
            )
            client = stack.enter_context(LoadProgram(setting.reaper, command))
            return measure_run([client], pids_of(cluster, [client]))

    sides = {"ours": ours}
    if setting.peers:
        sides["etcd"] = etcd.side(setting, per_second=PER_S)
    runs = in_turn(sides, setting.runs)
    our, peer = medians(runs["ours"]), medians(runs.get("etcd", []))
    row = Row(
        promise="random (Poisson) arrivals at 5,000/s",
        target=f"p99 at most {P99_LIMIT_MS:g} ms",
        ours=f"p99 {our['p99_ms']:.1f} ms",
        peer=f"etcd: p99 {peer['p99_ms']:,.0f} ms" if peer else "",
        ratio="",
        reached=our["p99_ms"] <= P99_LIMIT_MS and not any(run.figures["failed"] for run in runs["ours"]),
    )
    return Findings([row], runs)


BENCHMARK = Benchmark("poisson", "random arrivals at 5,000/s, p99; beside etcd", measure)
