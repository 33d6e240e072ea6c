"""How does a benchmark drive a load generator that is a program of its own, so that its processor share can be told?

The program sets itself up and says {"ready": true}; after the line "go" it begins. What it is told and says from then
on is one line each, its answers in JSON. It ends when its input does.
"""

import contextlib
import json
import queue
import signal
import subprocess
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from tests.running.reaper import Reaper
from tests.running.store_cluster import ROOT

from .benchmark import BenchmarkFailed

# Setting up may open a million seats.
READY_LIMIT_S = 120.0
ANSWER_LIMIT_S = 120.0
END_LIMIT_S = 10.0


class LoadProgram:
    """Ready when made; use as a context manager.

    Raises:
        BenchmarkFailed: it ended, or says nothing; what it complained of is on standard error.
    """

    def __init__(self, reaper: Reaper, command: Sequence[str]) -> None:
        self._reaper = reaper
        self._name = " ".join(command[:3])
        self._child = reaper.start(list(command), cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        try:
            self.answer(READY_LIMIT_S)
        except BenchmarkFailed:
            self._end()
            raise

    @property
    def pid(self) -> int:
        return self._child.pid

    def tell(self, word: str) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(word.encode() + b"\n")
            self._child.stdin.flush()
        except BrokenPipeError:
            raise BenchmarkFailed(f"{self._name} has ended") from None

    def answer(self, limit_s: float = ANSWER_LIMIT_S) -> dict[str, Any]:
        """The next line it says."""
        try:
            line = self._lines.get(timeout=limit_s)
        except queue.Empty:
            raise BenchmarkFailed(f"{self._name} has said nothing for {limit_s:g} s") from None
        if not line:
            raise BenchmarkFailed(f"{self._name} has ended")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, word: str, limit_s: float = ANSWER_LIMIT_S) -> dict[str, Any]:
        self.tell(word)
        return self.answer(limit_s)

    def _read(self) -> None:
        assert self._child.stdout is not None
        for line in self._child.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _end(self) -> None:
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            self._child.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._child.wait(END_LIMIT_S)
        self._reaper.stop(self._child, signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._end()


def all_ready(stack: ExitStack, reaper: Reaper, commands: Sequence[Sequence[str]]) -> list[LoadProgram]:
    """Start several; each is ready when this returns, and ended by the stack."""
    return [stack.enter_context(LoadProgram(reaper, command)) for command in commands]
