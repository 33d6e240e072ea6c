"""What does it do to the ledger when somebody leaves the choice of seats to the store?"""

from . import commands as c
from .choosing import choose
from .commands import HoldState
from .holds import HoldRecord
from .ledger import SeatLedger
from .refusals import find_inventory, hold_id_reused, inventory_closed, no_seats
from .repacking import Passenger, repack
from .seatmap import Inventory


def hold_best(ledger: SeatLedger, command: c.HoldBest) -> c.Outcome:
    inventory = find_inventory(ledger, command)
    if isinstance(inventory, c.Refused):
        return inventory
    first_leg, end_leg, movable = command.first_leg, command.end_leg, command.movable
    known = ledger.holds.get(command.hold)
    if known:
        as_asked = known.is_choice(inventory, command.count, first_leg, end_leg, movable=movable)
        return _best_held(ledger, known) if as_asked and known.state is HoldState.HELD else hold_id_reused(command.hold)
    if not inventory.open:
        return inventory_closed(command.inventory)
    moved: tuple[c.Move, ...] = ()
    chosen = choose(inventory.layout.grid, inventory.taken(), inventory.legs, command)
    if chosen is None and command.repack and not command.together:
        chosen, moved = _make_room(ledger, inventory, command)
    if chosen is None:
        return no_seats(command)
    seats, now_ms = inventory.layout.share(chosen), ledger.time_ms
    record = HoldRecord(
        command.hold,
        inventory,
        HoldState.HELD,
        seats,
        seats,
        first_leg,
        end_leg,
        now_ms,
        now_ms + command.ttl_ms,
        movable=movable,
    )
    ledger.take(record)
    return _best_held(ledger, record, moved)


def _make_room(
    ledger: SeatLedger, inventory: Inventory, command: c.HoldBest
) -> tuple[tuple[int, ...] | None, tuple[c.Move, ...]]:
    """The seats that are free now, and who was moved for it; None if nothing could be done, and nobody was."""
    records = {record.hold: record for record in ledger.holds.movable_on(inventory.inventory)}
    passengers = [
        Passenger(record.hold, record.seats[0], record.first_leg, record.end_leg) for record in records.values()
    ]
    found = repack(inventory.layout.grid, inventory.taken(), inventory.legs, command, passengers)
    if found is None:
        return None, ()
    names = inventory.layout.names
    told = [c.Move(hold, names[records[hold].seats[0]], names[position]) for hold, position in found.moves]
    ledger.move([(records[hold], position) for hold, position in found.moves])
    return found.positions, tuple(told)


def _best_held(ledger: SeatLedger, record: HoldRecord, moved: tuple[c.Move, ...] = ()) -> c.BestHeld:
    seats = record.inventory.layout.name(record.kept)
    return c.BestHeld(record.hold, seats, record.expires_at_ms, ledger.time_ms, moved)
