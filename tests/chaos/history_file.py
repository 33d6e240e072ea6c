"""Where every client's operations are written down, as they end: docs/histories.md says how."""

import threading
import time
from pathlib import Path

from raftstore.sim.histories import Answer, Argument, Operation, to_json


class HistoryFile:
    """Used from all clients' threads. What never ended is written by `close`, as of unknown outcome."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("w", encoding="utf-8")
        self._lock = threading.Lock()
        self._under_way: dict[int, Operation] = {}
        self.operations: list[Operation] = []

    def begin(self, client: int, argument: Argument) -> None:
        with self._lock:
            self._under_way[client] = Operation.begun(client, argument, time.monotonic_ns())

    def end(self, client: int, answer: Answer | None) -> None:
        """None: the client gave up and does not know what happened."""
        end_ns = time.monotonic_ns()
        with self._lock:
            operation = self._under_way.pop(client)
            self._write(operation if answer is None else operation.ended(end_ns, answer))

    def close(self) -> None:
        with self._lock:
            for operation in self._under_way.values():
                self._write(operation)
            self._under_way.clear()
            self._file.close()

    def _write(self, operation: Operation) -> None:
        self.operations.append(operation)
        self._file.write(to_json(operation) + "\n")
