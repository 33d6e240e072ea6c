"""What does the caller get back for a booking, and where is a refund? By the same services that pay it back."""

from datetime import datetime

from assistant.own import TICKETED, bookings_meant, bookings_of, live_seats, refunds_of
from assistant.replies import guidance, mine, refunds
from assistant.replies.pieces import Reply
from assistant.slots import Slots
from booking.errors import DomainError
from booking.models import Order
from booking.selling.refund_terms import terms_of
from booking.services import price_refund

from .asked import Asked
from .seats import performances_meant
from .trips import find_trips

S = Order.Status


def cancel(asked: Asked) -> Reply:
    """What giving back would come to now, for the booking that is meant, and where to do it.

    Raises:
        NoSuchDay: the calendar has no such day.
    """
    if asked.customer is None:
        return _terms_in_general(asked) or guidance.how_to_cancel()
    meant = bookings_meant(asked.customer, asked.slots, asked.now)
    if meant.named and not meant.orders:
        if asked.slots.wishes.reference:
            return mine.no_such_booking()
        return _terms_in_general(asked) or mine.nothing_fits(bookings_of(asked.customer))
    offers, refusals = [], []
    for order in meant.orders:
        if order.status == S.AWAITING_PAYMENT and (order.held_until is None or order.held_until > asked.now):
            offers.append(refunds.GivenBack(order, (), None, None))
        elif order.status in TICKETED:
            try:
                offers.append(_priced(order, asked.slots, asked.now))
            except DomainError as refusal:
                refusals.append((order, str(refusal)))
    if not offers:
        return _nothing_to_give_back(meant.orders, refusals, named=meant.named)
    return refunds.offer(offers[0]) if len(offers) == 1 else refunds.offers(offers)


def _priced(order: Order, slots: Slots, now: datetime) -> refunds.GivenBack:
    """
    Raises:
        DomainError: it cannot be given back any more.
    """
    live = live_seats(order)
    labels = tuple(seat.label for seat in live if seat.name in slots.seats)
    price = price_refund(order=order, seats=labels, now=now)
    return refunds.GivenBack(order, labels, price.back, price.fee)


def _nothing_to_give_back(orders: list[Order], refusals: list[tuple[Order, str]], *, named: bool) -> Reply:
    if refusals and (named or len(orders) == 1):
        return refunds.refused(refusals)
    if len(orders) == 1:
        return mine.details(orders)
    return guidance.how_to_cancel(is_logged_in=True)


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
    if asked.customer is None:
        return mine.log_in_first()
    found = refunds_of(asked.customer)
    code = asked.slots.wishes.reference
    if code:
        found = [refund for refund in found if refund.payment.order.reference == code]
    return refunds.status(found) if found else refunds.none()
