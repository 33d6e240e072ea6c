"""What the seat store says, in values that the rest of the site understands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

# What may be wished for. The store knows each by its number here, so it keeps that: add at the end, never reorder.
FEATURES: Final = (
    "window",
    "aisle",
    "lower",
    "middle",
    "upper",
    "side",
    "table",
    "accessible",
    "restricted",
)


@dataclass(frozen=True, slots=True)
class Availability:
    """Who may still buy what, as of `index`. Bitmasks of legs counted from 0; seats not named are wholly free.

    `log` says in whose log `index` is a place: a restored store has another one, and so has another cluster. Places in
    different logs cannot be compared.
    """

    inventory: str
    index: int
    open: bool
    legs: int
    held: dict[str, int]
    sold: dict[str, int]
    log: str = ""

    def taken(self, first_leg: int, end_leg: int) -> set[str]:
        """Seats that are not free on every leg of [first_leg, end_leg)."""
        wanted = (1 << end_leg) - (1 << first_leg)
        return {seat for masks in (self.held, self.sold) for seat, mask in masks.items() if mask & wanted}


@dataclass(frozen=True, slots=True)
class HoldSnapshot:
    """A hold; `state` is held, confirmed, released, expired or cancelled; `seats` are those it still has.

    One that is `movable` was given by free choice: its customer accepts another seat of the same kind.
    """

    hold_id: str
    inventory: str
    state: str
    seats: tuple[str, ...]
    first_leg: int
    end_leg: int
    held_until: datetime
    movable: bool = False


@dataclass(frozen=True, slots=True)
class ListedHold:
    """One of an inventory's holds; `seats` as asked for, `kept` those it still has. States as in HoldSnapshot."""

    hold_id: str
    state: str
    seats: tuple[str, ...]
    kept: tuple[str, ...]
    first_leg: int
    end_leg: int
    movable: bool = False


@dataclass(frozen=True, slots=True)
class SeatPlace:
    """Where a seat is: neighbours have numbers that follow each other in one row; the lowest rank is given first."""

    zone: str
    row: str
    number: int
    features: frozenset[str]
    rank: int


@dataclass(frozen=True, slots=True)
class MovedSeat:
    """A hold of one seat has another one instead, of the same zone and at least as good, on all its legs."""

    hold_id: str
    from_seat: str
    to_seat: str


@dataclass(frozen=True, slots=True)
class BestHeld:
    """Seats that the store chose, until when they are held, and who was moved to make room for them."""

    seats: tuple[str, ...]
    held_until: datetime
    moved: tuple[MovedSeat, ...] = ()


@dataclass(frozen=True, slots=True)
class SeatChange:
    inventory: str
    index: int
    seat: str
    held: int
    sold: int
    log: str = ""


@dataclass(frozen=True, slots=True)
class WatchReset:
    """Changes were missed; read the maps again. They are at least as new as `index` of this log then.

    None: the store was restored, so that the index of a map read before says nothing.
    """

    index: int | None
    log: str = ""


def feature_bits(features: Iterable[str]) -> int:
    """Features as the store knows them.

    >>> feature_bits(["aisle", "lower"])
    6

    Raises:
        ValueError: one of them is not in FEATURES.
    """
    return sum(1 << FEATURES.index(feature) for feature in set(features))


def log_of(cluster: int) -> str:
    """A log's name. A cluster's number has more bits than a number in a browser is exact to."""
    return f"{cluster:x}"


@dataclass(frozen=True, slots=True)
class StoreNode:
    """A node of the store as it sees itself; a silent one has no role, and the number 0 if nobody tells it."""

    node: int
    role: str
    leads: bool
    applied_index: int
