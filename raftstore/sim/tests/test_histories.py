"""Is what clients saw written down so that it reads back the same, and does the documentation's example hold?"""

import json
import re
from pathlib import Path
from random import Random
from typing import get_args

import pytest

from raftstore.errors import MalformedMessage
from raftstore.seats import commands as c
from raftstore.sim.histories import NothingHappened, Operation, from_json, read_history, to_json, write_history
from raftstore.sim.linearizability import check, main

from .executions import Execution

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "histories.md"


def test_a_history_reads_back_as_it_was_written(tmp_path):
    history = Execution(Random(1), lost=0.1).history(200)
    history.append(Operation.begun(1, c.Cancel("h", ("A-1",)), 5).ended(9, NothingHappened()))
    path = tmp_path / "history.jsonl"
    with path.open("w", encoding="utf-8") as file:
        write_history(file, history)
    assert read_history(path) == history


def test_every_line_has_the_six_documented_fields():
    line = json.loads(to_json(Operation.begun(1, c.Confirm("h"), 5)))
    assert list(line) == ["process", "op", "argument", "start_ns", "end_ns", "outcome"]


def test_every_command_can_be_written_down_and_is_in_the_document():
    text = DOCUMENT.read_text()
    for kind in get_args(c.SeatCommand):
        values = {"seats": ("A-1",), "inventory": "i", "hold": "h", "new_hold": "n", "zones": ("1",)}
        values["places"] = (c.SeatPlace("1", "A", 1, 0, 0),)
        argument = kind(**{name: values.get(name, 1) for name in kind.__dataclass_fields__})
        operation = Operation.begun(1, argument, 5)
        assert from_json(to_json(operation)) == operation
        assert f"| `{operation.op}` |" in text


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        '{"process": 1}',
        to_json(Operation.begun(1, c.Confirm("h"), 5)).replace('"end_ns": null', '"end_ns": 7'),
    ],
)
def test_a_line_that_is_no_operation_is_refused_with_its_number(tmp_path, line):
    path = tmp_path / "history.jsonl"
    path.write_text(to_json(Operation.begun(1, c.Confirm("h"), 5)) + "\n" + line + "\n")
    with pytest.raises(MalformedMessage, match=r"history\.jsonl:2"):
        read_history(path)


def test_the_documents_example_is_linearizable_and_its_variation_is_not(tmp_path, capsys):
    example, variation = re.findall(r"```json\n(.+?)```", DOCUMENT.read_text(), re.DOTALL)
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text(example)
    bad.write_text("".join(example.splitlines(keepends=True)[:-1]) + variation)
    assert check(read_history(good)) is None
    assert check(read_history(bad)) is not None
    assert main([str(good)]) == 0
    assert main([str(good), str(bad)]) == 1
    assert "no place for" in capsys.readouterr().out
