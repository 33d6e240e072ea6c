"""Why a command changes nothing, in words for whoever sent it."""

from . import commands as c
from .commands import RefusalCode
from .holds import HoldRecord
from .ledger import SeatLedger
from .seatmap import Inventory


def find_inventory(ledger: SeatLedger, command: c.Hold | c.HoldBest | c.Exchange) -> Inventory | c.Refused:
    """The inventory a command speaks of, if it goes as far."""
    inventory = ledger.inventories.get(command.inventory)
    if inventory is None:
        return unknown_inventory(command.inventory)
    if command.end_leg > inventory.legs:
        return c.Refused(
            RefusalCode.INVALID,
            f"Inventory {command.inventory} has {inventory.legs} legs, so [{command.first_leg}, {command.end_leg}) "
            "goes beyond its end.",
        )
    return inventory


def unknown_inventory(inventory: str) -> c.Refused:
    return c.Refused(RefusalCode.UNKNOWN_INVENTORY, f"There is no inventory {inventory}; open it first.")


def inventory_closed(inventory: str) -> c.Refused:
    return c.Refused(RefusalCode.INVENTORY_CLOSED, f"Inventory {inventory} is not on sale; open it first.")


def no_seats(command: c.HoldBest) -> c.Refused:
    together = " together" if command.together else ""
    return c.Refused(
        RefusalCode.NO_SEATS,
        f"Inventory {command.inventory} has no {command.count} seats of this kind free{together} on legs "
        f"[{command.first_leg}, {command.end_leg}); ask for others.",
    )


def unknown_hold(hold: str) -> c.Refused:
    return c.Refused(RefusalCode.UNKNOWN_HOLD, f"There is no hold {hold}: it never was, or ended long ago.")


def hold_id_reused(hold: str) -> c.Refused:
    return c.Refused(RefusalCode.HOLD_ID_REUSED, f"Hold id {hold} was used before; give each hold its own id.")


def hold_ended(record: HoldRecord) -> c.Refused:
    return c.Refused(
        RefusalCode.HOLD_ENDED, f"Hold {record.hold} is {record.state.value}, no longer held.", record.state
    )


def hold_not_confirmed(record: HoldRecord) -> c.Refused:
    return c.Refused(
        RefusalCode.HOLD_NOT_CONFIRMED,
        f"Hold {record.hold} is {record.state.value}, and only confirmed seats can be cancelled or exchanged.",
        record.state,
    )
