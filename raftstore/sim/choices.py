"""Which seats should the store choose? The ones that its rule finds, if they may be chosen; none, if none may be.

Which of the free seats are the best is a matter of taste, so the rule itself (seats/choosing.py) is asked. Whether its
choice is free and of the kind that was asked for is a matter of truth, and told apart from it here, the simplest way.
"""

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations

from raftstore.seats.choosing import choose
from raftstore.seats.commands import HoldBest, SeatPlace
from raftstore.seats.grid import SeatGrid

from .journal import RuleBroken

CHOICE = "the store chooses seats that are free and of the kind asked for, whenever there are enough"


def choice_of(
    wish: HoldBest,
    seats: tuple[str, ...],
    places: tuple[SeatPlace, ...],
    legs: int,
    taken: Callable[[str], int],
) -> tuple[str, ...] | None:
    """The seats that `wish` gets; None if it gets none.

    Args:
        places: of all `seats`, or none at all.
        taken: the legs of a seat that somebody has.

    Raises:
        RuleBroken: the rule chose what nobody may, or nothing though there is something.
    """
    masks = [taken(seat) for seat in seats]
    positions = choose(_grid(places, len(seats)), masks, legs, wish)
    may_be_chosen = [p for p in range(len(seats)) if _is_eligible(wish, masks[p], places[p] if places else None)]
    if positions is None:
        if _is_possible(wish, may_be_chosen, places):
            raise RuleBroken(CHOICE, f"{wish} got nothing, and {[seats[p] for p in may_be_chosen]} may be chosen")
        return None
    sound = len(set(positions)) == wish.count and set(positions) <= set(may_be_chosen)
    if not sound or (wish.together and not _are_neighbours(positions, places)):
        raise RuleBroken(CHOICE, f"{wish} got {[seats[p] for p in positions]}")
    return tuple(seats[p] for p in positions)


@lru_cache(maxsize=256)
def _grid(places: tuple[SeatPlace, ...], seats: int) -> SeatGrid:
    return SeatGrid(places) if places else SeatGrid.of_names(seats)


def _is_eligible(wish: HoldBest, taken: int, place: SeatPlace | None) -> bool:
    zone, features = (place.zone, place.features) if place else ("", 0)
    wanted = sum(1 << leg for leg in range(wish.first_leg, wish.end_leg))
    return (
        (not wish.zones or zone in wish.zones) and features & wish.must_have == wish.must_have and taken & wanted == 0
    )


def _is_possible(wish: HoldBest, positions: list[int], places: tuple[SeatPlace, ...]) -> bool:
    if not wish.together:
        return len(positions) >= wish.count
    return any(_are_neighbours(some, places) for some in combinations(positions, wish.count))


def _are_neighbours(positions: tuple[int, ...], places: tuple[SeatPlace, ...]) -> bool:
    if len(positions) == 1:
        return True
    if not places:
        return False
    here = sorted((places[p].row, places[p].number) for p in positions)
    first_row, first = here[0]
    return here == [(first_row, first + step) for step in range(len(here))]
