"""Who has what: inventories and holds together, and the only steps by which a seat changes hands.

Every step keeps the bitmasks, the holds and the events that tell of them in agreement. Whether a step may be taken
is decided in decisions.py.
"""

from collections.abc import Iterable

from .changes import HoldRow, InventoryRow, LayoutRow
from .commands import EventKind, HoldState, OpenInventory, SeatEvent
from .gates import GateBook
from .holds import HoldBook, HoldRecord
from .seatmap import Inventory, Layout, digest_of_layout


class SeatLedger:
    def __init__(self) -> None:
        self.inventories: dict[str, Inventory] = {}
        self.holds = HoldBook()
        self.gates = GateBook()
        # Of the entry being applied.
        self.index = 0
        self._term = 0
        self.time_ms = 0
        self.events: list[SeatEvent] = []
        self._wall_ms = 0
        # Equal layouts are kept once, by their digest; they stay, as inventories do.
        self._layouts: dict[str, Layout] = {}
        # Dicts for their order, which is the log's: equal checkpoints then have equal bytes.
        self._new_layouts: dict[str, None] = {}
        self._touched_inventories: dict[str, None] = {}

    def begin_entry(self, *, index: int, term: int, time_ms: int, wall_ms: int) -> None:
        """Events from here on belong to the entry at `index`."""
        self.index, self._term, self.time_ms, self._wall_ms = index, term, time_ms, wall_ms
        self.events = []
        self.gates.begin_entry(time_ms)

    # --- Steps --------------------------------------------------------------------------------------

    def open_inventory(self, command: OpenInventory) -> None:
        layout = self._layout_of(command)
        self._add(command.inventory, layout, legs=command.legs, is_open=True, opened_index=self.index)
        self._touched_inventories[command.inventory] = None

    def set_places(self, inventory: Inventory, command: OpenInventory) -> None:
        """The same seats are where the command says."""
        if inventory.layout.places != command.places:
            inventory.layout = self._layout_of(command)
            self._touched_inventories[command.inventory] = None

    def set_open(self, inventory: Inventory, is_open: bool) -> None:
        if inventory.open is not is_open:
            inventory.set_open(is_open)
            self._touched_inventories[inventory.inventory] = None

    def take(self, record: HoldRecord) -> None:
        """Seats that are free become the new hold's."""
        if record.state is HoldState.HELD:
            record.inventory.hold(record.seats, record.mask)
            kind = EventKind.HELD
        else:
            record.inventory.sell(record.seats, record.mask)
            kind = EventKind.CONFIRMED
        self.holds.add(record)
        self._tell(record, record.seats, kind)

    def confirm(self, record: HoldRecord) -> None:
        """A held hold's seats are sold to it."""
        record.inventory.unhold(record.kept, record.mask)
        record.inventory.sell(record.kept, record.mask)
        self.holds.confirm(record)
        self._tell(record, record.kept, EventKind.CONFIRMED)

    def release(self, record: HoldRecord, state: HoldState, kind: EventKind) -> None:
        """A held hold's seats are free again, and it ends."""
        seats = record.kept
        record.inventory.unhold(seats, record.mask)
        self._tell(record, seats, kind)
        self._end(record, state)

    def cancel(self, record: HoldRecord, leaving: tuple[int, ...]) -> None:
        """Some of a confirmed hold's seats are free again; it ends with the last of them."""
        record.inventory.unsell(leaving, record.mask)
        self._tell(record, leaving, EventKind.CANCELLED)
        remaining = tuple([position for position in record.kept if position not in leaving])
        if remaining:
            self.holds.keep(record, remaining)
        else:
            self._end(record, HoldState.CANCELLED)

    def move(self, moves: Iterable[tuple[HoldRecord, int]]) -> None:
        """Holds of one seat change it, all at once: some take what others leave."""
        moving = list(moves)
        for record, _ in moving:
            inventory, mask = record.inventory, record.mask
            free = inventory.unhold if record.state is HoldState.HELD else inventory.unsell
            free(record.kept, mask)
            self._tell(record, record.kept, EventKind.MOVED_AWAY)
        for record, seat in moving:
            inventory, mask = record.inventory, record.mask
            take = inventory.hold if record.state is HoldState.HELD else inventory.sell
            take((seat,), mask)
            self.holds.move(record, seat)
            self._tell(record, record.kept, EventKind.MOVED_HERE)

    def expire_due(self) -> None:
        for record in self.holds.due(self.time_ms):
            self.release(record, HoldState.EXPIRED, EventKind.EXPIRED)

    def _end(self, record: HoldRecord, state: HoldState) -> None:
        self.holds.end(record, state, index=self.index, ordinal=len(self.events) - 1)

    def _tell(self, record: HoldRecord, positions: tuple[int, ...], kind: EventKind) -> None:
        inventory, hold, first_leg, end_leg = record.inventory, record.hold, record.first_leg, record.end_leg
        name, seats, held, sold = inventory.inventory, inventory.layout.names, inventory.held, inventory.sold
        index, term, wall_ms, events = self.index, self._term, self._wall_ms, self.events
        for position in positions:
            events.append(
                SeatEvent(
                    index,
                    term,
                    len(events),
                    wall_ms,
                    name,
                    seats[position],
                    kind,
                    hold,
                    first_leg,
                    end_leg,
                    held[position],
                    sold[position],
                )
            )

    # --- Rows ---------------------------------------------------------------------------------------

    def layout_rows(self) -> tuple[LayoutRow, ...]:
        """All of them, in order of id."""
        return tuple([_layout_row(self._layouts[digest]) for digest in sorted(self._layouts)])

    def take_new_layouts(self) -> tuple[LayoutRow, ...]:
        """Rows of layouts that are new since the last call."""
        layouts, self._new_layouts = self._new_layouts, {}
        return tuple([_layout_row(self._layouts[digest]) for digest in layouts])

    def inventory_rows(self) -> tuple[InventoryRow, ...]:
        """All of them, in order of id."""
        return tuple([_inventory_row(self.inventories[inventory]) for inventory in sorted(self.inventories)])

    def seat_masks(self) -> tuple[tuple[str, str, int, int], ...]:
        """(inventory, seat, held, sold) of all seats that are not wholly free, by inventory and position."""
        return tuple(
            (inventory, name, held, sold)
            for inventory, known in sorted(self.inventories.items())
            for name, held, sold in zip(known.layout.names, known.held, known.sold, strict=True)
            if held or sold
        )

    def take_touched(self) -> tuple[InventoryRow, ...]:
        """Rows of inventories that are new or other than at the last call."""
        inventories, self._touched_inventories = self._touched_inventories, {}
        return tuple([_inventory_row(self.inventories[inventory]) for inventory in inventories])

    def restore(
        self, layouts: tuple[LayoutRow, ...], inventories: tuple[InventoryRow, ...], holds: tuple[HoldRow, ...]
    ) -> None:
        """
        Raises:
            KeyError: a hold is of an inventory or a seat that there is not, or an inventory has no layout.
        """
        for layout in layouts:
            self._layouts[layout.layout] = Layout(layout.layout, layout.seats, layout.places)
        for row in inventories:
            layout_of = self._layouts[row.layout]
            self._add(row.inventory, layout_of, legs=row.legs, is_open=row.open, opened_index=row.opened_index)
        for record in self.holds.restore(holds, self.inventories):
            if record.state is HoldState.HELD:
                record.inventory.hold(record.kept, record.mask)
            else:
                record.inventory.sell(record.kept, record.mask)

    def _layout_of(self, command: OpenInventory) -> Layout:
        digest = digest_of_layout(command.seats, command.places)
        if digest not in self._layouts:
            self._layouts[digest] = Layout(digest, command.seats, command.places)
            self._new_layouts[digest] = None
        return self._layouts[digest]

    def _add(self, inventory: str, layout: Layout, *, legs: int, is_open: bool, opened_index: int) -> None:
        self.inventories[inventory] = Inventory.all_free(
            inventory, layout, legs=legs, is_open=is_open, opened_index=opened_index
        )


def _layout_row(known: Layout) -> LayoutRow:
    return LayoutRow(known.digest, known.names, known.places)


def _inventory_row(known: Inventory) -> InventoryRow:
    return InventoryRow(known.inventory, known.legs, known.open, known.opened_index, known.layout.digest)
