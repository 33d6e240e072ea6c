"""Which holds has an inventory? In pages, for whoever copies or compares them.

Nothing keeps holds by inventory, because nobody who sells seats asks for that. So a page looks at every hold there is,
which takes about a tenth of a second for a million: in portions, so that nobody else waits for so long.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import nsmallest
from operator import attrgetter

from .commands import HoldState
from .holds import HoldRecord
from .seatmap import Inventory

# Whatever names its holds and seats have, a page fits into a message.
PAGE_LIMIT_HOLDS = 1_000
PAGE_LIMIT_SEATS = 10_000
# Looked at in a millisecond or so.
PORTION = 10_000


@dataclass(frozen=True, slots=True)
class ListedHold:
    """A hold; `seats` as asked for, `kept` those it still has."""

    hold: str
    state: HoldState
    seats: tuple[str, ...]
    kept: tuple[str, ...]
    first_leg: int
    end_leg: int
    movable: bool = False


@dataclass(frozen=True, slots=True)
class HoldPage:
    """Holds in order of id; if there are `more`, the next page comes after the last of these."""

    holds: tuple[ListedHold, ...]
    more: bool


class HoldSearch:
    """Looks for a page in portions, between which whoever drives it lets others have their turn.

    What is found is told as it is when the page is asked for; holds that are made after the search began are not.
    """

    def __init__(self, records: Iterable[HoldRecord], inventory: Inventory, after: str, limit: int) -> None:
        self._records = tuple(records)
        self._inventory = inventory
        self._after = after
        self._limit = min(limit or PAGE_LIMIT_HOLDS, PAGE_LIMIT_HOLDS)
        self._found: list[HoldRecord] = []

    def portions(self) -> Iterator[None]:
        """Look at all holds, and stop after each portion of them."""
        inventory, after = self._inventory, self._after
        for start in range(0, len(self._records), PORTION):
            portion = self._records[start : start + PORTION]
            self._found += [record for record in portion if record.inventory is inventory and record.hold > after]
            yield

    def page(self) -> HoldPage:
        """The first holds whose id comes after `after`: at most `limit`, but always one if there is one."""
        name = self._inventory.layout.name
        holds: list[ListedHold] = []
        seats = 0
        for record in nsmallest(self._limit, self._found, key=attrgetter("hold")):
            seats += len(record.seats)
            if holds and seats > PAGE_LIMIT_SEATS:
                break
            asked, kept = name(record.seats), name(record.kept)
            listed = (record.hold, record.state, asked, kept, record.first_leg, record.end_leg, record.movable)
            holds.append(ListedHold(*listed))
        return HoldPage(tuple(holds), len(holds) < len(self._found))
