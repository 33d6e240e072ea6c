"""The site as customers meet it: a real uvicorn process with a database of its own, on the tests' store cluster."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from .forks import ROOT, Forks
from .ports import free_port
from .reaper import Reaper
from .waiting import wait_for

# On a machine that has much else to do.
START_LIMIT_S = 90


class WebServer:
    """`url` has no slash at its end. Tests reach the database through `manage`, never with the ORM of their process."""

    def __init__(self, directory: Path, reaper: Reaper, store_addresses: Sequence[str]) -> None:
        self._reaper = reaper
        self._log_path = directory / "web.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._forks: Forks | None = None
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.var_dir = directory
        self.database = directory / "ticketsite.sqlite3"
        self.environment = {
            **os.environ,
            "TICKETSITE_VAR": str(directory),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "SEAT_STORE_ADDRESSES": ",".join(store_addresses),
            "PORT": str(self.port),
        }

    def manage(self, *arguments: str, stdin: str | None = None, timeout_s: float = 60) -> str:
        """Run a manage.py command in the server's environment; its output. AssertionError with all it said if it fails.

        `manage("shell", stdin=code)` runs Python code against the server's database.
        """
        done = self.forks.call(
            "django.core.management:execute_from_command_line",
            ["manage.py", *arguments],
            stdin=stdin or "",
            timeout_s=timeout_s,
        )
        assert done.code == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    @property
    def forks(self) -> Forks:
        """The site, imported in the server's environment as it was when this was asked for first."""
        if self._forks is None:
            self._forks = Forks(self._reaper, self.environment, self._log_path)
        return self._forks

    def start(self) -> None:
        """Start and wait until the site answers."""
        command = [sys.executable, "-m", "uvicorn", "ticketsite.asgi:application"]
        command += ["--host", "127.0.0.1", "--port", str(self.port), "--lifespan", "off", "--no-access-log"]
        command += ["--ws", "ticketsite.broadcast:BroadcastProtocol", "--ws-per-message-deflate", "false"]
        with self._log_path.open("ab") as log:
            self._process = self._reaper.start(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        try:
            wait_for(self._answers, "the web server to answer", START_LIMIT_S)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from error

    def stop(self) -> None:
        if self._process is not None:
            self._reaper.stop(self._process, signal.SIGTERM)
            self._process = None
        if self._forks is not None:
            self._forks.close()
            self._forks = None

    def mail(self, to: str) -> list[str]:
        """The mails to this address, the oldest first, as they were written."""
        files = sorted((self.var_dir / "mail").glob("*.log"), key=lambda file: file.stat().st_mtime_ns)
        return [text for file in files if f"To: {to}" in (text := file.read_text())]

    def log(self, last_lines: int = 40) -> str:
        return "\n".join(self._log_path.read_text(errors="replace").splitlines()[-last_lines:])

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, f"the web server ended with {self._process.returncode}"
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            return False
