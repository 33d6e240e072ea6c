"""What machine was this? Without it no figure can be read."""

import os
import platform
import tempfile
import time
from pathlib import Path

RECORD_BYTES = 100
SYNCING_S = 0.2


def syncs_per_s(directory: Path) -> float:
    """Appends of one small record, each followed by fdatasync: what a store could do that syncs each by itself."""
    with tempfile.TemporaryFile(dir=directory, buffering=0) as file:
        started_s = time.monotonic()
        syncs = 0
        while time.monotonic() < started_s + SYNCING_S:
            file.write(bytes(RECORD_BYTES))
            os.fdatasync(file.fileno())
            syncs += 1
        return syncs / (time.monotonic() - started_s)


def facts(directory: Path) -> dict[str, str | int]:
    """Of this machine, and of the disk that `directory` lies on."""
    return {
        "cores": os.cpu_count() or 0,
        "processor": _processor(),
        "memory_gb": round(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "disk_syncs_per_s": round(syncs_per_s(directory)),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
