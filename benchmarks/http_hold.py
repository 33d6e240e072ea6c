"""How much dearer is holding a seat by REST than doing nothing at all? Under gunicorn, both on the same server.

The peer is a view of Django REST framework that looks at no token, reads nothing and writes nothing.
"""

import sys
from collections.abc import Sequence

from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians, times
from .measuring.cpu import CpuShares
from .measuring.load_program import LoadProgram
from .measuring.store import pids_of, running_store
from .measuring.web_site import WebSite, running_site
from .peers.postgres import check_installed, running_postgres

CONNECTIONS = 32
CUSTOMERS, QUICK_CUSTOMERS = 2_000, 100
# A run takes no more than this many, and gets them anew.
PERFORMANCES_PER_RUN = 10
LEAST_SHARE = 0.6
EMPTY, KNOWN, HOLDS = "empty view", "empty view, token looked up", "ours"


def measure(setting: Setting) -> Findings:
    check_installed()
    performances = setting.runs * PERFORMANCES_PER_RUN
    with (
        running_postgres(setting) as database,
        running_store(setting) as store,
        running_site(
            setting,
            database,
            store.addresses,
            settings_module="benchmarks.peers.django_empty.settings",
            customers=QUICK_CUSTOMERS if setting.quick else CUSTOMERS,
            performances=performances,
        ) as site,
    ):

        def load(path: str, *more: str) -> Run:
            command = [sys.executable, "-m", "benchmarks.load.http_holds", "--port", str(site.port), "--path", path]
            command += ["--tokens", str(site.written("tokens", site.tokens)), "--connections", str(CONNECTIONS)]
            command += ["--seconds", str(setting.seconds), *more]
            with LoadProgram(setting.reaper, command) as client:
                shares = CpuShares({"gunicorn": site.pid, "postgres": database.pid, **pids_of(store, [client])})
                answer = client.ask("go")
                figures = {"per_s": round(answer["per_s"]), **_rounded(answer, ("p50_ms", "p99_ms"))}
                return Run(figures, shares.shares())

        runs = in_turn(
            {
                HOLDS: lambda number: load(
                    "/api/v1/holds/", "--seats", str(site.written("seats", _seats_of_run(site, number)))
                ),
                EMPTY: lambda _: load("/api/v1/empty/"),
                KNOWN: lambda _: load("/api/v1/empty/known/"),
            },
            setting.runs,
        )
    our, peer, known = (medians(runs[name]) for name in (HOLDS, EMPTY, KNOWN))
    share = times(our["per_s"], peer["per_s"])
    row = Row(
        promise="HTTP: hold endpoint under the WSGI profile",
        target="at least 60 % of an empty DRF view's rate on the same server, in the same run",
        ours=f"{our['per_s']:,.0f}/s, p99 {our['p99_ms']:.0f} ms",
        peer=f"empty view: {peer['per_s']:,.0f}/s; empty view that looks up a token: {known['per_s']:,.0f}/s",
        ratio=f"{share:.2f} x; {times(our['per_s'], known['per_s']):.2f} x",
        reached=share >= LEAST_SHARE,
    )
    return Findings([row], runs)


def _seats_of_run(site: WebSite, number: int) -> list[tuple[str, str]]:
    first = number * PERFORMANCES_PER_RUN
    inventories = list(site.seats)[first : first + PERFORMANCES_PER_RUN]
    return [(inventory, seat) for inventory in inventories for seat in site.seats[inventory]]


def _rounded(answer: dict[str, float], names: Sequence[str]) -> dict[str, float]:
    return {name: round(answer[name], 2) for name in names}


BENCHMARK = Benchmark("http_hold", "holding seats by REST under gunicorn; against a view that does nothing", measure)
