"""What each command does to the ledger, or why it does nothing: one function a command.

A command that comes again under another request id does no harm: what it asked for already holds, and it says so.
"""

from . import commands as c
from . import limits
from .best import hold_best
from .commands import EventKind, HoldState, RefusalCode
from .gate_decisions import decide_at_gate
from .holds import HoldRecord
from .ledger import SeatLedger
from .refusals import (
    find_inventory,
    hold_ended,
    hold_id_reused,
    hold_not_confirmed,
    inventory_closed,
    unknown_hold,
    unknown_inventory,
)
from .seatmap import Inventory, leg_mask


def decide(ledger: SeatLedger, command: c.Command) -> c.Outcome:
    """Carry out a command whose form is sound (limits.py)."""
    match command:
        case c.Hold():
            return _hold(ledger, command)
        case c.HoldBest():
            return hold_best(ledger, command)
        case c.Confirm():
            return _confirm(ledger, command)
        case c.Extend():
            return _extend(ledger, command)
        case c.Release():
            return _release(ledger, command)
        case c.Cancel():
            return _cancel(ledger, command)
        case c.Exchange():
            return _exchange(ledger, command)
        case c.OpenInventory():
            return _open(ledger, command)
        case c.CloseInventory():
            return _close(ledger, command)
        case _:
            return decide_at_gate(ledger, command)


# --- Inventories ----------------------------------------------------------------------------------


def _open(ledger: SeatLedger, command: c.OpenInventory) -> c.Outcome:
    known = ledger.inventories.get(command.inventory)
    if known is None:
        ledger.open_inventory(command)
    elif (known.legs, known.layout.names) == (command.legs, command.seats):
        if command.places:
            ledger.set_places(known, command)
        ledger.set_open(known, True)
    else:
        return c.Refused(
            RefusalCode.LAYOUT_CHANGED,
            f"Inventory {command.inventory} has other seats or legs; open the new layout under a new id.",
        )
    return c.Opened(command.inventory)


def _close(ledger: SeatLedger, command: c.CloseInventory) -> c.Outcome:
    known = ledger.inventories.get(command.inventory)
    if known is None:
        return unknown_inventory(command.inventory)
    ledger.set_open(known, False)
    return c.Closed(command.inventory)


# --- Holds ----------------------------------------------------------------------------------------
# Answers are remembered for a day, so they name a hold by the record's own string and not by a copy that came with the
# command.


def _hold(ledger: SeatLedger, command: c.Hold) -> c.Outcome:
    found = _find(ledger, command)
    if isinstance(found, c.Refused):
        return found
    inventory, seats = found
    known = ledger.holds.get(command.hold)
    if known:
        if known.state is HoldState.HELD and known.is_for(inventory, seats, command.first_leg, command.end_leg):
            return c.Held(command.hold, known.expires_at_ms, ledger.time_ms)
        return hold_id_reused(command.hold)
    if not inventory.open:
        return inventory_closed(command.inventory)
    if conflicts := inventory.conflicts(seats, leg_mask(command.first_leg, command.end_leg)):
        return c.Taken(conflicts)
    expires_at_ms = ledger.time_ms + command.ttl_ms
    ledger.take(
        HoldRecord(
            command.hold,
            inventory,
            HoldState.HELD,
            seats,
            seats,
            command.first_leg,
            command.end_leg,
            ledger.time_ms,
            expires_at_ms,
        )
    )
    return c.Held(command.hold, expires_at_ms, ledger.time_ms)


def _extend(ledger: SeatLedger, command: c.Extend) -> c.Outcome:
    record = ledger.holds.get(command.hold)
    if record is None:
        return unknown_hold(command.hold)
    if record.state is not HoldState.HELD:
        return hold_ended(record)
    expires_at_ms = ledger.time_ms + command.ttl_ms
    if expires_at_ms > record.expires_at_ms:
        if expires_at_ms > record.created_ms + limits.MAX_HOLD_LIFETIME_MS:
            return c.Refused(
                RefusalCode.LIFETIME_EXCEEDED,
                f"A hold may live {limits.MAX_HOLD_LIFETIME_MS} ms at most; confirm or release {command.hold}.",
            )
        ledger.holds.extend(record, expires_at_ms)
    return c.Held(record.hold, record.expires_at_ms, ledger.time_ms)


def _confirm(ledger: SeatLedger, command: c.Confirm) -> c.Outcome:
    record = ledger.holds.get(command.hold)
    if record is None:
        return unknown_hold(command.hold)
    if record.state is HoldState.HELD:
        ledger.confirm(record)
    elif record.state is not HoldState.CONFIRMED:
        return hold_ended(record)
    return c.Confirmed(record.hold)


def _release(ledger: SeatLedger, command: c.Release) -> c.Outcome:
    record = ledger.holds.get(command.hold)
    if record is None:
        return unknown_hold(command.hold)
    if record.state is HoldState.HELD:
        ledger.release(record, HoldState.RELEASED, EventKind.RELEASED)
    elif record.state not in (HoldState.RELEASED, HoldState.EXPIRED):
        return hold_ended(record)
    return c.Released(record.hold)


def _cancel(ledger: SeatLedger, command: c.Cancel) -> c.Outcome:
    record = ledger.holds.get(command.hold)
    if record is None:
        return unknown_hold(command.hold)
    if record.state not in (HoldState.CONFIRMED, HoldState.CANCELLED):
        return hold_not_confirmed(record)
    layout = record.inventory.layout
    for seat in command.seats:
        if layout.positions.get(seat) not in record.seats:
            return c.Refused(
                RefusalCode.UNKNOWN_SEAT, f"Hold {command.hold} never had seat {seat}; name its own seats, or none."
            )
    wanted = layout.find(command.seats) or record.seats
    leaving = tuple([position for position in record.kept if position in wanted])
    if leaving:
        ledger.cancel(record, leaving)
    return c.Cancelled(record.hold, layout.name(wanted))


def _exchange(ledger: SeatLedger, command: c.Exchange) -> c.Outcome:
    old = ledger.holds.get(command.hold)
    if old is None:
        return unknown_hold(command.hold)
    found = _find(ledger, command)
    if isinstance(found, c.Refused):
        return found
    inventory, seats = found
    known = ledger.holds.get(command.new_hold)
    if known:
        as_asked = known.is_for(inventory, seats, command.first_leg, command.end_leg, movable=command.movable)
        if as_asked and (old.state, known.state) == (HoldState.CANCELLED, HoldState.CONFIRMED):
            return c.Exchanged(command.hold, command.new_hold)
        return hold_id_reused(command.new_hold)
    if old.state is not HoldState.CONFIRMED:
        return hold_not_confirmed(old)
    if not inventory.open:
        return inventory_closed(command.inventory)
    own = dict.fromkeys(old.kept, old.mask) if old.inventory is inventory else {}
    if conflicts := inventory.conflicts(seats, leg_mask(command.first_leg, command.end_leg), own):
        return c.Taken(conflicts)
    ledger.cancel(old, old.kept)
    ledger.take(
        HoldRecord(
            command.new_hold,
            inventory,
            HoldState.CONFIRMED,
            seats,
            seats,
            command.first_leg,
            command.end_leg,
            ledger.time_ms,
            ledger.time_ms,
            movable=command.movable,
        )
    )
    return c.Exchanged(command.hold, command.new_hold)


def _find(ledger: SeatLedger, command: c.Hold | c.Exchange) -> tuple[Inventory, tuple[int, ...]] | c.Refused:
    """The inventory and seat positions a command asks for, if it has them."""
    inventory = find_inventory(ledger, command)
    if isinstance(inventory, c.Refused):
        return inventory
    try:
        return inventory, inventory.layout.find(command.seats)
    except KeyError as missing:
        return c.Refused(
            RefusalCode.UNKNOWN_SEAT,
            f"Inventory {command.inventory} has no seat {missing.args[0]}; read its map for the names.",
        )
