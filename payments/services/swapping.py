"""How do the store and the order's rows come to the new seats of an exchange? One command, then one transaction."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from booking import remarks, seatstore
from booking.models import Inventory, Order, OrderEvent, OrderPart, OrderSeat
from booking.selling.refund_terms import terms_of
from booking.tickets.issuing import issue_tickets
from payments import ledger
from payments.models import Exchange
from payments.services.refunding import refund_difference

E = Exchange.Status


@dataclass(frozen=True, slots=True)
class SeatsOfRun:
    """Seats of an inventory on legs [first_leg, end_leg)."""

    inventory: Inventory
    names: tuple[str, ...]
    first_leg: int
    end_leg: int


def swap_in_store(exchange: Exchange) -> str:
    """Have the old seats given back and the new ones sold, or neither. Returns why not; nothing if it is done.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    return ask_store(
        exchange.old_hold_id,
        exchange.new_hold_id,
        SeatsOfRun(
            exchange.inventory, tuple(seat["name"] for seat in exchange.seats), exchange.first_leg, exchange.end_leg
        ),
        request_id=f"exchange:{exchange.pk}",
    )


def ask_store(given: UUID, wanted: UUID, seats: SeatsOfRun, *, request_id: str, movable: bool = False) -> str:
    """Have one sold hold given back, and seats sold to another. Returns why not; nothing if it is done.

    Raises: as swap_in_store.
    """
    cluster = seats.inventory.cluster
    try:
        seatstore.exchange_hold(
            hold_id=given,
            new_hold_id=wanted,
            inventory=seats.inventory.pk,
            seats=seats.names,
            first_leg=seats.first_leg,
            end_leg=seats.end_leg,
            request_id=request_id,
            movable=movable,
            cluster=cluster,
        )
    except (seatstore.SeatsTaken, seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        # Asked so long ago that the store forgot its answer? Then the new hold tells what it was.
        hold = seatstore.hold(wanted, cluster=cluster)
        if hold is None or hold.state != "confirmed":
            return error.remark
    return ""


def write_swap(exchange: Exchange, *, now: datetime) -> bool:
    """The order's rows, tickets and books follow the store. False: somebody else wrote them.

    The new seats are a part of their own, so that the order still tells what it had before.
    """
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=exchange.order_id)
        to = E.SWAPPED if exchange.difference.amount > 0 else E.DONE
        if not Exchange.objects.filter(pk=exchange.pk, status=E.CREATED).update(status=to, updated_at=now):
            exchange.refresh_from_db()
            return False
        exchange.status = to
        OrderSeat.objects.filter(part=exchange.part_id, cancelled_at=None).update(cancelled_at=now)
        exchange.new_part = _write_part(exchange)
        Exchange.objects.filter(pk=exchange.pk).update(new_part=exchange.new_part)
        Order.objects.filter(pk=order.pk).update(amount=order.amount + exchange.difference.amount, updated_at=now)
        OrderEvent.objects.create(
            order=order, at=now, from_status=order.status, to_status=order.status, reason=_told(exchange)[:200]
        )
        ledger.post([ledger.exchange_of_seats(exchange)])
        if exchange.difference.amount < 0:
            refund_difference(exchange)
        issue_tickets(order=order, now=now)
    return True


def _write_part(exchange: Exchange) -> OrderPart:
    last = OrderPart.objects.filter(order=exchange.order_id).aggregate(last=Max("position"))["last"]
    part = OrderPart.objects.create(
        order_id=exchange.order_id,
        position=last + 1,
        inventory=exchange.inventory,
        hold_id=exchange.new_hold_id,
        first_leg=exchange.first_leg,
        end_leg=exchange.end_leg,
        terms=terms_of(exchange.inventory).to_json(),
    )
    OrderSeat.objects.bulk_create(
        OrderSeat(order_id=exchange.order_id, part=part, currency=exchange.currency, **seat) for seat in exchange.seats
    )
    return part


def _told(exchange: Exchange) -> str:
    names = ", ".join(seat["name"] for seat in exchange.seats)
    return remarks.EXCHANGED % {"part": exchange.part.position, "seats": names, "inventory": exchange.inventory_id}


def move(exchange: Exchange, frm: str, to: str, failure: str = "") -> None:
    """A step, if nobody else took one."""
    rows = Exchange.objects.filter(pk=exchange.pk, status=frm)
    rows.update(status=to, failure=failure[:200], updated_at=timezone.now())
    exchange.refresh_from_db(fields=["status", "failure", "updated_at"])
