"""How does the house keep seats from sale, and give them back? A row says what should be, then the store is told.

To the store a block is a hold that is made a sale at once, under an id of its own. Rows that are on their way (asked,
being given back) and those whose time is over are finished by `settle_blocks`, whatever stopped before. Every change
of state is a conditional UPDATE, because a person and the worker may be at the same row.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from booking import seatstore
from booking.errors import DomainError, LegsOutOfRange, NothingChosen, UnknownSeats
from booking.models import Inventory, SeatBlock
from booking.seatplan import seat_names

logger = logging.getLogger(__name__)

S = SeatBlock.State

# As many as one hold can have.
MOST_SEATS = 100
# Long enough to be made a sale in the next moment; what a crash leaves comes free by itself.
HOLD_S = 60


class BlockRefused(DomainError):
    code = "block-refused"
    title = gettext_noop("These seats cannot be blocked like this")


def block_seats(
    *,
    inventory: Inventory,
    seats: Sequence[str],
    first_leg: int,
    end_leg: int,
    reason: str,
    by: User,
    now: datetime,
    release_at: datetime | None = None,
) -> SeatBlock:
    """Keep seats from sale on legs [first_leg, end_leg), all or none, until `release_at` if one is given.

    BLOCKED when this returns, or ASKED while the store does not answer: then the worker goes on.

    Raises:
        NothingChosen, UnknownSeats, LegsOutOfRange, BlockRefused: the request makes no sense.
        seatstore.SeatsTaken, seatstore.SeatStoreRefused: the store said no; nothing is blocked.
    """
    chosen = list(dict.fromkeys(seats))
    _check(inventory, chosen, first_leg, end_leg)
    if not reason.strip():
        raise BlockRefused(_("Say why these seats are kept from sale."))
    if release_at is not None and release_at <= now:
        raise BlockRefused(_("The time of release must lie ahead."))
    block = SeatBlock.objects.create(
        inventory=inventory,
        seats=chosen,
        first_leg=first_leg,
        end_leg=end_leg,
        reason=reason.strip(),
        release_at=release_at,
        blocked_by=by,
    )
    _block_in_store(block)
    return block


def give_back_block(*, block: SeatBlock, seats: Sequence[str] = (), by: User | None) -> SeatBlock:
    """Put blocked seats, all of the block's if none is named, back on sale. `by` nobody: their time is over.

    Raises:
        BlockRefused: they are not blocked, or some are on their way back just now.
    """
    back = [seat for seat in block.seats if seat in set(seats)] if seats else list(block.seats)
    if not back or (seats and len(back) != len(set(seats))):
        raise BlockRefused(_("Some of these seats are not in this block."))
    rows = SeatBlock.objects.filter(pk=block.pk, state=S.BLOCKED)
    if not rows.update(state=S.GIVING_BACK, giving_back=back, given_back_by=by):
        block.refresh_from_db()
        raise BlockRefused(_("This block is: %(state)s.") % {"state": block.get_state_display()})
    block.refresh_from_db()
    _give_back_in_store(block)
    return block


def settle_blocks(*, now: datetime, limit: int) -> int:
    """Give back what is due on each cluster, and finish what was begun. Returns how many blocks changed.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: no cluster answered; the rest waits for the next round.
    """
    return seatstore.on_each_cluster(lambda cluster: _settle_on(cluster, now, limit))


def _settle_on(cluster: str, now: datetime, limit: int) -> int:
    blocks = SeatBlock.objects.filter(inventory__cluster=cluster).select_related("inventory").order_by("created_at")
    settled = 0
    for block in blocks.filter(state__in=(S.ASKED, S.GIVING_BACK))[:limit]:
        _tell_store(block)
        settled += 1
    for block in blocks.filter(state=S.BLOCKED, release_at__lte=now)[: limit - settled]:
        rows = SeatBlock.objects.filter(pk=block.pk, state=S.BLOCKED)
        if rows.update(state=S.GIVING_BACK, giving_back=block.seats, given_back_by=None):
            block.refresh_from_db()
            _tell_store(block)
            settled += 1
    return settled


def _check(inventory: Inventory, seats: list[str], first_leg: int, end_leg: int) -> None:
    if not seats:
        raise NothingChosen
    if len(seats) > MOST_SEATS:
        raise BlockRefused(
            _("At most %(most)s seats can be blocked at once; block the others after these.") % {"most": MOST_SEATS}
        )
    if not 0 <= first_leg < end_leg <= inventory.legs:
        raise LegsOutOfRange(inventory.legs)
    if unknown := sorted(set(seats) - set(seat_names(inventory.plan.layout))):
        raise UnknownSeats(unknown)


# --- The seat store is told -----------------------------------------------------------------------


def _tell_store(block: SeatBlock) -> None:
    """
    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: it did not answer; ask again.
    """
    if block.state == S.GIVING_BACK:
        _cancel_until_it_stays(block)
        return
    try:
        _hold_and_confirm(block)
    except (seatstore.SeatsTaken, seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
        logger.warning("Seats of %s could not be blocked: %s", block.inventory_id, error)


def _block_in_store(block: SeatBlock) -> None:
    try:
        _hold_and_confirm(block)
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown) as error:
        _note(block, error)


def _give_back_in_store(block: SeatBlock) -> None:
    try:
        _cancel_until_it_stays(block)
    except (seatstore.StoreUnavailable, seatstore.OutcomeUnknown) as error:
        _note(block, error)


def _hold_and_confirm(block: SeatBlock) -> None:
    cluster, hold = block.inventory.cluster, str(block.hold_id)
    try:
        seatstore.hold_seats(
            inventory=block.inventory_id,
            hold_id=hold,
            seats=block.seats,
            first_leg=block.first_leg,
            end_leg=block.end_leg,
            ttl_s=HOLD_S,
            request_id=f"block:{hold}:hold",
            cluster=cluster,
        )
        seatstore.confirm_hold(hold_id=hold, request_id=f"block:{hold}:confirm", cluster=cluster)
    except seatstore.HoldEnded:
        # It ran out while nobody was there to make it a sale. A hold's id is used once: try again with another.
        SeatBlock.objects.filter(pk=block.pk, state=S.ASKED, hold_id=block.hold_id).update(hold_id=uuid4())
        block.refresh_from_db()
        return
    except (seatstore.SeatsTaken, seatstore.SeatStoreRefused) as error:
        _move(block, S.ASKED, state=S.REFUSED, last_error=str(error)[:240])
        raise
    _move(block, S.ASKED, state=S.BLOCKED, last_error="")


def _cancel_until_it_stays(block: SeatBlock) -> None:
    """Again if the inventory was moved meanwhile: the seats may have been copied as still sold (placing/moving.py)."""
    told = None
    while (place := _place_of(block)) != told:
        try:
            seatstore.cancel_seats(
                hold_id=block.hold_id, seats=block.giving_back, request_id=f"block:{uuid4()}", cluster=place[0]
            )
        except (seatstore.HoldEnded, seatstore.SeatStoreRefused) as error:
            logger.error("The store would not take back blocked seats of %s: %s", block.inventory_id, error)
        told = place
    left = [seat for seat in block.seats if seat not in set(block.giving_back)]
    if left:
        _move(block, S.GIVING_BACK, state=S.BLOCKED, seats=left, giving_back=[], last_error="")
    else:
        _move(block, S.GIVING_BACK, state=S.ENDED, giving_back=[], last_error="")


def _place_of(block: SeatBlock) -> tuple[str, int]:
    return Inventory.objects.values_list("cluster", "moves").get(pk=block.inventory_id)


def _note(block: SeatBlock, error: Exception) -> None:
    SeatBlock.objects.filter(pk=block.pk).update(last_error=str(error)[:240])
    block.refresh_from_db()


def _move(block: SeatBlock, from_state: str, **fields: object) -> None:
    SeatBlock.objects.filter(pk=block.pk, state=from_state, hold_id=block.hold_id).update(**fields)
    block.refresh_from_db()
