"""How does a waiting room live? The worker tells the store of it, opens it when it is time, lets people in, closes it.

    PLANNED ─► GATHERING ─► OPEN ─► CLOSING ─► CLOSED

Every step is a conditional UPDATE around a command that does no harm when it comes twice, so several workers may be at
it, and one that dies leaves nothing undone. The seats behind it are not sold past the room until it is CLOSED.
"""

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction

from booking import seatstore
from booking.models import Inventory, WaitingRoom
from booking.services.boarding import boards_at

from .pace import first_pace, next_pace

logger = logging.getLogger(__name__)

S = WaitingRoom.State

# As many as the store takes (raftstore/seats/limits.py).
MOST_WAITING = 50_000
MOST_AT_ONCE = 5_000
# What was missed in a longer pause of the worker is not made up for: it would be a rush.
MOST_PAUSE = timedelta(seconds=5)


def plan_room(*, room: WaitingRoom) -> None:
    """Have a room before an inventory, or change one that has not opened. The worker tells the store."""
    with transaction.atomic():
        room.state = S.PLANNED
        room.save()
        Inventory.objects.filter(pk=room.inventory_id).update(has_waiting_room=True)


def close_room(*, room: WaitingRoom) -> None:
    """Nobody has to wait any more. The worker tells the store."""
    WaitingRoom.objects.filter(pk=room.pk).exclude(state=S.CLOSED).update(state=S.CLOSING)
    room.refresh_from_db()


def keep_waiting_rooms(*, now: datetime, limit: int) -> int:
    """Take up to `limit` rooms on each cluster as far as they are due. Returns how many people were let in.

    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: no cluster answered; the rest waits for the next round.
    """
    return seatstore.on_each_cluster(lambda cluster: _keep_on(cluster, now, limit))


def _keep_on(cluster: str, now: datetime, limit: int) -> int:
    rooms = WaitingRoom.objects.filter(inventory__cluster=cluster).exclude(state=S.CLOSED)
    return sum(_keep(room, now) for room in rooms.select_related("inventory")[:limit])


def _keep(room: WaitingRoom, now: datetime) -> int:
    if room.state != S.CLOSING and boards_at(inventory=room.inventory, first_leg=room.inventory.legs - 1) <= now:
        close_room(room=room)
    try:
        if room.state == S.PLANNED:
            _tell(room)
        if room.state == S.GATHERING and room.opens_at <= now:
            _open(room, now)
        if room.state == S.CLOSING:
            _close(room)
    except seatstore.SeatStoreRefused as error:
        logger.warning("The waiting room of %s: %s", room.inventory_id, error)
        WaitingRoom.objects.filter(pk=room.pk).update(last_error=str(error)[:240])
        return 0
    return _let_in(room, now) if room.state == S.OPEN else 0


def _tell(room: WaitingRoom) -> None:
    if room.inventory.state != Inventory.State.OPEN:
        return
    gate = seatstore.open_gate(
        inventory=room.inventory_id,
        commitment=room.commitment,
        opens_at=room.opens_at,
        limit=MOST_WAITING,
        cluster=room.inventory.cluster,
    )
    _move(room, S.PLANNED, state=S.OPEN if gate.seed else S.GATHERING, last_error="")


def _open(room: WaitingRoom, now: datetime) -> None:
    seatstore.reveal_gate(inventory=room.inventory_id, seed=room.seed, cluster=room.inventory.cluster)
    pace = first_pace(room.most_per_minute)
    _move(room, S.GATHERING, state=S.OPEN, per_minute=pace, admitted_until=now, last_error="")


def _close(room: WaitingRoom) -> None:
    seatstore.close_gate(inventory=room.inventory_id, cluster=room.inventory.cluster)
    with transaction.atomic():
        if _move(room, S.CLOSING, state=S.CLOSED, last_error=""):
            Inventory.objects.filter(pk=room.inventory_id).update(has_waiting_room=False)


def _let_in(room: WaitingRoom, now: datetime) -> int:
    """As many as the pace allows since the last round; one worker's claim at a time."""
    cluster = room.inventory.cluster
    found = seatstore.gate(room.inventory_id, cluster=cluster)
    if found is None:
        _move(room, S.OPEN, state=S.PLANNED, last_error="The store has no gate here any more.")
        return 0
    since = max(room.admitted_until or now, now - MOST_PAUSE)
    count = min(int(room.per_minute * (now - since).total_seconds() / 60), MOST_AT_ONCE)
    if not count or not found[0].waiting:
        return 0
    used = timedelta(minutes=count / room.per_minute)
    claim = WaitingRoom.objects.filter(pk=room.pk, state=S.OPEN, rounds=room.rounds)
    if not claim.update(rounds=room.rounds + 1, admitted_until=since + used):
        return 0
    begun_s = time.monotonic()
    answered_in_s: float | None = None
    try:
        seatstore.admit_next(
            inventory=room.inventory_id,
            count=count,
            ttl_s=60 * room.admission_minutes,
            request_id=f"queue:{room.pk}:{room.rounds}",
            cluster=cluster,
        )
        answered_in_s = time.monotonic() - begun_s
    finally:
        pace = next_pace(room.per_minute, most_per_minute=room.most_per_minute, answered_in_s=answered_in_s)
        WaitingRoom.objects.filter(pk=room.pk, rounds=room.rounds + 1).update(per_minute=pace)
    return min(count, found[0].waiting)


def _move(room: WaitingRoom, from_state: str, **fields: object) -> int:
    moved = WaitingRoom.objects.filter(pk=room.pk, state=from_state).update(**fields)
    inventory = room.inventory
    room.refresh_from_db()
    room.inventory = inventory
    return moved
