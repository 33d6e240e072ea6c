"""How a node's log records look: one line each, as `key=value` for people or as JSON for programs.

The code says what happened as a template of fields, `log.info("event=role_changed role=%s term=%d", role, term)`. The
formatters take the fields from the template and its arguments, so that values keep their types and may hold anything.
What is not such a template, such as another library's record, becomes one field, `message`.
"""

import asyncio
import datetime
import json
import logging
import re
from typing import Literal

LogFormat = Literal["text", "json"]

FIELD = re.compile(r"([a-z_]+)=(%[-+ 0#]*\d*(?:\.\d+)?[a-zA-Z]|[^\s%]+)")
TEMPLATE = re.compile(rf"event=[a-z_]+(?: {FIELD.pattern})*")
# What can stand without quotation marks in a line of `key=value`.
PLAIN = re.compile(r"[^\s\"=]+")

Fields = dict[str, object]


def set_up(*, level: str, log_format: LogFormat, node: int) -> None:
    """Send this process's log records to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter(node) if log_format == "json" else TextFormatter(node))
    handler.addFilter(is_news)
    logging.basicConfig(level=level, handlers=[handler])


def is_news(record: logging.LogRecord) -> bool:
    """gRPC calls it an error that a node which ends takes leave of streams that the others hold open to it."""
    is_cancelled = record.exc_info is not None and isinstance(record.exc_info[1], asyncio.CancelledError)
    return not (is_cancelled and record.name.startswith("grpc."))


def fields_of(record: logging.LogRecord) -> Fields:
    """`event` and what goes with it, or the whole as `message`."""
    template = record.msg
    arguments = iter(record.args if isinstance(record.args, tuple) else (record.args,))
    if not isinstance(template, str) or not TEMPLATE.fullmatch(template):
        return {"message": record.getMessage()}
    fields: Fields = {}
    for name, value in FIELD.findall(template):
        fields[name] = _value(value, next(arguments)) if value.startswith("%") else value
    return fields


def _value(placeholder: str, argument: object) -> object:
    return argument if isinstance(argument, int | float) and "." not in placeholder else placeholder % argument


class _Formatter(logging.Formatter):
    def __init__(self, node: int) -> None:
        super().__init__()
        self._node = node

    def _head(self, record: logging.LogRecord) -> Fields:
        at = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        return {
            "time": f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "node": self._node,
        }


class TextFormatter(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = " ".join(f"{name}={_quoted(value)}" for name, value in (self._head(record) | fields_of(record)).items())
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line


class JsonFormatter(_Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = self._head(record) | fields_of(record)
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields, default=str)


def _quoted(value: object) -> str:
    text = str(value)
    return text if PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
