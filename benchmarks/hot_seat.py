"""1,000 customers want one seat at once: how long until all are answered, one of them with the seat?

Against PostgreSQL, whose customers take the row where it is free, by psycopg: Python on both sides.
"""

from .measuring.benchmark import Benchmark, BenchmarkFailed, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians, percentile, times
from .measuring.cpu import CpuShares
from .measuring.load_program import LoadProgram
from .measuring.store import customers_command, pids_of, running_store
from .peers import postgres

CUSTOMERS = 1_000
# In one run, one after another; the run's figure is their median.
SEATS = 20
MOST_TIMES_POSTGRES = 1 / 3


def measure(setting: Setting) -> Findings:
    seats = 1 if setting.quick else SEATS

    def ours(number: int) -> Run:
        with running_store(setting) as cluster:
            command = customers_command(cluster, "crowd", f"run-{number}", customers=CUSTOMERS, seats=seats)
            with LoadProgram(setting.reaper, command) as client:
                shares = CpuShares(pids_of(cluster, [client]))
                answer = client.ask("go")
                if set(answer["winners"]) != {1}:
                    raise BenchmarkFailed(f"a seat was given to {answer['winners']} customers")
                return Run({"crowd_ms": round(percentile(answer["times_ms"], 50), 1)}, shares.shares())

    sides = {"ours": ours}
    if setting.peers:
        sides["PostgreSQL"] = postgres.crowd_side(setting, customers=CUSTOMERS, seats=seats)
    runs = in_turn(sides, setting.runs)
    our, peer = medians(runs["ours"]), medians(runs.get("PostgreSQL", []))
    ratio = times(our["crowd_ms"], peer["crowd_ms"]) if peer else None
    row = Row(
        promise="1,000 customers on one seat, all answered, exactly one wins",
        target="at most a third of PostgreSQL's time for the same",
        ours=f"{our['crowd_ms']:.0f} ms",
        peer=f"PostgreSQL: {peer['crowd_ms']:.0f} ms" if peer else "",
        ratio=f"{ratio:.2f} x" if ratio else "",
        reached=ratio <= MOST_TIMES_POSTGRES if ratio else None,
    )
    return Findings([row], runs)


BENCHMARK = Benchmark("hot_seat", "1,000 customers on one seat until all are answered; against PostgreSQL", measure)
