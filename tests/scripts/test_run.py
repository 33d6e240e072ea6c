"""Does the one command bring up the site, keep it up when one of its processes dies, and leave nothing behind?"""

import os
import signal
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.ports import free_port
from tests.running.reaper import Reaper
from tests.running.waiting import wait_for

from .tools import ROOT, free_port_base, is_listening, nodes_among, processes_with, run_script


class Site:
    """script/run with ports and data of its own."""

    def __init__(self, directory: Path, reaper: Reaper) -> None:
        self._reaper = reaper
        self._log = directory / "run.log"
        self.var_dir = directory / "var"
        self.port = free_port()
        self.store_port_base = free_port_base()
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {
            **os.environ,
            "PORT": str(self.port),
            "STORE_PORT_BASE": str(self.store_port_base),
            "TICKETSITE_VAR": str(self.var_dir),
        }
        with self._log.open("wb") as log:
            self._process = self._reaper.start(
                ["script/run"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        wait_for(lambda: "\nAdmin: " in self.output() or self._has_ended(), "the site to be ready", timeout_s=150)
        assert not self._has_ended(), self.output()

    def _has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def output(self) -> str:
        return self._log.read_text(errors="replace")

    def processes(self) -> dict[int, str]:
        return processes_with("TICKETSITE_VAR", str(self.var_dir))

    def running(self, command: str) -> int | None:
        """The process with this in its command line, and not the one that starts it."""
        for pid, line in self.processes().items():
            if command in line and not line.startswith(("setpriv", "/bin/sh", "sh ")):
                return pid
        return None

    def kill_and_wait_for_another(self, command: str) -> None:
        killed = self.running(command)
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: self.running(command) not in (None, killed), f"{command} to be started again")

    def answers(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=10) as response:
            return bool(response.status == 200)

    def ports(self) -> list[int]:
        return [self.port, *(self.store_port_base + n for n in range(3))]

    def end(self, sent: signal.Signals) -> int:
        """The exit code of script/run after this signal."""
        assert self._process is not None
        self._process.send_signal(sent)
        return self._process.wait(timeout=20)


@pytest.fixture
def site(tmp_path: Path, reaper: Reaper) -> Iterator[Site]:
    site = Site(tmp_path, reaper)
    yield site
    for pid in site.processes():
        os.kill(pid, signal.SIGKILL)


@pytest.mark.timeout(400)
def test_the_site_outlives_what_is_killed_keeps_its_data_and_leaves_no_process_behind(site: Site) -> None:
    site.start()
    assert f"\nReady: http://127.0.0.1:{site.port}\n" in site.output()
    assert site.answers()
    password = (site.var_dir / "admin_password").read_text()

    killed = nodes_among(site.processes())
    os.kill(killed[1], signal.SIGKILL)
    wait_for(lambda: nodes_among(site.processes()).get(1, killed[1]) != killed[1], "node 1 to be started again")
    assert site.answers()

    for command in ("uvicorn", "manage.py worker"):
        site.kill_and_wait_for_another(command)
    assert "| web was killed by SIGKILL; starting it again in 0.5 s" in site.output()
    wait_for(lambda: is_listening(site.port), "the web server to listen again", timeout_s=60)
    assert site.answers()

    assert site.end(signal.SIGINT) == 130
    wait_for(lambda: not site.processes(), "every process to end")
    assert [port for port in site.ports() if is_listening(port)] == []

    site.start()
    assert (site.var_dir / "admin_password").read_text() == password
    keeper = site.running("script/keep web")
    assert keeper is not None
    os.kill(keeper, signal.SIGKILL)
    wait_for(lambda: not site.processes(), "everything to end with what kept the web server")
    assert "script/run: web stopped (rc=-9) by itself, so everything else was stopped" in site.output()

    site.start()
    assert site.end(signal.SIGHUP) == 143
    wait_for(lambda: not site.processes(), "every process to end with the terminal")

    site.start()
    assert site.end(signal.SIGKILL) == -signal.SIGKILL
    wait_for(lambda: not site.processes(), "every process to end with a killed script/run")


def test_a_port_in_use_is_one_line_that_names_the_port_and_its_variable(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", free_port())) as somebody_else:
        taken = somebody_else.getsockname()[1]
        elsewhere = {"TICKETSITE_VAR": str(tmp_path / "var"), "STORE_PORT_BASE": str(free_port_base())}

        web = run_script("script/run", **{**elsewhere, "PORT": str(taken)})
        store = run_script("script/run", **{**elsewhere, "PORT": str(free_port()), "STORE_PORT_BASE": str(taken)})

    assert (web.returncode, web.stderr) == (1, f"script/run: port {taken} is in use; choose another with PORT=...\n")
    assert (store.returncode, store.stderr) == (
        1,
        f"script/run: port {taken} is in use; choose another with STORE_PORT_BASE=...\n",
    )
    assert not (tmp_path / "var").exists()


def test_a_store_whose_nodes_know_each_other_at_other_ports_is_one_line(tmp_path: Path) -> None:
    var, made_with, now = tmp_path / "var", free_port_base(), free_port_base()
    (var / "store").mkdir(parents=True)
    (var / "store" / "port_base").write_text(f"{made_with}\n")

    done = run_script("script/run", TICKETSITE_VAR=str(var), PORT=str(free_port()), STORE_PORT_BASE=str(now))

    assert (done.returncode, done.stderr) == (
        1,
        f"script/run: the store in {var} was made with STORE_PORT_BASE={made_with}; give that again, or other data to "
        "begin with by TICKETSITE_VAR=...\n",
    )


@pytest.mark.parametrize(("variable", "value"), [("PORT", "http"), ("PORT", "0"), ("STORE_PORT_BASE", "65534")])
def test_what_is_no_port_is_one_line(variable: str, value: str) -> None:
    done = run_script("script/run", **{variable: value})

    expected = f'script/run: {variable} must be a port number from 1 to 65533, not "{value}"\n'
    assert (done.returncode, done.stderr) == (2, expected)
