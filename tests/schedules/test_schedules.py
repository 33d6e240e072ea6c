"""Random schedules of trouble end well, are repeated by their seed, and notice the mistakes that one could make."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.schedules.mistakes import MISTAKES

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 30
SEEDS_TO_FIND_A_MISTAKE = 60


def schedules(*arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.schedules", *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_every_paid_order_ends_as_a_ticket_or_its_money_back() -> None:
    done = schedules("--seeds", str(SEEDS))
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert f"{SEEDS} schedules" in done.stdout


def test_a_seed_is_one_schedule_step_by_step() -> None:
    first, second = (schedules("--first", "7", "--seeds", "2", "--trace", hash_seed=seed) for seed in ("1", "2"))
    assert first.stdout == second.stdout
    assert len(first.stdout.splitlines()) > SEEDS


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(mistake: str) -> None:
    done = schedules("--seeds", str(SEEDS_TO_FIND_A_MISTAKE), "--mistake", mistake)
    assert done.returncode == 1, done.stdout[-2000:] + done.stderr[-2000:]
    assert "WRONG" in done.stdout
