"""2,000 customers want 1,000 seats, by REST, paying included. Against the same shop on PostgreSQL's row locks."""

import sys
from contextlib import ExitStack

from .measuring.benchmark import Benchmark, BenchmarkFailed, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians, times
from .measuring.cpu import CpuShares
from .measuring.load_program import LoadProgram
from .measuring.store import pids_of, running_store
from .measuring.web_site import SEATS_PER_PERFORMANCE, WebSite, running_site
from .peers.postgres import check_installed, running_postgres

CUSTOMERS = 2_000
SEATS = SEATS_PER_PERFORMANCE
QUICK_CUSTOMERS, QUICK_SEATS = 100, 40
AT_ONCE = 64
# Before each run, of a performance of their own, so that no worker is spoken to for the first time.
WARM_UP_SEATS = 60
OURS, ROW_LOCKS = "ours", "row locks"


def measure(setting: Setting) -> Findings:
    check_installed()
    customers, seats = (QUICK_CUSTOMERS, QUICK_SEATS) if setting.quick else (CUSTOMERS, SEATS)
    with ExitStack() as stack:
        database = stack.enter_context(running_postgres(setting))
        store = stack.enter_context(running_store(setting))

        def site(name: str, settings_module: str, put_on_sale: str) -> WebSite:
            database.sql(f"CREATE DATABASE {name}")
            return stack.enter_context(
                running_site(
                    setting,
                    database,
                    store.addresses,
                    database_name=name,
                    settings_module=settings_module,
                    put_on_sale=put_on_sale,
                    customers=customers,
                    performances=1 + setting.runs,
                )
            )

        def rush(site: WebSite, number: int) -> Run:
            warm_up, *inventories = site.seats
            inventory = inventories[number]
            first = number * WARM_UP_SEATS
            sales = {
                "sale": (inventory, site.seats[inventory][:seats]),
                "warm-up": (warm_up, site.seats[warm_up][first : first + WARM_UP_SEATS]),
            }
            command = [sys.executable, "-m", "benchmarks.load.http_rush", "--port", str(site.port)]
            command += ["--tokens", str(site.written("tokens", site.tokens))]
            for name, sale in sales.items():
                command += [f"--{name}", str(site.written(name, sale))]
            with LoadProgram(setting.reaper, [*command, "--at-once", str(AT_ONCE)]) as client:
                pids = {"gunicorn": site.pid, "postgres": database.pid, **pids_of(store, [client])}
                shares = CpuShares(pids)
                answer = client.ask("go")
                cpu = shares.shares()
            if answer["orders"] != seats or site.sold_once(inventory) != seats:
                raise BenchmarkFailed(f"{answer['orders']} orders, {site.sold_once(inventory)} seats sold once")
            return Run({name: round(value, 1) for name, value in answer.items()}, cpu)

        ours = site("ours", "ticketsite.settings", "booking.selling.publishing.publish_performance")
        sides = {OURS: lambda number: rush(ours, number)}
        if setting.peers:
            module = "benchmarks.peers.django_rowlocks"
            peers = site("rowlocks", f"{module}.settings", f"{module}.seats.put_on_sale")
            sides[ROW_LOCKS] = lambda number: rush(peers, number)
        runs = in_turn(sides, setting.runs)
    our, peer = medians(runs[OURS]), medians(runs.get(ROW_LOCKS, []))
    ratio = times(our["orders_per_s"], peer["orders_per_s"]) if peer else None
    row = Row(
        promise="on-sale rush through REST: 2,000 customers, 1,000 seats, random picks, each seat sold once",
        target="confirmed orders at least as many as on PostgreSQL's row locks, p99 lower",
        ours=f"{our['orders_per_s']:.0f} orders/s, p99 {our['p99_ms']:.0f} ms",
        peer=f"row locks: {peer['orders_per_s']:.0f} orders/s, p99 {peer['p99_ms']:.0f} ms" if peer else "",
        ratio=f"{ratio:.2f} x" if ratio else "",
        reached=ratio >= 1 and our["p99_ms"] < peer["p99_ms"] if ratio else None,
    )
    return Findings([row], runs)


BENCHMARK = Benchmark("http_rush", "2,000 customers, 1,000 seats, by REST; against the same shop on row locks", measure)
