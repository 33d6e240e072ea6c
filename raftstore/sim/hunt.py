"""Is a known mistake caught? One mutant (mutants.py) in a process of its own: `python -m raftstore.sim.hunt NAME`.

The mistake is put into the production code, and then the simulator runs seed after seed until it breaks a rule. What
it does not see the scenarios may (raftstore/core/tests/scenarios), and at last the unit tests that the mutant names.
"""

import argparse
import contextlib
import io
import json
import signal
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from .mutants import find
from .mutation import PACKAGE, Mutant, install

DEFAULT_SEEDS = 100
SEED_LIMIT_CPU_S = 60.0
SCENARIOS = "core/tests/test_scenarios.py"


@dataclass(frozen=True, slots=True)
class Catch:
    """What noticed a mutant; `check` is empty if nothing did.

    Args:
        check: the rule that was broken, or which test failed.
        seed: the first seed that showed it, after `seeds` had been run; 0 if a test and no seed did.
        detail: what exactly was noticed, for people.
    """

    name: str
    check: str = ""
    seed: int = 0
    seeds: int = 0
    detail: str = ""


class _TakesTooLong(BaseException):
    """A seed uses so much of a core that nobody will wait for its end; the simulator has not said anything by then."""


def hunt(mutant: Mutant, seeds: Sequence[int], *, with_tests: bool = True) -> Catch:
    """Put the mistake into this process's code and look for it; no other mutant can be looked for here afterwards.

    Raises:
        MutantOutdated: an edit does not fit its file any more.
        RuntimeError: the code is imported already.
    """
    install(mutant.edits)
    for number, seed in enumerate(seeds, 1):
        rule, message = _run_seed(seed)
        if rule:
            return Catch(mutant.name, rule, seed, number, message)
    if with_tests:
        for tests in (SCENARIOS, *mutant.tests):
            if failed := _first_failure(tests):
                return Catch(mutant.name, failed, seeds=len(seeds))
    return Catch(mutant.name, seeds=len(seeds))


def _run_seed(seed: int) -> tuple[str, str]:
    """The rule that is broken in the run, and how; a run that never ends says nothing."""
    # Not before: what is imported can no longer be changed.
    from .simulation import run_seed

    try:
        with _cpu_limit(SEED_LIMIT_CPU_S):
            outcome = run_seed(seed)
    except _TakesTooLong:
        sys.stderr.write(f"seed {seed} was given up after {SEED_LIMIT_CPU_S:g} s\n")
        return "", ""
    return outcome.rule, outcome.message


@contextlib.contextmanager
def _cpu_limit(limit_s: float) -> Iterator[None]:
    def give_up(*_: object) -> None:
        raise _TakesTooLong

    signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _first_failure(tests: str) -> str:
    """The first of these tests that fails; empty if none does."""
    import pytest

    failed: list[str] = []

    class Watch:
        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            if report.failed:
                failed.append(report.nodeid)

        def pytest_collectreport(self, report: pytest.CollectReport) -> None:
            if report.failed:
                failed.append(report.nodeid)

    # The store's tests alone, without what the site's need: plugins that take longer to load than a scenario takes.
    options = ["-c", "/dev/null", "--rootdir", str(PACKAGE.parent), "--confcutdir", str(PACKAGE), "-x", "-q"]
    options += ["-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function"]
    options += ["--import-mode=importlib", "-p", "no:cacheprovider"]
    options += ["--disable-plugin-autoload", "-p", "pytest_asyncio.plugin", "-p", "pytest_timeout"]
    with contextlib.redirect_stdout(io.StringIO()) as said:
        result = pytest.main([*options, str(PACKAGE / tests)], plugins=[Watch()])
    if result not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(f"{tests} cannot be run: {said.getvalue()}")
    return _in_words(failed[0]) if failed else ""


def _in_words(test: str) -> str:
    file, _, name = test.partition("::")
    if file.endswith(SCENARIOS) and name.endswith("]"):
        return f"scenario {name[name.index('[') + 1 : -1]}"
    return f"{name} in {file}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns 1 if the mistake goes unnoticed."""
    parser = argparse.ArgumentParser(prog="python -m raftstore.sim.hunt", description="Looks for one known mistake.")
    parser.add_argument("name", help="the mutant's (raftstore/sim/mistakes/)")
    parser.add_argument("--seeds", type=int, default=DEFAULT_SEEDS, help="how many to run (default: %(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the first of them (default: %(default)s)")
    parser.add_argument("--no-tests", action="store_true", help="do not go on to the scenarios and tests")
    options = parser.parse_args(arguments)
    seeds = range(options.first, options.first + options.seeds)
    catch = hunt(find(options.name), seeds, with_tests=not options.no_tests)
    sys.stdout.write(json.dumps(asdict(catch)) + "\n")
    return 0 if catch.check else 1


if __name__ == "__main__":
    sys.exit(main())
