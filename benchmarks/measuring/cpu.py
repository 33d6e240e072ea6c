"""How much processor time did each process use while something was measured? From /proc, so on Linux."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

from .benchmark import BenchmarkFailed

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# Positions behind the command's name in /proc/PID/stat (man 5 proc): the parent, and user and system time of the
# process with all its threads and of its children that have ended.
PARENT, USER, CHILDREN_SYSTEM = 1, 11, 14


# The processor time of all processes together that is work, in the first line of /proc/stat: user, nice, system, and,
# behind two kinds of idleness, interrupts.
BUSY = (1, 2, 3, 6, 7)
EVERYTHING_ELSE = "everything else"


class CpuShares:
    """From its making until `shares`, of processes that live that long; each with the processes below it."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._pids = dict(pids)
        self._started_s = time.monotonic()
        self._before = self._used()

    def shares(self) -> dict[str, float]:
        """By name, the share of one core that each used: 1.0 is one core all the time.

        With them what the machine did besides: of a run that was not alone there, it says so.
        """
        elapsed_s = time.monotonic() - self._started_s
        used = self._used()
        shares = {name: (used[name] - self._before[name]) / elapsed_s for name in used}
        shares[EVERYTHING_ELSE] -= sum(shares[name] for name in self._pids)
        return {name: max(0.0, round(share, 3)) for name, share in shares.items()}

    def _used(self) -> dict[str, float]:
        return {name: used_s(pid) for name, pid in self._pids.items()} | {EVERYTHING_ELSE: machine_used_s()}


def machine_used_s() -> float:
    """Processor seconds of all there is on this machine, since it began."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return sum(int(fields[position]) for position in BUSY) / TICKS_PER_S


def used_s(pid: int) -> float:
    """Processor seconds of a process and all below it since they began, with those that have ended."""
    ticks = 0
    below = {pid}
    # In rounds, for a child's id may be smaller than its parent's.
    stats = _all_stats()
    while more := {other for other, fields in stats.items() if int(fields[PARENT]) in below} - below:
        below |= more
    for member in below:
        if fields := stats.get(member):
            ticks += sum(int(value) for value in fields[USER : CHILDREN_SYSTEM + 1])
    return ticks / TICKS_PER_S


def resident_mb(pid: int) -> float:
    """The memory that a process has in use, in MB of 10^6 bytes.

    Raises:
        BenchmarkFailed: it has ended.
    """
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        raise BenchmarkFailed(f"process {pid} has ended") from None
    sizes_kib = [int(line.split()[1]) for line in lines if line.startswith("VmRSS:")]
    if not sizes_kib:
        raise BenchmarkFailed(f"process {pid} has ended")
    return sizes_kib[0] * 1024 / 1e6


def _all_stats() -> dict[int, list[str]]:
    stats = {}
    for directory in Path("/proc").iterdir():
        if directory.name.isdigit():
            try:
                text = (directory / "stat").read_text()
            except (FileNotFoundError, ProcessLookupError):
                continue
            # The name is in parentheses and may have any character in it.
            stats[int(directory.name)] = text.rpartition(")")[2].split()
    return stats
