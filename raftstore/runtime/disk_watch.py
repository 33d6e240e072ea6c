"""Does the disk hang, and how much room is left on it? What follows from that is in disk_guard.py."""

import logging

from .ports import Disk
from .shared import Shared
from .status import DiskState
from .writing import LogWriter

log = logging.getLogger("raftstore.node")


class DiskWatch:
    """Holds what the last `look` found."""

    def __init__(self, shared: Shared, disk: Disk, writer: LogWriter) -> None:
        self._clock = shared.clock
        self._limits = shared.limits
        self._counters = shared.counters
        self._disk = disk
        self._writer = writer
        self._looks_overdue = 0
        self._measured_ms = self._clock.monotonic_ms()
        self.free_bytes = disk.free_bytes()
        self.is_stalled = False
        self.is_full = self.free_bytes < self._limits.disk_reserve_bytes

    @property
    def state(self) -> DiskState:
        if self.is_stalled:
            return DiskState.STALLED
        return DiskState.NEARLY_FULL if self.is_full else DiskState.OK

    def look(self) -> bool:
        """Returns whether the state is another than before."""
        before = self.state
        now_ms = self._clock.monotonic_ms()
        busy_since_ms = self._writer.busy_since_ms
        is_overdue = busy_since_ms is not None and now_ms - busy_since_ms >= self._limits.disk_stall_ms
        # Twice in a row: when the whole process was stopped for a while, its disk has not been slow.
        self._looks_overdue = self._looks_overdue + 1 if is_overdue else 0
        self.is_stalled = self._looks_overdue >= 2
        if now_ms - self._measured_ms >= self._limits.disk_check_interval_ms:
            self._measured_ms = now_ms
            self._measure()
        if self.state is before:
            return False
        self._counters.disk_stalls += self.is_stalled
        level = logging.INFO if self.state is DiskState.OK else logging.ERROR
        log.log(level, "event=disk_changed disk=%s free_bytes=%d", self.state, self.free_bytes)
        return True

    def _measure(self) -> None:
        self.free_bytes = self._disk.free_bytes()
        # A little more than the reserve is wanted back, so that one freed block does not start it all over.
        enough_bytes = self._limits.disk_reserve_bytes
        if self.is_full:
            enough_bytes += enough_bytes // 4
        self.is_full = self.free_bytes < enough_bytes
