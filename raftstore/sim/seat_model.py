"""The sequential specification: could a seat store that does one thing at a time have given this answer here?

Written apart from raftstore/seats, so that a mistake there is not repeated here; docs/histories.md says the same in
words. What an operation does is in seat_rules.py; this file adds what the specification leaves open: time.
"""

from collections.abc import Iterator
from itertools import chain, combinations
from typing import assert_never

from raftstore.seats import commands as c
from raftstore.seats.commands import HoldState

from .histories import Absent, Answer, Argument, ReadHold, ReadSeatMap
from .seat_rules import carry_out
from .seat_state import KnownHold, Span, State, leg_bits


def told_time(answer: Answer | None) -> int | None:
    """The replicated time at which an operation was decided, if its answer tells."""
    return answer.now_ms if isinstance(answer, c.Held | c.BestHeld | c.HoldView) else None


def is_silent(answer: Answer | None) -> bool:
    """Whether an operation that was answered like this changed nothing, whenever it was carried out."""
    return isinstance(answer, c.SeatMap | c.HoldView | Absent | c.Taken | c.Refused)


def successors(
    state: State, argument: Argument, answer: Answer | None, *, earliest: int, latest: int
) -> Iterator[State]:
    """The states in which `argument`, carried out in `state` and answered by `answer`, may leave the store.

    None of them means that it cannot be carried out here. An `answer` of None is one that nobody saw: any will do. It
    is carried out at some replicated time in [earliest, latest] that is not before `state.now`; holds whose deadline
    has come by then have expired. Of all such times only those are tried that make a difference, the earliest first.
    A deadline that starts from a time nobody was told is bounded by [earliest, latest] alone, not by `state.now`:
    that accepts a little more than there can be, and lets such an operation wait until something depends on it.
    """
    told = told_time(answer)
    if told is not None:
        if not earliest <= told <= latest:
            return
        earliest = latest = told
    decided = Span(earliest, latest)
    earliest = max(earliest, state.now)
    if earliest > latest:
        return
    if state.first_deadline > latest:
        after = carry_out(state.at(earliest), argument, answer, decided)
        if after is not None:
            yield after
        return
    for moment in _moments(state, argument, answer, earliest, latest):
        after = carry_out(moment, argument, answer, decided)
        if after is not None:
            yield after


# --- Which holds may have expired by then -----------------------------------------------------------


def _moments(state: State, argument: Argument, answer: Answer | None, earliest: int, latest: int) -> Iterator[State]:
    """The states that expiry can have made of `state`, as far as it matters to `argument`."""
    due = {
        name: hold.deadline
        for name, hold in state.holds.items()
        if hold.state is HoldState.HELD and hold.deadline.earliest <= latest and _touches(argument, name, hold)
    }
    for now in sorted({earliest} | {span.earliest for span in due.values() if span.earliest > earliest}):
        base = state.expired_for_certain(now)
        undecided = [name for name, span in due.items() if span.earliest <= now < span.latest]
        certain = {name for name, span in due.items() if span.latest <= now}
        for chosen in _choices(undecided, state, answer):
            # Otherwise the same was tried at an earlier time, which leaves more open.
            if now > earliest and all(due[name].earliest < now for name in certain.union(chosen)):
                continue
            moment = base
            for name in undecided:
                if name in chosen:
                    moment = moment.ended(name, HoldState.EXPIRED)
                else:
                    moment = moment.not_expired_at(name, now)
            yield moment


def _choices(undecided: list[str], state: State, answer: Answer | None) -> Iterator[tuple[str, ...]]:
    if isinstance(answer, c.SeatMap):
        # A map shows which of them are still held.
        yield tuple(name for name in undecided if not _shows(answer, state.holds[name]))
        return
    yield from chain.from_iterable(combinations(undecided, size) for size in range(len(undecided) + 1))


def _shows(view: c.SeatMap, hold: KnownHold) -> bool:
    return all(view.held.get(seat, 0) & hold.mask == hold.mask for seat in hold.kept)


def _touches(argument: Argument, name: str, hold: KnownHold) -> bool:
    """Whether it makes a difference to `argument` that this hold has expired."""
    match argument:
        case c.Hold(inventory, asked, seats, first_leg, end_leg):
            return name == asked or _overlaps(hold, inventory, seats, leg_bits(first_leg, end_leg))
        case c.Exchange(old, asked, inventory, seats, first_leg, end_leg):
            return name in (old, asked) or _overlaps(hold, inventory, seats, leg_bits(first_leg, end_leg))
        case c.Extend() | c.Confirm() | c.Release() | c.Cancel() | ReadHold():
            return name == argument.hold
        case c.HoldBest(inventory, asked):
            # Any seat may be the one to choose.
            return name == asked or hold.inventory == inventory
        case ReadSeatMap(inventory):
            return hold.inventory == inventory
        case c.OpenInventory() | c.CloseInventory():
            return False
        case _:
            assert_never(argument)


def _overlaps(hold: KnownHold, inventory: str, seats: tuple[str, ...], mask: int) -> bool:
    return hold.inventory == inventory and bool(hold.mask & mask) and not set(seats).isdisjoint(hold.kept)
