"""The site as it runs in production, for a measurement: gunicorn's workers on PostgreSQL, with customers and seats."""

import base64
import json
import os
import signal
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.postgres import Server
from tests.running.ports import free_port
from tests.running.store_cluster import ROOT
from tests.running.waiting import wait_for

from .benchmark import BenchmarkFailed, Setting

START_LIMIT_S = 60
# How much of a site's log is shown when it did not do its work: a few tracebacks.
LOG_END_LINES = 120
HALL_ROWS, ROW_SEATS = 40, 25
SEATS_PER_PERFORMANCE = HALL_ROWS * ROW_SEATS

_PREPARE = """
import json
from datetime import timedelta
from django.db import transaction
from django.utils import timezone
from accounts.models import User
from accounts.tokens import issue_tokens
from booking.models import Hall, HallRow, Performance, PerformancePrice, PriceZone, Show, Venue
from django.utils.module_loading import import_string
from booking.seatplan import seat_names

put_on_sale = import_string("%(put_on_sale)s")
with transaction.atomic():
    users = User.objects.bulk_create(User(email=f"c{n}@example.com", password="!") for n in range(%(customers)d))
    tokens = [issue_tokens(user=user).access for user in users]
hall = Hall.objects.create(venue=Venue.objects.create(name="Arena", city="Pune"), name="Hall")
zone = PriceZone.objects.create(hall=hall, code="ALL", name="All", rank=0)
HallRow.objects.bulk_create(
    HallRow(hall=hall, position=n, label=f"R{n}", places="1-%(row_seats)d", zone=zone) for n in range(%(rows)d)
)
show = Show.objects.create(title="Show", slug="show")
seats = {}
for n in range(%(performances)d):
    starts_at = timezone.now() + timedelta(days=3, hours=n)
    performance = Performance.objects.create(show=show, hall=hall, starts_at=starts_at)
    PerformancePrice.objects.create(performance=performance, zone=zone, amount=500)
    inventory = put_on_sale(performance=performance)
    assert inventory.state == inventory.State.OPEN, inventory.last_error
    seats[inventory.pk] = seat_names(inventory.plan.layout)
print(json.dumps([tokens, seats]))
"""

_SOLD_ONCE = """
from django.db.models import Count
from booking.models import OrderSeat
sold = OrderSeat.objects.filter(part__inventory="%s", order__status="CONFIRMED")
print(sold.order_by().values("name").annotate(orders=Count("order")).filter(orders=1).count())
"""


@dataclass(frozen=True, slots=True)
class WebSite:
    """
    Args:
        tokens: one for each customer.
        seats: by inventory, the names of its seats, all of them free.
        environment: of its processes.
    """

    port: int
    pid: int
    directory: Path
    tokens: Sequence[str]
    seats: Mapping[str, Sequence[str]]
    environment: Mapping[str, str]

    def written(self, name: str, value: Any) -> Path:
        """A file with this as JSON, for a load generator to read."""
        path = self.directory / name
        path.write_text(json.dumps(value))
        return path

    def sold_once(self, inventory: str) -> int:
        """How many of its seats are in exactly one confirmed order."""
        return int(_manage(self.environment, "shell", stdin=_SOLD_ONCE % inventory).splitlines()[-1])


@contextmanager
def running_site(
    setting: Setting,
    database: Server,
    store_addresses: Sequence[str],
    *,
    settings_module: str,
    customers: int,
    performances: int,
    database_name: str = "postgres",
    put_on_sale: str = "booking.selling.publishing.publish_performance",
) -> Iterator[WebSite]:
    """The site with so many customers, and performances of SEATS_PER_PERFORMANCE seats each on sale.

    Args:
        put_on_sale: the dotted name of what puts a `performance` on sale and returns its inventory.
    """
    with tempfile.TemporaryDirectory(dir=setting.directory) as name:
        directory = Path(name)
        environment = {
            **os.environ,
            # Where it is, libpq reads from its own variables.
            **{name: value for name, value in database.environment.items() if name.startswith("PG")},
            "DATABASE_URL": f"postgres:///{database_name}",
            "DJANGO_SETTINGS_MODULE": settings_module,
            "TICKETSITE_ENV": "production",
            "TICKETSITE_VAR": str(directory),
            "SECRET_KEY": os.urandom(32).hex(),
            "TICKET_SIGNING_KEY": base64.b64encode(os.urandom(32)).decode(),
            "ALLOWED_HOSTS": "127.0.0.1",
            # Nobody speaks TLS here: the proxy is not part of what is measured.
            "SECURE_SSL_REDIRECT": "0",
            "ACCESS_TOKEN_S": "86400",
            # All of them come from here, and one of them may be a thousand.
            "CUSTOMER_RATE": "",
            "KEY_RATE": "",
            "ADDRESS_RATE": "",
            "SEAT_STORE_ADDRESSES": ",".join(store_addresses),
        }
        _manage(environment, "migrate", "--no-input", "--verbosity", "0")
        plan = {"customers": customers, "performances": performances, "rows": HALL_ROWS, "row_seats": ROW_SEATS}
        prepare = _PREPARE % {**plan, "put_on_sale": put_on_sale}
        tokens, seats = json.loads(_manage(environment, "shell", stdin=prepare).splitlines()[-1])
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
        command += ["--bind", f"127.0.0.1:{port}", "ticketsite.wsgi:application"]
        with (directory / "log").open("wb") as log:
            child = setting.reaper.start(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            wait_for(lambda: _lives(port), "gunicorn to answer", START_LIMIT_S)
            yield WebSite(port, child.pid, directory, tokens, seats, environment)
        except (BenchmarkFailed, AssertionError) as failed:
            failed.add_note(f"--- {settings_module}\n{_log_end(directory / 'log')}")
            raise
        finally:
            setting.reaper.stop(child, signal.SIGTERM)


def _manage(environment: Mapping[str, str], *arguments: str, stdin: str | None = None) -> str:
    command = [sys.executable, "manage.py", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BenchmarkFailed(f"manage.py {arguments[0]}: {done.stderr.strip()}")
    return done.stdout


def _log_end(log: Path) -> str:
    """Without the many refusals that a rush is made of."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if "Conflict: " not in line]
    return "\n".join(lines[-LOG_END_LINES:])


def _lives(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
