"""What does the caller get back for a booking, and where is a refund? By the same services that pay it back."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time, timedelta

from moneyed import Money

from assistant.own import TICKETED, bookings_meant, bookings_of, fits, is_open, refunds_of
from assistant.own_seats import SeatsMeant, seats_meant
from assistant.replies import guidance, mine, refunds
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from booking.errors import DomainError
from booking.models import Order, OrderPart
from booking.selectors import parts_of
from booking.selling.refund_terms import terms_of
from booking.services import journey_begins_at, price_refund
from payments.selectors import payments_of

from .asked import Asked
from .seats import performances_meant
from .trips import find_trips

S = Order.Status
_MINUTES_A_DAY = 24 * 60
_EVERYTHING = re.compile(r"\b(?:all|everything|every|both)\b")
# The day is then the one on which it would be given back, not the one for which it was booked.
_LATER = re.compile(
    r"\b(?:wait|waited|til|till|until|hold off|later)\b"
    r"|\bdo (?:it|that|this|so) (?:on|at|by|after|before|tomorrow|tonight|next|in)\b"
    r"|\bcancel\w*(?: (?:it|them|that|this))? (?:on|at|by|after|before|tomorrow|today|tonight|next|in)\b"
)
_THE_ONE = re.compile(r"\b(?:one|that|i mean|i meant)\b")
MOST_PAYMENTS = 100


def cancel(asked: Asked) -> Reply:
    """What giving back would come to, for the booking and the seats that are meant, and where to do it.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    if asked.customer is None:
        return _terms_in_general(asked) or guidance.how_to_cancel()
    slots = asked.slots
    then = bool((slots.day or slots.hours) and _LATER.search(asked.message))
    meant = bookings_meant(asked.customer, _undated(asked) if then else slots, asked.now, topic=asked.topic)
    if not then and slots.day and not meant.orders:
        meant = bookings_meant(asked.customer, _undated(asked), asked.now, topic=asked.topic)
        # "Cancel my train on Monday", which is on Tuesday: no day to cancel it on.
        then = bool(asked.talked_of)
        meant = meant if then else replace(meant, orders=[], named=True)
    if meant.named and not meant.orders:
        if slots.wishes.reference:
            return mine.no_such_booking()
        return _terms_in_general(asked) or mine.nothing_fits(bookings_of(asked.customer))
    orders = _of_talk([order for order in meant.orders if is_open(order, asked.now)], asked)
    if then and orders:
        return refunds.later([_at_times(order, asked) for order in orders])
    return _now(orders, meant.orders, asked, named=meant.named)


def _of_talk(orders: list[Order], asked: Asked) -> list[Order]:
    """Of several that were on a day or go one way, the one that is talked of goes on being meant."""
    talked_of = [order for order in orders if order.reference == asked.talked_of]
    goes_on = asked.slots.wishes.way or (asked.slots.day and _THE_ONE.search(asked.message))
    return talked_of if talked_of and goes_on and asked.topic else orders


def _parts_of_day(order: Order, asked: Asked) -> list[OrderPart] | None:
    """Those parts that begin on the day that is named; None where none or no day is, or both ways are meant."""
    if asked.slots.day is None or asked.slots.wishes.way == "both":
        return None
    on_day = Slots(day=asked.slots.day)
    return [part for part in parts_of(order) if fits(order, part, on_day, asked.now)] or None


def _undated(asked: Asked) -> Slots:
    return replace(asked.slots, day=None, hours=None)


def _now(orders: Sequence[Order], meant: Sequence[Order], asked: Asked, *, named: bool) -> Reply:
    offers: list[refunds.GivenBack] = []
    refusals = []
    for order in orders:
        seats = seats_meant(order, asked.slots, asked.message, parts=_parts_of_day(order, asked))
        if order.status == S.AWAITING_PAYMENT:
            offers.append(refunds.GivenBack(order, (), None, None))
        elif seats.given_back and not seats.seats:
            return _given_back_before(order, seats, asked)
        else:
            try:
                offers.append(_priced(order, seats, asked.now))
            except DomainError as refusal:
                refusals.append((order, str(refusal)))
    # Who names one person, or one seat, means the booking that has it.
    offers = [one for one in offers if one.labels or one.any_of] or offers
    if not offers:
        return _nothing_to_give_back(meant, refusals, asked, named=named)
    if len(offers) == 1:
        return refunds.offer(offers[0])
    return refunds.offers(offers, every=bool(_EVERYTHING.search(asked.message)))


def _priced(order: Order, seats: SeatsMeant, now: datetime) -> refunds.GivenBack:
    """
    Raises:
        DomainError: it cannot be given back any more.
    """
    if seats.any_of is None:
        labels = tuple(seat.label for seat in seats.seats) if seats.is_narrowed else ()
        price = price_refund(order=order, seats=labels, now=now)
        return refunds.GivenBack(order, labels, price.back, price.fee)
    each = [price_refund(order=order, seats=[seat.label], now=now) for seat in seats.seats]
    of_each = tuple((seat, price.back) for seat, price in zip(seats.seats, each, strict=True))
    chosen = [seat.label for seat in seats.seats[: seats.any_of]]
    price = price_refund(order=order, seats=chosen, now=now)
    return refunds.GivenBack(order, (), price.back, price.fee, any_of=seats.any_of, of_each=of_each)


def _at_times(order: Order, asked: Asked) -> refunds.GivenBackLater:
    """What would come back at the time that is named, or over that day."""
    begins = min(journey_begins_at(part, parts_of(order)) for part in parts_of(order))
    local = asked.now.astimezone(begins.tzinfo)
    first = last = local.date()
    if asked.slots.day is not None:
        first, last = asked.slots.day.date(local.date()), asked.slots.day.last(local.date())
    hours = asked.slots.hours
    if hours is None:
        times = [datetime.combine(first, time(), begins.tzinfo), datetime.combine(last, time(23, 59), begins.tzinfo)]
    else:
        minute = hours.first if hours.end == _MINUTES_A_DAY else (hours.first + hours.end) // 2
        times = [datetime.combine(first, time(), begins.tzinfo) + timedelta(minutes=minute)]
    seats = seats_meant(order, asked.slots, asked.message)
    labels = [seat.label for seat in seats.seats] if seats.is_narrowed and seats.any_of is None else []
    told: list[tuple[datetime, Money | None]] = []
    for moment in sorted({max(asked.now, moment) for moment in times}):
        try:
            told.append((moment.astimezone(begins.tzinfo), price_refund(order=order, seats=labels, now=moment).back))
        except DomainError:
            told.append((moment.astimezone(begins.tzinfo), None))
    return refunds.GivenBackLater(order, tuple(labels), told)


def _given_back_before(order: Order, seats: SeatsMeant, asked: Asked) -> Reply:
    assert asked.customer is not None, "only a customer has bookings"
    names = [seat.name for seat in seats.given_back]
    paid = payments_of(customer=asked.customer)[:MOST_PAYMENTS]
    found = [refund for payment in paid if payment.order_id == order.pk for refund in payment.refunds.all()]
    return refunds.given_back_before(order, names, [one for one in found if set(names) & set(one.seats)])


def _nothing_to_give_back(
    orders: Sequence[Order], refusals: Sequence[tuple[Order, str]], asked: Asked, *, named: bool
) -> Reply:
    if refusals and (named or len(orders) == 1):
        return refunds.refused(refusals)
    if len(orders) == 1:
        order = orders[0]
        names = [seat.name for part in parts_of(order) for seat in part.seats.all() if seat.cancelled_at is not None]
        if names and asked.customer is not None:
            return _given_back_before(order, seats_meant(order, replace(asked.slots, seats=tuple(names)), ""), asked)
        return mine.details(orders)
    if asked.customer is not None:
        return mine.nothing_to_cancel(has_any=bool(orders))
    return guidance.how_to_cancel()


def _terms_in_general(asked: Asked) -> Reply | None:
    """Under which terms a train or show is sold that is named, whoever asks."""
    slots = asked.slots
    if slots.shows and not slots.trains:
        found = performances_meant(slots, now=asked.now)
        if isinstance(found, Reply) or found[0].inventory is None:
            return None
        return refunds.terms(found[0].show.title, terms_of(found[0].inventory))
    if slots.trains and len(slots.trains) == 1 and slots.day:
        trips = find_trips(slots, now=asked.now).trips
        return refunds.terms(str(trips[0].departure.train), terms_of(trips[0].inventory)) if trips else None
    return None


def refund_status(asked: Asked) -> Reply:
    """What came back, or is on its way; of the booking that is meant, where one is."""
    if asked.customer is None:
        return mine.log_in_first()
    found = refunds_of(asked.customer)
    meant = bookings_meant(asked.customer, asked.slots, asked.now, topic=asked.topic)
    of_meant = [refund for refund in found if refund.payment.order in meant.orders]
    if asked.slots.wishes.reference or asked.topic:
        found = of_meant
    return refunds.status(of_meant or found) if found else refunds.none(_paid_by(asked, meant.orders))


def _paid_by(asked: Asked, orders: Sequence[Order]) -> list[tuple[Order, str]]:
    """What each booking that can be given back was paid with: there a refund would go."""
    assert asked.customer is not None, "only a customer has payments"
    paid = payments_of(customer=asked.customer)[:MOST_PAYMENTS]
    means = {payment.order_id: payment.paid_with for payment in paid if payment.status == payment.Status.CAPTURED}
    return [(order, means[order.pk]) for order in orders if order.pk in means and order.status in TICKETED]
