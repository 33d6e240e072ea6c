"""How many programs can read one map's availability? From the memory of one web process.

The peer is the same site in the same kind of process without the memory: its view asks the database and the store.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.running.store_cluster import ROOT, StoreCluster

from .measuring.benchmark import Benchmark, BenchmarkFailed, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians, times
from .measuring.cpu import CpuShares
from .measuring.live_site import environment_of, running_live
from .measuring.load_program import LoadProgram
from .measuring.store import pids_of, running_store

CONNECTIONS = 32
LEAST_PER_S = 3_000
OURS, UNCHANGED, PEER = "ours", "ours, 304", "the view"
APPLICATIONS = {
    OURS: "ticketsite.asgi:application",
    UNCHANGED: "ticketsite.asgi:application",
    PEER: "benchmarks.peers.availability_view:application",
}
# A hall of 1,000 seats of which every third is held.
_PREPARE = """
import json
from datetime import timedelta
from django.utils import timezone
from booking import seatstore
from booking.models import Hall, HallRow, Performance, PerformancePrice, PriceZone, Show, Venue
from booking.selling.publishing import publish_performance
from booking.seatplan import seat_names

hall = Hall.objects.create(venue=Venue.objects.create(name="Arena", city="Pune"), name="Hall")
zone = PriceZone.objects.create(hall=hall, code="ALL", name="All", rank=0)
HallRow.objects.bulk_create(HallRow(hall=hall, position=n, label=f"R{n}", places="1-25", zone=zone) for n in range(40))
show = Show.objects.create(title="Show", slug="show")
performance = Performance.objects.create(show=show, hall=hall, starts_at=timezone.now() + timedelta(days=3))
PerformancePrice.objects.create(performance=performance, zone=zone, amount=500)
inventory = publish_performance(performance=performance)
assert inventory.state == inventory.State.OPEN, inventory.last_error
for n, seat in enumerate(seat_names(inventory.plan.layout)[::3]):
    held = {"hold_id": f"held-{n}", "seats": [seat], "first_leg": 0, "end_leg": 1}
    seatstore.hold_seats(inventory=inventory.pk, ttl_s=3600, request_id=f"h{n}", **held)
print(inventory.pk)
"""


def measure(setting: Setting) -> Findings:
    with running_store(setting) as store, _published(setting, store) as (inventory, environment):

        def side(name: str) -> Run:
            with running_live(
                setting, store.addresses, application=APPLICATIONS[name], environment=environment
            ) as site:
                command = [sys.executable, "-m", "benchmarks.load.availability_readers", "--port", str(site.port)]
                command += ["--path", f"/api/v1/seat-maps/{inventory}/availability/", "--seconds", str(setting.seconds)]
                with LoadProgram(setting.reaper, [*command, "--connections", str(CONNECTIONS)]) as readers:
                    # What is asked for a second time is remembered.
                    readers.ask("go")
                    shares = CpuShares(pids_of(store, [readers]) | {"web": site.pid})
                    answer = readers.ask("unchanged" if name == UNCHANGED else "go")
                    return Run({figure: round(value, 2) for figure, value in answer.items()}, shares.shares())

        names = [OURS, UNCHANGED, PEER] if setting.peers else [OURS, UNCHANGED]
        runs = in_turn({name: lambda _, name=name: side(name) for name in names}, setting.runs)
    our, unchanged, peer = (medians(runs.get(name, [])) for name in (OURS, UNCHANGED, PEER))
    row = Row(
        promise="reading availability of 1,000 seats by REST, one process",
        target=f"at least {LEAST_PER_S:,}/s",
        ours=f"{our['per_s']:,.0f}/s, p99 {our['p99_ms']:.0f} ms; 304: {unchanged['per_s']:,.0f}/s",
        peer=f"its view: {peer['per_s']:,.0f}/s, p99 {peer['p99_ms']:,.0f} ms" if peer else "",
        ratio=f"{times(our['per_s'], peer['per_s']):.0f} x" if peer else "",
        reached=our["per_s"] >= LEAST_PER_S,
    )
    return Findings([row], runs)


@contextmanager
def _published(setting: Setting, store: StoreCluster) -> Iterator[tuple[str, dict[str, str]]]:
    """An inventory on sale, and the environment of sites that sell it."""
    with tempfile.TemporaryDirectory(dir=setting.directory) as directory:
        environment = environment_of(Path(directory), store.addresses)
        _manage(environment, "migrate", "--no-input", "--verbosity", "0")
        yield _manage(environment, "shell", "--verbosity", "0", stdin=_PREPARE).split()[-1], environment


def _manage(environment: dict[str, str], *arguments: str, stdin: str | None = None) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkFailed(f"manage.py {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


BENCHMARK = Benchmark(
    "live_availability", "reading a map's availability by REST; against the view without the memory", measure
)
