"""What becomes of the tickets of a run that does not take place? They are paid back in full, order by order.

Whoever cancelled the run only said so (booking/trains/departures.py); this looks for tickets that are left. So it may
stop anywhere, and a ticket that is paid for while the run is being cancelled is found as well. Of a journey there and
back the other half stays: its customer decides.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError
from django.db.models import QuerySet

from booking import seatstore
from booking.errors import OrderNotCancellable
from booking.models import Departure, Inventory, Order, OrderPart, OrderSeat
from booking.progress import Tell
from payments.gateways import GatewayUnavailable
from payments.models import Refund
from payments.services.refunding import carry_on_refund, write_refunds

logger = logging.getLogger(__name__)

S = Order.Status


class RunTakesPlace(Exception):
    """Its tickets are good: it was not cancelled."""


def refund_run(*, inventory: Inventory, now: datetime, tell: Tell) -> Sequence[Refund]:
    """Pay back every ticket of a cancelled run. Returns the refunds; those not DONE are on their way, or FAILED.

    Args:
        tell: hears how many parts of orders are done, of how many.

    Raises:
        RunTakesPlace: it is not cancelled.
    """
    if not Departure.objects.filter(inventory=inventory, state=Departure.State.CANCELLED).exists():
        raise RunTakesPlace(f"{inventory.pk} is not the inventory of a run that was cancelled.")
    left = list(_with_tickets().filter(inventory=inventory).order_by("pk"))
    refunds: list[Refund] = []
    for done, part in enumerate(left, 1):
        refunds += _pay_back(part, now)
        tell(done, len(left))
    return refunds


def refund_cancelled_runs(*, now: datetime, limit: int) -> int:
    """Pay back up to `limit` tickets of runs that were cancelled. Returns how many orders got a refund."""
    done = 0
    for part in _with_tickets().order_by("pk")[:limit]:
        try:
            done += bool(_pay_back(part, now))
        except Exception:
            logger.exception("Part %s of a cancelled run is left for another round", part)
    return done


def _with_tickets() -> QuerySet[OrderPart]:
    parts = OrderPart.objects.filter(
        inventory__departure__state=Departure.State.CANCELLED,
        order__status__in=(S.CONFIRMED, S.PARTLY_CANCELLED),
        seats__cancelled_at=None,
    )
    return parts.distinct().select_related("order")


def _pay_back(part: OrderPart, now: datetime) -> list[Refund]:
    """None: its customer, or another worker, was first. What cannot be done at once, the worker does (settling.py)."""
    live = OrderSeat.objects.filter(part=part, cancelled_at=None).select_related("part")
    labels = [seat.label for seat in live]
    if not labels:
        return []
    try:
        refunds = write_refunds(
            order=part.order, seats=labels, request_id=f"cancelled run:{part.pk}", now=now, free=True
        )
    except (OrderNotCancellable, IntegrityError) as error:
        logger.info("Order %s was not paid back for its cancelled run now: %s", part.order.reference, error)
        return []
    for refund in refunds:
        try:
            carry_on_refund(refund=refund)
        except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown, GatewayUnavailable) as error:
            logger.warning("Refund %s is left to the worker: %s", refund.id, error)
        except Exception:
            logger.exception("Refund %s is left to the worker", refund.id)
    return refunds
