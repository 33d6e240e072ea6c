"""Is what is done in a fork of the imported site told as if it had been a program of its own?"""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running.forks import Forks
from tests.running.reaper import Reaper

LIMIT_S = 60


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory, reaper: Reaper) -> Iterator[Forks]:
    directory = tmp_path_factory.mktemp("forks")
    forks = Forks(reaper, {**os.environ, "TICKETSITE_VAR": str(directory)}, directory / "log")
    yield forks
    forks.close()


def test_what_is_read_said_and_returned_is_that_of_the_fork(forks: Forks) -> None:
    code = "import sys\nprint('said')\nprint('complained', file=sys.stderr)\nsys.exit(3)"

    ended = forks.call(
        "django.core.management:execute_from_command_line",
        ["manage.py", "shell", "-v0"],
        stdin=code,
        timeout_s=LIMIT_S,
    )

    assert (ended.code, ended.stdout, ended.stderr) == (3, "said\n", "complained\n")


def test_what_goes_wrong_is_told_and_harms_no_later_call(forks: Forks) -> None:
    failed = forks.call("builtins:int", "no number", timeout_s=LIMIT_S)

    assert failed.code == 1
    assert "ValueError" in failed.stderr
    assert forks.call("builtins:print", "well", timeout_s=LIMIT_S).stdout == "well\n"


def test_of_a_fork_that_is_killed_the_signal_is_told(forks: Forks, tmp_path: Path) -> None:
    pid = forks.begin("time:sleep", LIMIT_S, log=tmp_path / "log")

    os.kill(pid, signal.SIGKILL)

    assert forks.wait(pid, timeout_s=LIMIT_S) == -signal.SIGKILL
