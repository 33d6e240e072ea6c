"""How does an inventory move from one store cluster to another, so that no seat can be sold on both?

    off sale ─► its holds copied ─► the row names the new cluster, and the old one ─► what changed on the old one at the
    last moment copied too ─► the row names the new cluster alone ─► may be put on sale again

The row is the only switch, and every step may be taken twice: whoever gives the command again finishes what a crash
left. Three rules make it safe at any moment: nobody opens an inventory that is being moved (publishing.py); an order
can be paid only if its seats were held where the inventory still lives (services/holding.py); and who gives seats back
looks afterwards whether it lives elsewhere by now, and gives them back there too (services/ending.py). Whoever had read
the row before the switch has either been heard on the old cluster before the last look there, or reads the row again.
"""

from booking import seatstore
from booking.models import Inventory
from booking.placing.clusters import clusters
from booking.placing.copying import NotAlike, StillHeld, Tell, copy_holds

S = Inventory.State


class CannotMove(Exception):
    """Nothing that matters was changed, or the move is to be finished; the text says what to do."""


def move_inventory(*, inventory_id: str, to: str, tell: Tell) -> Inventory:
    """Move an inventory that is off sale to cluster `to`, or finish such a move. It stays off sale.

    Args:
        tell: hears of each step, in words for an operator.

    Raises:
        CannotMove: it says why, and what to do.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: give the command again.
    """
    inventory = Inventory.objects.select_related("plan").filter(pk=inventory_id).first()
    if inventory is None:
        raise CannotMove(f"There is no inventory {inventory_id}; the admin's list of inventories has their names.")
    if to not in clusters():
        raise CannotMove(f"STORE_CLUSTERS names {', '.join(clusters())}, and no cluster {to}.")
    if inventory.moved_from:
        tell(f"A move from {inventory.moved_from} to {inventory.cluster} was not finished; that comes first.")
        _finish(inventory, tell)
    if inventory.cluster == to:
        tell(f"{inventory.pk} lives on {to}.")
        return inventory
    if inventory.state != S.CLOSED:
        raise CannotMove(
            f"{inventory.pk} is not off sale but: {inventory.get_state_display()}. Take it off sale in the admin, wait "
            "until the list says so, and give the command again."
        )
    if inventory.has_waiting_room:
        raise CannotMove(
            f"People wait before {inventory.pk}, in a line that cannot be moved; close its waiting room first."
        )
    if _is_known(inventory):
        _copy(inventory, inventory.cluster, to, tell)
    _switch(inventory, to)
    tell(f"The site asks {to} from now on.")
    _finish(inventory, tell)
    return inventory


def _is_known(inventory: Inventory) -> bool:
    """Whether the cluster has ever heard of it; it may have been taken off sale before."""
    try:
        seatstore.availability(inventory.pk, cluster=inventory.cluster)
    except seatstore.SeatStoreRefused:
        return False
    return True


def _switch(inventory: Inventory, to: str) -> None:
    """The one moment at which it lives elsewhere: if nobody has put it on sale, or moved it, since it was read."""
    here = Inventory.objects.filter(
        pk=inventory.pk, state=S.CLOSED, wish=inventory.wish, cluster=inventory.cluster, moves=inventory.moves
    )
    if not here.update(cluster=to, moved_from=inventory.cluster, moves=inventory.moves + 1):
        raise CannotMove(f"Somebody changed {inventory.pk} meanwhile; look at it in the admin, then try again.")
    inventory.refresh_from_db()


def _finish(inventory: Inventory, tell: Tell) -> None:
    """Copy what reached the old cluster at the last moment, then forget that it lived there."""
    try:
        seatstore.availability(inventory.pk, cluster=inventory.moved_from)
    except seatstore.SeatStoreRefused:
        tell(f"{inventory.moved_from} never heard of it.")
    else:
        _copy(inventory, inventory.moved_from, inventory.cluster, tell)
    Inventory.objects.filter(pk=inventory.pk, moves=inventory.moves).update(moved_from="")
    inventory.refresh_from_db()
    tell(f"{inventory.pk} lives on {inventory.cluster}. It is off sale; put it on sale in the admin.")


def _copy(inventory: Inventory, source: str, target: str, tell: Tell) -> None:
    try:
        copy_holds(inventory=inventory, source=source, target=target, tell=tell)
    except StillHeld as error:
        raise CannotMove(
            f"On {source} {error}. A hold ends by itself, at most some minutes after its customer has gone; give the "
            "command again then."
        ) from error
    except NotAlike as error:
        raise CannotMove(
            f"After copying {error}. Leave it off sale, and look at both: python -m raftstore seatmap {inventory.pk}."
        ) from error
    except seatstore.SeatStoreRefused as error:
        raise CannotMove(f"A cluster refused a step: {error} Leave it off sale, and look at both.") from error
