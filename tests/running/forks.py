"""How does a test run a command of the site without waiting for its imports? In a fork of a process that has them."""

import json
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .reaper import Reaper
from .waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
# On a machine that has much else to do.
IMPORT_LIMIT_S = 90


@dataclass(frozen=True, slots=True)
class Ended:
    code: int
    stdout: str
    stderr: str


class Forks:
    """Functions are named "module:name", and called with what JSON can carry. All end with `close`."""

    def __init__(self, reaper: Reaper, environment: Mapping[str, str], log: Path) -> None:
        self._reaper = reaper
        self._one_at_a_time = threading.Lock()
        with log.open("ab") as errors:
            self._process = reaper.start(
                [sys.executable, "-m", "tests.running.imported_site"],
                cwd=ROOT,
                env=dict(environment),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
            )

    def call(self, function: str, *arguments: Any, stdin: str = "", timeout_s: float) -> Ended:
        """Wait until it has ended. AssertionError if it takes too long: then nothing can be asked any more."""
        return Ended(**self._ask({"call": function, "arguments": arguments, "stdin": stdin}, timeout_s))

    def begin(self, function: str, *arguments: Any, log: Path) -> int:
        """The id of the process that does it from now on."""
        pid: int = self._ask({"begin": function, "arguments": arguments, "log": str(log)})["pid"]
        return pid

    def wait(self, pid: int, timeout_s: float) -> int:
        """Until it has ended; with which exit code, or negative by which signal. To be asked once."""
        return wait_for(lambda: self._codes(pid), f"process {pid} to end", timeout_s)[0]

    def _codes(self, pid: int) -> list[int]:
        code = self._ask({"status_of": pid})["code"]
        return [] if code is None else [code]

    def close(self) -> None:
        """Nothing of it is left afterwards."""
        self._reaper.stop(self._process, signal.SIGKILL)

    def _ask(self, question: dict[str, Any], timeout_s: float = 0) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._one_at_a_time:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
            readable, _, _ = select.select([self._process.stdout], [], [], timeout_s + IMPORT_LIMIT_S)
            if not readable:
                self.close()
                raise AssertionError(f"No answer in {timeout_s:g} s to {question}")
            line = self._process.stdout.readline()
        assert line, f"The process with the site in it is gone, asked for {question}"
        answer: dict[str, Any] = json.loads(line)
        return answer
