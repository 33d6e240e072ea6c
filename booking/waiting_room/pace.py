"""How many a minute may be let in? As many as the operator allows, as long as the seat store answers quickly.

A little more each round while it does, half as many at once when it does not (additive increase, multiplicative
decrease, as TCP shares a line): a crowd that is too large is noticed by everybody's waiting, also by ours.
"""

from typing import Final

# What a command of the store takes on a good day is a few milliseconds.
QUICK_S: Final = 0.15
SLOW_S: Final = 0.5
# Of the operator's number: where it begins, what is added each round, and what is never gone below.
FIRST_SHARE: Final = 0.5
STEP_SHARE: Final = 0.05
LEAST_SHARE: Final = 0.02


def first_pace(most_per_minute: int) -> float:
    return max(1.0, most_per_minute * FIRST_SHARE)


def next_pace(per_minute: float, *, most_per_minute: int, answered_in_s: float | None) -> float:
    """The pace after a round; `answered_in_s` is how long the store took, None if it did not answer.

    >>> next_pace(100, most_per_minute=300, answered_in_s=0.01)
    115.0
    >>> next_pace(300, most_per_minute=300, answered_in_s=0.01)
    300.0
    >>> next_pace(300, most_per_minute=300, answered_in_s=None)
    150.0
    """
    if answered_in_s is None or answered_in_s > SLOW_S:
        per_minute = per_minute / 2
    elif answered_in_s < QUICK_S:
        per_minute = per_minute + most_per_minute * STEP_SHARE
    return float(min(most_per_minute, max(1.0, most_per_minute * LEAST_SHARE, per_minute)))
