"""What happened in a run? Its last events, how often each kind of thing happened, and a hash over all of it.

Two runs are the same if their hashes are; that is how determinism is tested.
"""

import sys
from collections import Counter, deque
from collections.abc import Callable
from typing import Any
from zlib import crc32

EVENTS_KEPT = 400


class RuleBroken(Exception):
    """Something that must never happen did: `rule` names what was broken, the message says how."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(f"{rule}: {message}")
        self.rule = rule


class Journal:
    """
    Args:
        loud: print every event as it happens.
    """

    def __init__(self, time_s: Callable[[], float], *, loud: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self._events: deque[tuple[Any, ...]] = deque(maxlen=EVENTS_KEPT)
        self._hash = 0
        self._time_s = time_s
        self._loud = loud

    @property
    def hash(self) -> str:
        return f"{self._hash:08x}"

    def count(self, kind: str, times: int = 1) -> None:
        """Something worth knowing the frequency of."""
        self.counts[kind] += times

    def note(self, *event: object) -> None:
        """An event: numbers, words and small tuples of them, nothing whose repr depends on an address."""
        line = (self._time_s(), *event)
        self._hash = crc32(repr(line).encode(), self._hash)
        self._events.append(line)
        if self._loud:
            sys.stdout.write(_as_text(line) + "\n")

    def last_events(self, count: int = EVENTS_KEPT) -> list[str]:
        """In words, oldest first."""
        return [_as_text(line) for line in list(self._events)[-count:]]


def _as_text(line: tuple[Any, ...]) -> str:
    at_s, *event = line
    return f"{at_s:10.6f}  " + " ".join(map(str, event))
