"""Is a tiny history linearizable? Every order and every time is tried on the store's own state machine.

Shares nothing with the checker but the format of histories: no partitions, no memory, no model of its own.
"""

import copy
from collections.abc import Iterator, Sequence
from dataclasses import replace

from raftstore.seats import commands as c
from raftstore.seats.commands import HoldState
from raftstore.seats.machine import SeatMachine
from raftstore.seats.tests.store import apply_next
from raftstore.sim.histories import Absent, Answer, NothingHappened, Operation, ReadHold, ReadSeatMap

FOREVER_MS = 1 << 40


def is_linearizable(history: Sequence[Operation], *, clock_drift: float, clock_slack_ms: int) -> bool:
    happened = [operation for operation in history if not isinstance(operation.outcome, NothingHappened)]
    windows = {
        number: _window(operation, happened, clock_drift, clock_slack_ms) for number, operation in enumerate(happened)
    }
    return _place(happened, windows, frozenset(range(len(happened))), SeatMachine())


def _place(
    history: Sequence[Operation], windows: dict[int, tuple[int, int]], left: frozenset[int], machine: SeatMachine
) -> bool:
    if all(history[number].outcome is None for number in left):
        return True
    first_end = min(history[number].end_ns or FOREVER_MS << 20 for number in left)
    for number in left:
        operation = history[number]
        if operation.start_ns > first_end:
            continue
        for time_ms in _times(operation, windows[number], machine):
            after = copy.deepcopy(machine)
            answer = _carry_out(after, operation, time_ms)
            if _fits(operation.outcome, answer) and _place(history, windows, left - {number}, after):
                return True
    return False


def _times(operation: Operation, window: tuple[int, int], machine: SeatMachine) -> Iterator[int]:
    """Replicated times worth trying: the earliest, and around every deadline."""
    earliest, latest = max(window[0], machine.time_ms), window[1]
    outcome = operation.outcome
    if isinstance(outcome, c.Held | c.BestHeld | c.HoldView):
        candidates = {outcome.now_ms}
    else:
        deadlines = [row.expires_at_ms for row in machine.whole_state().holds if row.state is HoldState.HELD]
        candidates = {earliest} | {at + step for at in deadlines for step in (-1, 0, 1)}
    return (time_ms for time_ms in sorted(candidates) if earliest <= time_ms <= latest)


def _window(
    operation: Operation, history: Sequence[Operation], clock_drift: float, clock_slack_ms: int
) -> tuple[int, int]:
    """The earliest and latest replicated time, by what all answers tell (docs/histories.md)."""
    earliest, latest = 0, FOREVER_MS
    for other in history:
        answer = other.outcome
        if not isinstance(answer, c.Held | c.BestHeld | c.HoldView) or other.end_ns is None:
            continue
        if other.end_ns < operation.start_ns:
            earliest = max(earliest, answer.now_ms)
        if isinstance(answer, c.Held | c.BestHeld) and operation.end_ns is not None:
            passed_ms = max(0, operation.end_ns - other.start_ns) / 1e6 * (1 + clock_drift)
            latest = min(latest, answer.now_ms + int(passed_ms) + 1 + clock_slack_ms)
    return earliest, latest


def _carry_out(machine: SeatMachine, operation: Operation, time_ms: int) -> Answer:
    argument = operation.argument
    if isinstance(argument, ReadSeatMap | ReadHold):
        apply_next(machine, time_ms=time_ms)
        if isinstance(argument, ReadSeatMap):
            return machine.seat_map(argument.inventory) or Absent()
        return machine.hold(argument.hold) or Absent()
    request = c.Request(f"request-{machine.applied_index}", argument)
    return apply_next(machine, request, time_ms=time_ms).outcomes[0]


def _fits(seen: Answer | None, answer: Answer) -> bool:
    if seen is None:
        return True
    if isinstance(seen, c.Refused) and isinstance(answer, c.Refused):
        return (seen.code, seen.hold_state) == (answer.code, answer.hold_state)
    if isinstance(seen, c.SeatMap) and isinstance(answer, c.SeatMap):
        return replace(seen, index=0) == replace(answer, index=0)
    return seen == answer
