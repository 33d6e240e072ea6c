"""How does somebody get seats that another gave back? They wait in line, and the worker holds what comes free for them.

Who came first is asked first; who wants what is not free (other legs, another class, more seats) keeps their place and
is passed over. What is offered is an order that awaits payment, held for WAITING_OFFER_S; one that is not paid in time
ends like any other order, and its seats go to the next in line.
"""

import logging
from datetime import datetime
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Min
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _

from accounts.models import User
from booking import seatstore
from booking.choosing.choice import Choice, ChoiceInvalid
from booking.errors import (
    AlreadyWaiting,
    DepartureGone,
    DomainError,
    InventoryNotOnSale,
    LegsOutOfRange,
    NothingChosen,
    TooManySeats,
)
from booking.models import Inventory, Order, OutgoingMail, WaitingEntry
from booking.orders import advance
from booking.seatmap import free_by_zone
from booking.selectors.orders import parts_of
from booking.selling.pricing import fares
from booking.services.boarding import boards_at
from booking.services.holding import hold_in_any_case
from booking.services.wanting import PartWanted
from booking.tickets import outbox

logger = logging.getLogger(__name__)

S = Order.Status
W = WaitingEntry.State

# How many of one line are asked in one round; a customer whom the rules refuse keeps the place, and the others wait.
_MOST_A_ROUND = 100

# What becomes of an entry when the order that was offered has ended so; until then it is offered.
_ENDS = {
    S.CONFIRMED: W.TAKEN,
    S.PARTLY_CANCELLED: W.TAKEN,
    S.CANCELLED: W.PASSED,
    S.EXPIRED: W.PASSED,
    S.NEEDS_ATTENTION: W.PASSED,
}


def join_waiting_list(
    *, customer: User, inventory: Inventory, first_leg: int, end_leg: int, zone: str, count: int, now: datetime
) -> WaitingEntry:
    """Take a place at the end of the line; the customer gets a mail that says so.

    Raises:
        NothingChosen, TooManySeats, LegsOutOfRange, ChoiceInvalid: the wish makes no sense.
        InventoryNotOnSale, DepartureGone: there is nothing to wait for.
        AlreadyWaiting: the customer has a place in this line.
    """
    if count < 1:
        raise NothingChosen
    if count > settings.MAX_SEATS_PER_ORDER:
        raise TooManySeats(settings.MAX_SEATS_PER_ORDER)
    if not 0 <= first_leg < end_leg <= inventory.legs:
        raise LegsOutOfRange(inventory.legs)
    if inventory.state != Inventory.State.OPEN:
        raise InventoryNotOnSale
    if boards_at(inventory=inventory, first_leg=first_leg) <= now:
        raise DepartureGone
    if zone and zone not in fares(inventory=inventory, first_leg=first_leg, end_leg=end_leg):
        raise ChoiceInvalid(_("There is no %(zone)s here.") % {"zone": zone})
    try:
        with transaction.atomic():
            entry = WaitingEntry.objects.create(
                customer=customer,
                inventory=inventory,
                first_leg=first_leg,
                end_leg=end_leg,
                zone=zone,
                count=count,
                language=get_language() or "",
            )
            outbox.post_waiting(entry=entry, now=now)
    except IntegrityError as error:
        raise AlreadyWaiting from error
    return entry


def leave_waiting_list(*, entry: WaitingEntry) -> None:
    """Give the place up. Who has been offered seats keeps them until they give them back, or do not pay."""
    with transaction.atomic():
        if WaitingEntry.objects.filter(pk=entry.pk, state=W.WAITING).update(state=W.LEFT):
            outbox.take_back_waiting(entry=entry)
    entry.refresh_from_db()


def offer_to_waiting(*, now: datetime, limit: int) -> int:
    """On each cluster, offer what is free on up to `limit` runs to those who wait for it. Returns how many offers.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: no cluster answered; the rest waits for the next round.
    """
    return seatstore.on_each_cluster(lambda cluster: _offer_on(cluster, now, limit))


def _offer_on(cluster: str, now: datetime, limit: int) -> int:
    _follow_orders(cluster)
    waiting = WaitingEntry.objects.filter(state=W.WAITING, inventory__cluster=cluster)
    inventories = Inventory.objects.filter(pk__in=waiting.values("inventory")).order_by("pk")[:limit]
    return sum(_offer(inventory, now) for inventory in inventories)


def _follow_orders(cluster: str) -> None:
    offered = WaitingEntry.objects.filter(state=W.OFFERED, inventory__cluster=cluster)
    for status, end in _ENDS.items():
        offered.filter(order__status=status).update(state=end)


def _offer(inventory: Inventory, now: datetime) -> int:
    """Hold what is free for whom it suits, the first in line first."""
    if not _still_wanted(inventory, now) or inventory.state != Inventory.State.OPEN:
        return 0
    offers = 0
    tried: list[UUID] = []
    while len(tried) < _MOST_A_ROUND:
        try:
            availability = seatstore.availability(inventory.pk, cluster=inventory.cluster)
        except seatstore.SeatStoreRefused:
            break
        entry = _first_suited(inventory, availability, tried)
        if entry is None:
            break
        tried.append(entry.pk)
        offers += _hold_for(entry, inventory, now)
    return offers


def _first_suited(inventory: Inventory, availability: seatstore.Availability, tried: list[UUID]) -> WaitingEntry | None:
    """Who is the first in line for whom there is enough? In a long line, too, there are few different wishes."""
    line = WaitingEntry.objects.filter(inventory=inventory, state=W.WAITING).exclude(pk__in=tried)
    free: dict[tuple[int, int], dict[str, int]] = {}
    wishes = line.values("first_leg", "end_leg", "zone", "count").annotate(since=Min("created_at")).order_by("since")
    for wish in wishes:
        legs = (wish["first_leg"], wish["end_leg"])
        if legs not in free:
            free[legs] = free_by_zone(
                plan_digest=inventory.plan_id, availability=availability, first_leg=legs[0], end_leg=legs[1]
            )
        enough = free[legs].get(wish["zone"], 0) if wish["zone"] else sum(free[legs].values())
        if enough >= wish["count"]:
            same = line.filter(first_leg=legs[0], end_leg=legs[1], zone=wish["zone"], count=wish["count"])
            return same.select_related("customer").first()
    return None


def _still_wanted(inventory: Inventory, now: datetime) -> bool:
    """Whether anybody waits for what has not begun; those whose journey has, wait no more."""
    waiting = WaitingEntry.objects.filter(inventory=inventory, state=W.WAITING)
    for first_leg in waiting.order_by("first_leg").values_list("first_leg", flat=True).distinct():
        if boards_at(inventory=inventory, first_leg=first_leg) <= now:
            waiting.filter(first_leg=first_leg).update(state=W.OVER)
    return waiting.exists()


def _hold_for(entry: WaitingEntry, inventory: Inventory, now: datetime) -> bool:
    """Whether seats are held for the entry now. The request id is the entry's, so that a crash holds them once."""
    choice = Choice(entry.count, zones=(entry.zone,) if entry.zone else ())
    part = PartWanted(inventory, (), entry.first_leg, entry.end_leg, choice=choice)
    try:
        # Mails about the order are in the language in which somebody asked for it.
        with override(entry.language or None):
            order = hold_in_any_case(
                customer=entry.customer, parts=[part], request_id=f"waiting:{entry.pk}:{entry.attempts}", now=now
            )
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown):
        raise
    except (DomainError, seatstore.SeatStoreError) as error:
        logger.info("Waiting entry %s got nothing: %s", entry.pk, error)
        WaitingEntry.objects.filter(pk=entry.pk, attempts=entry.attempts).update(attempts=entry.attempts + 1)
        return False
    _give_time(order)
    with transaction.atomic():
        taken = WaitingEntry.objects.filter(pk=entry.pk, state=W.WAITING).update(state=W.OFFERED, order=order)
        if taken:
            outbox.take_back_waiting(entry=entry)
            outbox.post(order=order, kind=OutgoingMail.Kind.WAITING_OFFER, now=now)
    return bool(taken)


def _give_time(order: Order) -> None:
    """Somebody who waits is not looking at the page: what is offered is held for longer than what was just chosen."""
    if order.status != S.AWAITING_PAYMENT:
        return
    try:
        ends = [
            seatstore.extend_hold(
                hold_id=part.hold_id,
                ttl_s=settings.WAITING_OFFER_S,
                request_id=f"{order.id}:offer:{uuid4()}",
                cluster=part.inventory.cluster,
            )
            for part in parts_of(order)
        ]
    except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        logger.info("Order %s keeps the time it has: %s", order.reference, error)
        return
    advance(order, S.AWAITING_PAYMENT, held_until=min(ends), reason=gettext_noop("Offered from the waiting list."))
