"""The only door to the seat store: domain values in, domain errors out. Nobody else knows that gRPC exists.

Every call is one command or query with a deadline (settings.SEAT_STORE_DEADLINE_S), and none may be made inside a
database transaction: a transaction that waits for another machine holds its locks for as long.
"""

import asyncio
import functools
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connections
from django.utils import timezone

from raftstore import errors
from raftstore.client import SeatStoreClient
from raftstore.seats import commands as c
from raftstore.transport.security import load_security_if_given

from .seatstore_errors import (
    HoldEnded,
    OutcomeUnknown,
    SeatsTaken,
    SeatStoreError,
    SeatStoreRefused,
    StoreUnavailable,
)
from .seatstore_values import Availability, HoldSnapshot, SeatChange, WatchReset

__all__ = [
    "Availability",
    "HoldEnded",
    "HoldSnapshot",
    "OutcomeUnknown",
    "SeatChange",
    "SeatStoreError",
    "SeatStoreRefused",
    "SeatsTaken",
    "StoreUnavailable",
    "WatchReset",
]

T = TypeVar("T")

RETRY_AFTER_S = 1
# A page that shows free seats waits this long for them, and while the store is away asks only now and then.
QUERY_DEADLINE_S = 2.0
QUERY_PAUSE_S = 1.0
WATCH_QUEUE_LIMIT = 1_000

# --- Commands -------------------------------------------------------------------------------------


def open_inventory(*, inventory: str, seats: Sequence[str], legs: int) -> None:
    """Put seats on sale; opening again with the same seats changes nothing.

    Raises:
        SeatStoreRefused: the inventory exists with other seats, or is not valid.
        StoreUnavailable, OutcomeUnknown: ask again.
    """
    _execute(c.OpenInventory(inventory, tuple(seats), legs), _once("open", inventory))


def close_inventory(*, inventory: str) -> None:
    """Take seats off sale; what is held or sold stays so.

    Raises:
        SeatStoreRefused: there is no such inventory.
        StoreUnavailable, OutcomeUnknown: ask again.
    """
    _execute(c.CloseInventory(inventory), _once("close", inventory))


def hold_seats(
    *,
    inventory: str,
    hold_id: UUID | str,
    seats: Sequence[str],
    first_leg: int,
    end_leg: int,
    ttl_s: int,
    request_id: str,
) -> datetime:
    """Hold all the seats on legs [first_leg, end_leg), or none. Returns until when.

    Raises:
        SeatsTaken: somebody else has some of them; it names which.
        SeatStoreRefused: unknown seats or legs, or the inventory is not on sale.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    command = c.Hold(inventory, str(hold_id), tuple(seats), first_leg, end_leg, ttl_s * 1000)
    return _held_until(command, request_id)


def extend_hold(*, hold_id: UUID | str, ttl_s: int, request_id: str) -> datetime:
    """Let a hold live at least `ttl_s` from now. Returns until when; never earlier than before.

    Raises:
        HoldEnded: it was confirmed, released or expired before.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    return _held_until(c.Extend(str(hold_id), ttl_s * 1000), request_id)


def confirm_hold(*, hold_id: UUID | str, request_id: str) -> None:
    """Make a hold a sale; a hold that is confirmed already stays so.

    Raises:
        HoldEnded: it expired or was released before.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    _execute(c.Confirm(str(hold_id)), request_id)


def release_hold(*, hold_id: UUID | str, request_id: str) -> None:
    """Give held seats back; a hold that ended already stays so.

    Raises:
        HoldEnded: it is confirmed; sold seats are given back by cancel_seats.
        SeatStoreRefused: there never was such a hold, or it ended long ago.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    _execute(c.Release(str(hold_id)), request_id)


def cancel_seats(*, hold_id: UUID | str, seats: Sequence[str] = (), request_id: str) -> tuple[str, ...]:
    """Give sold seats back, all of them if none is named. Returns those, given back before or now.

    Raises:
        SeatStoreRefused: the hold was never confirmed, or has no such seat.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    outcome = _execute(c.Cancel(str(hold_id), tuple(seats)), request_id)
    assert isinstance(outcome, c.Cancelled)
    return outcome.seats


# --- Queries --------------------------------------------------------------------------------------


def availability(inventory: str) -> Availability:
    """What is taken now (linearizable).

    Raises:
        SeatStoreRefused: there is no such inventory.
        StoreUnavailable: no leader answered.
    """
    view = _ask(lambda client, deadline_s: client.seat_map(inventory, deadline_s=deadline_s))
    if view is None:
        raise SeatStoreRefused(c.RefusalCode.UNKNOWN_INVENTORY, f"The seat store knows no inventory {inventory}.")
    return Availability(inventory, view.index, view.open, view.legs, view.held, view.sold)


def hold(hold_id: UUID | str) -> HoldSnapshot | None:
    """A hold as it is now (linearizable); None if it never was, or ended long ago.

    Raises:
        StoreUnavailable: no leader answered.
    """
    asked_at = timezone.now()
    view = _ask(lambda client, deadline_s: client.hold(str(hold_id), deadline_s=deadline_s))
    if view is None:
        return None
    held_until = asked_at + timedelta(milliseconds=view.expires_at_ms - view.now_ms)
    return HoldSnapshot(
        view.hold, view.inventory, view.state.value, view.seats, view.first_leg, view.end_leg, held_until
    )


async def watch() -> AsyncIterator[list[SeatChange] | WatchReset]:
    """Seat changes, across failures of nodes. What comes first is a WatchReset: maps read before it may lack something.

    A reader too slow for its queue gets a WatchReset too.
    """
    loop = asyncio.get_running_loop()
    queue: deque[list[SeatChange] | WatchReset] = deque()
    arrived = asyncio.Event()

    def receive(news: list[SeatChange] | WatchReset, index: int | None) -> None:
        if len(queue) >= WATCH_QUEUE_LIMIT:
            # A reset that counted for every map must not become one that counts for older ones only.
            everything = any(isinstance(waiting, WatchReset) and waiting.index is None for waiting in queue)
            queue.clear()
            news = WatchReset(None if everything else index)
        queue.append(news)
        arrived.set()

    begun = False

    def tell(index: int | None, events: Sequence[c.SeatEvent], reset: bool) -> None:
        nonlocal begun
        reset, begun = reset or not begun, True
        changes = [SeatChange(e.inventory, e.index, e.seat, e.held, e.sold) for e in events]
        if reset or changes:
            loop.call_soon_threadsafe(receive, WatchReset(index) if reset else changes, index)

    end = _client().watch(tell)
    try:
        while True:
            while queue:
                yield queue.popleft()
            arrived.clear()
            await arrived.wait()
    finally:
        end()


# --- Inside the door ------------------------------------------------------------------------------


@functools.cache
def _client_of(addresses: tuple[str, ...], authority: str, certificate: str, key: str) -> SeatStoreClient:
    security = load_security_if_given(
        authority=Path(authority) if authority else None,
        certificate=Path(certificate) if certificate else None,
        key=Path(key) if key else None,
    )
    return SeatStoreClient(addresses, security=security)


def _client() -> SeatStoreClient:
    """The process's one client; made at first use, so after a server has forked."""
    return _client_of(
        tuple(settings.SEAT_STORE_ADDRESSES),
        settings.SEAT_STORE_TLS_CA,
        settings.SEAT_STORE_TLS_CERT,
        settings.SEAT_STORE_TLS_KEY,
    )


def _forbid_transaction() -> None:
    """No lock may be held while another machine is asked; a test's own wrapping transaction does not count."""
    for connection in connections.all(initialized_only=True):
        if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
            raise RuntimeError("The seat store was called inside a database transaction; commit first.")


def _execute(command: c.Command, request_id: str) -> c.Outcome:
    _forbid_transaction()
    client = _client()
    try:
        outcome = client.execute(command, request_id=request_id, deadline_s=settings.SEAT_STORE_DEADLINE_S)
    except errors.RequestTooLarge as error:
        raise SeatStoreRefused(
            "too_large", "This has more seats, or longer names, than the seat store takes."
        ) from error
    except errors.OutcomeUnknown as error:
        raise OutcomeUnknown("The seat store did not answer in time; send the same request again.") from error
    except errors.RaftstoreError as error:
        raise _unavailable(error) from error
    match outcome:
        case c.Taken(conflicts):
            raise SeatsTaken(conflicts)
        case c.Refused(c.RefusalCode.HOLD_ENDED, _, state) if state is not None:
            raise HoldEnded(state.value)
        case c.Refused(code, detail):
            raise SeatStoreRefused(code.value, detail)
    return outcome


class _Breaker:
    """After a query in vain nobody asks for a moment, so that a page with many maps waits once, not for each."""

    def __init__(self) -> None:
        self._closed_until_s = 0.0

    def check(self) -> None:
        if time.monotonic() < self._closed_until_s:
            raise StoreUnavailable("The seat store did not answer a moment ago.", RETRY_AFTER_S)

    def trip(self) -> None:
        self._closed_until_s = time.monotonic() + QUERY_PAUSE_S


_breaker = _Breaker()


def _ask(query: Callable[[SeatStoreClient, float], T]) -> T:
    """Ask for something that may be shown as unknown: never waits as long as a command does."""
    _forbid_transaction()
    _breaker.check()
    client = _client()
    try:
        return query(client, min(QUERY_DEADLINE_S, settings.SEAT_STORE_DEADLINE_S))
    except errors.RaftstoreError as error:
        _breaker.trip()
        raise _unavailable(error) from error


def _unavailable(error: errors.RaftstoreError) -> StoreUnavailable:
    retry_after_s = RETRY_AFTER_S
    if isinstance(error, errors.StoreOverloaded):
        retry_after_s = max(RETRY_AFTER_S, -(-error.retry_after_ms // 1000))
    return StoreUnavailable("The seat store cannot answer right now; nothing was changed.", retry_after_s)


def _once(verb: str, inventory: str) -> str:
    """A request id for a command that may be repeated at will, because the second time changes nothing."""
    return f"{verb}:{inventory}:{uuid4()}"


def _held_until(command: c.Hold | c.Extend, request_id: str) -> datetime:
    """Carry out the command; until when the seats are held, on this machine's clock.

    The time that remained at the decision is counted from before it was asked for, so that the hold may live longer
    than shown, but never less, however long the answer took.
    """
    asked_at = timezone.now()
    outcome = _execute(command, request_id)
    assert isinstance(outcome, c.Held)
    return asked_at + timedelta(milliseconds=outcome.expires_at_ms - outcome.now_ms)
