"""Is the optimum an optimum, and does the benchmark count what it says?"""

from collections.abc import Sequence
from itertools import combinations
from random import Random

import pytest

from benchmarks.peers.offline_optimum import Journey, best_value

LEGS = 4


def fits(journeys: Sequence[Journey], seats: int) -> bool:
    return all(sum(first <= leg < end for first, end in journeys) <= seats for leg in range(LEGS))


def greedy(journeys: Sequence[Journey], seats: int) -> int:
    """The most journeys, another way: by their beginnings, dropping the one that ends last where there are too many
    (Faigle & Nawijn, "Note on scheduling intervals on-line", Discrete Applied Mathematics 58, 1995).
    """
    kept: list[Journey] = []
    for journey in sorted(journeys):
        kept.append(journey)
        if not fits(kept, seats):
            here = [other for other in kept if other[0] <= journey[0] < other[1]]
            kept.remove(max(here, key=lambda other: other[1]))
    return len(kept)


@pytest.mark.parametrize("seed", range(30))
def test_nobody_who_tries_every_set_of_journeys_does_better(seed: int) -> None:
    random = Random(seed)
    journeys: list[Journey] = []
    for _ in range(9):
        first, end = sorted(random.sample(range(LEGS + 1), 2))
        journeys.append((first, end))
    seats = random.choice([1, 2, 3])
    sets = [some for size in range(10) for some in combinations(journeys, size) if fits(some, seats)]
    most = best_value(journeys, seats=seats, legs=LEGS, value=lambda journey: 1)
    assert most == max(len(some) for some in sets) == greedy(journeys, seats)
    legs = best_value(journeys, seats=seats, legs=LEGS, value=lambda journey: journey[1] - journey[0])
    assert legs == max(sum(end - first for first, end in some) for some in sets)


@pytest.mark.parametrize("seed", range(5))
def test_of_many_journeys_too_the_flow_takes_as_many_as_the_greedy_rule(seed: int) -> None:
    random = Random(seed)
    journeys: list[Journey] = []
    for _ in range(400):
        first, end = sorted(random.sample(range(LEGS + 1), 2))
        journeys.append((first, end))
    assert best_value(journeys, seats=50, legs=LEGS, value=lambda journey: 1) == greedy(journeys, 50)
