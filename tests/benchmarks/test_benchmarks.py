"""Does every benchmark of the store still run, and those of open seat maps, and say what it promises to say?"""

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main
from benchmarks.catalogue import FIRST, benchmarks


@pytest.mark.parametrize("name", [*FIRST, "reconnect_storm", "seat_map_panning"])
def test_a_benchmark_runs_from_end_to_end_and_says_what_became_of_its_promises(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exit_code = main([name, "--quick", "--without-peers", "--directory", str(tmp_path)])

    printed, complaints = capsys.readouterr()
    assert exit_code == 0, complaints
    document = json.loads(printed)
    assert document["benchmark"] == name
    assert all(row["promise"] and row["target"] and row["ours"] for row in document["rows"])
    assert all(value >= 0 for figures in document["medians"].values() for value in figures.values())


def test_every_benchmark_goes_by_its_modules_name_and_asks_something() -> None:
    known = benchmarks()

    assert set(FIRST) <= set(known)
    assert all((Path("benchmarks") / f"{name}.py").exists() and known[name].question for name in known)
