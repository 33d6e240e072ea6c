"""Does a test run that is killed leave servers behind?"""

import signal
import subprocess
import sys
from pathlib import Path

from .reaper import Reaper
from .waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
RUN_THAT_IS_KILLED = """
from tests.running.reaper import Reaper
reaper = Reaper()
stopped, left = (reaper.start(["sleep", "1000"]) for _ in range(2))
import os, signal
reaper.stop(stopped, signal.SIGTERM)
print(left.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")")[1].split()[0] != "Z"
    except OSError:
        return False


def test_servers_end_with_a_test_run_that_is_killed() -> None:
    run = subprocess.run([sys.executable, "-c", RUN_THAT_IS_KILLED], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == -signal.SIGKILL, run.stderr

    wait_for(lambda: not is_alive(int(run.stdout)), "the server to end")


def test_a_server_that_ignores_sigterm_is_killed(reaper: Reaper) -> None:
    stubborn = reaper.start(["sh", "-c", "trap '' TERM; echo ready; sleep 1000"], stdout=subprocess.PIPE)
    assert stubborn.stdout is not None
    assert stubborn.stdout.readline() == b"ready\n"

    reaper.stop(stubborn, signal.SIGTERM, patience_s=0.2)

    assert stubborn.returncode == -signal.SIGKILL
    stubborn.stdout.close()
