"""What if an order is paid after its time is over, and somebody else has its seats? Others as good are offered.

As good: of the same run or performance, on the same legs, as many of each class or zone, side by side if there are any.
Where nobody has the seats, they stay. They cost what the others did, since that is what was paid; the money is only
reserved until the customer has said yes.

The offer's rows name its holds before the store is asked, so that asking again, after a crash too, means the same ones.
ASKED ─► OFFERED, with a mail ─► ACCEPTED and the order CONFIRMING, in one transaction, or DECLINED, or OVER.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from booking import remarks, seatstore
from booking.errors import LateOfferEnded
from booking.models import LateOffer, LateOfferHold, Order, OrderPart, OrderSeat, OutgoingMail
from booking.orders import advance
from booking.selectors.orders import parts_of, seats_of_part
from booking.services.boarding import begins_at
from booking.tickets import outbox

logger = logging.getLogger(__name__)

L = LateOffer.State
S = Order.Status

# What the store says when it holds nothing.
_NO = (seatstore.SeatsTaken, seatstore.NoSeatsFound, seatstore.HoldEnded, seatstore.SeatStoreRefused)


def offer_others(*, order: Order, attempt: UUID, now: datetime) -> LateOffer | None:
    """Other seats for who paid an expired order late: the offer that stands, made now if there was none.

    None: there are none, or there is no offer any more.

    Args:
        attempt: whose payment it is; the same one is made one offer.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again with the same attempt.
    """
    offer = LateOffer.objects.filter(attempt=attempt).first() or _write(order, attempt, now)
    if offer is None:
        return None
    if offer.state == L.ASKED:
        _hold(offer, now)
    if offer.state == L.OFFERED and offer.valid_until is not None and offer.valid_until <= now:
        _end(offer, L.OFFERED, L.OVER)
    return offer if offer.state == L.OFFERED else None


def has_others(offer: LateOffer) -> bool:
    """Whether there is anything to decide: the own seats may have come free at the last moment."""
    return any(old != new for hold in _holds_of(offer) for old, new in hold.seats.items())


def accept_late_offer(*, offer: LateOffer, now: datetime) -> None:
    """The order gets the seats that are offered, and is CONFIRMING. Accepting again changes nothing.

    Raises:
        LateOfferEnded: it was declined, or its time is over.
    """
    with transaction.atomic():
        standing = LateOffer.objects.filter(pk=offer.pk, state=L.OFFERED, valid_until__gt=now)
        if standing.update(state=L.ACCEPTED, updated_at=now):
            order = Order.objects.select_for_update().get(pk=offer.order_id)
            told = remarks.OTHERS_ACCEPTED % {"seats": _in_words(offer)}
            if order.status == S.EXPIRED and advance(order, S.CONFIRMING, reason=told[:200]):
                _write_seats(offer)
            else:
                transaction.set_rollback(True)
    offer.refresh_from_db()
    if offer.state != L.ACCEPTED:
        raise LateOfferEnded


def decline_late_offer(*, offer: LateOffer) -> None:
    """Give the seats that are offered back. Declining again changes nothing.

    Raises:
        LateOfferEnded: it was accepted.
    """
    _end(offer, L.OFFERED, L.DECLINED)
    if offer.state == L.ACCEPTED:
        raise LateOfferEnded


def _write(order: Order, attempt: UUID, now: datetime) -> LateOffer | None:
    """The rows, for an order that is out of time and could still be used."""
    if order.status != S.EXPIRED or begins_at(order) <= now:
        return None
    wanted = [(part, zone, seats) for part in parts_of(order) for zone, seats in _wanted(order, part)]
    try:
        with transaction.atomic():
            if not Order.objects.select_for_update().filter(pk=order.pk, status=S.EXPIRED).exists():
                return None
            offer = LateOffer.objects.create(order=order, attempt=attempt)
            LateOfferHold.objects.bulk_create(
                LateOfferHold(offer=offer, part=part, zone=zone, seats=seats) for part, zone, seats in wanted
            )
    except IntegrityError:
        # Somebody else asks for the same payment at this moment; there is one offer for both.
        return LateOffer.objects.get(attempt=attempt)
    return offer


def _wanted(order: Order, part: OrderPart) -> Iterator[tuple[str, dict[str, str]]]:
    """For each class or zone of a part: the seats that are kept, or that others are looked for.

    Raises: StoreUnavailable.
    """
    try:
        availability = seatstore.availability(part.inventory_id, cluster=part.inventory.cluster)
        taken = availability.taken(part.first_leg, part.end_leg)
    except seatstore.SeatStoreRefused:
        # It will say so again when it is asked to hold them.
        taken = set()
    by_zone: dict[str, list[str]] = {}
    for seat in seats_of_part(order, part):
        by_zone.setdefault(seat.zone, []).append(seat.name)
    for zone, names in by_zone.items():
        are_free = taken.isdisjoint(names)
        yield zone, {name: name if are_free else "" for name in names}


def _hold(offer: LateOffer, now: datetime) -> None:
    """Have the store hold all that is wanted, and tell the customer; or nothing."""
    holds = list(_holds_of(offer))
    untils = [begins_at(offer.order)]
    for hold in holds:
        try:
            until, seats = _hold_in_store(hold)
        except _NO as error:
            logger.info("Nothing can be offered for order %s: %s", offer.order.reference, error)
            _end(offer, L.ASKED, L.NOTHING)
            return
        untils.append(until)
        hold.seats = _matched(hold.seats, seats)
    with transaction.atomic():
        asked = LateOffer.objects.filter(pk=offer.pk, state=L.ASKED)
        if asked.update(state=L.OFFERED, valid_until=min(untils), updated_at=timezone.now()):
            LateOfferHold.objects.bulk_update(holds, ["seats"])
            if has_others(offer):
                outbox.post(order=offer.order, kind=OutgoingMail.Kind.LATE_OFFER, now=now)
    offer.refresh_from_db()
    if offer.state not in (L.OFFERED, L.ACCEPTED):
        # Somebody else was told no meanwhile, and what this one was told is held for nobody.
        _release(offer)


def _hold_in_store(hold: LateOfferHold) -> tuple[datetime, Sequence[str]]:
    """Until when it is held, and which seats.

    Raises:
        _NO: there is nothing like it.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    part = hold.part
    names = tuple(hold.seats.values())
    request_id, ttl_s, cluster = f"{hold.hold_id}:hold", settings.LATE_OFFER_S, part.inventory.cluster
    if all(names):
        until = seatstore.hold_seats(
            inventory=part.inventory_id,
            hold_id=hold.hold_id,
            seats=names,
            first_leg=part.first_leg,
            end_leg=part.end_leg,
            ttl_s=ttl_s,
            request_id=request_id,
            cluster=cluster,
        )
        return until, names
    best = seatstore.hold_best(
        inventory=part.inventory_id,
        hold_id=hold.hold_id,
        count=len(names),
        first_leg=part.first_leg,
        end_leg=part.end_leg,
        ttl_s=ttl_s,
        request_id=request_id,
        zones=(hold.zone,),
        cluster=cluster,
    )
    return best.held_until, best.seats


def _matched(wanted: Mapping[str, str], seats: Sequence[str]) -> dict[str, str]:
    """Which seat is offered for which: its own where that is among them.

    >>> _matched({"A-1": "", "A-2": ""}, ["A-2", "A-3"])
    {'A-1': 'A-3', 'A-2': 'A-2'}
    """
    others = iter([seat for seat in seats if seat not in wanted])
    return {name: name if name in seats else next(others) for name in wanted}


def _write_seats(offer: LateOffer) -> None:
    """The order's rows become those of the seats that are offered, in the caller's transaction.

    A part is one hold in the store: where it had seats of several classes or zones, it becomes several.
    """
    written: set[int] = set()
    for hold in _holds_of(offer):
        part = hold.part
        if part.pk not in written:
            written.add(part.pk)
            OrderPart.objects.filter(pk=part.pk).update(hold_id=hold.hold_id)
        else:
            part = _beside(part, hold)
        for old, new in hold.seats.items():
            OrderSeat.objects.filter(part_id=hold.part_id, name=old).update(part=part, name=new)


def _beside(part: OrderPart, hold: LateOfferHold) -> OrderPart:
    """One more part of the same journey or show."""
    last = OrderPart.objects.filter(order=part.order_id).aggregate(last=Max("position"))["last"]
    return OrderPart.objects.create(
        order_id=part.order_id,
        position=last + 1,
        inventory=part.inventory,
        hold_id=hold.hold_id,
        first_leg=part.first_leg,
        end_leg=part.end_leg,
        terms=part.terms,
    )


def _end(offer: LateOffer, frm: str, to: str) -> None:
    """The offer's end, if nobody else has decided another; what it holds is given back."""
    ended = LateOffer.objects.filter(pk=offer.pk, state=frm).update(state=to, updated_at=timezone.now())
    offer.refresh_from_db()
    if ended:
        _release(offer)


def _release(offer: LateOffer) -> None:
    """Best effort: what nobody confirms ends by itself when its time is over."""
    for hold in _holds_of(offer):
        try:
            seatstore.release_hold(
                hold_id=hold.hold_id, request_id=f"{hold.hold_id}:release", cluster=hold.part.inventory.cluster
            )
        except seatstore.SeatStoreError as error:
            logger.info("A hold of %s is left to expire: %s", offer, error)


def _holds_of(offer: LateOffer) -> Sequence[LateOfferHold]:
    return list(LateOfferHold.objects.filter(offer=offer).select_related("part__inventory"))


def _in_words(offer: LateOffer) -> str:
    return ", ".join(str(hold) for hold in _holds_of(offer))
