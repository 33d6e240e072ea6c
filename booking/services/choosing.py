"""How are seats bought that the store chose? Its answer becomes the order's seats; whom it moved is written down.

A part with a choice has no seats until the store has answered. That it may have moved others is on the part's row
before it is asked (`moves_pending`), so that after a crash the worker reads from the store who sits where.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from booking import remarks, seatstore
from booking.models import Inventory, Order, OrderEvent, OrderPart, OrderSeat
from booking.seatstore.values import MovedSeat
from booking.selling.pricing import PricedSeat, price_of_seats
from booking.selling.sale_rules import check_sale_rules
from booking.tickets.issuing import issue_tickets

logger = logging.getLogger(__name__)

S = Order.Status

# Its own request writes down who was moved; what is older has lost its request.
_GRACE = timedelta(seconds=60)


def hold_chosen(order: Order, part: OrderPart, *, request_id: str) -> seatstore.BestHeld:
    """Have the store choose what the part asks for; others may be moved to make room on a train.

    Raises:
        seatstore.NoSeatsFound: there are not as many of this kind.
        seatstore.SeatStoreRefused, seatstore.StoreUnavailable, seatstore.OutcomeUnknown: as hold_seats.
    """
    choice = _choice(part)
    return seatstore.hold_best(
        inventory=part.inventory_id,
        hold_id=part.hold_id,
        count=choice["count"],
        first_leg=part.first_leg,
        end_leg=part.end_leg,
        ttl_s=settings.HOLD_TTL_S,
        request_id=request_id,
        zones=choice["allowed"],
        must_have=choice["must_have"],
        prefer=choice["prefer"],
        together=choice["together"],
        movable=part.any_seat,
        repack=part.inventory.is_train,
        cluster=part.inventory.cluster,
    )


def price_chosen(part: OrderPart, seats: Sequence[str]) -> list[PricedSeat]:
    """What the seats cost that the store chose.

    Raises:
        NoPrice: their zone has lost its price.
    """
    return price_of_seats(
        inventory=part.inventory,
        seats=seats,
        first_leg=part.first_leg,
        end_leg=part.end_leg,
        passenger_types=_choice(part)["passengers"],
    )


def write_chosen(order: Order, part: OrderPart, priced: Sequence[PricedSeat], *, now: datetime) -> list[OrderSeat]:
    """The seats' rows, in the caller's transaction.

    Raises:
        SaleNotStarted, SaleEnded, CustomerLimitReached: the customer got others in the meantime.
    """
    check_sale_rules(customer=order.customer, inventory=part.inventory, count=len(priced), now=now)
    return OrderSeat.objects.bulk_create(
        OrderSeat(
            order=order,
            part=part,
            name=seat.name,
            zone=seat.zone,
            amount=seat.price.amount,
            currency=seat.price.currency.code,
            passenger_type=seat.passenger_type,
        )
        for seat in priced
    )


def write_moves(part: OrderPart, moves: Iterable[MovedSeat], *, now: datetime) -> None:
    """Orders of those who were moved to make room for this part: other seats, other tickets.

    One that has no seats yet, since its own answer is still under way, is left to `follow_moves`.
    """
    known = [_follow(move.hold_id, move.to_seat, now) for move in moves]
    if part.moves_pending and all(known):
        OrderPart.objects.filter(pk=part.pk).update(moves_pending=False)
        part.moves_pending = False


def follow_moves(*, now: datetime, limit: int) -> int:
    """Read from the store who sits where on up to `limit` runs on which nobody wrote it down. Returns how many runs.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: no cluster answered; the rest waits for the next round.
    """
    return seatstore.on_each_cluster(lambda cluster: _follow_on(cluster, now, limit))


def _follow_on(cluster: str, now: datetime, limit: int) -> int:
    pending = OrderPart.objects.filter(
        moves_pending=True, inventory__cluster=cluster, order__created_at__lte=now - _GRACE
    )
    inventories = Inventory.objects.filter(pk__in=pending.values("inventory"))[:limit]
    for inventory in inventories:
        settled = list(pending.filter(inventory=inventory).values_list("pk", flat=True))
        for hold in seatstore.holds_of(inventory.pk, cluster=cluster):
            if hold.movable and len(hold.kept) == 1 and hold.state in ("held", "confirmed"):
                _follow(hold.hold_id, hold.kept[0], now)
        OrderPart.objects.filter(pk__in=settled).update(moves_pending=False)
    return len(inventories)


def _choice(part: OrderPart) -> dict[str, Any]:
    assert part.choice is not None
    return part.choice


def _follow(hold_id: str, to_seat: str, now: datetime) -> bool:
    """The order of this hold, which has one seat, follows the store. Returns whether the seat is known."""
    with transaction.atomic():
        of_hold = OrderSeat.objects.filter(part__hold_id=hold_id).select_related("order")
        seat = of_hold.select_for_update(of=("self",)).first()
        if seat is None or seat.name == to_seat or seat.cancelled_at is not None:
            return seat is not None
        order, from_seat = seat.order, seat.name
        OrderSeat.objects.filter(pk=seat.pk).update(name=to_seat)
        OrderEvent.objects.create(
            order=order,
            at=now,
            from_status=order.status,
            to_status=order.status,
            reason=remarks.MADE_ROOM % {"old": from_seat, "new": to_seat},
        )
        issue_tickets(order=order, now=now)
    logger.info("Order %s was moved from %s to %s", order.reference, from_seat, to_seat)
    return True
