"""`script/bench`: runs benchmarks, lists them, or writes their results into the documents."""

import argparse
import dataclasses
import datetime
import json
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.running.reaper import Reaper
from tests.running.store_cluster import ROOT

from .catalogue import benchmarks
from .measuring import machine, page, results
from .measuring.benchmark import Benchmark, BenchmarkFailed, PeerMissing, Setting

# On the checkout's disk: what lies in /tmp may be in memory, where a sync costs nothing.
DIRECTORY = ROOT / "var" / "benchmarks"
QUICK_SECONDS = 0.2
QUICK_RUNS = 1
EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0 done, 1 failed, 2 the command line is wrong or a peer is missing."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a benchmark; its JSON is printed, and kept for the page"
    )
    parser.add_argument("--list", action="store_true", help="show which there are")
    parser.add_argument("--page", action="store_true", help="write the results into docs/performance.md and README.md")
    parser.add_argument("--runs", type=int, help="how often each side is measured")
    parser.add_argument("--seconds", type=float, help="how long the load of one run lasts")
    parser.add_argument("--quick", action="store_true", help="as little as shows that it works; keeps no result")
    parser.add_argument("--without-peers", action="store_true", help="measure only ours; keeps no result")
    parser.add_argument("--directory", type=Path, default=DIRECTORY, help="for the servers' files (default: in var/)")
    arguments = parser.parse_args(argv)
    known = benchmarks()
    if arguments.list:
        for benchmark in known.values():
            print(f"{benchmark.name:<18} {benchmark.question}")
        return 0
    if arguments.page:
        for path in page.rewrite(results.read_all(known)):
            print(path.relative_to(ROOT))
        return 0
    if not arguments.names or not set(arguments.names) <= set(known):
        parser.error(f"name some of: {', '.join(known)}")
    try:
        return max(attempt(known[name], arguments) for name in arguments.names)
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED


def attempt(benchmark: Benchmark, arguments: argparse.Namespace) -> int:
    """Returns the exit code, having said what went wrong."""
    try:
        run(benchmark, arguments)
    except PeerMissing as missing:
        print(f"script/bench: {benchmark.name}: {missing} (or --without-peers)", file=sys.stderr)
        return EXIT_USAGE
    # Waiting in vain for a cluster (tests/running) is an AssertionError, which has the nodes' logs in it.
    except (BenchmarkFailed, AssertionError) as failed:
        notes = getattr(failed, "__notes__", ())
        print(f"script/bench: {benchmark.name}: {failed}", *notes, sep="\n", file=sys.stderr)
        return EXIT_FAILED
    return 0


def run(benchmark: Benchmark, arguments: argparse.Namespace) -> None:
    """Measure, print, and keep the result unless something was left out."""
    directory = arguments.directory.resolve()
    directory.mkdir(parents=True, exist_ok=True)
    quick = arguments.quick
    with Reaper() as reaper:
        setting = Setting(
            directory=directory,
            reaper=reaper,
            runs=arguments.runs or (QUICK_RUNS if quick else benchmark.runs),
            seconds=arguments.seconds or (QUICK_SECONDS if quick else benchmark.seconds),
            quick=quick,
            peers=not arguments.without_peers,
        )
        findings = benchmark.measure(setting)
    document = results.as_document(
        benchmark.name,
        findings,
        command=command(benchmark, setting),
        measured_on=datetime.datetime.now(datetime.UTC).date().isoformat(),
        machine=machine.facts(directory),
    )
    print(json.dumps({key: value for key, value in document.items() if key != "each_run"}, indent=2))
    if setting.peers and not quick:
        print(f"kept in {results.write(document).relative_to(ROOT)}", file=sys.stderr)


def command(benchmark: Benchmark, setting: Setting) -> str:
    """What repeats this measurement."""
    words = ["script/bench", benchmark.name]
    defaults = dataclasses.replace(setting, runs=benchmark.runs, seconds=benchmark.seconds)
    for option in ("runs", "seconds"):
        if getattr(setting, option) != getattr(defaults, option):
            words += [f"--{option}", f"{getattr(setting, option):g}"]
    return shlex.join(words)


if __name__ == "__main__":
    sys.exit(main())
