"""One customer at a time: how long does a reservation take? Against etcd, which is better at this.

Nothing can be gathered here, so what counts is one request's way: client, leader, its disk and a follower's, back.
"""

from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians, times
from .measuring.store import reservations, running_store
from .peers import etcd

MOST_TIMES_ETCD = 1.7


def measure(setting: Setting) -> Findings:
    def ours(number: int) -> Run:
        with running_store(setting) as cluster:
            return reservations(setting, cluster, f"run-{number}", customers=1)

    sides = {"ours": ours}
    if setting.peers:
        sides["etcd"] = etcd.side(setting, customers=1)
    runs = in_turn(sides, setting.runs)
    our, peer = medians(runs["ours"]), medians(runs.get("etcd", []))
    ratio = times(our["p50_ms"], peer["p50_ms"]) if peer else None
    row = Row(
        promise="one customer at a time, p50",
        target=f"at most {MOST_TIMES_ETCD} x etcd's",
        ours=f"{our['p50_ms']:.2f} ms",
        peer=f"etcd: {peer['p50_ms']:.2f} ms" if peer else "",
        ratio=f"{ratio:.2f} x" if ratio else "",
        reached=ratio <= MOST_TIMES_ETCD if ratio else None,
    )
    return Findings([row], runs)


BENCHMARK = Benchmark("one_customer", "one customer at a time, p50; against etcd", measure, seconds=3.0)
