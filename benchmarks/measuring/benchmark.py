"""What is a benchmark, and what does it find?

A module in `benchmarks/` that has a `BENCHMARK` is one; `script/bench --list` shows it and `script/bench NAME` runs it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.running.reaper import Reaper

Figures = Mapping[str, float]


class BenchmarkFailed(Exception):
    """What was measured did not do its work, so there is no figure: the message says what happened."""


class PeerMissing(Exception):
    """A peer is not installed; the message says how to get it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How one benchmark is to be run.

    Args:
        directory: where servers keep their files; on a disk that really syncs.
        runs: how often each side is measured.
        seconds: how long one run's load lasts.
        quick: as little as shows that everything works; the figures mean nothing.
        peers: whether the peers are measured too.
    """

    directory: Path
    reaper: Reaper
    runs: int
    seconds: float
    quick: bool
    peers: bool


@dataclass(frozen=True, slots=True)
class Run:
    """One measurement of one side.

    Args:
        figures: by name; a name ends in its unit, as in `p99_ms` and `per_s`.
        cpu: by process, what share of one core it used while measured (2.0: two cores).
    """

    figures: Figures
    cpu: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A promise and what became of it; a line of the table in docs/performance.md.

    Args:
        ours, peer, ratio: to be read by people; empty if there is nothing to say.
        reached: None if it was not found out, as when the peer was left out.
    """

    promise: str
    target: str
    ours: str
    peer: str
    ratio: str
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What a benchmark found.

    Args:
        runs: of each side, in the order they were made.
    """

    rows: Sequence[Row]
    runs: Mapping[str, Sequence[Run]]


@dataclass(frozen=True, slots=True)
class Benchmark:
    """
    Args:
        name: its module's.
        question: what it finds out, in one line.
        measure: does so. Raises BenchmarkFailed, PeerMissing.
        seconds: how long one run's load lasts unless told otherwise.
        runs: how often each side is measured unless told otherwise.
    """

    name: str
    question: str
    measure: Callable[[Setting], Findings]
    seconds: float = 5.0
    runs: int = 5
