"""Who kills the servers of a test run that was itself killed? This process: its input closes when the run is gone.

Reads lines "+PID" and "-PID"; at the end of its input kills every process group that was added and not taken away.
"""

import contextlib
import os
import signal
import subprocess
import sys
from typing import Self


def reap_when_input_ends() -> None:
    # Ctrl-C reaches the whole foreground group; the run then still needs its reaper for its own teardown.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    alive: set[int] = set()
    for line in sys.stdin:
        pid = int(line[1:])
        alive.add(pid) if line.startswith("+") else alive.discard(pid)
    for pid in alive:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


class Reaper:
    """Starts servers, each in its own process group, and sees to it that none outlives the test run."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, text=True, bufsize=1, start_new_session=True
        )

    def start(self, command: list[str], **options: object) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(command, start_new_session=True, **options)  # type: ignore[call-overload]
        self._tell(f"+{child.pid}")
        return child  # type: ignore[no-any-return]

    def stop(self, child: subprocess.Popen[bytes], sent: signal.Signals, patience_s: float = 10) -> None:
        """Send a signal to the child's whole group and wait until the child is gone, killing it if it lingers."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, sent)
        try:
            child.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        self._tell(f"-{child.pid}")

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


if __name__ == "__main__":
    reap_when_input_ends()
