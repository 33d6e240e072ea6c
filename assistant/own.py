"""What has the caller? Bookings, holds, payments and refunds, by the selectors that know nobody else's."""

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from accounts.models import User
from booking.models import Order, OrderPart, OrderSeat
from booking.selectors import orders_of, parts_of, seats_of_part
from booking.services import journey_begins_at
from payments.models import Payment, Refund
from payments.selectors import payments_of

from .dates import NoSuchDay
from .names import Place
from .options import booking_of, pk_of
from .reading import words_of
from .slots import Slots
from .vocabulary import FUNCTION_WORDS, VOCABULARY, is_close
from .ways import calls_at, is_two_way, parts_of_way

MAX_BOOKINGS = 5
# Among so many of the newest the one that is meant is looked for.
MOST_LOOKED_AT = 50
# "Show me my bookings" speaks of no show, and "the same train" of no booking.
_WHOSE = r"\b(?:my|the|our|only|just|that|those|these|this)(?! same) (?:(?!same)\w+ )?"
_OF_A_TRAIN = re.compile(rf"{_WHOSE}(?:trains?|journeys?|berths?|coach|railway)\b")
_OF_A_SHOW = re.compile(
    rf"{_WHOSE}(?:shows?|performances?|concerts?|plays?|theatre|theater|musicals?|comedy|opera|gig)\b"
)
_OF_THE_CANCELLED = re.compile(
    r"\b(?:the|my|our|that) (?:\w+ )?cancelled\b|\bcancelled (?:one|booking|order)\b|(?<!if )\b(?:i|we) cancelled\b"
)
_UNPAID = re.compile(
    r"\b(?:unpaid|not (?:yet )?paid|(?:havent|have not|havnt|didnt|did not|never|hasnt) (?:\w+ )?(?:paid|pay)"
    r"|still to pay|to be paid)\b"
)
_SHORTEST_OF_A_TITLE = 4
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


def bookings_meant(customer: User, slots: Slots, now: datetime, *, topic: str = "") -> Meant:
    """Of the caller's bookings those that fit a code, train, show, seat, place or day; all, if nothing was named.

    Args:
        topic: the code of the booking that the talk is of: it is meant where nothing else is named.
    """
    orders = bookings_of(customer)
    code = slots.wishes.reference or booking_of(slots.option)
    if code:
        return Meant([order for order in orders if order.reference == code], named=True)
    of_train, of_show = bool(_OF_A_TRAIN.search(slots.rest)), bool(_OF_A_SHOW.search(slots.rest))
    if of_train != of_show:
        orders = [order for order in orders if any(part.inventory.is_train == of_train for part in parts_of(order))]
    orders = _of_way(_in_state(orders, slots, now), slots)
    way = slots.wishes.way
    fitting = [order for order in orders if any(fits(order, part, slots, now) for part in parts_of_way(order, way))]
    if slots.trains or slots.shows or slots.unknown_train or slots.seats or slots.day or slots.destination:
        return Meant(fitting, named=True)
    alluded = _alluded_to(fitting, slots)
    if len(alluded) == len(fitting) and not of_train and not of_show:
        alluded = [order for order in fitting if order.reference == topic] or fitting
    return Meant(alluded, named=False)


def _in_state(orders: list[Order], slots: Slots, now: datetime) -> list[Order]:
    """Those that are cancelled, or wait to be paid, where somebody speaks of such; all where there is none."""
    if _OF_THE_CANCELLED.search(slots.rest):
        return [order for order in orders if order.status == S.CANCELLED or not live_seats(order)] or orders
    if _UNPAID.search(slots.rest):
        return [order for order in orders if order.confirmed_at is None and is_open(order, now)] or orders
    return orders


def _of_way(orders: list[Order], slots: Slots) -> list[Order]:
    """Journeys there and back, where one of their ways is spoken of; all where there is no such journey."""
    return [order for order in orders if is_two_way(order)] or orders if slots.wishes.way else orders


def _alluded_to(orders: list[Order], slots: Slots) -> list[Order]:
    """Those that a word of their title, their kind, their place or their end speaks of; all where none does."""
    places = [place for place in (slots.near, slots.origin) if place is not None]
    if places:
        orders = [order for order in orders if any(_touches(part, places) for part in parts_of(order))] or orders
    said = {word for word in slots.rest.split() if len(word) >= _SHORTEST_OF_A_TITLE}
    return [order for order in orders if any(_is_called(part, said) for part in parts_of(order))] or orders


def _touches(part: OrderPart, places: Sequence[Place]) -> bool:
    """Whether it begins, ends or is played in one of them."""
    if not part.inventory.is_train:
        venue = part.inventory.performance.hall.venue
        return any(venue.city in place.cities and place.venue in ("", venue.name) for place in places)
    ends = {calls_at(part, part.first_leg), calls_at(part, part.end_leg)}
    return any(ends & set(place.stations) for place in places)


def _is_called(part: OrderPart, said: Set[str]) -> bool:
    """Whether a word that was said is one of its title or its genre, or nearly one that means nothing else."""
    if part.inventory.is_train:
        title = words_of(part.inventory.departure.train.name)
    else:
        show = part.inventory.performance.show
        title = (*words_of(show.title), *words_of(show.genre))
    telling = [word for word in title if len(word) >= _SHORTEST_OF_A_TITLE and word not in FUNCTION_WORDS]
    return any(
        word in telling or (word not in VOCABULARY and any(is_close(word, other) for other in telling)) for word in said
    )


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


def is_open(order: Order, now: datetime) -> bool:
    """Whether there is anything of it: tickets, or seats that wait to be paid."""
    return order.status in TICKETED or (
        order.status == S.AWAITING_PAYMENT and order.held_until is not None and order.held_until > now
    )


def refunds_of(customer: User) -> list[Refund]:
    """What goes back to the caller, the newest first."""
    refunds = Refund.objects.filter(payment__order__customer=customer).select_related("payment__order")
    return list(refunds.order_by("-created_at", "-pk")[:MAX_BOOKINGS])


def fits(order: Order, part: OrderPart, slots: Slots, now: datetime) -> bool:
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
    if slots.destination and not (inventory.is_train and calls_at(part, part.end_leg) in slots.destination.stations):
        return False
    return slots.day is None or _is_on_day(part, order, slots, now)


def _is_on_day(part: OrderPart, order: Order, slots: Slots, now: datetime) -> bool:
    assert slots.day is not None, "asked only where a day was named"
    begins = journey_begins_at(part, parts_of(order))
    zone = begins.tzinfo if part.inventory.is_train else part.inventory.performance.hall.venue.zone
    today = now.astimezone(zone).date()
    try:
        return slots.day.date(today) <= begins.astimezone(zone).date() <= slots.day.last(today)
    except NoSuchDay:
        return False
