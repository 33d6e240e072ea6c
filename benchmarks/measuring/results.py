"""Where results are kept between a measurement and the page: benchmarks/results/NAME.json, one file a benchmark."""

import dataclasses
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .benchmark import Figures, Findings, Row
from .comparing import median_cpu, medians

DIRECTORY = Path(__file__).resolve().parents[1] / "results"


@dataclass(frozen=True, slots=True)
class Result:
    """A benchmark's result as it was written.

    Args:
        runs, medians, cpu: how many, and of them, by the side's name.
        measured_on: a date in ISO 8601.
    """

    benchmark: str
    command: str
    measured_on: str
    machine: dict[str, str | int]
    runs: dict[str, int]
    rows: tuple[Row, ...]
    medians: dict[str, Figures]
    cpu: dict[str, Figures]


def as_document(
    benchmark: str, findings: Findings, *, command: str, measured_on: str, machine: dict[str, str | int]
) -> dict[str, Any]:
    """What is printed and written: the medians, and each run that they are of."""
    return {
        "benchmark": benchmark,
        "command": command,
        "measured_on": measured_on,
        "machine": machine,
        "runs": {side: len(runs) for side, runs in findings.runs.items()},
        "rows": [dataclasses.asdict(row) for row in findings.rows],
        "medians": {side: medians(runs) for side, runs in findings.runs.items()},
        "cpu": {side: median_cpu(runs) for side, runs in findings.runs.items()},
        "each_run": {side: [dataclasses.asdict(run) for run in runs] for side, runs in findings.runs.items()},
    }


def write(document: dict[str, Any], directory: Path = DIRECTORY) -> Path:
    directory.mkdir(exist_ok=True)
    path = directory / f"{document['benchmark']}.json"
    path.write_text(json.dumps(document, indent=2) + "\n")
    return path


def read_all(names: Iterable[str], directory: Path = DIRECTORY) -> list[Result]:
    """The results there are, in the order of `names`."""
    results = []
    for name in names:
        path = directory / f"{name}.json"
        if path.exists():
            document = json.loads(path.read_text())
            del document["each_run"]
            rows = tuple(Row(**row) for row in document.pop("rows"))
            results.append(Result(rows=rows, **document))
    return results
