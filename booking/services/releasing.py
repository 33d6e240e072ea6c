"""How do the seats of an order come back on sale in the store? Held ones are released, sold ones cancelled."""

import logging
from collections.abc import Iterable, Sequence
from itertools import groupby
from uuid import uuid4

from booking import seatstore
from booking.models import Inventory, Order, OrderPart, OrderSeat
from booking.selectors.orders import parts_of

logger = logging.getLogger(__name__)


def release_in_store(order: Order, parts: Iterable[OrderPart] | None = None) -> None:
    """Best effort, for all parts if none is named: a hold that nobody confirms ends by itself when its time is over."""
    for part in parts_of(order) if parts is None else parts:
        try:
            release_part(order, part)
        except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown) as error:
            logger.info("Hold %s of order %s is left to expire: %s", part.position, order.reference, error)


def release_part(order: Order, part: OrderPart) -> None:
    """
    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    try:
        seatstore.release_hold(
            hold_id=part.hold_id, request_id=f"{order.id}:release:{uuid4()}", cluster=part.inventory.cluster
        )
    except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        logger.info("Order %s had nothing to release: %s", order.reference, error)


def give_back_in_store(*, order: Order, seats: Sequence[OrderSeat], request_id: str) -> None:
    """Put these sold seats back on sale; repeating it changes nothing.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again with the same request id.
    """
    in_parts = groupby(sorted(seats, key=lambda seat: seat.part.position), key=lambda seat: seat.part)
    for part, of_part in in_parts:
        # A single seat may have become another one a moment ago (choosing.py): all that the hold has is meant.
        alone = part.any_seat and part.choice is not None and part.choice["count"] == 1
        names = () if alone else tuple(seat.name for seat in of_part)
        told = None
        while (place := _place_of(part)) != told:
            # Again if the inventory was moved meanwhile: the seats may have been copied as still sold (moving.py).
            _cancel_in_store(order, part, names, request_id, place[0])
            told = place


def give_back_whole(*, order: Order, parts: Iterable[OrderPart], request_id: str) -> None:
    """Put all sold seats of these parts back on sale.

    Raises: as give_back_in_store.
    """
    chosen = set(parts)
    give_back_in_store(
        order=order,
        seats=[seat for seat in order.seats.select_related("part") if seat.part in chosen],
        request_id=request_id,
    )


def _place_of(part: OrderPart) -> tuple[str, int]:
    """Where the part's inventory lives now, and after how many moves."""
    return Inventory.objects.values_list("cluster", "moves").get(pk=part.inventory_id)


def _cancel_in_store(order: Order, part: OrderPart, names: tuple[str, ...], request_id: str, cluster: str) -> None:
    try:
        seatstore.cancel_seats(
            hold_id=part.hold_id, seats=names, request_id=f"{request_id}:{part.position}", cluster=cluster
        )
    except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        # The customer's money does not depend on it; whoever runs the store has to see it.
        logger.error("The store would not take back seats of order %s: %s", order.reference, error)
