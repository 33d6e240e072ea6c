"""What if an order is paid after its time is over? Its seats are taken once more, all of them, if they still are free.

New holds, because an id is used once in the store's life; their ids follow from the order and from who asks, so that
asking again, after a crash too, means the same holds.
"""

from datetime import datetime
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from booking import seatstore
from booking.models import LateOffer, Order, OrderPart
from booking.orders import advance
from booking.selectors.orders import parts_of, seats_of_part
from booking.services.boarding import begins_at
from booking.services.releasing import release_in_store

S = Order.Status


def take_again(*, order: Order, attempt: UUID, now: datetime) -> bool:
    """Take the seats of an expired order again, for one that paid late. True: it is CONFIRMING, and they are held.

    Args:
        attempt: whose attempt this is; the same one takes the same holds up again, another one new ones.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again with the same attempt.
    """
    if order.status != S.EXPIRED or begins_at(order) <= now or LateOffer.objects.filter(attempt=attempt).exists():
        # Who was offered other seats (replacing.py) says yes or no to those.
        return False
    parts = parts_of(order)
    if not _give_new_holds(order, parts, attempt):
        return False
    for position, part in enumerate(parts):
        try:
            seatstore.hold_seats(
                inventory=part.inventory_id,
                hold_id=part.hold_id,
                seats=[seat.name for seat in seats_of_part(order, part)],
                first_leg=part.first_leg,
                end_leg=part.end_leg,
                ttl_s=settings.PAYMENT_EXTENSION_S,
                request_id=f"{part.hold_id}:again",
                cluster=part.inventory.cluster,
            )
        except (seatstore.SeatsTaken, seatstore.HoldEnded, seatstore.SeatStoreRefused):
            release_in_store(order, parts[:position])
            return False
    advance(order, S.CONFIRMING, reason=gettext_noop("It was paid late, and its seats were still free."))
    return order.status == S.CONFIRMING


def _give_new_holds(order: Order, parts: list[OrderPart], attempt: UUID) -> bool:
    """Write the new ids first: whatever the store holds is known to belong to this order. Nothing, if it moved on."""
    with transaction.atomic():
        if not Order.objects.select_for_update().filter(pk=order.pk, status=S.EXPIRED).exists():
            return False
        for part in parts:
            part.hold_id = uuid5(attempt, f"{order.pk}:{part.position}")
            OrderPart.objects.filter(pk=part.pk).update(hold_id=part.hold_id)
    return True
