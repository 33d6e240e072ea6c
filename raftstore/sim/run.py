"""How are many seeds run, and what did they reach? Each on one core, as many at once as there are to spare."""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import get_context
from threading import Semaphore

from .simulation import DEFAULT_SAFETY_S, DEFAULT_STEPS, Outcome, run_seed

# So many seeds wait for a process, so that one that ends early need not wait for its next.
SEEDS_AHEAD = 4
# A process keeps what many runs leave behind.
SEEDS_A_PROCESS = 200


@dataclass(slots=True)
class Tally:
    """What all runs together did."""

    runs: int = 0
    steps: int = 0
    virtual_s: float = 0.0
    cpu_s: float = 0.0
    counts: Counter[str] = field(default_factory=Counter)
    failures: list[Outcome] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        self.runs += 1
        self.steps += outcome.steps
        self.virtual_s += outcome.virtual_s
        self.cpu_s += outcome.cpu_s
        self.counts += outcome.counts
        if outcome.rule:
            self.failures.append(outcome)


def run_seeds(
    first: int,
    seeds: int,
    *,
    steps: int = DEFAULT_STEPS,
    safety_s: float = DEFAULT_SAFETY_S,
    jobs: int = 1,
    seconds: float | None = None,
) -> Iterator[Outcome]:
    """The outcomes of `seeds` runs from seed `first` on, as they end.

    Args:
        seconds: of true time, after which no run is begun any more.
    """
    until = None if seconds is None else time.monotonic() + seconds
    run = partial(run_seed, steps=steps, safety_s=safety_s)
    ahead = Semaphore(jobs * SEEDS_AHEAD)

    def feed() -> Iterator[int]:
        for seed in range(first, first + seeds):
            ahead.acquire()
            if until is not None and time.monotonic() > until:
                return
            yield seed

    with get_context("spawn").Pool(jobs, maxtasksperchild=SEEDS_A_PROCESS) as pool:
        for outcome in pool.imap_unordered(run, feed()):
            ahead.release()
            yield outcome


def summary(tally: Tally, *, real_s: float) -> list[str]:
    """What was reached, for people: a line for each kind of thing that happened."""
    kinds = [f"{times:>12,}  {kind}" for kind, times in sorted(tally.counts.items())]
    runs_a_second = tally.runs / real_s if real_s else 0.0
    return [
        *kinds,
        f"{tally.runs:,} runs in {real_s:,.0f} s ({runs_a_second:.1f} a second), "
        f"{tally.virtual_s / 3_600:,.1f} hours simulated, {tally.steps:,} steps, {len(tally.failures)} failed",
    ]


def failure_report(
    outcome: Outcome, *, steps: int = DEFAULT_STEPS, safety_s: float = DEFAULT_SAFETY_S, events: int = 40
) -> list[str]:
    """Which rule a run broke, what happened last, and how to see it again; `steps` and `safety_s` as it was run."""
    bounds = "" if steps == DEFAULT_STEPS else f" --steps {steps}"
    bounds += "" if safety_s == DEFAULT_SAFETY_S else f" --safety {safety_s:g}"
    return [
        f"seed {outcome.seed} broke a rule: {outcome.rule}",
        *(f"    {line}" for line in outcome.message.splitlines()),
        f"the last {events} events:",
        *(f"    {line}" for line in outcome.last_events[-events:]),
        f"again: script/simulate --first {outcome.seed} --seeds 1{bounds} --trace",
    ]
