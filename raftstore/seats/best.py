"""What does it do to the ledger when somebody leaves the choice of seats to the store?"""

from . import commands as c
from .choosing import choose
from .commands import HoldState
from .holds import HoldRecord
from .ledger import SeatLedger
from .refusals import find_inventory, hold_id_reused, inventory_closed, no_seats


def hold_best(ledger: SeatLedger, command: c.HoldBest) -> c.Outcome:
    inventory = find_inventory(ledger, command)
    if isinstance(inventory, c.Refused):
        return inventory
    first_leg, end_leg, movable = command.first_leg, command.end_leg, command.movable
    known = ledger.holds.get(command.hold)
    if known:
        if known.state is HoldState.HELD and known.is_choice(
            inventory, command.count, first_leg, end_leg, movable=movable
        ):
            return _best_held(ledger, known)
        return hold_id_reused(command.hold)
    if not inventory.open:
        return inventory_closed(command.inventory)
    chosen = choose(inventory.layout.grid, inventory.taken(), inventory.legs, command)
    if chosen is None:
        return no_seats(command)
    seats = inventory.layout.share(chosen)
    now_ms = ledger.time_ms
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
    return _best_held(ledger, record)


def _best_held(ledger: SeatLedger, record: HoldRecord) -> c.BestHeld:
    seats = record.inventory.layout.name(record.kept)
    return c.BestHeld(record.hold, seats, record.expires_at_ms, ledger.time_ms)
