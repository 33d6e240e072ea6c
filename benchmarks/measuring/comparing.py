"""How are two sides compared on a machine whose speed changes from minute to minute? In turn, and by their medians."""

import math
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence

from .benchmark import Figures, Run
from .cpu import EVERYTHING_ELSE

Side = Callable[[int], Run]
# Behind the decimal point; more would only look exact.
DIGITS = 3


def in_turn(sides: Mapping[str, Side], runs: int) -> dict[str, list[Run]]:
    """Measure each side once, then each again, `runs` times. A side is called with its run's number, from 0."""
    made: dict[str, list[Run]] = {name: [] for name in sides}
    for number in range(runs):
        for name, side in sides.items():
            run = side(number)
            made[name].append(run)
            figures = [f"{figure} {value:g}" for figure, value in run.figures.items()]
            if else_share := run.cpu.get(EVERYTHING_ELSE):
                figures.append(f"{EVERYTHING_ELSE} used {else_share:.0%} of a core")
            print(f"run {number + 1} of {runs}: {name}: {', '.join(figures)}", file=sys.stderr, flush=True)
    return made


def medians(runs: Sequence[Run]) -> Figures:
    """The median of each figure over the runs; nothing of no runs."""
    return _medians([run.figures for run in runs])


def median_cpu(runs: Sequence[Run]) -> Figures:
    """The median share of a core, by process."""
    return _medians([run.cpu for run in runs])


def _medians(measured: Sequence[Mapping[str, float]]) -> dict[str, float]:
    names = {name: None for figures in measured for name in figures}
    return {name: round(statistics.median(figures[name] for figures in measured), DIGITS) for name in names}


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that at least `percent` of the values do not exceed (nearest rank).

    >>> percentile([1, 2, 3, 4], 50)
    2
    """
    ordered = sorted(values)
    return ordered[max(1, math.ceil(len(ordered) * percent / 100)) - 1]


def times(ours: float, peers: float) -> float:
    """Ours as a multiple of the peer's, rounded as the page shows it."""
    return round(ours / peers, 2)
