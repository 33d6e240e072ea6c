"""One seat per request, 64 customers in flight: how many a second, and how long do they wait? Against etcd.

Both decide each seat by itself and have it on a majority's disks before they answer. etcd is asked for one reservation
per transaction, by its own Go client; ours gathers what waits into one frame, on the customers' behalf.
"""

from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians, times
from .measuring.store import reservations, running_store
from .peers import etcd

CUSTOMERS = 64
LEAST_PER_S, LEAST_TIMES_ETCD, P99_LIMIT_MS = 15_000, 4.5, 10.0


def measure(setting: Setting) -> Findings:
    def ours(number: int) -> Run:
        with running_store(setting) as cluster:
            return reservations(setting, cluster, f"run-{number}", customers=CUSTOMERS)

    sides = {"ours": ours}
    if setting.peers:
        sides["etcd"] = etcd.side(setting, customers=CUSTOMERS)
    runs = in_turn(sides, setting.runs)
    our, peer = medians(runs["ours"]), medians(runs.get("etcd", []))
    ratio = times(our["per_s"], peer["per_s"]) if peer else None
    row = Row(
        promise="one seat per request, 64 customers in flight",
        target=f"at least {LEAST_PER_S:,}/s and {LEAST_TIMES_ETCD} x etcd, p99 at most {P99_LIMIT_MS:g} ms",
        ours=f"{our['per_s']:,.0f}/s, p99 {our['p99_ms']:.1f} ms",
        peer=f"etcd: {peer['per_s']:,.0f}/s, p99 {peer['p99_ms']:.1f} ms" if peer else "",
        ratio=f"{ratio:.1f} x" if ratio else "",
        reached=ratio and our["per_s"] >= LEAST_PER_S and ratio >= LEAST_TIMES_ETCD and our["p99_ms"] <= P99_LIMIT_MS,
    )
    return Findings([row], runs)


BENCHMARK = Benchmark("reservations", "64 customers in flight, one seat each; against etcd", measure)
