"""The process that serves sockets and availability, as deploy/Procfile runs it, for a measurement."""

import os
import resource
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.running.ports import free_port
from tests.running.store_cluster import ROOT
from tests.running.waiting import wait_for

from .benchmark import BenchmarkFailed, Setting

START_LIMIT_S = 60
FLAGS = ("--lifespan", "off", "--no-access-log", "--ws-per-message-deflate", "false")
FLAGS += ("--ws", "ticketsite.broadcast:BroadcastProtocol", "--timeout-graceful-shutdown", "3")


@dataclass(frozen=True, slots=True)
class LiveSite:
    port: int
    pid: int


def environment_of(directory: Path, store_addresses: Sequence[str]) -> dict[str, str]:
    """A site whose data is in `directory`."""
    return {
        **os.environ,
        "TICKETSITE_VAR": str(directory),
        "DATABASE_URL": f"sqlite:///{directory / 'ticketsite.sqlite3'}",
        "SEAT_STORE_ADDRESSES": ",".join(store_addresses),
    }


def allow_open_files(count: int) -> None:
    """For this process and those that it starts.

    Raises:
        BenchmarkFailed: the system does not let us.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < count:
        raise BenchmarkFailed(
            f"{count} open files are needed and {hard} allowed; `ulimit -n {count}` as root allows more"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count), hard))


@contextmanager
def running_live(
    setting: Setting,
    store_addresses: Sequence[str],
    *,
    application: str,
    environment: Mapping[str, str] | None = None,
    port: int | None = None,
) -> Iterator[LiveSite]:
    """uvicorn with this ASGI application, on a free port unless one is given.

    Without an `environment`, on a database that has no tables.
    """
    with tempfile.TemporaryDirectory(dir=setting.directory) as name:
        directory = Path(name)
        port = port or free_port()
        command = [sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port), *FLAGS]
        environment = environment or environment_of(directory, store_addresses)
        with (directory / "log").open("wb") as log:
            child = setting.reaper.start(command, cwd=ROOT, env=dict(environment), stdout=log, stderr=log)
        try:
            wait_for(lambda: _listens(port), "uvicorn to listen", START_LIMIT_S)
            yield LiveSite(port, child.pid)
        except (BenchmarkFailed, AssertionError) as failed:
            failed.add_note((directory / "log").read_text()[-4_000:])
            raise
        finally:
            setting.reaper.stop(child, signal.SIGTERM)


def _listens(port: int) -> bool:
    """As for who opens a socket: pages and REST are imported by the first request, which this one must not be."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
