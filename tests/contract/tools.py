"""Where are the programs that look at the API from outside? Installed in an environment of their own when first needed.

As they are locked in tools.txt; whoever comes while they are being installed waits.
"""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = Path(__file__).with_name("tools.txt")
PLACE = ROOT / "var" / "contract-tools"
INSTALLING_LIMIT_S = 300


def tool(name: str) -> Path:
    """The path of a program, such as `schemathesis` or the `python` that it runs in."""
    PLACE.parent.mkdir(exist_ok=True)
    with PLACE.with_suffix(".lock").open("w") as taken:
        fcntl.flock(taken, fcntl.LOCK_EX)
        done, wanted = PLACE / "installed", hashlib.sha256(LOCK.read_bytes()).hexdigest()
        if not done.exists() or done.read_text() != wanted:
            uv = Path(sys.executable).with_name("uv")
            _run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, PLACE)
            _run(uv, "pip", "sync", "--quiet", "--require-hashes", "--python", PLACE / "bin" / "python", LOCK)
            done.write_text(wanted)
    return PLACE / "bin" / name


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALLING_LIMIT_S, check=False)
    assert done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}"
