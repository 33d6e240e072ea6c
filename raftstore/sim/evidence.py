"""Why is a history not linearizable? Told so that a person can follow it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from raftstore.seats import commands as c

from .histories import Operation
from .partitions import holds_named
from .replicated_time import TimeBounds
from .seat_model import told_time
from .seat_state import State

_LINES: Final = 25


@dataclass(frozen=True, slots=True)
class Violation:
    """A history that no seat store on one machine could have produced.

    Attributes:
        operation: the first that cannot be placed, by its end.
        prefix: the shortest beginning of its partition for which no order was found, in order of start: everything
            that started before `operation` ended.
        reason: what the store would have had to answer, for the orders of all others that are possible.
    """

    operation: Operation
    prefix: tuple[Operation, ...]
    reason: str

    def __str__(self) -> str:
        related = _related_to(self.operation, self.prefix)
        left_out = len(self.prefix) - len(related[-_LINES:])
        lines = [f"not linearizable: no place for {self.operation}", self.reason]
        lines += [f"after {left_out} others:"] if left_out else []
        lines += [f"  {operation}" for operation in related[-_LINES:]]
        return "\n".join(lines)


def explain(
    operation: Operation, prefix: tuple[Operation, ...], states: Sequence[State], bounds: TimeBounds
) -> Violation:
    """
    Args:
        states: what the seats may have been when `operation` found no place; a few of all possible ones.
    """
    reasons = []
    told = told_time(operation.outcome)
    earliest_ms = bounds.earliest_ms(operation.start_ns)
    latest_ms = bounds.latest_ms(operation.end_ns or 0)
    if told is not None and not earliest_ms <= told <= latest_ms:
        reasons.append(f"it tells the time {told}, which was between {earliest_ms} and {latest_ms} then")
    reasons += dict.fromkeys(_expectation(state, operation) for state in states)
    return Violation(operation, prefix, "\n or ".join(reasons))


def _expectation(state: State, operation: Operation) -> str:
    """What the operation met in `state`."""
    answer = operation.outcome
    if isinstance(answer, c.SeatMap):
        known = state.inventories.get(answer.inventory)
        if known is None:
            return f"inventory {answer.inventory} had not been opened"
        return f"as of time {state.now} " + (
            _difference("held", answer.held, known.held) + _difference("sold", answer.sold, known.sold)
            or f"open={known.open} with {known.legs} legs and {len(known.seats)} seats"
        )
    argument = operation.argument
    names = holds_named(argument)
    seats = set(argument.seats) if isinstance(argument, c.Hold | c.Exchange) else set()
    places = {argument.inventory} if isinstance(argument, c.Hold | c.Exchange) else set()
    if isinstance(argument, c.HoldBest) and argument.inventory in state.inventories:
        places, seats = {argument.inventory}, set(state.inventories[argument.inventory].seats)
    met = [
        f"{name} {hold.state.value} with {' '.join(hold.kept) or 'no seats'} until {_span(hold.deadline)}"
        for name, hold in state.holds.items()
        if name in names or (hold.inventory in places and not seats.isdisjoint(hold.kept))
    ]
    for inventory in places & state.inventories.keys():
        known = state.inventories[inventory]
        met += [f"{inventory} {seat} sold on legs {known.sold[seat]:b}" for seat in seats if seat in known.sold]
        met += [f"{inventory} is closed"] if not known.open else []
    return f"as of time {state.now} it met: " + (", ".join(met) or "none of what it speaks of")


def _difference(what: str, shown: Mapping[str, int], expected: Mapping[str, int]) -> str:
    seats = sorted(seat for seat in {*shown, *expected} if shown.get(seat, 0) != expected.get(seat, 0))
    return "".join(
        f"{seat} was {what} on legs {expected.get(seat, 0):b}, not {shown.get(seat, 0):b}. " for seat in seats
    )


def _span(span: tuple[int, int]) -> str:
    return str(span[0]) if span[0] == span[1] else f"{span[0]}..{span[1]}"


def _related_to(operation: Operation, prefix: Iterable[Operation]) -> list[Operation]:
    """Those that speak of its holds, or of holds on its seats; all of them, if it speaks of an inventory as a whole."""
    holds = set(holds_named(operation.argument))
    if not holds or isinstance(operation.argument, c.HoldBest):
        return list(prefix)
    asked = [one.argument for one in prefix if isinstance(one.argument, c.Hold | c.Exchange)]
    seats = {(one.inventory, seat) for one in asked if holds.intersection(holds_named(one)) for seat in one.seats}
    for one in asked:
        if not seats.isdisjoint((one.inventory, seat) for seat in one.seats):
            holds.update(holds_named(one))
    return [one for one in prefix if holds.intersection(holds_named(one.argument))]
