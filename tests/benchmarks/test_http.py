"""Do the benchmarks of the site under gunicorn still run, with their peers? They need PostgreSQL."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.measuring.benchmark import PeerMissing
from benchmarks.peers.postgres import PACKAGES, check_installed


@pytest.fixture(autouse=True)
def postgres() -> None:
    try:
        check_installed()
    except PeerMissing:
        pytest.skip(f"PostgreSQL is missing: apt-get install {PACKAGES}")


@pytest.fixture
def directory() -> Iterator[Path]:
    """Not pytest's own: PostgreSQL's user, who is not root, has to get there."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("name", "sides"),
    [("http_hold", {"ours", "empty view", "empty view, token looked up"}), ("http_rush", {"ours", "row locks"})],
)
def test_a_benchmark_of_the_site_sells_what_it_means_to_sell_and_measures_its_peers(
    name: str, sides: set[str], directory: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code = main([name, "--quick", "--directory", str(directory)])

    printed, complaints = capsys.readouterr()
    assert exit_code == 0, complaints
    medians = json.loads(printed)["medians"]
    assert medians.keys() == sides
    assert all(value >= 0 for figures in medians.values() for value in figures.values())
