"""What is asked of one of the caller's bookings, and which facts of it answer that?"""

import re
from collections.abc import Sequence
from dataclasses import replace

from accounts.models import User
from assistant import tools
from assistant.aspects import Aspect, aspects_in
from assistant.own import fits, is_open, still_to_come
from assistant.own_seats import seats_meant
from assistant.replies import own_details
from assistant.replies.own_details import OwnBooking, OwnPart
from assistant.replies.pieces import Reply
from booking.models import Order, OrderPart, OrderSeat
from booking.selectors import parts_of, seats_of_part
from payments.models import Payment
from payments.selectors import payments_of

from .asked import Asked

MOST_PAYMENTS = 100
MOST_AT_ONCE = 4
# What is asked of a train alone, or of a show alone, where a booking has both.
_OF_TRAINS = re.compile(
    r"\b(?:trains?|coach|berths?|arriv\w*|reach|leaves?|depart\w*|station|platform|journey|board)\b"
)
_OF_SHOWS = re.compile(r"\b(?:shows?|concerts?|plays?|theatre|theater|venue|hall|doors?|rows?|performances?)\b")
_OF_JOURNEYS = frozenset({Aspect.ARRIVES, Aspect.BERTH})


def details_asked(orders: Sequence[Order], asked: Asked, customer: User) -> Reply | None:
    """Only what was asked for, of the bookings that are meant; None where they are asked for as a whole."""
    aspects = aspects_in(asked.slots.rest)
    if Aspect.TOTAL in aspects:
        return own_details.spent(list(payments_of(customer=customer)[:MOST_PAYMENTS]))
    # "What have I booked on Friday, when and where" asks for everything.
    if not aspects or not orders or len(aspects) > 3:
        return None
    meant = _likeliest(orders, asked)
    if len(meant) > MOST_AT_ONCE:
        return None
    paid = list(payments_of(customer=customer)[:MOST_PAYMENTS])
    return own_details.told([_known(order, asked, aspects, paid) for order in meant], aspects)


def _likeliest(orders: Sequence[Order], asked: Asked) -> Sequence[Order]:
    """What is still to come, before what is open, before what is past."""
    coming = still_to_come(orders, asked.now)
    held = [
        order for order in orders if is_open(order, asked.now) and order not in coming and order.confirmed_at is None
    ]
    return [*held, *coming] or [order for order in orders if is_open(order, asked.now)] or orders


def _known(order: Order, asked: Asked, aspects: Sequence[Aspect], paid: Sequence[Payment]) -> OwnBooking:
    meant = seats_meant(order, asked.slots, asked.message)
    chosen = [*meant.seats, *meant.given_back]
    parts = [_part(order, part, chosen) for part in parts_of(order)]
    parts = [own for own in parts if fits(order, own.part, replace(asked.slots, seats=()), asked.now)] or parts
    words = asked.slots.rest
    of_train, of_show = bool(_OF_TRAINS.search(words)), bool(_OF_SHOWS.search(words))
    if not of_train and not of_show and _OF_JOURNEYS & set(aspects):
        of_train = True
    if of_train != of_show:
        parts = [own for own in parts if own.part.inventory.is_train == of_train] or parts
    had = [own for own in parts if own.seats]
    return OwnBooking(order, had or parts, [payment for payment in paid if payment.order_id == order.pk])


def _part(order: Order, part: OrderPart, chosen: Sequence[OrderSeat]) -> OwnPart:
    seats = [seat for seat in seats_of_part(order, part) if seat in chosen]
    inventory = part.inventory
    layout = inventory.plan.layout
    names = {seat.name for seat in seats}
    features = {
        seat["name"]: seat["features"]
        for section in layout["sections"]
        for seat in section["seats"]
        if seat["name"] in names
    }
    return OwnPart(part, seats, features, tools.side_by_side(inventory, names))
