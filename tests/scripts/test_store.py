"""Does script/store keep its node alive, and take it along when it ends?"""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.reaper import Reaper
from tests.running.waiting import wait_for

from .tools import ROOT, free_port_base, nodes_among, processes_with, run_script


class Keeper:
    def __init__(self, var_dir: Path, reaper: Reaper) -> None:
        self.var_dir = var_dir
        self._log = var_dir / "keeper.log"
        # As by hand: with the system's Python, which has none of what a node needs.
        path = os.pathsep.join(part for part in os.environ["PATH"].split(os.pathsep) if ".venv" not in part)
        environment = {
            **os.environ,
            "PATH": path,
            "TICKETSITE_VAR": str(var_dir),
            "STORE_PORT_BASE": str(free_port_base()),
        }
        with self._log.open("wb") as log:
            self.process: subprocess.Popen[bytes] = reaper.start(
                [str(ROOT / "script/store"), "1"],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def node_pid(self) -> int | None:
        return nodes_among(processes_with("TICKETSITE_VAR", str(self.var_dir))).get(1)

    def output(self) -> str:
        return self._log.read_text()


@pytest.fixture
def keeper(tmp_path: Path, reaper: Reaper) -> Iterator[Keeper]:
    keeper = Keeper(tmp_path, reaper)
    yield keeper
    reaper.stop(keeper.process, signal.SIGKILL)


def test_a_killed_node_is_started_again(keeper: Keeper) -> None:
    first = wait_for(keeper.node_pid, "the node to start")

    os.kill(first, signal.SIGKILL)

    second = wait_for(lambda: (pid := keeper.node_pid()) != first and pid, "the node to be started again")
    assert second != first
    assert "store node 1 was killed by SIGKILL; starting it again in 0.5 s" in keeper.output()


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_node_ends_with_its_keeper(keeper: Keeper, sent: signal.Signals) -> None:
    wait_for(keeper.node_pid, "the node to start")

    keeper.process.send_signal(sent)

    keeper.process.wait(timeout=10)
    wait_for(lambda: not processes_with("TICKETSITE_VAR", str(keeper.var_dir)), "the node to end")


def test_a_node_that_cannot_start_is_given_up_with_its_exit_code(tmp_path: Path) -> None:
    (tmp_path / "store").write_text("a file where the data directory should be")

    done = run_script(
        str(ROOT / ".venv/bin/python"),
        "script/store",
        "1",
        TICKETSITE_VAR=str(tmp_path),
        STORE_PORT_BASE=str(free_port_base()),
    )

    assert done.returncode > 0
    assert done.stdout.splitlines()[-1].endswith("4 times in a row; giving up")


def test_a_node_that_does_not_exist_is_a_usage_error() -> None:
    done = run_script(str(ROOT / ".venv/bin/python"), "script/store", "0")

    assert (done.returncode, done.stderr) == (2, "Usage: script/store N, where N is 1 to 99\n")
