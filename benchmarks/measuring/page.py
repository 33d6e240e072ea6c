"""How do results get into the documents? Into blocks between two HTML comments; what is around them people wrote.

<!-- measured: promises -->
(written by `script/bench --page`)
<!-- /measured -->
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.running.store_cluster import ROOT

from .results import Result

DOCUMENTS = (ROOT / "docs" / "performance.md", ROOT / "README.md")
BLOCK = re.compile(r"(<!-- measured: (\w+) -->\n).*?(<!-- /measured -->)", re.DOTALL)
REACHED = {True: "yes", False: "**no**", None: "not measured"}


def rewrite(results: Sequence[Result], documents: Sequence[Path] = DOCUMENTS) -> list[Path]:
    """Write the results into the documents. Returns those that changed."""
    changed = []
    for path in documents:
        text = path.read_text()
        if (new := filled(text, results)) != text:
            path.write_text(new)
            changed.append(path)
    return changed


def filled(text: str, results: Sequence[Result]) -> str:
    """A document's text with its blocks as these results make them."""
    return BLOCK.sub(lambda block: f"{block[1]}{BLOCKS[block[2]](results)}\n{block[3]}", text)


def promises(results: Sequence[Result]) -> str:
    """What was promised, and what became of it."""
    lines = [
        (row.promise, row.target, row.ours, row.peer, row.ratio, REACHED[row.reached], f"`{result.command}`")
        for result in results
        for row in result.rows
    ]
    return table(("promise", "target", "ours", "peer", "ratio", "reached", "again with"), lines)


def sides(results: Sequence[Result]) -> str:
    """All that was measured of each side."""
    lines = [
        (
            result.benchmark,
            side,
            ", ".join(f"{name} {value:,g}" for name, value in figures.items()),
            str(result.runs[side]),
        )
        for result in results
        for side, figures in result.medians.items()
    ]
    return table(("benchmark", "side", "medians", "runs"), lines)


def processor(results: Sequence[Result]) -> str:
    """Who used how much processor time."""
    lines = [
        (result.benchmark, side, ", ".join(f"{name} {share:.0%}" for name, share in shares.items()))
        for result in results
        for side, shares in result.cpu.items()
        if shares
    ]
    return table(("benchmark", "side", "share of one core"), lines)


def machine(results: Sequence[Result]) -> str:
    """On what machines all this was measured, and when."""
    machines: dict[str, list[Result]] = {}
    for result in results:
        facts = result.machine
        text = (
            f"{facts['cores']} cores ({facts['processor']}), {facts['memory_gb']} GB, {facts['system']}, "
            f"Python {facts['python']}"
        )
        machines.setdefault(text, []).append(result)
    lines = []
    for text, measured in machines.items():
        days = sorted({result.measured_on for result in measured})
        syncs = sorted(int(result.machine["disk_syncs_per_s"]) for result in measured)
        when = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        lines.append(
            f"- {when}: {text}; one record after another, each synced, the disk takes {syncs[0]:,} to {syncs[-1]:,} a "
            f"second. ({', '.join(result.benchmark for result in measured)})"
        )
    return "\n".join(lines)


BLOCKS: Mapping[str, Callable[[Sequence[Result]], str]] = {
    "promises": promises,
    "sides": sides,
    "processor": processor,
    "machine": machine,
}


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    rule = ["---"] * len(head)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *lines))
