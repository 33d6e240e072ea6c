"""Random schedules, as many as one likes, each from its own seed. Those that end wrong are told with their seeds."""

import argparse
import logging
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence

# Sets of names have one order, in every process, only if their hashes have.
HASH_SEED = "0"


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 every schedule ended well, 1 some did not."""
    parser = argparse.ArgumentParser(prog="script/schedules", description=__doc__)
    parser.add_argument("--seeds", type=int, default=500, help="how many schedules (%(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the seed of the first (%(default)s)")
    parser.add_argument("--migrated", help="an SQLite file with every table, not to be migrated anew")
    parser.add_argument("--trace", action="store_true", help="tell everything that happens")
    parser.add_argument("--mistakes", action="store_true", help="make each of mistakes.py until it is found")
    arguments = parser.parse_args(argv)
    if os.environ.get("PYTHONHASHSEED") != HASH_SEED:
        os.environ["PYTHONHASHSEED"] = HASH_SEED
        os.execv(sys.executable, [sys.executable, "-m", "tests.schedules", *(argv or sys.argv[1:])])
    with tempfile.TemporaryDirectory(prefix="ticketsite-schedules-") as var_dir:
        _prepare(var_dir)
        seeds = range(arguments.first, arguments.first + arguments.seeds)
        if arguments.mistakes:
            return _make_mistakes(seeds, arguments.migrated)
        return _run_all(seeds, arguments.migrated, trace=arguments.trace)


def _prepare(var_dir: str) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="ticketsite.settings",
        TICKETSITE_VAR=var_dir,
        DATABASE_URL="sqlite://:memory:",
        SALE_FACTS_FRESH_S="0",
    )
    import django

    django.setup()
    # What goes wrong on purpose is told by the trace.
    logging.disable(logging.CRITICAL)


def _run_all(seeds: range, migrated: str | None, *, trace: bool) -> int:
    """Imports what Django must be ready for."""
    from booking.progress import progress_bar
    from tests.schedules.schedule import run
    from tests.schedules.stage import Stage

    stage = Stage(migrated)
    tell = progress_bar("Schedules", to=sys.stderr)
    ends: Counter[str] = Counter()
    wrong: list[int] = []
    for done, seed in enumerate(seeds, 1):
        told = run(seed, stage)
        ends.update(told.ends)
        if told.defects:
            wrong.append(seed)
        if trace or told.defects:
            sys.stdout.write("\n".join([f"seed {seed}", *told.trace, *(f"WRONG: {line}" for line in told.defects), ""]))
        tell(done, len(seeds))
    how = ", ".join(f"{count} {status.lower()}" for status, count in sorted(ends.items()))
    sys.stdout.write(f"{len(seeds)} schedules, {sum(ends.values())} orders ({how}); ")
    sys.stdout.write(f"wrong: {', '.join(map(str, wrong))}\n" if wrong else "none ended wrong.\n")
    return 1 if wrong else 0


def _make_mistakes(seeds: range, migrated: str | None) -> int:
    """Each mistake is made until a schedule ends wrong."""
    from tests.schedules.mistakes import MISTAKES
    from tests.schedules.schedule import run
    from tests.schedules.stage import Stage

    stage = Stage(migrated)
    unseen = 0
    for name, making in MISTAKES.items():
        with making():
            seed = next((seed for seed in seeds if run(seed, stage).defects), None)
        unseen += seed is None
        sys.stdout.write(f"{name}: {'NOT FOUND' if seed is None else f'found by seed {seed}'}\n")
    return 1 if unseen else 0


if __name__ == "__main__":
    sys.exit(main())
