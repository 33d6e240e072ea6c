"""Waking the loop when time has passed."""

import asyncio
from collections.abc import Callable


class Alarm:
    """Rings at the time that was asked for, or sooner.

    An alarm that is set already and comes sooner stays: that costs a turn in vain now and then, and setting one anew
    would cost something in every turn.

    Args:
        ring: called on the running loop.
    """

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        # The loop's handle does not tell when it is due, not on every loop.
        self._handle: asyncio.Handle | None = None
        self._due_s = 0.0

    def set(self, wait_ms: int) -> None:
        """Ring in `wait_ms` milliseconds at the latest."""
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        due_s = now_s + wait_ms / 1000
        if now_s < self._due_s <= due_s:
            return
        self.stop()
        self._due_s = due_s
        self._handle = loop.call_at(due_s, self._go_off)

    def _go_off(self) -> None:
        # A loop that counts in milliseconds may come a moment early; the alarm is over all the same.
        self._handle = None
        self._due_s = 0.0
        self._ring()

    def stop(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None
        self._due_s = 0.0
