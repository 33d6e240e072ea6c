"""Who has which seat of a run? Orders and blocks by seat, for the back office; which seats are taken the store says."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from booking.models import Inventory, Order, OrderSeat, SeatBlock

_S = Order.Status
# Of those whose seats are, or may be just now, held or sold in the store.
_LIVE = (_S.DRAFT, _S.AWAITING_PAYMENT, _S.CONFIRMING, _S.CONFIRMED, _S.PARTLY_CANCELLED)
_BLOCKING = (SeatBlock.State.ASKED, SeatBlock.State.BLOCKED, SeatBlock.State.GIVING_BACK)


@dataclass(frozen=True, slots=True)
class Occupant:
    """Somebody, or the house, on legs [first_leg, end_leg) of a seat.

    `name` is an order's reference or why the house keeps the seat; `who` its customer, or who blocked it. `order` and
    `seat_row` are None for the house, `block` for everybody else.
    """

    seat: str
    first_leg: int
    end_leg: int
    name: str
    who: str
    status: str
    has_ticket: bool = False
    order: Any = None
    seat_row: int | None = None
    block: Any = None


def occupants_of(*, inventory: Inventory, seats: Collection[str] | None = None) -> dict[str, list[Occupant]]:
    """By seat, in the order of legs; of these seats only, if any are named. Two queries."""
    found: dict[str, list[Occupant]] = defaultdict(list)
    for occupant in (*_customers(inventory, seats), *_house(inventory, seats)):
        found[occupant.seat].append(occupant)
    for of_seat in found.values():
        of_seat.sort(key=lambda each: each.first_leg)
    return dict(found)


def _customers(inventory: Inventory, seats: Collection[str] | None) -> list[Occupant]:
    rows = OrderSeat.objects.filter(part__inventory=inventory, cancelled_at=None, order__status__in=_LIVE)
    if seats is not None:
        rows = rows.filter(name__in=seats)
    return [
        Occupant(
            seat=row.name,
            first_leg=row.part.first_leg,
            end_leg=row.part.end_leg,
            name=row.order.reference,
            who=row.order.customer.get_full_name(),
            status=row.order.get_status_display(),
            has_ticket=row.order.status in (_S.CONFIRMED, _S.PARTLY_CANCELLED),
            order=row.order_id,
            seat_row=row.pk,
        )
        for row in rows.select_related("part", "order__customer")
    ]


def _house(inventory: Inventory, seats: Collection[str] | None) -> list[Occupant]:
    blocks = SeatBlock.objects.filter(inventory=inventory, state__in=_BLOCKING).select_related("blocked_by")
    return [
        Occupant(
            seat=seat,
            first_leg=block.first_leg,
            end_leg=block.end_leg,
            name=block.reason,
            who=block.blocked_by.name or block.blocked_by.email,
            status=block.get_state_display(),
            block=block.pk,
        )
        for block in blocks
        for seat in block.seats
        if seats is None or seat in seats
    ]
