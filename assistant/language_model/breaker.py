"""Is the model worth asking now? After failures in a row nobody asks for a while; then one does, to see."""

import threading
import time
from collections.abc import Callable

FAILURES = 3
PAUSE_S = 30.0


class Breaker:
    """Of one process.

    Args:
        now_s: a clock that never goes back.
    """

    def __init__(self, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._lock = threading.Lock()
        self._failures = 0
        self._closed_at_s = 0.0

    def may_ask(self) -> bool:
        """Whether to ask; who is told so after a pause is the one who tries."""
        with self._lock:
            if self._failures < FAILURES:
                return True
            if self._now_s() < self._closed_at_s:
                return False
            self._closed_at_s = self._now_s() + PAUSE_S
            return True

    def note(self, *, answered: bool) -> None:
        with self._lock:
            self._failures = 0 if answered else self._failures + 1
            if self._failures == FAILURES:
                self._closed_at_s = self._now_s() + PAUSE_S
