"""What has the caller? Bookings, holds, payments and refunds, by the selectors that know nobody else's."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from booking.models import Order, OrderPart, OrderSeat
from booking.selectors import orders_of, parts_of, seats_of_part
from booking.services import journey_begins_at
from payments.models import Payment, Refund
from payments.selectors import payments_of

from .dates import NoSuchDay
from .options import booking_of, pk_of
from .slots import Slots

MAX_BOOKINGS = 5
# Among so many of the newest the one that is meant is looked for.
MOST_LOOKED_AT = 50
# "Show me my bookings" speaks of no show.
_OF_A_TRAIN = re.compile(r"\b(?:my|the|our) (?:\w+ )?(?:trains?|journeys?)\b")
_OF_A_SHOW = re.compile(r"\b(?:my|the|our) (?:\w+ )?(?:shows?|performances?|concerts?|plays?|theatre)\b")
S = Order.Status
TICKETED = (S.CONFIRMED, S.PARTLY_CANCELLED)


@dataclass(frozen=True, slots=True)
class Meant:
    """The caller's bookings that fit what was said; `named`: it was said which, so that none is no other."""

    orders: list[Order] = field(default_factory=list)
    named: bool = False


def bookings_of(customer: User) -> list[Order]:
    """The caller's newest bookings, and never anybody else's."""
    return list(orders_of(customer)[:MOST_LOOKED_AT])


def holds_of(customer: User, now: datetime) -> list[Order]:
    """What waits to be paid, and until when."""
    waiting = orders_of(customer).filter(status=S.AWAITING_PAYMENT, held_until__gt=now)
    return list(waiting[:MAX_BOOKINGS])


def bookings_meant(customer: User, slots: Slots, now: datetime) -> Meant:
    """Of the caller's bookings those that fit a code, train, show, seat, place or day; all, if nothing was named."""
    orders = bookings_of(customer)
    code = slots.wishes.reference or booking_of(slots.option)
    if code:
        return Meant([order for order in orders if order.reference == code], named=True)
    of_train, of_show = bool(_OF_A_TRAIN.search(slots.rest)), bool(_OF_A_SHOW.search(slots.rest))
    if of_train != of_show:
        orders = [order for order in orders if any(part.inventory.is_train == of_train for part in parts_of(order))]
    fitting = [order for order in orders if any(_fits(order, part, slots, now) for part in parts_of(order))]
    named = bool(slots.trains or slots.shows or slots.unknown_train or slots.seats or slots.day or slots.destination)
    return Meant(fitting, named)


def still_to_come(orders: Sequence[Order], now: datetime) -> list[Order]:
    """Tickets of journeys and shows that have not begun, the soonest first."""
    begins = {
        order.pk: min(journey_begins_at(part, parts_of(order)) for part in parts_of(order))
        for order in orders
        if order.status in TICKETED
    }
    return sorted((order for order in orders if begins.get(order.pk, now) > now), key=lambda order: begins[order.pk])


def live_seats(order: Order) -> list[OrderSeat]:
    return [seat for part in parts_of(order) for seat in seats_of_part(order, part) if seat.cancelled_at is None]


def payments_and_refunds(customer: User) -> list[Payment]:
    """The caller's newest payments, each with what came back of it."""
    return list(payments_of(customer=customer)[:MAX_BOOKINGS])


def refunds_of(customer: User) -> list[Refund]:
    """What goes back to the caller, the newest first."""
    refunds = Refund.objects.filter(payment__order__customer=customer).select_related("payment__order")
    return list(refunds.order_by("-created_at", "-pk")[:MAX_BOOKINGS])


def _fits(order: Order, part: OrderPart, slots: Slots, now: datetime) -> bool:
    inventory = part.inventory
    if slots.unknown_train and not slots.trains:
        return False
    if slots.trains and not (inventory.is_train and inventory.departure.train in slots.trains):
        return False
    if slots.shows and (inventory.is_train or inventory.performance.show not in slots.shows):
        return False
    if (pk := pk_of(slots.option, "performance")) is not None and (
        inventory.is_train or inventory.performance.pk != pk
    ):
        return False
    if slots.seats and not {seat.name for seat in seats_of_part(order, part)} & set(slots.seats):
        return False
    if slots.destination and not (inventory.is_train and _alights_at(part) in slots.destination.stations):
        return False
    return slots.day is None or _is_on_day(part, order, slots, now)


def _alights_at(part: OrderPart) -> object:
    stops = sorted(part.inventory.departure.train.stops.all(), key=lambda stop: stop.position)
    return stops[part.end_leg].station


def _is_on_day(part: OrderPart, order: Order, slots: Slots, now: datetime) -> bool:
    assert slots.day is not None, "asked only where a day was named"
    begins = journey_begins_at(part, parts_of(order))
    zone = begins.tzinfo if part.inventory.is_train else part.inventory.performance.hall.venue.zone
    today = now.astimezone(zone).date()
    try:
        return slots.day.date(today) <= begins.astimezone(zone).date() <= slots.day.last(today)
    except NoSuchDay:
        return False
