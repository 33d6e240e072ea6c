"""256 customers in flight from two programs: how many a second? Against etcd, etcd batched by hand, and PostgreSQL.

Batched by hand is what a program could do that has many customers of its own: 64 reservations in one transaction, four
of them under way. PostgreSQL here replicates to nobody: one disk instead of two of three.
"""

from collections.abc import Mapping

from .measuring.benchmark import Benchmark, Figures, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians, times
from .measuring.store import reservations, running_store
from .peers import etcd, postgres

CUSTOMERS, PROGRAMS = 256, 2
# PostgreSQL's best on two cores.
CONNECTIONS = 64
BATCH, BATCHES_UNDER_WAY = 64, 4
LEAST_PER_S, P99_LIMIT_MS = 25_000, 20.0
LEAST_TIMES = {"etcd": 7.0, "etcd batched by hand": 1.1, "PostgreSQL": 1.0}


def measure(setting: Setting) -> Findings:
    def ours(number: int) -> Run:
        with running_store(setting) as cluster:
            return reservations(setting, cluster, f"run-{number}", customers=CUSTOMERS, programs=PROGRAMS)

    sides = {"ours": ours}
    if setting.peers:
        sides["etcd"] = etcd.side(setting, customers=CUSTOMERS)
        sides["etcd batched by hand"] = etcd.side(setting, customers=BATCHES_UNDER_WAY, batch=BATCH)
        sides["PostgreSQL"] = postgres.side(setting, clients=CONNECTIONS)
        sides["PostgreSQL batched by hand"] = postgres.side(setting, clients=BATCHES_UNDER_WAY, batch=BATCH)
    runs = in_turn(sides, setting.runs)
    found = {side: medians(made) for side, made in runs.items()}
    return Findings(rows(found), runs)


def rows(found: Mapping[str, Figures]) -> list[Row]:
    our = found["ours"]
    made = [
        Row(
            promise="256 customers in flight from 2 processes",
            target=f"at least {LEAST_PER_S:,}/s, p99 at most {P99_LIMIT_MS:g} ms",
            ours=f"{our['per_s']:,.0f}/s, p99 {our['p99_ms']:.1f} ms",
            peer="",
            ratio="",
            reached=our["per_s"] >= LEAST_PER_S and our["p99_ms"] <= P99_LIMIT_MS,
        )
    ]
    for side, least in LEAST_TIMES.items():
        peer = found.get(side)
        ratio = times(our["per_s"], peer["per_s"]) if peer else None
        made.append(
            Row(
                promise=f"... against {side}",
                target=f"at least {least:g} x",
                ours=f"{our['per_s']:,.0f}/s",
                peer=f"{peer['per_s']:,.0f}/s, p99 {peer['p99_ms']:.1f} ms" if peer else "",
                ratio=f"{ratio:.2f} x" if ratio else "",
                reached=ratio >= least if ratio else None,
            )
        )
    return made


BENCHMARK = Benchmark(
    "reservations_256",
    "256 customers in flight from 2 programs; against etcd, etcd batched by hand, PostgreSQL on one node",
    measure,
    seconds=3.0,
)
