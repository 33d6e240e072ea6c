"""Are medians, percentiles and processor shares what they are called, and do the documents say what was measured?"""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks.catalogue import benchmarks
from benchmarks.load.gaps import Gaps
from benchmarks.measuring import page, results
from benchmarks.measuring.benchmark import Findings, Row, Run
from benchmarks.measuring.comparing import in_turn, medians, percentile
from benchmarks.measuring.cpu import CpuShares, used_s

BUSY_S = 0.5


def test_two_sides_are_measured_in_turn() -> None:
    order = []

    def side(name: str, number: int) -> Run:
        order.append((name, number))
        return Run({"per_s": number})

    runs = in_turn({"ours": lambda n: side("ours", n), "peer": lambda n: side("peer", n)}, 2)

    assert order == [("ours", 0), ("peer", 0), ("ours", 1), ("peer", 1)]
    assert [run.figures["per_s"] for run in runs["peer"]] == [0, 1]


def test_the_figure_of_several_runs_is_their_median() -> None:
    assert medians([Run({"p99_ms": value}) for value in (3.0, 900.0, 1.0)]) == {"p99_ms": 3.0}


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (99, 99), (100, 100), (0.5, 1)])
def test_a_percentile_is_a_value_that_so_many_do_not_exceed(percent: float, expected: int) -> None:
    assert percentile(list(range(100, 0, -1)), percent) == expected


def test_a_processs_share_counts_what_its_children_use_also_when_they_have_ended() -> None:
    burn = f"import time\nend = time.process_time() + {BUSY_S}\nwhile time.process_time() < end: pass"
    program = (
        "import subprocess, sys\n"
        f"subprocess.run([sys.executable, '-c', {burn!r}])\n"
        "print('done', flush=True)\n"
        "sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        shares = CpuShares({"parent": parent.pid})
        assert parent.stdout is not None
        assert parent.stdout.readline() == "done\n"
        assert used_s(parent.pid) >= BUSY_S
        assert shares.shares()["parent"] > 0
        assert parent.stdin is not None
        parent.stdin.close()


def test_a_block_of_a_document_is_written_from_the_results_and_what_is_around_it_stays(tmp_path: Path) -> None:
    row = Row("fast", "at least 2 x", "4/s", "1/s", "4.0 x", reached=True)
    document = results.as_document(
        "sample",
        Findings([row], {"ours": [Run({"per_s": 4}, {"client": 0.5})]}),
        command="script/bench sample",
        measured_on="2026-01-02",
        machine={},
    )
    results.write(document, tmp_path)
    text = "before\n<!-- measured: promises -->\nold\n<!-- /measured -->\nafter\n"

    filled = page.filled(text, results.read_all(["sample"], tmp_path))

    assert filled.startswith("before\n<!-- measured: promises -->\n| promise |")
    assert "| fast | at least 2 x | 4/s | 1/s | 4.0 x | yes | `script/bench sample` |" in filled
    assert "old" not in filled
    assert filled.endswith("<!-- /measured -->\nafter\n")


@pytest.mark.parametrize("document", page.DOCUMENTS, ids=lambda path: path.name)
def test_a_document_says_what_the_results_say(document: Path) -> None:
    text = document.read_text()

    assert page.BLOCK.search(text), f"{document.name} shows no result"
    assert page.filled(text, results.read_all(benchmarks())) == text, "run script/bench --page"


def test_every_result_that_is_kept_is_a_known_benchmarks() -> None:
    kept = {path.stem for path in results.DIRECTORY.glob("*.json")}

    assert kept <= set(benchmarks())


def test_a_gap_is_told_with_the_report_in_which_it_ends_or_still_lasts() -> None:
    gaps = Gaps()
    begun_s = time.monotonic()
    for later_s in (1.0, 4.0, 4.5):
        gaps.answered(begun_s + later_s)
    gaps.failed()

    first, second = gaps.report(), gaps.report()

    assert (first["answered"], first["failed"]) == (3, 1)
    assert first["longest_gap_ms"] == pytest.approx(3_000)
    assert (second["answered"], second["failed"]) == (0, 0)
