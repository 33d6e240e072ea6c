"""Who sits beside whom? The seats of a layout as one line of slots, in which whatever separates seats is an empty slot.

Derived from the places that an inventory was opened with, so it is the same on every node and no part of the state.
"""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from .commands import SeatPlace

# What a slot without a seat has in place of a seat's position.
NOBODY: Final = -1
# Before the first seat and after the last, so that a look two slots further stays on the line.
_MARGIN: Final = (NOBODY, NOBODY)


class SeatGrid:
    """
    Attributes:
        slots: positions in the layout, in order of row and number; NOBODY between rows and where numbers leave a gap.
        zones: the bit of each zone's code.
        zone_bits: each slot's zone, 0 where nobody sits; `features` likewise.
    """

    __slots__ = ("_by_rank", "_ranks", "features", "slots", "zone_bits", "zones")

    def __init__(self, places: Sequence[SeatPlace]) -> None:
        rows = dict.fromkeys(place.row for place in places)
        order_of_row = {row: order for order, row in enumerate(rows)}
        order = sorted(range(len(places)), key=lambda p: (order_of_row[places[p].row], places[p].number))
        self.slots: list[int] = list(_MARGIN)
        before: SeatPlace | None = None
        for position in order:
            place = places[position]
            if before is not None and (place.row, place.number) != (before.row, before.number + 1):
                self.slots.append(NOBODY)
            self.slots.append(position)
            before = place
        self.slots += _MARGIN
        self.zones: dict[str, int] = {}
        for place in places:
            self.zones.setdefault(place.zone, 1 << len(self.zones))
        here = [places[position] if position != NOBODY else None for position in self.slots]
        self.zone_bits = [self.zones[place.zone] if place else 0 for place in here]
        self.features = [place.features if place else 0 for place in here]
        self._ranks = [place.rank if place else 0 for place in here]
        self._by_rank: dict[int, tuple[int, ...]] = {}

    @classmethod
    def of_names(cls, count: int) -> "SeatGrid":
        """Of `count` seats whose places nobody knows: none has a neighbour, and the first goes first."""
        return cls([SeatPlace("", "", 2 * position, 0, position) for position in range(count)])

    def by_rank(self, count: int) -> tuple[int, ...]:
        """The first slots of all windows of `count` neighbours, those with the lowest ranks first."""
        known = self._by_rank.get(count)
        if known is None:
            total = [0, *accumulate(self._ranks)]
            seated = [0, *accumulate(bit > 0 for bit in self.zone_bits)]
            windows = [s for s in range(len(self.slots) - count + 1) if seated[s + count] - seated[s] == count]
            known = self._by_rank[count] = tuple(sorted(windows, key=lambda s: (total[s + count] - total[s], s)))
        return known
