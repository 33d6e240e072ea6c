"""Chaos for as long as one likes: runs like those of test_chaos.py, one after the other, each with its own seed."""

import argparse
import logging
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

from tests.running.reaper import Reaper
from tests.running.small_disk import can_be_had

from .faults import DISKS, EVERYTHING, Fault
from .run import Setting, run

FAULTS_A_ROUND = 12


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 the store kept its promise in every run, 1 it did not."""
    parser = argparse.ArgumentParser(prog="script/chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="for how long (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the first run; each run takes the next (%(default)s)")
    parser.add_argument("--run-minutes", type=float, default=10, help="how long one run takes at most (%(default)s)")
    parser.add_argument("--nodes", type=int, default=3, help="%(default)s")
    parser.add_argument("--customers", type=int, default=8, help="%(default)s")
    parser.add_argument(
        "--directory", type=Path, default=Path("var/chaos"), help="for histories and logs (%(default)s)"
    )
    arguments = parser.parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("chaos").setLevel(logging.INFO)
    end_s = time.monotonic() + 60 * arguments.minutes
    started = time.strftime("%Y%m%d-%H%M%S")
    (arguments.directory / started).mkdir(parents=True)
    small_disks = can_be_had(arguments.directory / started)
    failures, runs, operations, sold = 0, 0, 0, 0
    with Reaper() as reaper:
        seed = arguments.seed
        while runs == 0 or time.monotonic() < end_s:
            until_s = min(60 * arguments.run_minutes, max(0.0, end_s - time.monotonic()))
            setting = Setting(
                arguments.directory / started / f"seed-{seed}",
                seed,
                customers=arguments.customers,
                nodes=arguments.nodes,
                small_disks=small_disks,
            )
            runs += 1
            try:
                verdict = run(setting, reaper, _some_of_everything(small_disks), until_s)
            except AssertionError as failure:
                failures += 1
                _say(f"seed {seed}: FAILED: {failure}")
            else:
                operations += verdict.operations
                sold += verdict.sold
                _say(f"seed {seed}: {verdict}")
            seed += 1
    _say(
        f"{runs} runs, {failures} failed; {operations} operations and {sold} sales in those that did not; "
        f"histories and logs: {arguments.directory / started}"
    )
    return 1 if failures else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _some_of_everything(small_disks: bool) -> Callable[[Random], Sequence[type[Fault]]]:
    kinds = [*EVERYTHING, *(DISKS if small_disks else ())]

    def draw(random: Random) -> Sequence[type[Fault]]:
        return random.choices(kinds, k=FAULTS_A_ROUND)

    return draw


if __name__ == "__main__":
    sys.exit(main())
