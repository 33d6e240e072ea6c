"""Between which bounds was replicated time while an operation ran? Gathered from all answers that tell it.

Replicated time never goes back along the log, stands still while nobody leads, and never runs faster than real time
(but for the clocks' drift): the leader counts milliseconds of its own clock from the last entry. The time an answer
tells is that of a moment between the operation's start and its end. Hence, for an answer that told R:

- whatever started after its end is decided at R or later;
- whatever ended by a time t is decided at R + (t - its start) at the latest, and at R if t is before its start.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate

from raftstore.seats import commands as c

from .histories import Operation
from .seat_state import NEVER_MS

_NS_PER_MS = 1_000_000


class TimeBounds:
    """
    Args:
        clock_drift: how much faster than the history's clock a node's may run, as a part of it.
        clock_slack_ms: how far a clock that is read in whole milliseconds may be off besides.
    """

    def __init__(self, history: Iterable[Operation], *, clock_drift: float, clock_slack_ms: int) -> None:
        self._pace = (1 + clock_drift) / _NS_PER_MS
        self._slack_ms = clock_slack_ms
        ends: list[tuple[int, int]] = []
        starts: list[tuple[int, int]] = []
        for operation in history:
            answer = operation.outcome
            if operation.end_ns is not None and isinstance(answer, c.Held | c.BestHeld | c.HoldView):
                ends.append((operation.end_ns, answer.now_ms))
                # A read tells the time of the last entry, which may have been long before it started.
                if isinstance(answer, c.Held | c.BestHeld):
                    starts.append((operation.start_ns, answer.now_ms))
        ends.sort()
        starts.sort()
        self._ends = [end for end, _ in ends]
        self._told_by = list(accumulate((told for _, told in ends), max))
        self._starts = [start for start, _ in starts]
        self._lead = list(accumulate((told - start * self._pace for start, told in starts), min))
        self._told_from = list(accumulate((told for _, told in reversed(starts)), min))[::-1]

    def earliest_ms(self, start_ns: int) -> int:
        """Replicated time, at the least, of what starts at `start_ns`."""
        known = bisect_left(self._ends, start_ns)
        return self._told_by[known - 1] if known else 0

    def latest_ms(self, end_ns: int) -> int:
        """Replicated time, at the most, of what has happened by `end_ns`."""
        known = bisect_right(self._starts, end_ns)
        latest = NEVER_MS
        if known:
            latest = min(latest, int(self._lead[known - 1] + end_ns * self._pace) + 1)
        if known < len(self._starts):
            latest = min(latest, self._told_from[known])
        return latest if latest == NEVER_MS else latest + self._slack_ms
