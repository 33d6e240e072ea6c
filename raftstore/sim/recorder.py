"""What did the clients see? Every operation of a run, kept for the linearizability check and checked at once."""

from collections.abc import Callable
from itertools import count

from raftstore.seats import commands as c
from raftstore.seats.gate_commands import GateOutcome

from .histories import Absent, Answer, Argument, NothingHappened, Operation
from .journal import Journal, RuleBroken
from .seat_checks import ACKNOWLEDGED, SeatChecks


class Recorder:
    def __init__(self, journal: Journal, time_s: Callable[[], float], checks: SeatChecks) -> None:
        self.checks = checks
        self._journal = journal
        self._time_s = time_s
        self._numbers = count()
        # In the order in which they began.
        self._operations: dict[int, Operation] = {}

    def begin(self, process: int, argument: Argument) -> "Record":
        number = next(self._numbers)
        self._operations[number] = Operation.begun(process, argument, self.now_ns())
        self._journal.note("client", process, argument.__class__.__name__, number)
        return Record(self, self._operations, number)

    def decided_at_gate(self, request_id: str, outcome: c.Outcome) -> None:
        """Waiting rooms are checked entry by entry (seat_checks.py), and not part of the history."""
        self.checks.acknowledged(request_id, outcome)
        self._journal.count(f"at the gate: {_kind_of(outcome)}")

    def history(self) -> list[Operation]:
        return list(self._operations.values())

    def now_ns(self) -> int:
        return round(self._time_s() * 1e9)

    def ended(self, number: int, kind: str) -> None:
        self._journal.note("answer", number, kind)
        self._journal.count(f"operations: {kind}")


def _kind_of(outcome: c.Outcome) -> str:
    match outcome:
        case c.Refused(code):
            return code.value
        case c.BestHeld(moved=moved) if moved:
            return "BestHeld, others moved"
        case _:
            return type(outcome).__name__


class Record:
    """One operation under way."""

    def __init__(self, recorder: Recorder, operations: dict[int, Operation], number: int) -> None:
        self._recorder = recorder
        self._operations = operations
        self._number = number

    def decided(self, request_id: str, outcome: c.Outcome) -> None:
        self._recorder.checks.acknowledged(request_id, outcome)
        if isinstance(outcome, GateOutcome):
            raise RuleBroken(ACKNOWLEDGED, f"request {request_id}, about seats, was answered {outcome}")
        self._end(outcome, _kind_of(outcome))

    def read(self, view: c.SeatMap | c.HoldView | None) -> None:
        self._end(Absent() if view is None else view, "read")

    def nothing_happened(self, request_id: str) -> None:
        self._recorder.checks.nothing_happened(request_id)
        self._end(NothingHappened(), "nothing happened")

    def unknown(self) -> None:
        self._recorder.ended(self._number, "unknown")

    def not_read(self) -> None:
        """A read without an answer says nothing."""
        del self._operations[self._number]
        self._recorder.ended(self._number, "not read")

    def _end(self, answer: Answer, kind: str) -> None:
        operation = self._operations[self._number]
        self._operations[self._number] = operation.ended(self._recorder.now_ns(), answer)
        self._recorder.ended(self._number, kind)
