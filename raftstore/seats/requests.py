"""Answers already given, so that a request that comes twice is carried out once (§8).

What is remembered is bounded by count and by replicated age, hence alike on every node. Within a client's session
its memory is the better one (sessions.py); this one is for repeats that come from elsewhere, as when a worker finishes
what a web process began. A request that comes back later still does no harm: commands carry hold ids, and a hold id is
used once.
"""

from collections import deque
from collections.abc import Callable, Iterable
from hashlib import blake2b
from operator import attrgetter
from typing import Any, Final, get_args

from . import limits
from .changes import RequestRow
from .commands import Command, OpenSession

# Copied for each command: cheaper than setting one up.
_NEW_HASH: Final = blake2b(digest_size=16)
_CONTENT: Final[dict[type[Any], Callable[[Any], Any]]] = {
    kind: attrgetter("__class__.__name__", *kind.__slots__) for kind in (*get_args(Command), OpenSession)
}


def fingerprint(command: Command | OpenSession) -> bytes:
    """Equal commands have equal fingerprints on every node: ascii() does not depend on Python's Unicode tables."""
    mark = _NEW_HASH.copy()
    mark.update(ascii(_CONTENT[type(command)](command)).encode())
    return mark.digest()


class AnsweredRequests:
    def __init__(self) -> None:
        self._rows: dict[str, RequestRow] = {}
        # The same rows, oldest first; a dict is slow to take its first item from when many before it are gone.
        self._by_age: deque[RequestRow] = deque()
        self._touched: dict[str, None] = {}

    def get(self, request_id: str) -> RequestRow | None:
        return self._rows.get(request_id)

    def add(self, row: RequestRow) -> None:
        self._rows[row.request_id] = row
        self._by_age.append(row)
        self._touched[row.request_id] = None

    def forget_old(self, time_ms: int, at_most: int) -> None:
        """Forget what is beyond the bounds at replicated time `time_ms`, oldest first."""
        oldest_kept_ms = time_ms - limits.MAX_REQUEST_AGE_MS
        for _ in range(at_most):
            excess = len(self._by_age) > limits.MAX_REQUESTS_KEPT
            if not self._by_age or not (excess or self._by_age[0].time_ms <= oldest_kept_ms):
                break
            request_id = self._by_age.popleft().request_id
            del self._rows[request_id]
            self._touched[request_id] = None

    def rows(self) -> tuple[RequestRow, ...]:
        """All of them, oldest first."""
        return tuple(self._by_age)

    def take_touched(self) -> tuple[tuple[RequestRow, ...], tuple[str, ...]]:
        """Rows that are new since the last call, and ids of those forgotten."""
        touched, self._touched = self._touched, {}
        present = tuple([row for request_id in touched if (row := self._rows.get(request_id))])
        return present, tuple([request_id for request_id in touched if request_id not in self._rows])

    def restore(self, rows: Iterable[RequestRow]) -> None:
        for row in rows:
            self._rows[row.request_id] = row
            self._by_age.append(row)
