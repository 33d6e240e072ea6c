"""Answers already given, so that a request that comes twice is carried out once (§8).

What is remembered is bounded by count and by replicated age, hence alike on every node. Within a client's session
its memory is the better one (sessions.py); this one is for repeats that come from elsewhere, as when a worker finishes
what a web process began. A request that comes back later still does no harm: commands carry hold ids, and a hold id is
used once.
"""

from collections import deque
from collections.abc import Callable, Iterable
from hashlib import blake2b
from itertools import chain, takewhile
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
    """Remembered and forgotten by the entry: what came in one log entry is stored as one."""

    def __init__(self) -> None:
        self._rows: dict[str, RequestRow] = {}
        # The same rows by entry, oldest first, and never an entry without rows.
        self._by_entry: deque[list[RequestRow]] = deque()
        # Index of the last entry at take_new().
        self._taken_index = 0

    def get(self, request_id: str) -> RequestRow | None:
        return self._rows.get(request_id)

    def add(self, row: RequestRow) -> None:
        self._rows[row.request_id] = row
        if self._by_entry and self._by_entry[-1][0].log_index == row.log_index:
            self._by_entry[-1].append(row)
        else:
            self._by_entry.append([row])

    def forget_old(self, time_ms: int, at_most: int) -> None:
        """Forget what is beyond the bounds at replicated time `time_ms`, oldest first: entries with `at_most` requests
        and what the last of them has besides.
        """
        oldest_kept_ms = time_ms - limits.MAX_REQUEST_AGE_MS
        while at_most > 0 and self._by_entry:
            if len(self._rows) <= limits.MAX_REQUESTS_KEPT and self._by_entry[0][0].time_ms > oldest_kept_ms:
                break
            forgotten = self._by_entry.popleft()
            at_most -= len(forgotten)
            for row in forgotten:
                del self._rows[row.request_id]

    def rows(self) -> tuple[RequestRow, ...]:
        """All of them, oldest first."""
        return tuple(chain.from_iterable(self._by_entry))

    def kept_from(self, index: int) -> int:
        """Entries before this one are forgotten; after the entry at `index` if none is remembered."""
        return self._by_entry[0][0].log_index if self._by_entry else index + 1

    def take_new(self, index: int) -> tuple[RequestRow, ...]:
        """Rows that are new since the last call, oldest first; `index` is that of the last entry applied."""
        new = list(takewhile(lambda rows: rows[0].log_index > self._taken_index, reversed(self._by_entry)))
        self._taken_index = index
        return tuple(chain.from_iterable(reversed(new)))

    def restore(self, rows: Iterable[RequestRow], *, index: int) -> None:
        """Go on from rows as of `index`."""
        self._taken_index = index
        for row in rows:
            self.add(row)
