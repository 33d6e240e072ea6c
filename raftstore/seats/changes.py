"""The state machine's state as rows: what a checkpoint stores, and what a machine is rebuilt from.

Rows are immutable and name seats, so they can be written by another thread while the machine goes on. They hold
replicated facts only: at the same applied index they are equal on every node.
"""

from typing import NamedTuple

from raftstore.value import value

from .chain import EMPTY_CHAIN
from .commands import HoldState, Outcome, SeatEvent, SeatPlace


class LayoutRow(NamedTuple):
    """Seats and their places, which inventories share; `layout` is a hash of them."""

    layout: str
    seats: tuple[str, ...]
    places: tuple[SeatPlace, ...]


class InventoryRow(NamedTuple):
    inventory: str
    legs: int
    open: bool
    opened_index: int
    layout: str


class HoldRow(NamedTuple):
    """`seats` as asked for, `kept` those it still has.

    (ended_index, ended_ordinal) is the last event of a hold that ended, and (0, 0) until then.
    """

    hold: str
    inventory: str
    state: HoldState
    seats: tuple[str, ...]
    kept: tuple[str, ...]
    first_leg: int
    end_leg: int
    created_ms: int
    expires_at_ms: int
    ended_index: int
    ended_ordinal: int
    movable: bool


class RequestRow(NamedTuple):
    """The answer to a request, which was the `ordinal`-th of the entry at `log_index`."""

    request_id: str
    log_index: int
    ordinal: int
    time_ms: int
    fingerprint: bytes
    outcome: Outcome


class SessionRow(NamedTuple):
    """A client's session; (used_index, used_ordinal) is the first of its requests in the latest entry that had any."""

    session: int
    acknowledged_below: int
    used_index: int
    used_ordinal: int
    used_ms: int


class AnswerRow(NamedTuple):
    """The answer to request number `sequence` of a session, which its client may ask for again."""

    session: int
    sequence: int
    answer: RequestRow


class GateRow(NamedTuple):
    """A waiting room; see gate_commands.GateView. `seed` is empty until it opens."""

    inventory: str
    commitment: str
    opens_wall_ms: int
    limit: int
    seed: str
    arrived: int
    last_place: int


class VisitorRow(NamedTuple):
    """Who waits, or was let in until `expires_at_ms`, which is 0 while he waits; `place` is 0 before the gate opens."""

    inventory: str
    visitor: str
    arrival: int
    place: int
    expires_at_ms: int


class DrawRow(NamedTuple):
    """Which place a gate's seed gave to whom; never changes."""

    inventory: str
    place: int
    arrival: int
    visitor: str


class TouchedGates(NamedTuple):
    """What became of waiting rooms. What was `closed` is forgotten with all who were there, before the rest is so."""

    gates: tuple[GateRow, ...] = ()
    closed: tuple[str, ...] = ()
    visitors: tuple[VisitorRow, ...] = ()
    gone: tuple[tuple[str, str], ...] = ()
    draws: tuple[DrawRow, ...] = ()


@value
class Changes:
    """What became of the state up to `applied_index`: since the last time it was asked, or since the beginning.

    Which seats are taken is not among it: the holds say so. When it is the whole state, layouts and holds are in order
    of id, requests in order of (log_index, ordinal), sessions in order of last use, answers in order of (session,
    sequence), gates in order of inventory, their visitors by (inventory, arrival) and draws by (inventory, place).

    Args:
        chain: the hash over every entry applied, and `trace` over what they caused (chain.py).
        membership: who belongs to the cluster, encoded, as of the latest CONFIG entry; empty if there was none.
        requests_kept_from: answers given in entries before this one are forgotten.
        sessions: what the new `acknowledged_below` of one covers is forgotten with it.
    """

    applied_index: int
    applied_term: int
    time_ms: int
    chain: bytes = EMPTY_CHAIN
    trace: bytes = EMPTY_CHAIN
    membership: bytes = b""
    layouts: tuple[LayoutRow, ...] = ()
    inventories: tuple[InventoryRow, ...] = ()
    holds: tuple[HoldRow, ...] = ()
    holds_forgotten: tuple[str, ...] = ()
    requests: tuple[RequestRow, ...] = ()
    requests_kept_from: int = 0
    sessions: tuple[SessionRow, ...] = ()
    sessions_forgotten: tuple[int, ...] = ()
    answers: tuple[AnswerRow, ...] = ()
    events: tuple[SeatEvent, ...] = ()
    waiting: TouchedGates = TouchedGates()
