"""What time does a machine believe it is? Each has its own rate, and a wall clock that somebody may set.

Only the rate may matter, and only for when things are tried; never for what is true. A wall clock is for people.
"""

from collections.abc import Callable

WALL_EPOCH_MS = 1_760_000_000_000


class SimulatedClock:
    """See runtime/ports.py.

    Args:
        time_s: true time.
        rate: how many seconds it counts in a true one; its timers do not follow it, as a sleep is true time.
    """

    def __init__(self, time_s: Callable[[], float], *, rate: float, wall_offset_ms: int) -> None:
        self._time_s = time_s
        self._rate = rate
        self._began_s = time_s()
        self._began_ms = 0.0
        self._wall_offset_ms = wall_offset_ms

    def monotonic_ms(self) -> int:
        return int(self._exact_ms())

    def wall_ms(self) -> int:
        return WALL_EPOCH_MS + int(self._time_s() * 1_000) + self._wall_offset_ms

    def set_rate(self, rate: float) -> None:
        """From now on it counts faster or slower; what it has counted stays."""
        self._began_ms, self._began_s = self._exact_ms(), self._time_s()
        self._rate = rate

    def set_wall(self, offset_ms: int) -> None:
        """Somebody sets the wall clock, forward or back."""
        self._wall_offset_ms = offset_ms

    def _exact_ms(self) -> float:
        return self._began_ms + (self._time_s() - self._began_s) * self._rate * 1_000
