"""How tests start the scripts and look at what they leave behind."""

import os
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.running.ports import free_port

ROOT = Path(__file__).resolve().parents[2]


def run_script(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )


def free_port_base(count: int = 3) -> int:
    """The first of `count` consecutive ports that are free."""
    while True:
        base = free_port()
        if all(not is_listening(base + n) for n in range(count)):
            return base


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def processes_with(variable: str, value: str) -> dict[int, str]:
    """Every process that has this in its environment: process id -> command line."""
    found = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            environment = (directory / "environ").read_bytes().split(b"\0")
            if f"{variable}={value}".encode() in environment:
                found[int(directory.name)] = (directory / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it ended while it was looked at, or belongs to somebody else
            continue
    return found


def nodes_among(processes: Mapping[int, str]) -> dict[int, int]:
    """Store node -> process id."""
    marker = "-m raftstore serve --node "
    return {
        int(command.split(marker)[1].split()[0]): pid
        for pid, command in processes.items()
        if marker in command and not command.startswith("setpriv")
    }
