"""Log records as people and as programs read them."""

import asyncio
import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest

from raftstore.logs import TEMPLATE, JsonFormatter, TextFormatter, is_news

PACKAGE = Path(__file__).resolve().parents[1]


def record(template: object, *arguments: object, **more: object) -> logging.LogRecord:
    made = logging.LogRecord("raftstore.node", logging.INFO, "node.py", 1, template, arguments, None)
    vars(made).update(more)
    return made


def test_an_event_is_a_line_of_fields_for_people():
    line = TextFormatter(3).format(record("event=fenced index=%d reason=%s", 7, 'it said "no"', created=0.25))
    assert line == (
        "time=1970-01-01T00:00:00.250Z level=info logger=raftstore.node node=3 "
        'event=fenced index=7 reason="it said \\"no\\""'
    )


def test_an_event_is_an_object_with_typed_fields_for_programs():
    line = JsonFormatter(3).format(record("event=role_changed role=%s term=%d share=%.1f", "leader", 12, 0.25))
    fields = json.loads(line)
    assert {name: fields[name] for name in ("event", "role", "term", "share", "level", "node")} == {
        "event": "role_changed", "role": "leader", "term": 12, "share": "0.2", "level": "info", "node": 3,
    }  # fmt: skip


@pytest.mark.parametrize(
    "made", [record("cut %d bytes", 7), record(ValueError("x=1")), record("event=Other than ours")]
)
def test_what_is_no_event_is_a_message(made: logging.LogRecord):
    fields = json.loads(JsonFormatter(1).format(made))
    assert fields["message"] == made.getMessage()
    assert "event" not in fields


def test_a_value_cannot_pretend_to_be_a_field_or_a_line_of_its_own():
    line = TextFormatter(1).format(record("event=refused reason=%s", "x\nlevel=critical event=fenced"))
    assert "\n" not in line
    assert line.endswith('reason="x\\nlevel=critical event=fenced"')


@pytest.mark.parametrize("formatter", [TextFormatter(1), JsonFormatter(1)])
def test_an_exception_comes_with_its_traceback(formatter: logging.Formatter):
    try:
        raise ValueError("broken")
    except ValueError:
        line = formatter.format(record("event=failed", exc_info=sys.exc_info()))
    assert "test_logs.py" in line
    assert "ValueError: broken" in line


def test_what_grpc_says_of_streams_that_end_with_the_node_is_no_news():
    try:
        raise asyncio.CancelledError
    except asyncio.CancelledError:
        cancelled = sys.exc_info()
    try:
        raise ValueError
    except ValueError:
        other = sys.exc_info()
    assert not is_news(record("x", name="grpc._cython.cygrpc", exc_info=cancelled))
    assert is_news(record("x", name="grpc._cython.cygrpc", exc_info=other))
    assert is_news(record("x", exc_info=cancelled))


def test_every_record_of_a_node_is_an_event():
    calls = re.compile(r"\blog\.(?:debug|info|warning|error|critical|exception)\(\s*\"([^\"]*)\"")
    found = []
    for folder in ("runtime", "server", "storage", "transport"):
        for path in (PACKAGE / folder).glob("*.py"):
            found += [(path.name, template) for template in calls.findall(path.read_text())]
    found += [("composition.py", template) for template in calls.findall((PACKAGE / "composition.py").read_text())]
    assert found
    assert [(name, template) for name, template in found if not TEMPLATE.fullmatch(template)] == []


def test_the_process_logs_to_standard_error_in_the_format_asked_for():
    program = (
        "import logging; from raftstore import logs; logs.set_up(level='INFO', log_format='json', node=5);"
        "logging.getLogger('raftstore').info('event=begun index=%d', 1)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == ""
    assert json.loads(done.stderr) | {"time": ""} == {
        "time": "", "level": "info", "logger": "raftstore", "node": 5, "event": "begun", "index": 1,
    }  # fmt: skip
