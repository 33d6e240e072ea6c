"""How does another store cluster come to know who has an inventory's seats? Its holds are copied, sold ones as sold.

Both sides are off sale while this runs, so holds only ever lose seats: a customer cancels. What is given back on
either side is therefore given back, and copying again, after a crash or because one side changed, ends with both alike.

A hold is copied by an exchange: its seats are sold to a stand-in first and from that to the hold, in one step. So there
is no moment in which the hold's own id, which can be used only once, is half copied.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from graphlib import TopologicalSorter
from uuid import uuid4

from booking import seatstore
from booking.choosing.places import places_of_plan
from booking.models import Inventory
from booking.seatplan import seat_names

Tell = Callable[[str], None]

STAND_IN = "moving-"
STAND_IN_TTL_S = 60
TELL_EVERY = 100
# Those that sold seats once; holds that were never confirmed have nothing that anybody could ask for again.
_SOLD = ("confirmed", "cancelled")


class StillHeld(Exception):
    """Customers are still buying there."""

    def __init__(self, holds: int) -> None:
        super().__init__(f"{holds} holds are not paid yet")


class NotAlike(Exception):
    """The two sides differ where they must not."""


def copy_holds(*, inventory: Inventory, source: str, target: str, tell: Tell) -> None:
    """Make the inventory on cluster `target` what it is on `source`; both are closed when this returns.

    Raises:
        StillHeld: there are holds on `source` that may yet be confirmed.
        NotAlike: what cannot be is; nothing must be sold there until somebody has looked.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: do it again.
    """
    seatstore.close_inventory(inventory=inventory.pk, cluster=source)
    there = _sold_holds(inventory, source)
    seats = seat_names(inventory.plan.layout)
    places = places_of_plan(inventory.plan_id)
    seatstore.open_inventory(inventory=inventory.pk, seats=seats, legs=inventory.legs, places=places, cluster=target)
    _remove_strangers(inventory, there, target)
    _give_back_on_both(inventory, source, target)
    tell(f"{len(there)} sold holds to copy from {source} to {target}")
    _copy_missing(inventory, there, target, tell)
    _give_back_on_both(inventory, source, target)
    seatstore.close_inventory(inventory=inventory.pk, cluster=target)
    _compare(inventory, source, target)
    tell(f"{source} and {target} agree on every seat")


def _sold_holds(inventory: Inventory, cluster: str) -> dict[str, seatstore.ListedHold]:
    listed = list(seatstore.holds_of(inventory.pk, cluster=cluster))
    if live := sum(hold.state == "held" for hold in listed):
        raise StillHeld(live)
    sold = [hold for hold in listed if hold.state in _SOLD and not hold.hold_id.startswith(STAND_IN)]
    return {hold.hold_id: hold for hold in sold}


def _remove_strangers(inventory: Inventory, there: dict[str, seatstore.ListedHold], target: str) -> None:
    """Stand-ins that a crash left, and what was sold there before the inventory was moved away and given back since."""
    for hold in list(seatstore.holds_of(inventory.pk, cluster=target)):
        if hold.hold_id in there:
            continue
        if hold.state == "held":
            seatstore.release_hold(hold_id=hold.hold_id, request_id=_new(), cluster=target)
        elif hold.state == "confirmed":
            seatstore.cancel_seats(hold_id=hold.hold_id, request_id=_new(), cluster=target)


def _copy_missing(inventory: Inventory, there: dict[str, seatstore.ListedHold], target: str, tell: Tell) -> None:
    here = {hold.hold_id for hold in seatstore.holds_of(inventory.pk, cluster=target)}
    missing = [hold for hold in _in_order(there) if hold.hold_id not in here]
    for number, hold in enumerate(missing, 1):
        try:
            _copy(inventory, hold, target)
        except seatstore.SeatsTaken as error:
            raise NotAlike(f"hold {hold.hold_id} finds its seats taken on {target}: {error}") from error
        if number % TELL_EVERY == 0:
            tell(f"{number} of {len(missing)} copied")


def _in_order(holds: dict[str, seatstore.ListedHold]) -> Iterable[seatstore.ListedHold]:
    """Who gave a seat back comes before who has it now, as it was when they were sold."""
    owners: dict[str, list[seatstore.ListedHold]] = defaultdict(list)
    for hold in holds.values():
        for seat in hold.kept:
            owners[seat].append(hold)
    order: TopologicalSorter[str] = TopologicalSorter()
    for hold in holds.values():
        order.add(hold.hold_id)
        for seat in set(hold.seats) - set(hold.kept):
            for owner in owners[seat]:
                if hold.first_leg < owner.end_leg and owner.first_leg < hold.end_leg:
                    order.add(owner.hold_id, hold.hold_id)
    return [holds[hold_id] for hold_id in order.static_order()]


def _copy(inventory: Inventory, hold: seatstore.ListedHold, target: str) -> None:
    """Sell the hold all its seats, then take back those it gave back, so that it can be asked for them again."""
    legs = {"first_leg": hold.first_leg, "end_leg": hold.end_leg}
    stand_in = f"{STAND_IN}{uuid4()}"
    seatstore.hold_seats(
        inventory=inventory.pk,
        hold_id=stand_in,
        seats=hold.seats,
        ttl_s=STAND_IN_TTL_S,
        request_id=_new(),
        cluster=target,
        **legs,
    )
    seatstore.confirm_hold(hold_id=stand_in, request_id=_new(), cluster=target)
    seatstore.exchange_hold(
        hold_id=stand_in,
        new_hold_id=hold.hold_id,
        inventory=inventory.pk,
        seats=hold.seats,
        movable=hold.movable,
        request_id=_new(),
        cluster=target,
        **legs,
    )
    _give_back(hold, set(hold.seats) - set(hold.kept), target)


def _give_back_on_both(inventory: Inventory, source: str, target: str) -> None:
    there, here = _sold_holds(inventory, source), _sold_holds(inventory, target)
    for hold_id in there.keys() & here.keys():
        kept_there, kept_here = set(there[hold_id].kept), set(here[hold_id].kept)
        _give_back(here[hold_id], kept_here - kept_there, target)
        _give_back(there[hold_id], kept_there - kept_here, source)


def _give_back(hold: seatstore.ListedHold, seats: Iterable[str], cluster: str) -> None:
    if seats := sorted(seats):
        seatstore.cancel_seats(hold_id=hold.hold_id, seats=seats, request_id=_new(), cluster=cluster)


def _compare(inventory: Inventory, source: str, target: str) -> None:
    """Hold by hold, and seat by seat: the maps are kept apart from the holds, and tell whether one was left out."""
    there, here = _sold_holds(inventory, source), _sold_holds(inventory, target)
    for hold_id, hold in there.items():
        if here.get(hold_id) != hold:
            raise NotAlike(f"hold {hold_id} is {here.get(hold_id)} on {target} and {hold} on {source}")
    maps = [seatstore.availability(inventory.pk, cluster=cluster) for cluster in (source, target)]
    of_source, of_target = ((seats.open, seats.legs, seats.held, seats.sold) for seats in maps)
    if of_source != of_target or maps[0].open or maps[0].held:
        raise NotAlike(f"the seat maps of {inventory.pk} differ between {source} and {target}")


def _new() -> str:
    """Each step may be repeated at will, since the second time changes nothing: no two need share a request id."""
    return f"move:{uuid4()}"
