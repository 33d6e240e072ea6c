"""What can be wrong with the plan of a hall."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class HallPlanError(ValueError):
    """A plan cannot be read; `line` counts from 1, 0 means the whole plan."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"Line {line}: {reason}" if line else reason)
        self.line = line
        self.reason = reason


@contextmanager
def on_line(line: int) -> Iterator[None]:
    """What is wrong inside is wrong on this line, unless it says itself on which."""
    try:
        yield
    except HallPlanError as error:
        raise HallPlanError(error.line or line, error.reason) from error


class PlanTooSmall(ValueError):
    """The plan lacks seats that somebody has bought for a performance still to come."""

    MOST_NAMED = 8

    def __init__(self, seats: Sequence[str]) -> None:
        named = ", ".join(seats[: self.MOST_NAMED])
        more = f" and {len(seats) - self.MOST_NAMED} more" if len(seats) > self.MOST_NAMED else ""
        super().__init__(
            f"This plan is smaller than what is sold: {named}{more} belong to customers of performances to come. "
            "Keep these seats, or move their customers first."
        )
        self.seats = tuple(seats)
