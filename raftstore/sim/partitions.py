"""Which operations can be looked at apart from all others, and what does each of them touch?

An inventory with its holds is an object of its own. An operation that speaks of two (an exchange across inventories,
a hold id that was used in both) joins them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Final, assert_never

from raftstore.seats import commands as c
from raftstore.seats.commands import HoldState, RefusalCode

from .histories import Answer, Argument, NothingHappened, Operation, ReadHold, ReadSeatMap
from .replicated_time import TimeBounds
from .seat_model import is_silent, told_time
from .seat_state import State, leg_bits

# These say nothing of whether the command was carried out when it came first.
_INDECISIVE: Final = {RefusalCode.SESSION_EXPIRED, RefusalCode.SEQUENCE_ACKNOWLEDGED, RefusalCode.REQUEST_ID_REUSED}
_NO_END: Final = 1 << 63


@dataclass(slots=True, eq=False)
class Call:
    """An operation as the search sees it; an `answer` of None means that its outcome is unknown and it never ends."""

    operation: Operation
    argument: Argument
    answer: Answer | None
    end_ns: int
    # Bounds of the replicated time at which it was decided, and that time itself, if the answer tells it.
    earliest_ms: int
    told_ms: int | None
    # It changed nothing, whenever it was carried out.
    silent: bool
    # One bit for each hold and seat on which it may depend, or which it may change.
    footprint: int = 0
    # It confirms a hold, nobody saw whether, and what was seen later speaks for it.
    likely: bool = False
    # Holds of which no operation speaks after this one has ended.
    last_to_name: list[str] = field(default_factory=list)

    def urgency(self, ending: "Call", focus: int) -> tuple[bool, bool, int]:
        """Smallest for the call that most likely has to come before the end of `ending`."""
        decided_ms = ending.earliest_ms if ending.told_ms is None else ending.told_ms
        if self.told_ms is not None and self.told_ms < decided_ms:
            return False, False, self.told_ms
        return True, not self.footprint & focus, self.end_ns


Event = tuple[Call, bool]


class Partition:
    """Operations on inventories that have nothing to do with others.

    `events` are the beginnings (True) and ends (False) of its calls in order of time. What begins at the very moment
    at which another ends runs beside it.
    """

    def __init__(self, calls: list[Call]) -> None:
        events = [(call.operation.start_ns, 0, number) for number, call in enumerate(calls)]
        events += [(call.end_ns, 1, number) for number, call in enumerate(calls) if call.answer is not None]
        self.events: list[Event] = [(calls[number], kind == 0) for _, kind, number in sorted(events)]
        self._bits: dict[tuple[str, str], int] = {}
        self._footprint_of: dict[str, int] = {}
        self._mark_footprints(calls)
        self._mark_last_names(calls)
        self._mark_likely(calls)

    def holds_due(self, state: State, latest_ms: int) -> int:
        """The footprint of all holds that may expire by `latest_ms`."""
        if state.first_deadline > latest_ms:
            return 0
        due = 0
        for name, hold in state.holds.items():
            if hold.state is HoldState.HELD and hold.deadline.earliest <= latest_ms:
                due |= self._footprint_of[name]
        return due

    def focus(self, state: State, ending: Call) -> int:
        """What `ending` waits for, as a footprint: for a map, the seats of which it shows something else."""
        view = ending.answer
        known = state.inventories.get(view.inventory) if isinstance(view, c.SeatMap) else None
        if known is None or not isinstance(view, c.SeatMap):
            return ending.footprint
        other = dict(view.held.items() ^ known.held.items()) | dict(view.sold.items() ^ known.sold.items())
        whole = self._bits.get((view.inventory, ""), 0)
        return reduce(or_, (self._bits.get((view.inventory, seat), whole) for seat in other), 0)

    def _mark_footprints(self, calls: list[Call]) -> None:
        footprint_of = self._footprint_of
        whole: dict[str, int] = {}
        for call in calls:
            if isinstance(call.argument, c.Hold | c.Exchange):
                asked = call.argument
                seats = sum(self._bit(asked.inventory, seat) for seat in set(asked.seats))
                for hold in holds_named(asked):
                    footprint_of[hold] = footprint_of.get(hold, self._bit("", hold)) | seats
                whole[asked.inventory] = whole.get(asked.inventory, 0) | seats
        for call in calls:
            if isinstance(call.argument, c.HoldBest | c.Exchange) and _may_have_any_seat(call.argument):
                # Whichever seat it got, or would have got, or was given later.
                asked_for, hold = call.argument.inventory, holds_named(call.argument)[-1]
                touched = self._bit("", hold) | self._bit(asked_for, "") | whole.get(asked_for, 0)
                footprint_of[hold] = footprint_of.get(hold, 0) | touched
        for call in calls:
            if isinstance(call.argument, c.OpenInventory | c.CloseInventory | ReadSeatMap):
                name = call.argument.inventory
                call.footprint = self._bit(name, "") | whole.get(name, 0)
            for hold in holds_named(call.argument):
                call.footprint |= footprint_of.get(hold, self._bit("", hold))

    def _bit(self, inventory: str, name: str) -> int:
        return self._bits.setdefault((inventory, name), 1 << len(self._bits))

    def _mark_last_names(self, calls: list[Call]) -> None:
        last: dict[str, Call] = {}
        for call in calls:
            for hold in holds_named(call.argument):
                if hold not in last or call.end_ns >= last[hold].end_ns:
                    last[hold] = call
        for hold, call in last.items():
            call.last_to_name.append(hold)

    def _mark_likely(self, calls: list[Call]) -> None:
        """An unseen confirmation cannot wait for the answer that depends on it: once the hold has expired it is too
        late. Look ahead, lest the search finds out long after."""
        for call in calls:
            if call.answer is None and isinstance(call.argument, c.Confirm):
                hold = next((made for made in map(_made_by, calls) if made and made.hold == call.argument.hold), None)
                later = [other for other in calls if other.end_ns > call.operation.start_ns and other.answer]
                later.sort(key=lambda other: other.end_ns)
                call.likely = hold is not None and _is_confirmed(hold, later)


def _may_have_any_seat(asked: c.HoldBest | c.Exchange) -> bool:
    return isinstance(asked, c.HoldBest) or asked.movable


def _made_by(call: Call) -> c.Hold | None:
    """The hold that a call asks for by name, or was given."""
    match call.argument, call.answer:
        case c.Hold() as asked, _:
            return asked
        case c.HoldBest(inventory, hold, _, first_leg, end_leg, ttl_ms), c.BestHeld(_, seats):
            return c.Hold(inventory, hold, seats, first_leg, end_leg, ttl_ms)
    return None


def _is_confirmed(hold: c.Hold, later: Iterable[Call]) -> bool:
    """Whether the first that tells of it afterwards shows a hold confirmed."""
    mask = leg_bits(hold.first_leg, hold.end_leg)
    for call in later:
        view = call.answer
        if isinstance(view, c.SeatMap) and view.inventory == hold.inventory:
            if all(view.held.get(seat, 0) & mask == mask for seat in hold.seats):
                continue
            return all(view.sold.get(seat, 0) & mask == mask for seat in hold.seats)
        if hold.hold in holds_named(call.argument):
            if isinstance(view, c.HoldView) and view.state is HoldState.HELD:
                continue
            state = view.state if isinstance(view, c.HoldView) else getattr(view, "hold_state", None)
            confirmed = isinstance(view, c.Confirmed | c.Cancelled | c.Exchanged)
            return confirmed or state in (HoldState.CONFIRMED, HoldState.CANCELLED)
    return False


def holds_named(argument: Argument) -> tuple[str, ...]:
    match argument:
        case c.Exchange(hold, new_hold):
            return hold, new_hold
        case c.HoldBest(hold=hold):
            return (hold,)
        case c.Hold(hold=hold) | c.Extend(hold) | c.Confirm(hold) | c.Release(hold) | c.Cancel(hold) | ReadHold(hold):
            return (hold,)
        case c.OpenInventory() | c.CloseInventory() | ReadSeatMap():
            return ()
        case _:
            assert_never(argument)


def partitions_of(operations: Iterable[Operation], bounds: TimeBounds) -> Iterator[Partition]:
    """The parts of a history that can be looked at one by one; operations that had no effect are left out."""
    calls = [_call(operation, bounds) for operation in operations if not isinstance(operation.outcome, NothingHappened)]
    calls.sort(key=lambda call: call.operation.start_ns)
    parent: dict[tuple[str, str], tuple[str, str]] = {}

    def root(name: tuple[str, str]) -> tuple[str, str]:
        while (above := parent.setdefault(name, name)) != name:
            parent[name] = name = parent[above]
        return name

    for call in calls:
        first, *others = _names(call.argument)
        for other in others:
            parent[root(other)] = root(first)
    parts: dict[tuple[str, str], list[Call]] = {}
    for call in calls:
        parts.setdefault(root(_names(call.argument)[0]), []).append(call)
    for part in parts.values():
        yield Partition(part)


def _names(argument: Argument) -> list[tuple[str, str]]:
    """The inventories and holds that an operation speaks of."""
    names = [("hold", hold) for hold in holds_named(argument)]
    if not isinstance(argument, c.Extend | c.Confirm | c.Release | c.Cancel | ReadHold):
        names.append(("inventory", argument.inventory))
    return names


def _call(operation: Operation, bounds: TimeBounds) -> Call:
    answer = operation.outcome
    if isinstance(answer, c.Refused) and answer.code in _INDECISIVE:
        answer = None
    end_ns = _NO_END if answer is None or operation.end_ns is None else operation.end_ns
    earliest_ms = bounds.earliest_ms(operation.start_ns)
    return Call(operation, operation.argument, answer, end_ns, earliest_ms, told_time(answer), is_silent(answer))
