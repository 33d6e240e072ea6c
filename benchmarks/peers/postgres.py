"""The peer PostgreSQL: one server that replicates to nobody, and customers who take rows where they are free."""

import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measuring.benchmark import BenchmarkFailed, PeerMissing, Run, Setting
from benchmarks.measuring.comparing import Side, percentile
from benchmarks.measuring.cpu import CpuShares
from benchmarks.measuring.load_program import LoadProgram
from tests.running.waiting import wait_for

PACKAGES = "postgresql"
BINARIES = Path("/usr/lib/postgresql/15/bin")
# The server refuses to run as root; Debian's package makes this user.
USER = "postgres"
START_LIMIT_S = 60
# PostgreSQL's own settings but for room: no checkpoint is to fall into a run, and everything fits into memory.
SETTINGS = {"max_connections": "300", "shared_buffers": "512MB", "max_wal_size": "8GB", "checkpoint_timeout": "1h"}
# More rows than are taken in any run.
ROWS = 1_000_000
# Each client takes rows of its own, a batch at a time; all are free.
NEXT_ROWS = """
\\set row :client_id * {rows_per_client} + :taken
\\set taken :taken + {batch}
"""
TAKE_ONE = "UPDATE seats SET customer = 7 WHERE id = :row AND customer IS NULL;\n"
# It returns the rows, for each customer is to be told.
TAKE_SEVERAL = """
UPDATE seats SET customer = 7 FROM generate_series(:row, :row + {batch} - 1) AS wanted (id)
WHERE seats.id = wanted.id AND customer IS NULL RETURNING seats.id;
"""
# Of the transactions' times, this share is written down: writing all costs pgbench more than it is worth.
LOGGED_SHARE = 0.1
US_PER_MS = 1_000


@dataclass(frozen=True, slots=True)
class Server:
    pid: int
    # For libpq.
    environment: dict[str, str]

    def sql(self, text: str) -> str:
        """Carry out statements. Returns what they say, one row a line."""
        done = subprocess.run(
            ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-c", text],
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise BenchmarkFailed(f"psql: {done.stderr.strip()}")
        return done.stdout


@contextmanager
def running_postgres(setting: Setting) -> Iterator[Server]:
    """A new server; nothing is left of it afterwards."""
    # The socket's path may have 107 bytes at most.
    with (
        tempfile.TemporaryDirectory(dir=setting.directory) as directory,
        tempfile.TemporaryDirectory() as sockets,
    ):
        # Not by Popen's own `user`: it would fork this process, and gRPC's threads do not survive that (vfork does not
        # run them).
        as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"] if os.geteuid() == 0 else []
        for path in (directory, sockets):
            Path(path).chmod(0o755)
            if as_user:
                shutil.chown(path, USER, USER)
        data, written = Path(directory) / "data", Path(directory) / "log"
        initdb = [*as_user, str(BINARIES / "initdb"), "-D", str(data), "-U", USER, "-A", "trust"]
        subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd="/")
        # Its socket alone: nobody else can have taken its port.
        command = [*as_user, str(BINARIES / "postgres"), "-D", str(data), "-k", sockets, "-clisten_addresses="]
        command += [f"-c{name}={value}" for name, value in SETTINGS.items()]
        with written.open("wb") as log:
            child = setting.reaper.start(command, stdout=log, stderr=log)
        environment = {**os.environ, "PGHOST": sockets, "PGPORT": "5432", "PGUSER": USER, "PGDATABASE": "postgres"}

        def ready() -> bool:
            if child.poll() is not None:
                raise BenchmarkFailed(f"PostgreSQL did not start: {written.read_text(errors='replace')[-2_000:]}")
            return subprocess.run(["pg_isready", "-q"], env=environment).returncode == 0

        try:
            wait_for(ready, "PostgreSQL", START_LIMIT_S)
            yield Server(child.pid, environment)
        finally:
            setting.reaper.stop(child, signal.SIGINT)


def check_installed() -> None:
    """
    Raises:
        PeerMissing: PostgreSQL 15 is not installed.
    """
    if not ((BINARIES / "postgres").exists() and shutil.which("pgbench")):
        raise PeerMissing(f"the peer PostgreSQL 15 is not installed: apt-get install {PACKAGES}")


def side(setting: Setting, *, clients: int, batch: int = 1) -> Side:
    """As `reservations`. Raises PeerMissing."""
    check_installed()
    return lambda _: reservations(setting, clients, batch)


def crowd_side(setting: Setting, *, customers: int, seats: int) -> Side:
    """As `crowd`. Raises PeerMissing."""
    check_installed()
    return lambda _: crowd(setting, customers=customers, seats=seats)


def reservations(setting: Setting, clients: int, batch: int) -> Run:
    """pgbench on a new server: updates of so many rows where they are free, each update its own durable transaction."""
    with running_postgres(setting) as server, tempfile.TemporaryDirectory() as directory:
        _put_seats_on_sale(server, ROWS)
        script = Path(directory) / "take.sql"
        text = NEXT_ROWS + (TAKE_ONE if batch == 1 else TAKE_SEVERAL)
        script.write_text(text.format(batch=batch, rows_per_client=ROWS // clients))
        seconds = math.ceil(setting.seconds)
        command = ["pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-D", "taken=0"]
        command += ["-T", str(seconds), "-f", str(script)]
        command += ["-l", f"--sampling-rate={LOGGED_SHARE}", "--log-prefix=times"]
        child = subprocess.Popen(
            command, env=server.environment, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        shares = CpuShares({"client": child.pid, "postgres": server.pid})
        # It tells its processor time as long as nobody has taken note of its end.
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
        cpu = shares.shares()
        said, complained = child.communicate()
        per_s = re.search(r"tps = ([\d.]+)", said)
        transactions = re.search(r"actually processed: (\d+)", said)
        if child.returncode or not per_s or not transactions:
            raise BenchmarkFailed(f"pgbench: {complained.strip()}")
        taken = int(server.sql("SELECT count(*) FROM seats WHERE customer IS NOT NULL"))
        if taken != batch * int(transactions[1]):
            raise BenchmarkFailed(f"pgbench took {taken} rows; it said: {said}")
        # Client, transaction, microseconds, ...
        times_us = [int(line.split()[2]) for path in Path(directory).glob("times*") for line in path.open()]
    figures = {
        "per_s": round(batch * float(per_s[1])),
        "p50_ms": round(percentile(times_us, 50) / US_PER_MS, 2),
        "p99_ms": round(percentile(times_us, 99) / US_PER_MS, 2),
    }
    return Run(figures, cpu)


def crowd(setting: Setting, *, customers: int, seats: int) -> Run:
    """As benchmarks/load/crowd.py, by psycopg: all want one row, then the next."""
    with running_postgres(setting) as server:
        _put_seats_on_sale(server, seats + 1)
        environment = {key: value for key, value in server.environment.items() if key.startswith("PG")}
        command = ["env", *(f"{key}={value}" for key, value in environment.items()), sys.executable]
        command += ["-m", "benchmarks.peers.postgres_crowd", "--customers", str(customers), "--seats", str(seats)]
        with LoadProgram(setting.reaper, command) as client:
            shares = CpuShares({"client": client.pid, "postgres": server.pid})
            answer = client.ask("go")
            if set(answer["winners"]) != {1}:
                raise BenchmarkFailed(f"a row was taken by {answer['winners']} customers")
            return Run({"crowd_ms": round(percentile(answer["times_ms"], 50), 1)}, shares.shares())


def _put_seats_on_sale(server: Server, count: int) -> None:
    server.sql("CREATE TABLE seats (id integer PRIMARY KEY, customer integer)")
    server.sql(f"INSERT INTO seats SELECT id, NULL FROM generate_series(0, {count - 1}) AS id")
    for statement in ("VACUUM ANALYZE seats", "CHECKPOINT"):
        server.sql(statement)
