"""Which of the free seats are the best? Decided where the command is applied, so that no two choose the same.

A choice is made among windows of neighbouring seats that are free on all wanted legs. Better is, in this order:

1. the window that lacks the fewest of the features that would be welcome;
2. the one that breaks the least: the free legs that remain beside the wanted ones, on the seats of the window, are the
   rest that later journeys have to fit into (best fit, as for memory: Knuth, TAOCP 1, 2.5). A seat that is free for
   exactly these legs is given away before one that is free all the way. On inventories with one leg nothing remains;
3. the one that strands the fewest seats: a single free seat between two that are taken is hard to sell;
4. the one with the lowest rank, which is the house's opinion of its seats, and then the first.

People who need not sit together are seated in as few groups as the windows allow.
"""

from collections.abc import Sequence

from . import limits
from .commands import HoldBest
from .grid import SeatGrid
from .seatmap import leg_mask

Badness = tuple[int, int, int]
_PERFECT: Badness = (0, 0, 0)


def choose(grid: SeatGrid, taken: Sequence[int], legs: int, wish: HoldBest) -> tuple[int, ...] | None:
    """Positions of the best seats, in order; None if there are not enough.

    Args:
        taken: for each position the legs that somebody has.
        legs: how many the inventory has.
    """
    free = free_slots(grid, taken, wish)
    if free.count(1) < wish.count:
        return None
    chosen: list[int] = []
    size = wish.count
    while len(chosen) < wish.count:
        size = min(size, wish.count - len(chosen))
        start = _best_window(grid, taken, legs, wish, free, size)
        if start is not None:
            chosen += grid.slots[start : start + size]
            free[start : start + size] = bytes(size)
        elif wish.together:
            return None
        else:
            size -= 1
    return tuple(sorted(chosen))


def free_slots(grid: SeatGrid, taken: Sequence[int], wish: HoldBest) -> bytearray:
    """1 for each slot of the grid whose seat may be chosen."""
    wanted, must_have = leg_mask(wish.first_leg, wish.end_leg), wish.must_have
    zones = sum(grid.zones.get(zone, 0) for zone in wish.zones) if wish.zones else -1
    return bytearray(
        [
            bit & zones != 0 and features & must_have == must_have and not taken[position] & wanted
            for position, bit, features in zip(grid.slots, grid.zone_bits, grid.features, strict=True)
        ]
    )


def _best_window(
    grid: SeatGrid, taken: Sequence[int], legs: int, wish: HoldBest, free: bytearray, size: int
) -> int | None:
    """The first slot of the best free window of that many neighbours."""
    best: int | None = None
    least = (1 << 62, 0, 0)
    left = limits.MAX_WINDOWS_WEIGHED
    all_free = b"\1" * size
    for start in grid.by_rank(size):
        if free[start : start + size] != all_free:
            continue
        badness = _badness(grid, taken, legs, wish, free, start, size)
        if badness < least:
            best, least = start, badness
        left -= 1
        if least == _PERFECT or not left:
            break
    return best


def _badness(
    grid: SeatGrid, taken: Sequence[int], legs: int, wish: HoldBest, free: bytearray, start: int, size: int
) -> Badness:
    end = start + size
    lacking = rest = 0
    for slot in range(start, end):
        lacking += (wish.prefer & ~grid.features[slot]).bit_count()
        if legs > 1:
            rest += rest_beside(taken[grid.slots[slot]], wish.first_leg, wish.end_leg, legs)
    stranded = (free[start - 1] and not free[start - 2]) + (free[end] and not free[end + 1])
    return lacking, rest, stranded


def rest_beside(taken: int, first_leg: int, end_leg: int, legs: int) -> int:
    """How many free legs adjoin [first_leg, end_leg) on both sides.

    >>> rest_beside(0b1000001, 2, 4, 7)
    3
    """
    before = first_leg - (taken & leg_mask(0, first_leg)).bit_length()
    after = taken >> end_leg
    return before + ((after & -after).bit_length() - 1 if after else legs - end_leg)
