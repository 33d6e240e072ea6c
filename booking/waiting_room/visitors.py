"""Who is it that waits, and is it his turn? What somebody shows is never taken for a place: the store is asked.

A visitor is an account, or the browser's session of somebody who has not said who he is. Under which id the store
knows him is computed from that and from the site's secret: nobody can be given, or make up, another's. So a place
cannot be handed on without the account or the session itself, and to look at another's address is to look at one's own
place.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from booking import seatstore
from booking.errors import DomainError
from booking.models import Inventory, WaitingRoom

from .proof import wait_left

S = WaitingRoom.State
_SESSION_KEY: Final = "waiting_room"
_ID_CHARS: Final = 32


class NotYourTurn(DomainError):
    code = "not-your-turn"
    title = gettext_noop("People wait for these seats")

    def __init__(self, inventory: str) -> None:
        super().__init__(_("There is a waiting room before these seats, and it is not your turn yet."))
        self.inventory = inventory

    def extras(self) -> dict[str, Any]:
        return {"inventory": self.inventory}


class WaitingRoomFull(DomainError):
    status = 503
    code = "waiting-room-full"
    title = gettext_noop("The waiting room is full")
    retry_after_s = 30

    def __init__(self) -> None:
        super().__init__(_("So many people wait already that nobody else can join just now. Please come back soon."))


class WaitingRoomNotYet(DomainError):
    code = "waiting-room-not-yet"
    title = gettext_noop("The waiting room has not opened")

    def __init__(self, room: WaitingRoom) -> None:
        super().__init__(_("Nobody can wait here yet. Please come back in the hour before it opens."))
        self.gathers_at = room.gathers_at

    def extras(self) -> dict[str, Any]:
        return {"gathers_at": self.gathers_at.isoformat()}


class ProofNeeded(DomainError):
    """Programs and people without JavaScript are told how long; see proof.py."""

    status = 429
    code = "proof-needed"
    title = gettext_noop("One moment more")

    def __init__(self, left: timedelta) -> None:
        self.retry_after_s = max(1, -(-left // timedelta(seconds=1)))
        super().__init__(_("Please wait %(seconds)s seconds, then join.") % {"seconds": self.retry_after_s})


@dataclass(frozen=True, slots=True)
class Visit:
    """A waiting room as one visitor sees it; `gate` is None until the store knows of it."""

    room: WaitingRoom
    gate: seatstore.Gate | None
    place: seatstore.Place

    @property
    def ahead(self) -> int:
        """How many are before him at most."""
        return max(0, self.place.place - self.gate.front) if self.gate and self.place.is_waiting else 0


def browser_of(session: Any, *, make: bool) -> str:
    """What stands for a browser's session, which keeps it when its visitor logs in; empty if there is none yet."""
    known: str = session.get(_SESSION_KEY, "")
    if not known and make:
        known = session[_SESSION_KEY] = secrets.token_urlsafe(24)
    return known


def visitor_ids(inventory: str, *, user: User | AnonymousUser | None, browser: str) -> list[str]:
    """Under which ids somebody may be known before this inventory; he joins under the first."""
    ids = []
    if user is not None and user.is_authenticated:
        ids.append(_visitor_id(inventory, f"account {user.pk}"))
    if browser:
        ids.append(_visitor_id(inventory, f"browser {browser}"))
    return ids


def _visitor_id(inventory: str, whom: str) -> str:
    digest: str = salted_hmac("booking.waiting_room.visitor", f"{inventory} {whom}", algorithm="sha256").hexdigest()
    return digest[:_ID_CHARS]


def visit(*, room: WaitingRoom, ids: Iterable[str]) -> Visit:
    """Where somebody is, who may be known under several ids: let in under one of them, or waiting under one.

    Raises:
        seatstore.StoreUnavailable: no leader answered.
    """
    best: Visit | None = None
    for visitor in ids or [""]:
        found = seatstore.gate(room.inventory_id, visitor, cluster=room.inventory.cluster)
        gate, place = found or (None, seatstore.Place(visitor, "absent"))
        if best is None or (place.is_admitted, place.is_waiting) > (best.place.is_admitted, best.place.is_waiting):
            best = Visit(room, gate, place)
        if place.is_admitted or gate is None:
            break
    assert best is not None
    return best


def join(*, room: WaitingRoom, ids: list[str], challenge: str, answer: str, now: datetime) -> Visit:
    """Take a place in the line; who has one, or was let in, keeps it.

    Raises:
        ProofNeeded: the challenge is not answered, and not waited for.
        WaitingRoomNotYet, WaitingRoomFull: not now.
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    here = visit(room=room, ids=ids)
    if here.place.is_admitted or here.place.is_waiting:
        return here
    if here.gate is None or now < room.gathers_at:
        raise WaitingRoomNotYet(room)
    left = wait_left(ids[0], challenge, answer, now=now)
    if left is None or left:
        raise ProofNeeded(left or timedelta(seconds=1))
    try:
        seatstore.join_gate(inventory=room.inventory_id, visitor=ids[0], cluster=room.inventory.cluster)
    except seatstore.SeatStoreRefused as refused:
        raise (WaitingRoomFull() if refused.code == "gate-full" else WaitingRoomNotYet(room)) from refused
    return visit(room=room, ids=ids[:1])


def leave(*, room: WaitingRoom, ids: Iterable[str]) -> None:
    """
    Raises:
        seatstore.StoreUnavailable, seatstore.OutcomeUnknown: ask again.
    """
    for visitor in ids:
        try:
            seatstore.leave_gate(inventory=room.inventory_id, visitor=visitor, cluster=room.inventory.cluster)
        except seatstore.SeatStoreRefused:
            return


def check_turn(*, inventory: Inventory, user: User, browser: str = "") -> None:
    """Whether somebody may take seats now. Nothing is asked where there is no waiting room.

    Raises:
        NotYourTurn: others are before him, or his time is over.
        seatstore.StoreUnavailable: no leader answered.
    """
    if inventory.has_waiting_room and not _is_in(inventory, visitor_ids(inventory.pk, user=user, browser=browser)):
        raise NotYourTurn(inventory.pk)


def may_look(*, inventory: Inventory, user: User | AnonymousUser, browser: str) -> bool:
    """Whether somebody is shown the seats. When the store does not answer he is: he can take none.

    Before the sale, and in it, whoever is not let in sees the waiting room instead.
    """
    if not inventory.has_waiting_room:
        return True
    try:
        return _is_in(inventory, visitor_ids(inventory.pk, user=user, browser=browser))
    except seatstore.StoreUnavailable:
        return True


def _is_in(inventory: Inventory, ids: Iterable[str]) -> bool:
    for visitor in ids:
        found = seatstore.gate(inventory.pk, visitor, cluster=inventory.cluster)
        if found and found[1].is_admitted:
            return True
    return False
