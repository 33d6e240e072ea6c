"""Are all known mistakes caught? One process for each (hunt.py), and a table of what noticed it: `script/mutants`."""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from .hunt import DEFAULT_SEEDS, Catch
from .mutants import MUTANTS, find
from .mutation import PACKAGE, Mutant

TABLE = PACKAGE.parent / "docs" / "mutants.md"
HUNT_LIMIT_S = 1_800.0
_MOST_DETAIL_CHARACTERS = 2_000

_HEAD = """# Known mistakes, and what notices them

Made by `script/mutants --write`; do not edit it by hand. `script/mutants --only NAME` looks for one of them again
(with `--write` its row is written anew), and `script/mutants` for all of them.

Each row is a mistake that is put into the production code on purpose (`raftstore/sim/mistakes/`), in a process of its
own. Then the simulator runs from seed 1 on until it breaks a rule; *seeds* says how many that took, and the last of
them shows it again. What the simulator does not see within its seeds the scenarios must
(`raftstore/core/tests/scenarios/`), and what concerns only one node or a client a unit test; *seeds* is empty then.
`raftstore/sim/tests/test_mutants.py` runs every row.

| mistake | what goes wrong | noticed by | seeds |
|---|---|---|---|
"""


# --- The table ------------------------------------------------------------------------------------


def table_of(catches: Sequence[Catch], before: str = "") -> str:
    """What docs/mutants.md says, in the mutants' order; of those that were not looked for, what it said `before`."""
    rows = {_name(line): line for line in before.removeprefix(_HEAD).splitlines()}
    rows |= {catch.name: _row(find(catch.name), catch) for catch in catches}
    return _HEAD + "".join(f"{rows[mutant.name]}\n" for mutant in MUTANTS if mutant.name in rows)


def _name(row: str) -> str:
    return row.split("|")[1].strip(" `")


def _row(mutant: Mutant, catch: Catch) -> str:
    return f"| `{mutant.name}` | {mutant.mistake} | {catch.check or '**nothing**'} | {catch.seed or ''} |"


def read_table(text: str) -> dict[str, int]:
    """The seed that shows each mutant; 0 for those that a test shows."""
    seeds: dict[str, int] = {}
    for line in text.removeprefix(_HEAD).splitlines():
        seeds[_name(line)] = int(line.split("|")[-2].strip() or 0)
    return seeds


# --- Hunting --------------------------------------------------------------------------------------


def hunt_all(mutants: Sequence[Mutant], arguments: Callable[[Mutant], Sequence[str]], *, jobs: int) -> Iterator[Catch]:
    """What noticed each, in their order.

    Args:
        arguments: what hunt.py is called with besides the name.
    """
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda mutant: _hunt(mutant.name, arguments(mutant)), mutants)


def _hunt(name: str, arguments: Sequence[str]) -> Catch:
    command = [sys.executable, "-m", "raftstore.sim.hunt", name, *arguments]
    try:
        ended = subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, text=True, timeout=HUNT_LIMIT_S)
    except subprocess.TimeoutExpired:
        return Catch(name, detail=f"no end after {HUNT_LIMIT_S:g} s")
    if ended.returncode not in (0, 1) or not ended.stdout:
        return Catch(name, detail=ended.stderr[-_MOST_DETAIL_CHARACTERS:])
    return Catch(**json.loads(ended.stdout))


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 if a mistake goes unnoticed."""
    parser = argparse.ArgumentParser(prog="script/mutants", description="Looks for every known mistake.")
    parser.add_argument("--seeds", type=int, default=DEFAULT_SEEDS, help="how many for each (default: %(default)s)")
    parser.add_argument("--jobs", type=int, default=2, help="how many mutants at once (default: %(default)s)")
    parser.add_argument("--only", action="append", metavar="NAME", help="these mutants alone; may be given repeatedly")
    parser.add_argument("--write", action="store_true", help="write docs/mutants.md; with --only, these rows of it")
    options = parser.parse_args(arguments)
    mutants = [find(name) for name in options.only] if options.only else MUTANTS
    catches = []
    for catch in hunt_all(mutants, lambda _: ["--seeds", str(options.seeds)], jobs=options.jobs):
        catches.append(catch)
        after = f"after {catch.seeds} seeds" if catch.seed else "by a test"
        _say(f"{catch.name}: {catch.check}, {after}" if catch.check else f"{catch.name}: UNNOTICED {catch.detail}")
    unnoticed = [catch.name for catch in catches if not catch.check]
    if options.write:
        TABLE.write_text(table_of(catches, TABLE.read_text() if options.only else ""))
    _say(f"{len(catches) - len(unnoticed)} of {len(catches)} mistakes noticed")
    return 1 if unnoticed else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
