"""What the sequential specification knows between two operations: holds, seats, and how late it can be.

Replicated time is hidden but for the answers that tell it, so a state holds bounds: `now` is the earliest that it
can be, and a deadline that no answer told lies between two times. States never change; each step makes a new one.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from raftstore.seats.commands import HoldState, Move, SeatPlace

NEVER_MS: Final = 1 << 62


class Span(NamedTuple):
    """A time that is known to lie in [earliest, latest]."""

    earliest: int
    latest: int


class KnownHold(NamedTuple):
    """A hold that was made. `named` tells whether an operation to come may still speak of it."""

    inventory: str
    state: HoldState
    seats: tuple[str, ...]
    kept: tuple[str, ...]
    first_leg: int
    end_leg: int
    created: Span
    deadline: Span
    named: bool = True
    movable: bool = False

    @property
    def mask(self) -> int:
        return leg_bits(self.first_leg, self.end_leg)


class KnownInventory(NamedTuple):
    seats: tuple[str, ...]
    legs: int
    open: bool
    held: Mapping[str, int]
    sold: Mapping[str, int]
    places: tuple[SeatPlace, ...] = ()


def leg_bits(first_leg: int, end_leg: int) -> int:
    return sum(1 << leg for leg in range(first_leg, end_leg))


@dataclass(frozen=True, slots=True, eq=False)
class State:
    now: int
    inventories: Mapping[str, KnownInventory]
    holds: Mapping[str, KnownHold]
    # The earliest time at which any hold may expire.
    first_deadline: int = NEVER_MS

    def key(self) -> Hashable:
        """Equal for equal states."""
        inventories = [
            (name, known.open, known.seats, known.places, frozenset(known.held.items()), frozenset(known.sold.items()))
            for name, known in self.inventories.items()
        ]
        return self.now, frozenset(inventories), frozenset(self.holds.items())

    def at(self, now: int) -> "State":
        return self if now == self.now else replace(self, now=now)

    # --- Inventories --------------------------------------------------------------------------------

    def with_inventory(self, name: str, known: KnownInventory) -> "State":
        return replace(self, inventories={**self.inventories, name: known})

    def taken(self, inventory: str, seat: str) -> int:
        """The legs of a seat that somebody has."""
        known = self.inventories[inventory]
        return known.held.get(seat, 0) | known.sold.get(seat, 0)

    # --- Holds --------------------------------------------------------------------------------------

    def with_hold(self, name: str, hold: KnownHold) -> "State":
        """A hold is made or changes: its seats move to where its new state puts them."""
        old = self.holds.get(name)
        known = self.inventories[hold.inventory]
        held, sold = known.held, known.sold
        if old is None or (old.state, old.kept) != (hold.state, hold.kept):
            mask = hold.mask
            if old is not None:
                held = _without(held, old.kept, mask) if old.state is HoldState.HELD else held
                sold = _without(sold, old.kept, mask) if old.state is HoldState.CONFIRMED else sold
            held = _with(held, hold.kept, mask) if hold.state is HoldState.HELD else held
            sold = _with(sold, hold.kept, mask) if hold.state is HoldState.CONFIRMED else sold
        holds = {**self.holds, name: hold}
        may_be_moved = hold.movable and hold.state is HoldState.CONFIRMED
        if not hold.named and hold.state is not HoldState.HELD and not may_be_moved:
            del holds[name]
        inventories = {**self.inventories, hold.inventory: known._replace(held=held, sold=sold)}
        return State(self.now, inventories, holds, _first_deadline(holds))

    def moved(self, moves: Sequence[Move]) -> "State":
        """Holds of one seat have others instead, all at once: some take what others leave."""
        state = self
        for move in moves:
            state = state.with_hold(move.hold, state.holds[move.hold]._replace(kept=()))
        for move in moves:
            seats = (move.to_seat,)
            state = state.with_hold(move.hold, state.holds[move.hold]._replace(seats=seats, kept=seats))
        return state

    def ended(self, name: str, state: HoldState) -> "State":
        return self.with_hold(name, self.holds[name]._replace(state=state, kept=()))

    def not_expired_at(self, name: str, now: int) -> "State":
        """Somebody saw at `now` that this hold had not expired."""
        hold = self.holds[name]
        if hold.deadline.earliest > now:
            return self
        return self.with_hold(name, hold._replace(deadline=Span(now + 1, hold.deadline.latest)))

    def forget(self, name: str) -> "State":
        """No operation to come speaks of this hold; keep it only as long as it may expire."""
        hold = self.holds.get(name)
        return self.with_hold(name, hold._replace(named=False)) if hold else self

    def expired_for_certain(self, now: int) -> "State":
        """The state at `now`, without the holds whose deadline has passed, whenever it was exactly."""
        state = self.at(now)
        if state.first_deadline <= now:
            for name, hold in self.holds.items():
                if hold.state is HoldState.HELD and hold.deadline.latest <= now:
                    state = state.ended(name, HoldState.EXPIRED)
        return state


EMPTY: Final = State(0, {}, {})


def _first_deadline(holds: Mapping[str, KnownHold]) -> int:
    earliest = NEVER_MS
    for hold in holds.values():
        if hold.state is HoldState.HELD and hold.deadline.earliest < earliest:
            earliest = hold.deadline.earliest
    return earliest


def _with(masks: Mapping[str, int], seats: Iterable[str], mask: int) -> Mapping[str, int]:
    changed = dict(masks)
    for seat in seats:
        changed[seat] = changed.get(seat, 0) | mask
    return changed


def _without(masks: Mapping[str, int], seats: Iterable[str], mask: int) -> Mapping[str, int]:
    changed = dict(masks)
    for seat in seats:
        left = changed.pop(seat, 0) & ~mask
        if left:
            changed[seat] = left
    return changed
