"""What did every client ask for and see, and when? One operation a line, as docs/histories.md describes it.

Written by the simulator and by the tests with real nodes; read by linearizability.py or by any other checker.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, Final, TextIO

from raftstore.errors import MalformedMessage
from raftstore.seats import commands as c

# --- What is asked and answered beside commands and their outcomes ----------------------------------


@dataclass(frozen=True, slots=True)
class ReadSeatMap:
    inventory: str


@dataclass(frozen=True, slots=True)
class ReadHold:
    hold: str


@dataclass(frozen=True, slots=True)
class Absent:
    """A read's answer: there is no such inventory, or no such hold (any more)."""


@dataclass(frozen=True, slots=True)
class NothingHappened:
    """The client was told that its operation had no effect and never will: no leader was reached, or it was busy."""


Argument = c.SeatCommand | ReadSeatMap | ReadHold
Answer = c.SeatOutcome | c.SeatMap | c.HoldView | Absent | NothingHappened

_ARGUMENTS: Final[dict[str, type[Any]]] = {
    "open_inventory": c.OpenInventory,
    "close_inventory": c.CloseInventory,
    "hold": c.Hold,
    "hold_best": c.HoldBest,
    "extend": c.Extend,
    "confirm": c.Confirm,
    "release": c.Release,
    "cancel": c.Cancel,
    "exchange": c.Exchange,
    "seat_map": ReadSeatMap,
    "read_hold": ReadHold,
}
_OP_OF: Final[dict[type[Any], str]] = {kind: op for op, kind in _ARGUMENTS.items()}
_ANSWERS: Final[dict[str, type[Any]]] = {
    "opened": c.Opened,
    "closed": c.Closed,
    "held": c.Held,
    "best_held": c.BestHeld,
    "taken": c.Taken,
    "confirmed": c.Confirmed,
    "released": c.Released,
    "cancelled": c.Cancelled,
    "exchanged": c.Exchanged,
    "refused": c.Refused,
    "seat_map": c.SeatMap,
    "hold": c.HoldView,
    "absent": Absent,
    "nothing_happened": NothingHappened,
}
_NAME_OF_ANSWER: Final[dict[type[Any], str]] = {kind: name for name, kind in _ANSWERS.items()}


@dataclass(frozen=True, slots=True)
class Operation:
    """One request of one client, with all its repetitions under the same request id.

    `process` is the client (Jepsen's term: a single thread of operations). `start_ns` is before it was first sent,
    `end_ns` after its answer came, on one monotonic clock for the whole history. Where the answer never came, or said
    that the outcome is unknown, `end_ns` and `outcome` are None: it may take effect at any time after its start, or
    never.
    """

    process: int
    op: str
    argument: Argument
    start_ns: int
    end_ns: int | None = None
    outcome: Answer | None = None

    @classmethod
    def begun(cls, process: int, argument: Argument, start_ns: int) -> "Operation":
        """An operation whose outcome is not known yet."""
        return cls(process, _OP_OF[type(argument)], argument, start_ns)

    def ended(self, end_ns: int, outcome: Answer) -> "Operation":
        return replace(self, end_ns=end_ns, outcome=outcome)

    def __str__(self) -> str:
        answer = "outcome unknown" if self.outcome is None else str(self.outcome)
        end = "..." if self.end_ns is None else f"{self.end_ns / 1e9:.6f}"
        return f"[{self.start_ns / 1e9:.6f}, {end}] client {self.process}: {self.argument} -> {answer}"


# --- As JSON ----------------------------------------------------------------------------------------


def to_json(operation: Operation) -> str:
    """The operation as one line, without its end."""
    line: dict[str, object] = {
        "process": operation.process,
        "op": operation.op,
        "argument": _values_of(operation.argument),
        "start_ns": operation.start_ns,
        "end_ns": operation.end_ns,
        "outcome": None,
    }
    if operation.outcome is not None:
        line["outcome"] = {"answer": _NAME_OF_ANSWER[type(operation.outcome)], **_values_of(operation.outcome)}
    return json.dumps(line, ensure_ascii=False)


def from_json(line: str) -> Operation:
    """
    Raises:
        MalformedMessage: the line is not what to_json writes.
    """
    try:
        values = json.loads(line)
        argument = _build(_ARGUMENTS[values["op"]], values["argument"])
        outcome = values["outcome"]
        answer = None if outcome is None else _build(_ANSWERS[outcome.pop("answer")], outcome)
        if (values["end_ns"] is None) is not (answer is None):
            raise ValueError("an end and an outcome come together")
        return Operation(values["process"], values["op"], argument, values["start_ns"], values["end_ns"], answer)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MalformedMessage(f"not an operation of a history: {line[:200]!r}: {error!r}") from error


def write_history(file: TextIO, history: Iterable[Operation]) -> None:
    for operation in history:
        file.write(to_json(operation) + "\n")


def read_history(path: Path) -> list[Operation]:
    """
    Raises:
        MalformedMessage: a line is not an operation; it says which.
    """
    return list(_read(path))


def _read(path: Path) -> Iterator[Operation]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                yield from_json(line)
            except MalformedMessage as error:
                raise MalformedMessage(f"{path}:{number}: {error}") from error


def _values_of(value: Argument | Answer) -> dict[str, object]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _build(kind: type[Any], values: dict[str, Any]) -> Any:
    """The dataclass from what JSON made of its fields: lists were tuples, states and codes were their names."""
    built: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    if kind is c.Refused:
        built["code"] = c.RefusalCode(built["code"])
        built["hold_state"] = built["hold_state"] and c.HoldState(built["hold_state"])
    elif kind is c.OpenInventory:
        built["places"] = tuple(map(c.SeatPlace._make, built.get("places", ())))
    elif kind is c.BestHeld:
        built["moved"] = tuple(map(c.Move._make, built["moved"]))
    elif kind is c.HoldView:
        built["state"] = c.HoldState(built["state"])
    return kind(**built)
