"""What can be wrong with the plan of a hall."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.utils.translation import gettext as _


class HallPlanError(ValueError):
    """A plan cannot be read; `line` counts from 1, 0 means the whole plan."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(_("Line %(line)s: %(reason)s") % {"line": line, "reason": reason} if line else reason)
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
        if (more := len(seats) - self.MOST_NAMED) > 0:
            named = _("%(named)s and %(more)s more") % {"named": named, "more": more}
        super().__init__(
            _(
                "This plan is smaller than what is sold: %(named)s belong to customers of "
                "performances to come. Keep these seats, or move their customers first."
            )
            % {"named": named}
        )
        self.seats = tuple(seats)
