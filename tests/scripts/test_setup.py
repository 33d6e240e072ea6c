"""Does script/setup say in one line what a machine lacks?"""

import os
import shutil
from pathlib import Path

import pytest

from .tools import ROOT, run_script

TOOLS_OF_EVERY_MACHINE = ("bash", "dirname", "flock", "cat", "sha256sum", "grep", "rm", "tail", "env")


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """As much of a fresh clone as script/setup looks at."""
    clone = tmp_path / "clone"
    (clone / "raftstore" / "rpc").mkdir(parents=True)
    shutil.copytree(ROOT / "script", clone / "script")
    for file in ("requirements.txt", "requirements-dev.txt", "raftstore/rpc/raft_pb2.py"):
        shutil.copy(ROOT / file, clone / file)
    return clone


def test_a_missing_python_is_one_line_that_says_what_to_install(clone: Path, tmp_path: Path) -> None:
    bin_dir = tmp_path / "bin"
    bin_dir.mkdir()
    for tool in TOOLS_OF_EVERY_MACHINE:
        (bin_dir / tool).symlink_to(shutil.which(tool) or "")
    old_python = bin_dir / "python3"
    old_python.write_text("#!/bin/sh\nexit 1\n")
    old_python.chmod(0o755)

    done = run_script("script/setup", cwd=clone, PATH=str(bin_dir))

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == (
        "script/setup: Python 3.11 with venv is needed; install it with: apt-get install python3.11 python3.11-venv\n"
    )


def test_a_failed_installation_is_one_line_and_is_tried_again_the_next_time(clone: Path) -> None:
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/", "PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0"}

    for _ in range(2):
        done = run_script("script/setup", cwd=clone, **nowhere)
        assert done.returncode == 1
        assert done.stderr.startswith("script/setup: could not install uv: ERROR: ")
        assert done.stderr.count("\n") == 1


def test_an_environment_that_is_up_to_date_is_left_alone(clone: Path) -> None:
    (clone / ".venv").symlink_to(ROOT / ".venv")
    before = os.stat(ROOT / ".venv" / "installed").st_mtime_ns

    done = run_script("script/setup", "--dev", cwd=clone)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert os.stat(ROOT / ".venv" / "installed").st_mtime_ns == before
