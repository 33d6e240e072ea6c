"""How many wait for a cluster that does not answer? One, so that the others' threads can serve other clusters."""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from raftstore import errors

T = TypeVar("T")


class Circuit:
    """Closed while all is well. A call in vain opens it: then nobody calls for `pause_s`, and after that one at a time.

    The first call that is answered closes it again.
    """

    def __init__(self, *, pause_s: float) -> None:
        self._pause_s = pause_s
        self._opened_at_s: float | None = None
        self._trying = threading.Lock()

    def call(self, ask: Callable[[], T]) -> T:
        """
        Raises:
            StoreUnavailable: the circuit is open; nobody was asked.
            RaftstoreError: what `ask` raises.
        """
        opened_at_s = self._opened_at_s
        if opened_at_s is None:
            return self._call(ask)
        paused = time.monotonic() < opened_at_s + self._pause_s
        if paused or not self._trying.acquire(blocking=False):
            raise errors.StoreUnavailable("the cluster did not answer a moment ago")
        try:
            return self._call(ask)
        finally:
            self._trying.release()

    def _call(self, ask: Callable[[], T]) -> T:
        try:
            answer = ask()
        except (errors.StoreUnavailable, errors.OutcomeUnknown):
            self._opened_at_s = time.monotonic()
            raise
        self._opened_at_s = None
        return answer
