"""Could one seat store on one machine, doing one thing at a time, have given every client these answers?

Wing & Gong's search (1993) with Lowe's just-in-time linearization and memory of dead ends (2017), one partition at a
time (Horn & Kroening's P-compositionality): inventories are independent objects unless an exchange joins them. What
the store is allowed to answer is in seat_model.py; the bounds of replicated time, which all partitions share, are in
replicated_time.py.

    python -m raftstore.sim.linearizability FILE...
"""

import sys
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .evidence import Violation, explain
from .histories import Operation, read_history
from .partitions import Call, Partition, partitions_of
from .replicated_time import TimeBounds
from .seat_model import successors
from .seat_state import EMPTY, State

__all__ = ["SearchTooLong", "Violation", "check"]

STEP_LIMIT: Final = 2_000_000
WITNESSES: Final = 3


class SearchTooLong(Exception):
    """The search was given up: the history is neither shown to be linearizable nor shown not to be."""


def check(
    history: Iterable[Operation],
    *,
    clock_drift: float = 0.01,
    clock_slack_ms: int = 5,
    step_limit: int = STEP_LIMIT,
) -> Violation | None:
    """None if the history is linearizable; otherwise the evidence that it is not.

    Args:
        history: all operations of all clients, in any order.
        clock_drift: how much faster than the history's clock a node's may run, as a part of it.
        clock_slack_ms: how far a node's clock may be off besides.
        step_limit: how many operations are tried in all, in each partition.

    Raises:
        SearchTooLong: `step_limit` was not enough.
    """
    operations = list(history)
    bounds = TimeBounds(operations, clock_drift=clock_drift, clock_slack_ms=clock_slack_ms)
    for partition in partitions_of(operations, bounds):
        violation = _Search(partition, bounds, step_limit).run()
        if violation:
            return violation
    return None


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a search has come: before event `position`, with `state` as left by all that is linearized.

    Calls in `pending` have begun and wait to be linearized; those in `early` are, before their end was reached.
    """

    position: int
    pending: tuple[Call, ...]
    early: frozenset[Call]
    state: State

    def key(self) -> Hashable:
        return self.early, self.state.key()


class _Search:
    """Depth first through one partition. A step is taken only where an operation ends that is not linearized yet:
    it is, or another first. Nothing is lost by waiting until then (Lowe 2017, just-in-time linearization)."""

    def __init__(self, partition: Partition, bounds: TimeBounds, step_limit: int) -> None:
        self._partition = partition
        self._events = partition.events
        self._bounds = bounds
        self._steps_left = step_limit
        self._dead_ends: dict[int, set[Hashable]] = {}
        self._furthest = -1
        self._stuck: list[State] = []

    def run(self) -> Violation | None:
        place = self._go_on(_Place(0, (), frozenset(), EMPTY))
        path: list[tuple[_Place, Iterator[_Place]]] = []
        while place.position < len(self._events):
            path.append((place, self._choices(place)))
            while path:
                here, choices = path[-1]
                following = next(choices, None)
                if following is None:
                    path.pop()
                    self._give_up(here)
                elif not self._is_dead_end(following):
                    place = following
                    break
            else:
                return self._violation()
        return None

    # --- Where to go --------------------------------------------------------------------------------

    def _go_on(self, place: _Place) -> _Place:
        """The next place where something is to be decided: the end of an operation that is not linearized."""
        pending, early, state = list(place.pending), place.early, place.state
        position = place.position
        while position < len(self._events):
            call, begins = self._events[position]
            if begins:
                later = _let_pass(state, call, pending)
                if later is None:
                    pending.append(call)
                else:
                    state = later
                    early |= {call}
            elif call in early:
                early -= {call}
            else:
                break
            if not begins:
                for hold in call.last_to_name:
                    state = state.forget(hold)
            position += 1
        return _Place(position, tuple(pending), early, state)

    def _choices(self, place: _Place) -> Iterator[_Place]:
        """What can be linearized next: the operation that ends here, then others that had begun."""
        ending = self._events[place.position][0]
        latest_ms = self._bounds.latest_ms(ending.end_ns)
        for call in place.pending:
            if call.likely and self._partition.holds_due(place.state, latest_ms) & call.footprint:
                yield from self._linearize(place, call, ending, latest_ms)
        yield from self._linearize(place, ending, ending, latest_ms)
        for call in self._others(place, ending, latest_ms):
            yield from self._linearize(place, call, ending, latest_ms)

    def _linearize(self, place: _Place, call: Call, ending: Call, latest_ms: int) -> Iterator[_Place]:
        for other in place.pending:
            # Its time was told; whatever is decided later would leave no place for it.
            if other is not call and other.told_ms is not None and other.told_ms < latest_ms:
                latest_ms = other.told_ms
        state = place.state
        found = successors(state, call.argument, call.answer, earliest=call.earliest_ms, latest=latest_ms)
        for after in found:
            self._steps_left -= 1
            if self._steps_left < 0:
                raise SearchTooLong(f"gave up before {ending.operation}")
            if after is state and call.answer is None:
                continue
            pending = [other for other in place.pending if other is not call]
            early = {call}
            for other in tuple(pending):
                later = _let_pass(after, other, pending)
                if later is not None:
                    after = later
                    early.add(other)
                    pending.remove(other)
            yield self._go_on(_Place(place.position, tuple(pending), place.early | early, after))

    def _others(self, place: _Place, ending: Call, latest_ms: int) -> list[Call]:
        """Those whose place may be before the end of `ending`, the likeliest first.

        What has nothing to do with `ending`, with a hold that may expire meanwhile, or with others that have, can as
        well come later.
        """
        left = [call for call in place.pending if call is not ending]
        reach = ending.footprint | self._partition.holds_due(place.state, latest_ms)
        others: list[Call] = []
        while touched := [call for call in left if call.told_ms is not None or call.footprint & reach]:
            for call in touched:
                reach |= call.footprint
            others += touched
            left = [call for call in left if call not in touched]
        focus = self._partition.focus(place.state, ending)
        return sorted(others, key=lambda call: call.urgency(ending, focus))

    # --- Dead ends ----------------------------------------------------------------------------------

    def _is_dead_end(self, place: _Place) -> bool:
        known = self._dead_ends.get(place.position)
        return known is not None and place.key() in known

    def _give_up(self, place: _Place) -> None:
        self._dead_ends.setdefault(place.position, set()).add(place.key())
        if place.position > self._furthest:
            self._furthest, self._stuck = place.position, []
        if place.position == self._furthest and len(self._stuck) < WITNESSES:
            self._stuck.append(place.state)

    def _violation(self) -> Violation:
        ending = self._events[self._furthest][0]
        prefix = tuple(call.operation for call, begins in self._events[: self._furthest] if begins)
        return explain(ending.operation, prefix, self._stuck, self._bounds)


def _let_pass(state: State, call: Call, pending: list[Call]) -> State | None:
    """The state after a call that changed nothing, if it may come here and stands in nobody's way; else None.

    It can be linearized at the first place that allows it, whatever follows, unless the time that it takes for
    granted would leave no place for another that has begun, or be too late for a hold.
    """
    now_ms = max(state.now, call.earliest_ms)
    if not call.silent or state.first_deadline <= now_ms or call.told_ms not in (None, now_ms):
        return None
    if any(other.told_ms is not None and other.told_ms < now_ms for other in pending):
        return None
    after = next(successors(state, call.argument, call.answer, earliest=now_ms, latest=now_ms), None)
    if after is None or after.holds is not state.holds:
        return None
    return after


def main(arguments: list[str]) -> int:
    """Check each file; 0 if all are linearizable, 1 if one is not, 2 if one could not be decided."""
    worst = 0
    for name in arguments:
        history = read_history(Path(name))
        try:
            violation = check(history)
        except SearchTooLong as error:
            sys.stdout.write(f"{name}: undecided: {error}\n")
            worst = max(worst, 2)
            continue
        sys.stdout.write(f"{name}: {len(history)} operations: {violation or 'linearizable'}\n")
        worst = max(worst, 1 if violation else 0)
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
