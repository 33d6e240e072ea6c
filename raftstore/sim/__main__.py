"""The simulator's command line: `script/simulate --seeds 100`."""

import argparse
import sys
import time
from collections.abc import Iterable, Sequence

from .idle import simulate_idle_hour
from .run import Tally, failure_report, run_seeds, summary
from .simulation import DEFAULT_SAFETY_S, DEFAULT_STEPS, run_seed

PROGRESS_S = 10.0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/simulate", description="Runs the whole cluster on virtual time, one seed after another."
    )
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds to run (default: %(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the first of them (default: %(default)s)")
    parser.add_argument("--steps", type=int, default=DEFAULT_STEPS, help="faults end after so many steps of a run")
    parser.add_argument("--safety", type=float, default=DEFAULT_SAFETY_S, help="simulated seconds that faults go on")
    parser.add_argument("--minutes", type=float, help="begin no run after so long")
    parser.add_argument("--jobs", type=int, default=2, help="how many runs at once (default: %(default)s)")
    parser.add_argument("--trace", action="store_true", help="print every event of every run")
    parser.add_argument("--idle-hour", action="store_true", help="instead, let a cluster idle for a simulated hour")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 if a rule was broken."""
    options = _parser().parse_args(arguments)
    if options.idle_hour:
        lines, is_bounded = simulate_idle_hour()
        _print(lines)
        return 0 if is_bounded else 1
    began = time.monotonic()
    tally = Tally()
    if options.trace:
        for seed in range(options.first, options.first + options.seeds):
            tally.add(run_seed(seed, steps=options.steps, safety_s=options.safety, loud=True))
    else:
        _run(options, tally)
    _print(summary(tally, real_s=time.monotonic() - began))
    for outcome in tally.failures:
        _print(failure_report(outcome, steps=options.steps, safety_s=options.safety))
    return 1 if tally.failures else 0


def _run(options: argparse.Namespace, tally: Tally) -> None:
    reported = time.monotonic()
    seconds = options.minutes * 60 if options.minutes is not None else None
    for outcome in run_seeds(
        options.first,
        options.seeds,
        steps=options.steps,
        safety_s=options.safety,
        jobs=options.jobs,
        seconds=seconds,
    ):
        tally.add(outcome)
        if outcome.rule:
            _print([f"seed {outcome.seed}: {outcome.message}"])
        if time.monotonic() - reported > PROGRESS_S:
            reported = time.monotonic()
            _print([f"{tally.runs} runs, {len(tally.failures)} failed"])


def _print(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
