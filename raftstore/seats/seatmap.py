"""Which legs of which seat are held and sold: one inventory as two lists of leg bitmasks.

Bit n of a mask is leg n. A seat is free on the wanted legs when `(held | sold) & wanted == 0`. No bit is ever set
in both masks of a seat: a leg has one holder.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from raftstore.value import value

from .commands import SeatMap, SeatPlace
from .grid import SeatGrid

_DIGEST_BYTES = 16


def leg_mask(first_leg: int, end_leg: int) -> int:
    """The bitmask of legs [first_leg, end_leg).

    >>> bin(leg_mask(1, 3))
    '0b110'
    """
    return (1 << end_leg) - (1 << first_leg)


def digest_of_layout(names: tuple[str, ...], places: tuple[SeatPlace, ...]) -> str:
    """Equal for equal layouts only, on every node."""
    content = ascii((names, [tuple(place) for place in places]))
    return blake2b(content.encode(), digest_size=_DIGEST_BYTES).hexdigest()


class Layout:
    """Seat names, their positions and places; inventories of equal layout share one, as a train has the same seats
    daily.
    """

    def __init__(self, digest: str, names: tuple[str, ...], places: tuple[SeatPlace, ...]) -> None:
        self.digest = digest
        self.names = names
        self.places = places
        self.positions = {name: position for position, name in enumerate(names)}
        # Most holds are of one seat, and there are many on each seat over the days: they share one tuple.
        self._singles: dict[int, tuple[int, ...]] = {}

    @cached_property
    def grid(self) -> SeatGrid:
        """Who sits beside whom; made when somebody first leaves the choice to the store."""
        return SeatGrid(self.places) if self.places else SeatGrid.of_names(len(self.names))

    def find(self, seats: Iterable[str]) -> tuple[int, ...]:
        """Positions of `seats`, in their order.

        Raises:
            KeyError: of the first name that is no seat here.
        """
        positions = self.positions
        return self.share(tuple([positions[seat] for seat in seats]))

    def share(self, found: tuple[int, ...]) -> tuple[int, ...]:
        """The same positions, in a tuple that other holds may have too."""
        return self._singles.setdefault(found[0], found) if len(found) == 1 else found

    def name(self, positions: Iterable[int]) -> tuple[str, ...]:
        names = self.names
        return tuple([names[position] for position in positions])


@value
class Mark:
    """Equal marks of an inventory stand for the same map; other marks probably for others."""

    inventory: "Inventory"
    version: int


@dataclass(slots=True, eq=False)
class Inventory:
    inventory: str
    layout: Layout
    legs: int
    open: bool
    opened_index: int
    held: list[int]
    sold: list[int]
    # Counts the changes since this node has it, so it is no part of the state.
    version: int = 0

    @classmethod
    def all_free(cls, inventory: str, layout: Layout, *, legs: int, is_open: bool, opened_index: int) -> "Inventory":
        count = len(layout.names)
        return cls(inventory, layout, legs, is_open, opened_index, [0] * count, [0] * count)

    def conflicts(self, positions: Sequence[int], wanted: int, own: Mapping[int, int] | None = None) -> tuple[str, ...]:
        """Names of those seats that somebody has on a wanted leg; what `own` says is sold to oneself counts as free."""
        held, sold = self.held, self.sold
        if own:
            taken = [p for p in positions if (held[p] | sold[p] & ~own.get(p, 0)) & wanted]
        else:
            taken = [p for p in positions if (held[p] | sold[p]) & wanted]
        return self.layout.name(taken) if taken else ()

    def taken(self) -> list[int]:
        """For each position the legs that somebody has."""
        return [held | sold for held, sold in zip(self.held, self.sold, strict=True)]

    def set_open(self, is_open: bool) -> None:
        self.version += 1
        self.open = is_open

    def hold(self, positions: Iterable[int], mask: int) -> None:
        self.version += 1
        for position in positions:
            self.held[position] |= mask

    def unhold(self, positions: Iterable[int], mask: int) -> None:
        self.version += 1
        for position in positions:
            self.held[position] &= ~mask

    def sell(self, positions: Iterable[int], mask: int) -> None:
        self.version += 1
        for position in positions:
            self.sold[position] |= mask

    def unsell(self, positions: Iterable[int], mask: int) -> None:
        self.version += 1
        for position in positions:
            self.sold[position] &= ~mask

    def mark(self) -> Mark:
        return Mark(self, self.version)

    def view(self, index: int) -> SeatMap:
        """The map as of log `index`."""
        names = self.layout.names
        return SeatMap(
            self.inventory,
            index,
            self.open,
            self.legs,
            len(names),
            held={names[position]: mask for position, mask in enumerate(self.held) if mask},
            sold={names[position]: mask for position, mask in enumerate(self.sold) if mask},
        )
