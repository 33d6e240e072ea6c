"""How are seats of a ticket given back, and what is paid back for them? First an offer, if wanted, then the claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from django.utils.translation import gettext as _
from moneyed import Money

from booking import remarks
from booking.errors import DepartureGone, OrderNotCancellable, RefundOfferEnded
from booking.models import Order, OrderPart, OrderSeat, RefundOffer
from booking.orders import advance
from booking.selectors.orders import parts_of
from booking.selling.refund_terms import FREE, RefundTerms, terms_from_json
from booking.services.boarding import journey_begins_at
from booking.tickets.issuing import issue_tickets, refuse_used
from booking.tickets.outbox import post_cancellation

S = Order.Status

OFFER_VALID = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Cancellation:
    """Seats that are given back, what their customer gets for them, and what is kept."""

    seats: list[OrderSeat]
    back: Money
    fee: Money


def offer_refund(*, order: Order, seats: Sequence[str], now: datetime) -> RefundOffer:
    """What would be paid back for these seats, by label, or for all that are left if none is named; nothing changes.

    The offer stands for OFFER_VALID, but no longer than the step of the terms that it was made by.

    Raises:
        OrderNotCancellable: no ticket, no such seat in it, cancelled before, or half of a journey.
        DepartureGone: the journey or show has begun.
    """
    wanted = price_refund(order=order, seats=seats, now=now)
    chosen, back, fee = wanted.seats, wanted.back, wanted.fee
    ends = [_terms(seat.part).ends_at(begins_at=_begins(order, seat), now=now) for seat in chosen]
    return RefundOffer.objects.create(
        order=order,
        seats=[seat.label for seat in chosen],
        amount=back.amount,
        fee=fee.amount,
        currency=back.currency.code,
        valid_until=min(now + OFFER_VALID, *ends),
    )


def price_refund(*, order: Order, seats: Sequence[str], now: datetime) -> Cancellation:
    """What giving these seats back would come to now, as offer_refund has it; nothing is written.

    Raises: as offer_refund.
    """
    chosen, _ = _choose(order, seats, now)
    return Cancellation(chosen, *_refund(order, chosen, now))


def claim_cancellation(
    *, order: Order, seats: Sequence[str], now: datetime, offer: UUID | None = None, free: bool = False
) -> Cancellation:
    """Mark seats of a ticket, by label, all that are left if none is named, as cancelled. Call it in a transaction.

    The order's row is locked for the length of that transaction: a seat is claimed, and so paid back, once.
    The customer gets a mail that says which seats, and what goes back.

    Args:
        offer: the customer accepts this offer: its seats, for its amount.
        free: no fee is kept, and it may have begun: whoever runs it cancelled it.

    Raises:
        OrderNotCancellable: no ticket, no such seat in it, cancelled before, used, or half of a journey.
        DepartureGone: the journey or show has begun.
        RefundOfferEnded: there is no such offer for this order, it was accepted before, or its time is over.
    """
    order.refresh_from_db(from_queryset=Order.objects.select_for_update())
    accepted = None if offer is None else _accept(order, offer, now)
    chosen, live = _choose(order, seats if accepted is None else accepted.seats, now, though_begun=free)
    if accepted is not None:
        back, fee = accepted.price, accepted.kept
    else:
        back, fee = _refund(order, chosen, now, free=free)
    if not free:
        refuse_used(chosen)
    OrderSeat.objects.filter(pk__in=[seat.pk for seat in chosen]).update(cancelled_at=now)
    advance(
        order,
        S.CANCELLED if len(chosen) == len(live) else S.PARTLY_CANCELLED,
        reason=remarks.GIVEN_BACK % {"seats": ", ".join(seat.label for seat in chosen)},
    )
    issue_tickets(order=order, now=now)
    post_cancellation(order=order, seats=[seat.label for seat in chosen], back=back, now=now)
    return Cancellation(chosen, back, fee)


def _accept(order: Order, offer: UUID, now: datetime) -> RefundOffer:
    open_offers = RefundOffer.objects.filter(pk=offer, order=order, accepted_at=None, valid_until__gt=now)
    if not open_offers.update(accepted_at=now):
        raise RefundOfferEnded
    return RefundOffer.objects.get(pk=offer)


def _choose(
    order: Order, seats: Sequence[str], now: datetime, *, though_begun: bool = False
) -> tuple[list[OrderSeat], list[OrderSeat]]:
    """The seats that are meant, and all that are left."""
    if order.status not in (S.CONFIRMED, S.PARTLY_CANCELLED):
        raise OrderNotCancellable(_("Only a confirmed order can be cancelled."))
    live = list(order.seats.filter(cancelled_at=None).select_related("part__inventory"))
    chosen = [seat for seat in live if seat.label in set(seats)] if seats else live
    if not chosen or (seats and len(chosen) != len(set(seats))):
        raise OrderNotCancellable(_("Some of these seats are not in this order, or were cancelled before."))
    if not though_begun:
        if any(_begins(order, seat) <= now for seat in chosen):
            raise DepartureGone
        _refuse_halves(order, chosen, live)
    return chosen, live


def _refuse_halves(order: Order, chosen: Sequence[OrderSeat], live: Sequence[OrderSeat]) -> None:
    """A journey with a change of seat was sold at one fare (selling/through.py), and goes back as one."""
    of_part: dict[int, list[OrderSeat]] = {}
    for seat in order.seats.order_by("pk").select_related("part"):
        of_part.setdefault(seat.part_id, []).append(seat)
    for before, after in pairwise(parts_of(order)):
        here, there = of_part.get(before.pk, []), of_part.get(after.pk, [])
        if before.inventory_id != after.inventory_id or before.end_leg != after.first_leg or len(here) != len(there):
            continue
        for one, other in zip(here, there, strict=True):
            if one in live and other in live and (one in chosen) != (other in chosen):
                raise OrderNotCancellable(
                    _("%(one)s and %(other)s are one journey with a change of seat: give both back, or none.")
                    % {"one": one.label, "other": other.label}
                )


def _refund(order: Order, seats: Sequence[OrderSeat], now: datetime, *, free: bool = False) -> tuple[Money, Money]:
    """What is paid back for these seats now, and what is kept."""
    fee = price = Money(0, order.currency)
    for seat in seats:
        price += seat.price
        if not free:
            fee += _terms(seat.part).fee(seat.price, begins_at=_begins(order, seat), now=now)
    return price - fee, fee


def _begins(order: Order, seat: OrderSeat) -> datetime:
    return journey_begins_at(seat.part, parts_of(order))


def _terms(part: OrderPart) -> RefundTerms:
    return FREE if part.terms is None else terms_from_json(part.terms)
