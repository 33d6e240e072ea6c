"""Which holds has an inventory? In pages, for whoever copies or compares them.

Nothing keeps holds by inventory, because nobody who sells seats asks for that. A page looks at every hold there is,
which takes a few hundredths of a second for a million.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from heapq import nsmallest
from operator import attrgetter

from .commands import HoldState
from .holds import HoldRecord
from .seatmap import Inventory

# Whatever names its holds and seats have, a page fits into a message.
PAGE_LIMIT_HOLDS = 1_000
PAGE_LIMIT_SEATS = 10_000


@dataclass(frozen=True, slots=True)
class ListedHold:
    """A hold; `seats` as asked for, `kept` those it still has."""

    hold: str
    state: HoldState
    seats: tuple[str, ...]
    kept: tuple[str, ...]
    first_leg: int
    end_leg: int


@dataclass(frozen=True, slots=True)
class HoldPage:
    """Holds in order of id; if there are `more`, the next page comes after the last of these."""

    holds: tuple[ListedHold, ...]
    more: bool


def page_of(records: Iterable[HoldRecord], inventory: Inventory, after: str, limit: int) -> HoldPage:
    """The first holds of an inventory whose id comes after `after`: at most `limit`, but always one if there is one."""
    limit = min(limit or PAGE_LIMIT_HOLDS, PAGE_LIMIT_HOLDS)
    later = [record for record in records if record.inventory is inventory and record.hold > after]
    first = nsmallest(limit, later, key=attrgetter("hold"))
    name = inventory.layout.name
    holds: list[ListedHold] = []
    seats = 0
    for record in first:
        seats += len(record.seats)
        if holds and seats > PAGE_LIMIT_SEATS:
            break
        holds.append(
            ListedHold(
                record.hold,
                record.state,
                name(record.seats),
                name(record.kept),
                record.first_leg,
                record.end_leg,
            )
        )
    return HoldPage(tuple(holds), len(holds) < len(later))
