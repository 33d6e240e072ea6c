"""Replicated time: the leader's clock, carried in log entries, by which holds expire.

It continues from the last entry applied, so it never goes back and stands still while there is no leader: nobody
loses a hold because the cluster was down.
"""


class ReplicatedClock:
    """Only the leader reads it, and only once everything before its own term is applied."""

    def __init__(self) -> None:
        self._time_ms = 0
        self._monotonic_ms = 0

    def start(self, *, applied_time_ms: int, wall_ms: int, monotonic_ms: int) -> None:
        """Go on from `applied_time_ms`; a cluster that never had any starts with the wall clock."""
        self._time_ms = applied_time_ms or wall_ms
        self._monotonic_ms = monotonic_ms

    def now_ms(self, monotonic_ms: int) -> int:
        return self._time_ms + monotonic_ms - self._monotonic_ms
