"""A disk of a few megabytes that a test can fill: a tmpfs. Without root there is none, and such tests are skipped."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

PAGE_BYTES = 4_096


class SmallDisk:
    def __init__(self, path: Path) -> None:
        self.path = path
        self._filler = path / "filler"

    @property
    def free_bytes(self) -> int:
        found = os.statvfs(self.path)
        return found.f_bavail * found.f_frsize

    def fill(self, leave_bytes: int = 0) -> None:
        """Take all room but `leave_bytes`."""
        with self._filler.open("ab") as file, contextlib.suppress(OSError):
            while (room := self.free_bytes - leave_bytes) > 0:
                file.write(b"\0" * min(room, 64 * PAGE_BYTES))
                file.flush()

    def empty(self) -> None:
        """Give the room back."""
        self._filler.unlink(missing_ok=True)


@contextlib.contextmanager
def small_disk(path: Path, size_bytes: int) -> Iterator[SmallDisk]:
    """
    Raises:
        PermissionError: this machine does not let us mount one.
    """
    path.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "tmpfs", str(path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        raise PermissionError("mounting a tmpfs takes root")
    try:
        yield SmallDisk(path)
    finally:
        # Lazily: a node that was just killed may not be gone from it yet.
        subprocess.run(["umount", "-l", str(path)], check=True)


def can_be_had(directory: Path) -> bool:
    """Whether this machine lets us mount one."""
    try:
        with small_disk(directory / "probe", 1 << 20):
            return True
    except PermissionError:
        return False
    finally:
        (directory / "probe").rmdir()
