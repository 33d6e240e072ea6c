"""Which of all journeys would somebody have accepted who knew them all beforehand? As many, or as much way, as can be.

Passengers on a line of legs are intervals, and seats that are alike are colours: a set of journeys fits on k seats if
no leg has more than k of them. The most valuable such set is a flow of k seats from the first stop to the last, along
legs on which a seat stays empty and journeys that fill it, of least cost (Carlisle & Lloyd, "On the k-coloring of
intervals", Discrete Applied Mathematics 59, 1995, section 3). It is found here by shortest augmenting paths.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

Journey = tuple[int, int]
_FAR = 1 << 60


@dataclass(slots=True)
class _Arc:
    to: int
    capacity: int
    cost: int
    back: int


def best_value(journeys: Iterable[Journey], *, seats: int, legs: int, value: Callable[[Journey], int]) -> int:
    """The greatest sum of values of journeys [first_leg, end_leg) that `seats` seats can carry."""
    arcs: list[list[_Arc]] = [[] for _ in range(legs + 1)]
    for stop in range(legs):
        _connect(arcs, stop, stop + 1, capacity=seats, cost=0)
    for (first, end), count in sorted(Counter(journeys).items()):
        _connect(arcs, first, end, capacity=count, cost=-value((first, end)))
    total, left = 0, seats
    while left:
        pushed, cost = _augment(arcs, left)
        if cost >= 0:
            break
        total -= pushed * cost
        left -= pushed
    return total


def _connect(arcs: list[list[_Arc]], start: int, end: int, *, capacity: int, cost: int) -> None:
    arcs[start].append(_Arc(end, capacity, cost, len(arcs[end])))
    arcs[end].append(_Arc(start, 0, -cost, len(arcs[start]) - 1))


def _augment(arcs: list[list[_Arc]], left: int) -> tuple[int, int]:
    """Send as many seats as go the cheapest way that is left. Returns how many, and what each costs (Bellman-Ford)."""
    distance = [0] + [_FAR] * (len(arcs) - 1)
    came_by: list[tuple[int, _Arc] | None] = [None] * len(arcs)
    for _ in arcs:
        for stop, leaving in enumerate(arcs):
            for arc in leaving:
                if arc.capacity and distance[stop] + arc.cost < distance[arc.to]:
                    distance[arc.to] = distance[stop] + arc.cost
                    came_by[arc.to] = stop, arc
    way: list[tuple[int, _Arc]] = []
    at = len(arcs) - 1
    while (step := came_by[at]) is not None:
        way.append(step)
        at = step[0]
    pushed = min(left, *(arc.capacity for _, arc in way))
    for _, arc in way:
        arc.capacity -= pushed
        arcs[arc.to][arc.back].capacity += pushed
    return pushed, distance[-1]
