"""Holds and their deadlines: who has which seats, until when, and which holds have ended."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import chain

from . import limits
from .changes import HoldRow
from .commands import HoldState, HoldView
from .seatmap import Inventory, leg_mask


@dataclass(slots=True, eq=False)
class HoldRecord:
    """Seats are positions in the inventory's layout: `seats` as asked for, `kept` those it still has."""

    hold: str
    inventory: Inventory
    state: HoldState
    seats: tuple[int, ...]
    kept: tuple[int, ...]
    first_leg: int
    end_leg: int
    created_ms: int
    expires_at_ms: int
    ended_index: int = 0
    ended_ordinal: int = 0
    movable: bool = False

    @property
    def mask(self) -> int:
        return leg_mask(self.first_leg, self.end_leg)

    def is_for(
        self, inventory: Inventory, seats: tuple[int, ...], first_leg: int, end_leg: int, *, movable: bool = False
    ) -> bool:
        """Whether it was asked for with this content; one that is movable may have other seats by now."""
        return (
            self.inventory is inventory
            and (self.seats == seats or (movable and len(self.seats) == len(seats)))
            and (self.first_leg, self.end_leg, self.movable) == (first_leg, end_leg, movable)
        )

    def is_choice(self, inventory: Inventory, count: int, first_leg: int, end_leg: int, *, movable: bool) -> bool:
        """Whether as many seats were asked for on these legs, whichever they are."""
        return (
            self.inventory is inventory
            and len(self.seats) == count
            and (self.first_leg, self.end_leg, self.movable) == (first_leg, end_leg, movable)
        )

    def view(self, now_ms: int) -> HoldView:
        return HoldView(
            self.hold,
            self.inventory.inventory,
            self.state,
            self.inventory.layout.name(self.kept),
            self.first_leg,
            self.end_leg,
            self.expires_at_ms,
            now_ms,
            self.movable,
        )

    def row(self) -> HoldRow:
        name = self.inventory.layout.name
        seats = name(self.seats)
        return HoldRow(
            self.hold,
            self.inventory.inventory,
            self.state,
            seats,
            seats if self.kept is self.seats else name(self.kept),
            self.first_leg,
            self.end_leg,
            self.created_ms,
            self.expires_at_ms,
            self.ended_index,
            self.ended_ordinal,
            self.movable,
        )


class HoldBook:
    def __init__(self) -> None:
        self._records: dict[str, HoldRecord] = {}
        # (expires_at_ms, hold): may also name holds that were extended, confirmed or ended since.
        self._deadlines: list[tuple[int, str]] = []
        self._ended: deque[str] = deque()
        self._touched: dict[str, None] = {}
        # By inventory and position: those of one seat that may be moved.
        self._movable: dict[str, dict[int, list[HoldRecord]]] = {}
        self.live = 0

    def get(self, hold: str) -> HoldRecord | None:
        return self._records.get(hold)

    def add(self, record: HoldRecord) -> None:
        """A hold that is new, either held or, by an exchange, confirmed at once."""
        self._records[record.hold] = record
        self._touched[record.hold] = None
        self._note_movable(record)
        if record.state is HoldState.HELD:
            self.live += 1
            heappush(self._deadlines, (record.expires_at_ms, record.hold))

    def extend(self, record: HoldRecord, expires_at_ms: int) -> None:
        record.expires_at_ms = expires_at_ms
        self._touched[record.hold] = None
        heappush(self._deadlines, (expires_at_ms, record.hold))

    def confirm(self, record: HoldRecord) -> None:
        record.state = HoldState.CONFIRMED
        self.live -= 1
        self._touched[record.hold] = None

    def keep(self, record: HoldRecord, kept: tuple[int, ...]) -> None:
        """A confirmed hold gave some of its seats back."""
        record.kept = kept
        self._touched[record.hold] = None

    def move(self, record: HoldRecord, seat: int) -> None:
        """A movable hold of one seat has this one instead."""
        self._forget_movable(record)
        record.seats = record.kept = record.inventory.layout.share((seat,))
        self._note_movable(record)
        self._touched[record.hold] = None

    def movable_on(self, inventory: str) -> Iterator[HoldRecord]:
        """Holds of one seat that may be moved to another, in no order that means anything."""
        return chain.from_iterable(self._movable.get(inventory, {}).values())

    def end(self, record: HoldRecord, state: HoldState, *, index: int, ordinal: int) -> None:
        """It has no seats any more; (index, ordinal) is its last event, which puts the ended in order."""
        if record.state is HoldState.HELD:
            self.live -= 1
        self._forget_movable(record)
        record.state = state
        record.kept = ()
        record.ended_index, record.ended_ordinal = index, ordinal
        self._ended.append(record.hold)
        self._touched[record.hold] = None

    def all(self) -> Iterable[HoldRecord]:
        return self._records.values()

    def next_expiry_ms(self) -> int | None:
        while self._deadlines:
            expires_at_ms, hold = self._deadlines[0]
            record = self._records.get(hold)
            if record and record.state is HoldState.HELD and record.expires_at_ms == expires_at_ms:
                return expires_at_ms
            heappop(self._deadlines)
        return None

    def due(self, time_ms: int) -> Iterator[HoldRecord]:
        """Holds that expire now, in order of (expires_at_ms, hold); the caller ends each before it takes the next."""
        while (expires_at_ms := self.next_expiry_ms()) is not None and expires_at_ms <= time_ms:
            yield self._records[heappop(self._deadlines)[1]]

    def forget_old(self, at_most: int) -> None:
        """Forget the ended holds that are beyond the bound, those that ended first."""
        for _ in range(min(at_most, len(self._ended) - limits.MAX_ENDED_HOLDS_KEPT)):
            hold = self._ended.popleft()
            del self._records[hold]
            self._touched[hold] = None

    def rows(self) -> tuple[HoldRow, ...]:
        """All of them, in order of id."""
        return tuple([self._records[hold].row() for hold in sorted(self._records)])

    def take_touched(self) -> tuple[tuple[HoldRow, ...], tuple[str, ...]]:
        """Rows that are new or other than at the last call, and ids of those forgotten."""
        touched, self._touched = self._touched, {}
        present = tuple([record.row() for hold in touched if (record := self._records.get(hold))])
        return present, tuple([hold for hold in touched if hold not in self._records])

    def _note_movable(self, record: HoldRecord) -> None:
        if record.movable and len(record.seats) == 1:
            there = self._movable.setdefault(record.inventory.inventory, {})
            there.setdefault(record.seats[0], []).append(record)

    def _forget_movable(self, record: HoldRecord) -> None:
        if record.movable and len(record.seats) == 1:
            there = self._movable[record.inventory.inventory]
            there[record.seats[0]].remove(record)
            if not there[record.seats[0]]:
                del there[record.seats[0]]

    def restore(self, rows: Iterable[HoldRow], inventories: dict[str, Inventory]) -> list[HoldRecord]:
        """Returns those that have seats."""
        having: list[HoldRecord] = []
        ended: list[tuple[int, int, str]] = []
        for row in rows:
            inventory = inventories[row.inventory]
            find = inventory.layout.find
            seats = find(row.seats)
            kept = seats if row.kept is row.seats else find(row.kept)
            record = self._records[row.hold] = HoldRecord(row.hold, inventory, row.state, seats, kept, *row[5:])
            if not row.ended_index:
                having.append(record)
                self._note_movable(record)
            if row.state is HoldState.HELD:
                self.live += 1
                self._deadlines.append((row.expires_at_ms, row.hold))
            elif row.ended_index:
                ended.append((row.ended_index, row.ended_ordinal, row.hold))
        heapify(self._deadlines)
        self._ended.extend(hold for _, _, hold in sorted(ended))
        return having
