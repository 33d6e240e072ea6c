"""May a waiting room open then, and what of it may still be changed? Asked by the back office and by programs."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from booking.errors import DomainError
from booking.history import note_as_it_was
from booking.itinerary import itinerary
from booking.models import Inventory, WaitingRoom

from .rooms import plan_room

S = WaitingRoom.State


class RoomRefused(DomainError):
    code = "waiting-room-refused"
    title = gettext_noop("There cannot be such a waiting room")


def check_opening(*, inventory: Inventory, opens_at: datetime) -> None:
    """
    Raises:
        RoomRefused: before the sale starts, or when the journey or show has begun.
    """
    starts = None if inventory.is_train else inventory.performance.sale_starts_at
    if starts and opens_at < starts:
        raise RoomRefused(_("Seats are not sold before the sale starts: open with it, or later."))
    if opens_at >= itinerary(inventory=inventory, first_leg=0, end_leg=inventory.legs).starts_at:
        raise RoomRefused(_("It must open before the journey or show begins."))


def have_room(
    *, inventory: Inventory, opens_at: datetime, most_per_minute: int, admission_minutes: int, who: User
) -> WaitingRoom:
    """Have a room before an inventory, or change it; one that was closed makes room for a new one.

    Raises:
        RoomRefused: as check_opening, or it has opened, and its time stays.
    """
    with transaction.atomic():
        room = WaitingRoom.objects.select_for_update().filter(inventory=inventory).first()
        if room is not None and room.state == S.CLOSED:
            room._history_user = who  # type: ignore[attr-defined]
            room.delete()
            room = None
        if room is None:
            room = WaitingRoom(inventory=inventory)
        note_as_it_was(room)
        room._history_user = who  # type: ignore[attr-defined]
        room.most_per_minute, room.admission_minutes = most_per_minute, admission_minutes
        if room.state in (S.PLANNED, S.GATHERING):
            check_opening(inventory=inventory, opens_at=opens_at)
            room.opens_at = opens_at
            plan_room(room=room)
        elif room.opens_at == opens_at:
            room.save(update_fields=["most_per_minute", "admission_minutes"])
        else:
            raise RoomRefused(_("It has opened, and keeps its time; close it to have another."))
    return room
