"""What the site has the seat store do for those who wait before an inventory, and what it asks about them.

The store knows visitors by opaque ids; who they are is known in booking/waiting_room/ alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from django.utils import timezone

from raftstore.client import SeatStoreClient
from raftstore.seats import gate_commands as g

from .asking import ask, execute


@dataclass(frozen=True, slots=True)
class Gate:
    """A waiting room as the store has it; `seed` is empty until it opens.

    Args:
        drawn: how many the seed put in order; they have the places from 1 on.
        front: the place of the first who waits: who has place p has at most p - front before him.
    """

    inventory: str
    commitment: str
    opens_at_ms: int
    seed: str
    drawn: int
    arrived: int
    waiting: int
    admitted: int
    front: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is: `state` is absent, waiting or admitted; `place` is 0 until the gate opens."""

    visitor: str
    state: str
    arrival: int = 0
    place: int = 0
    admitted_until: datetime | None = None

    @property
    def is_admitted(self) -> bool:
        return self.state == g.VisitorState.ADMITTED

    @property
    def is_waiting(self) -> bool:
        return self.state == g.VisitorState.WAITING


def open_gate(*, inventory: str, commitment: str, opens_at: datetime, limit: int, cluster: str | None = None) -> Gate:
    """Let visitors gather. Asked again it changes nothing but what is announced.

    Raises:
        SeatStoreRefused: there is no such inventory, its gate has another commitment, or there are too many gates.
        StoreUnavailable, OutcomeUnknown: ask again.
    """
    command = g.OpenGate(inventory, commitment, round(opens_at.timestamp() * 1000), limit)
    return _gate(execute(command, cluster=cluster, request_id=_once("open-gate", inventory)))


def close_gate(*, inventory: str, cluster: str | None = None) -> None:
    """Nobody waits there any more, nor is let in.

    Raises:
        StoreUnavailable, OutcomeUnknown: ask again.
    """
    execute(g.CloseGate(inventory), cluster=cluster, request_id=_once("close-gate", inventory))


def reveal_gate(*, inventory: str, seed: str, cluster: str | None = None) -> Gate:
    """Open: those who are there are put in the order that the seed gives them. Opening again changes nothing.

    Raises:
        SeatStoreRefused: there is no gate, or its commitment is to another seed.
        StoreUnavailable, OutcomeUnknown: ask again.
    """
    return _gate(execute(g.RevealGate(inventory, seed), cluster=cluster, request_id=_once("reveal-gate", inventory)))


def admit_next(*, inventory: str, count: int, ttl_s: int, request_id: str, cluster: str | None = None) -> Gate:
    """Let the first `count` in, each for `ttl_s`.

    Raises:
        SeatStoreRefused: there is no gate, or it has not opened.
        StoreUnavailable, OutcomeUnknown: ask again with the same request id.
    """
    return _gate(execute(g.AdmitNext(inventory, count, ttl_s * 1000), cluster=cluster, request_id=request_id))


def join_gate(*, inventory: str, visitor: str, cluster: str | None = None) -> Place:
    """Take the last place in the line; who has one keeps it.

    Raises:
        SeatStoreRefused: there is no gate, or it has no room (`code` is gate-full).
        StoreUnavailable, OutcomeUnknown: ask again.
    """
    asked_at = timezone.now()
    outcome = execute(g.JoinGate(inventory, visitor), cluster=cluster, request_id=_once("join", visitor))
    return _place(outcome, asked_at)


def leave_gate(*, inventory: str, visitor: str, cluster: str | None = None) -> None:
    """Give up a place, or an admission.

    Raises:
        SeatStoreRefused: there is no gate.
        StoreUnavailable, OutcomeUnknown: ask again.
    """
    execute(g.LeaveGate(inventory, visitor), cluster=cluster, request_id=_once("leave", visitor))


def gate(inventory: str, visitor: str = "", *, cluster: str | None = None) -> tuple[Gate, Place] | None:
    """A waiting room, and where that visitor is in it, linearizable; None if there is no gate.

    Raises:
        StoreUnavailable: no leader answered.
    """
    asked_at = timezone.now()
    found = ask(lambda client, deadline_s: client.gate(inventory, visitor, deadline_s=deadline_s), cluster=cluster)
    if found is None:
        return None
    view, seen = found
    return _gate(view), Place(visitor, g.VisitorState.ABSENT) if seen is None else _place(seen, asked_at)


def draw_of(inventory: str, *, cluster: str | None = None) -> Iterator[g.DrawnVisitor]:
    """Whom the seed gave which place, in order of place; nobody before the gate opens, or where there is none.

    Raises:
        StoreUnavailable: no leader answered.
    """
    after = 0
    while True:
        page = draw_page(inventory, after=after, limit=0, cluster=cluster)
        yield from page
        if not page:
            return
        after = page[-1].place


def draw_page(inventory: str, *, after: int, limit: int, cluster: str | None = None) -> tuple[g.DrawnVisitor, ...]:
    """The first of those whose place comes after `after`; at most 1,000, and `limit` if that is not 0.

    Raises:
        StoreUnavailable: no leader answered.
    """
    page = ask(partial(_draw, inventory, after, limit), cluster=cluster)
    return page.drawn if page else ()


def _draw(inventory: str, after: int, limit: int, client: SeatStoreClient, deadline_s: float) -> g.DrawPage | None:
    return client.draw(inventory, after=after, limit=limit, deadline_s=deadline_s)


def _gate(view: object) -> Gate:
    assert isinstance(view, g.GateView)
    return Gate(
        view.inventory,
        view.commitment,
        view.opens_wall_ms,
        view.seed,
        view.drawn,
        view.arrived,
        view.waiting,
        view.admitted,
        view.front,
    )


def _place(seen: object, asked_at: datetime) -> Place:
    assert isinstance(seen, g.VisitorView)
    until = None
    if seen.expires_at_ms:
        until = asked_at + timedelta(milliseconds=seen.expires_at_ms - seen.now_ms)
    return Place(seen.visitor, seen.state.value, seen.arrival, seen.place, until)


def _once(what: str, whom: str) -> str:
    """Each does no harm when it is carried out twice, so each is a request of its own."""
    return f"{what}:{whom[:64]}:{uuid4()}"
