"""Random schedules of trouble end well, are repeated by their seed, and notice the mistakes that one could make."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SEEDS = 20
SEEDS_TO_FIND_A_MISTAKE = 60


def schedules(migrated: Path, *arguments: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.schedules", "--migrated", str(migrated), *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.mark.timeout(900)
def test_every_paid_order_ends_as_a_ticket_or_its_money_back(migrated_database: Path) -> None:
    done = schedules(migrated_database, "--seeds", str(SEEDS))
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert f"{SEEDS} schedules" in done.stdout


@pytest.mark.timeout(900)
def test_a_seed_is_one_schedule_step_by_step(migrated_database: Path) -> None:
    first, second = (
        schedules(migrated_database, "--first", "7", "--seeds", "2", "--trace", hash_seed=seed) for seed in ("1", "2")
    )
    assert first.stdout == second.stdout
    assert len(first.stdout.splitlines()) > SEEDS


@pytest.mark.timeout(900)
def test_every_known_mistake_is_found(migrated_database: Path) -> None:
    done = schedules(migrated_database, "--seeds", str(SEEDS_TO_FIND_A_MISTAKE), "--mistakes")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "NOT FOUND" not in done.stdout
