"""For how long was nobody answered? The longest time between two answers since it was last asked."""

import time

MS_PER_S = 1_000


class Gaps:
    def __init__(self) -> None:
        self.failures = 0
        self._answered = 0
        self._last_s = time.monotonic()
        self._longest_s = 0.0

    def answered(self, now_s: float) -> None:
        self._answered += 1
        self._longest_s = max(self._longest_s, now_s - self._last_s)
        self._last_s = now_s

    def failed(self) -> None:
        self.failures += 1

    def report(self) -> dict[str, float]:
        """How it was since the last report. A gap that still lasts counts as long as it has lasted."""
        longest_s = max(self._longest_s, time.monotonic() - self._last_s)
        report = {"answered": self._answered, "failed": self.failures, "longest_gap_ms": longest_s * MS_PER_S}
        self.failures, self._answered, self._longest_s = 0, 0, 0.0
        return report
