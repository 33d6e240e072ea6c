"""Majorities, as pure arithmetic."""

from collections.abc import Collection, Iterable


def majority(members: int) -> int:
    """How many of `members` make a majority; any two majorities share a member."""
    return members // 2 + 1


def reached_by_majority(values: Collection[int]) -> int:
    """The highest value that a majority has reached, given one value per member.

    >>> reached_by_majority([7, 4, 9])
    7
    """
    return sorted(values, reverse=True)[majority(len(values)) - 1]


def has_majority(granted: Iterable[int], members: Collection[int]) -> bool:
    return len(set(granted) & set(members)) >= majority(len(members))
