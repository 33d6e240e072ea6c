"""What the site has the seat store do: put seats on sale, hold them, sell them, take them back."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.utils import timezone

from raftstore.seats import commands as c

from .asking import execute
from .errors import NoSeatsFound, SeatStoreRefused
from .values import FEATURES, BestHeld, MovedSeat, SeatPlace, feature_bits

NO_SEATS = "no-seats"

# --- Inventories ----------------------------------------------------------------------------------


def open_inventory(
    *, inventory: str, seats: Sequence[str], legs: int, places: Sequence[SeatPlace] = (), cluster: str | None = None
) -> None:
    """Put seats on sale; opening again with the same seats changes nothing but their places.

    Without `places`, of which there is one for each seat, they can be held by name alone.

    Raises:
        SeatStoreRefused: the inventory exists with other seats, or is not valid.
        StoreUnavailable, OutcomeUnknown: ask again.
    """
    # What nobody may wish for need not be known.
    where = [
        c.SeatPlace(p.zone, p.row, p.number, feature_bits(p.features.intersection(FEATURES)), p.rank) for p in places
    ]
    command = c.OpenInventory(inventory, tuple(seats), legs, tuple(where))
    execute(command, cluster=cluster, request_id=_once("open", inventory))


def close_inventory(*, inventory: str, cluster: str | None = None) -> None:
    """Take seats off sale; what is held or sold stays so.

    Raises:
        SeatStoreRefused: there is no such inventory.
        StoreUnavailable, OutcomeUnknown: ask again.
    """
    execute(c.CloseInventory(inventory), cluster=cluster, request_id=_once("close", inventory))


# --- Holds ----------------------------------------------------------------------------------------


def hold_seats(
    *,
    inventory: str,
    hold_id: UUID | str,
    seats: Sequence[str],
    first_leg: int,
    end_leg: int,
    ttl_s: int,
    request_id: str,
    cluster: str | None = None,
) -> datetime:
    """Hold all the seats on legs [first_leg, end_leg), or none. Returns until when.

    Raises:
        SeatsTaken: somebody else has some of them; it names which.
        SeatStoreRefused: unknown seats or legs, or the inventory is not on sale.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    command = c.Hold(inventory, str(hold_id), tuple(seats), first_leg, end_leg, ttl_s * 1000)
    return _held_until(command, cluster, request_id)


def hold_best(
    *,
    inventory: str,
    hold_id: UUID | str,
    count: int,
    first_leg: int,
    end_leg: int,
    ttl_s: int,
    request_id: str,
    zones: Sequence[str] = (),
    must_have: Sequence[str] = (),
    prefer: Sequence[str] = (),
    together: bool = False,
    movable: bool = False,
    repack: bool = False,
    cluster: str | None = None,
) -> BestHeld:
    """Hold the best `count` seats (1 to 10) that are free on legs [first_leg, end_leg), or none: the store chooses.

    Args:
        zones: codes of the classes or price zones that will do; any if none is named.
        must_have, prefer: features (FEATURES in values.py) that each seat needs, and that would be welcome.
        together: neighbours in one row or nothing; otherwise neighbours if there are any.
        movable: the customer accepts another seat of the same kind later, should somebody else need this one.
        repack: if none is free all the way, others who are movable may be moved to make room; the answer names them.

    Raises:
        NoSeatsFound: there are not as many of this kind.
        ValueError: a feature that there is not.
        SeatStoreRefused: there is no such inventory or leg, or it is not on sale.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    command = c.HoldBest(
        inventory,
        str(hold_id),
        count,
        first_leg,
        end_leg,
        ttl_s * 1000,
        zones=tuple(zones),
        must_have=feature_bits(must_have),
        prefer=feature_bits(prefer),
        together=together,
        movable=movable,
        repack=repack,
    )
    asked_at = timezone.now()
    try:
        outcome = execute(command, cluster=cluster, request_id=request_id)
    except SeatStoreRefused as refused:
        if refused.code == NO_SEATS:
            raise NoSeatsFound(count, together=together) from None
        raise
    assert isinstance(outcome, c.BestHeld)
    moved = tuple([MovedSeat(move.hold, move.from_seat, move.to_seat) for move in outcome.moved])
    return BestHeld(outcome.seats, _until(asked_at, outcome), moved)


def extend_hold(*, hold_id: UUID | str, ttl_s: int, request_id: str, cluster: str | None = None) -> datetime:
    """Let a hold live at least `ttl_s` from now. Returns until when; never earlier than before.

    Raises:
        HoldEnded: it was confirmed, released or expired before.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    return _held_until(c.Extend(str(hold_id), ttl_s * 1000), cluster, request_id)


def confirm_hold(*, hold_id: UUID | str, request_id: str, cluster: str | None = None) -> None:
    """Make a hold a sale; a hold that is confirmed already stays so.

    Raises:
        HoldEnded: it expired or was released before.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    execute(c.Confirm(str(hold_id)), cluster=cluster, request_id=request_id)


def release_hold(*, hold_id: UUID | str, request_id: str, cluster: str | None = None) -> None:
    """Give held seats back; a hold that ended already stays so.

    Raises:
        HoldEnded: it is confirmed; sold seats are given back by cancel_seats.
        SeatStoreRefused: there never was such a hold, or it ended long ago.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    execute(c.Release(str(hold_id)), cluster=cluster, request_id=request_id)


def cancel_seats(
    *, hold_id: UUID | str, seats: Sequence[str] = (), request_id: str, cluster: str | None = None
) -> tuple[str, ...]:
    """Give sold seats back, all of them if none is named. Returns those, given back before or now.

    Raises:
        SeatStoreRefused: the hold was never confirmed, or has no such seat.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    outcome = execute(c.Cancel(str(hold_id), tuple(seats)), cluster=cluster, request_id=request_id)
    assert isinstance(outcome, c.Cancelled)
    return outcome.seats


def exchange_hold(
    *,
    hold_id: UUID | str,
    new_hold_id: UUID | str,
    inventory: str,
    seats: Sequence[str],
    first_leg: int,
    end_leg: int,
    request_id: str,
    movable: bool = False,
    cluster: str | None = None,
) -> None:
    """Give a sold hold back and sell `seats` to a new one, in one step; the old one's seats count as free.

    `movable` as in hold_best, of the new hold.

    Raises:
        SeatsTaken: somebody else has some of them; nothing was changed.
        SeatStoreRefused: the old hold is not sold, the new one's id was used before, or the inventory is not on sale.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    command = c.Exchange(str(hold_id), str(new_hold_id), inventory, tuple(seats), first_leg, end_leg, movable)
    execute(command, cluster=cluster, request_id=request_id)


def _once(verb: str, inventory: str) -> str:
    """A request id for a command that may be repeated at will, because the second time changes nothing."""
    return f"{verb}:{inventory}:{uuid4()}"


def _held_until(command: c.Hold | c.Extend, cluster: str | None, request_id: str) -> datetime:
    """Carry out the command; until when the seats are held, on this machine's clock.

    The time that remained at the decision is counted from before it was asked for, so that the hold may live longer
    than shown, but never less, however long the answer took.
    """
    asked_at = timezone.now()
    outcome = execute(command, cluster=cluster, request_id=request_id)
    assert isinstance(outcome, c.Held)
    return _until(asked_at, outcome)


def _until(asked_at: datetime, outcome: c.Held | c.BestHeld) -> datetime:
    return asked_at + timedelta(milliseconds=outcome.expires_at_ms - outcome.now_ms)
