"""Which seats should the store choose, and who is moved? What its rules find, if that may be; none, if nothing is free.

Which of the free seats are the best, and who makes room, is a matter of taste, so the rules themselves are asked
(seats/choosing.py, seats/repacking.py). Whether their choice is free and of the kind that was asked for, and whether
whoever is moved loses nothing by it, is a matter of truth, and told apart from them here, the simplest way.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from raftstore.seats.choosing import choose
from raftstore.seats.commands import HoldBest, Move, SeatPlace
from raftstore.seats.grid import SeatGrid
from raftstore.seats.repacking import Passenger, repack

from .journal import RuleBroken

CHOICE = "the store chooses seats that are free and of the kind asked for, whenever there are enough"
MOVES = "whoever is moved agreed to it and has a free seat as good"


class Hall(NamedTuple):
    """Seats and their places, or none of these, and how many legs."""

    seats: tuple[str, ...]
    places: tuple[SeatPlace, ...]
    legs: int

    def place(self, seat: str) -> SeatPlace:
        at = self.seats.index(seat)
        return self.places[at] if self.places else SeatPlace("", "", 2 * at, 0, at)


class Movable(NamedTuple):
    """A hold of one seat whose customer accepts another."""

    hold: str
    seat: str
    first_leg: int
    end_leg: int


class Choice(NamedTuple):
    seats: tuple[str, ...]
    moves: tuple[Move, ...]


def choice_of(wish: HoldBest, hall: Hall, taken: Callable[[str], int], movable: Sequence[Movable]) -> Choice | None:
    """What `wish` gets; None if it gets nothing.

    Args:
        taken: the legs of a seat that somebody has.

    Raises:
        RuleBroken: the rules chose what nobody may, or nothing though there is something.
    """
    seats = hall.seats
    masks = [taken(seat) for seat in seats]
    grid = _grid(hall.places, len(seats))
    positions = choose(grid, masks, hall.legs, wish)
    if positions is not None:
        return _checked(wish, hall, dict(zip(seats, masks, strict=True)), Choice(_named(seats, positions), ()))
    free = [seat for seat in seats if _is_eligible(wish, taken(seat), hall.place(seat))]
    if _is_possible(wish, free, hall):
        raise RuleBroken(CHOICE, f"{wish} got nothing, and {free} may be chosen")
    if not wish.repack or wish.together:
        return None
    found = repack(grid, masks, hall.legs, wish, [Passenger(m.hold, seats.index(m.seat), *m[2:]) for m in movable])
    if found is None:
        return None
    has = {one.hold: one for one in movable}
    moves = tuple(Move(hold, has[hold].seat, seats[position]) for hold, position in found.moves)
    after = _moved(hall, dict(zip(seats, masks, strict=True)), has, moves)
    return _checked(wish, hall, after, Choice(_named(seats, found.positions), moves))


def _moved(hall: Hall, taken: dict[str, int], has: dict[str, Movable], moves: Sequence[Move]) -> dict[str, int]:
    """What is taken after the moves, of which each must be allowed."""
    if len({move.hold for move in moves}) != len(moves):
        raise RuleBroken(MOVES, f"somebody is moved twice: {moves}")
    for move in moves:
        taken[move.from_seat] &= ~_legs(has[move.hold])
    for move in moves:
        old, new, legs = hall.place(move.from_seat), hall.place(move.to_seat), _legs(has[move.hold])
        if taken[move.to_seat] & legs:
            raise RuleBroken(MOVES, f"{move} goes where somebody sits: {moves}")
        if old.zone != new.zone or old.features & ~new.features:
            raise RuleBroken(MOVES, f"{move} from {old} to {new}")
        taken[move.to_seat] |= legs
    return taken


def _checked(wish: HoldBest, hall: Hall, taken: dict[str, int], choice: Choice) -> Choice:
    seats = choice.seats
    sound = len(set(seats)) == wish.count and all(_is_eligible(wish, taken[s], hall.place(s)) for s in seats)
    if not sound or (wish.together and not _are_neighbours(seats, hall)):
        raise RuleBroken(CHOICE, f"{wish} got {choice}")
    return choice


@lru_cache(maxsize=256)
def _grid(places: tuple[SeatPlace, ...], seats: int) -> SeatGrid:
    return SeatGrid(places) if places else SeatGrid.of_names(seats)


def _named(seats: tuple[str, ...], positions: Sequence[int]) -> tuple[str, ...]:
    return tuple(seats[position] for position in positions)


def _legs(of: Movable | HoldBest) -> int:
    return sum(1 << leg for leg in range(of.first_leg, of.end_leg))


def _is_eligible(wish: HoldBest, taken: int, place: SeatPlace) -> bool:
    fits = (not wish.zones or place.zone in wish.zones) and place.features & wish.must_have == wish.must_have
    return fits and not taken & _legs(wish)


def _is_possible(wish: HoldBest, seats: list[str], hall: Hall) -> bool:
    if not wish.together:
        return len(seats) >= wish.count
    return any(_are_neighbours(some, hall) for some in combinations(seats, wish.count))


def _are_neighbours(seats: tuple[str, ...], hall: Hall) -> bool:
    here = sorted((hall.place(seat).row, hall.place(seat).number) for seat in seats)
    first_row, first = here[0]
    return here == [(first_row, first + step) for step in range(len(here))]
