"""What can be asked of the seat state machine, and what it answers.

Values only: frozen, comparable, free of wire format. `transport/codec.py` puts them on the wire.
Legs are half-open ranges counted from 0: a train from A to F has legs 0..4, and A->C is [0, 2).
Times are milliseconds of replicated time (see machine.py), durations are milliseconds.
"""

from enum import StrEnum
from typing import NamedTuple

from raftstore.value import value

from .gate_commands import GateCommand, GateOutcome


class HoldState(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class RefusalCode(StrEnum):
    """Why a command could not be carried out, apart from seats that somebody else has."""

    UNKNOWN_INVENTORY = "unknown_inventory"
    INVENTORY_CLOSED = "inventory_closed"
    LAYOUT_CHANGED = "layout_changed"
    INVALID = "invalid"
    UNKNOWN_SEAT = "unknown_seat"
    UNKNOWN_HOLD = "unknown_hold"
    HOLD_ENDED = "hold_ended"
    HOLD_NOT_CONFIRMED = "hold_not_confirmed"
    HOLD_ID_REUSED = "hold_id_reused"
    REQUEST_ID_REUSED = "request_id_reused"
    LIFETIME_EXCEEDED = "lifetime_exceeded"
    SESSION_EXPIRED = "session_expired"
    SEQUENCE_ACKNOWLEDGED = "sequence_acknowledged"
    NO_SEATS = "no_seats"
    UNKNOWN_GATE = "unknown_gate"
    GATE_DIFFERS = "gate_differs"
    GATE_NOT_OPEN = "gate_not_open"
    GATE_FULL = "gate_full"
    TOO_MANY_GATES = "too_many_gates"
    WRONG_SEED = "wrong_seed"


# --- Commands -------------------------------------------------------------------------------------


class SeatPlace(NamedTuple):
    """Where a seat is, for those who leave the choice to the store.

    `zone` is its class or price zone. Seats of one `row` whose `number`s follow each other are neighbours. Each bit of
    `features` is something that may be wished for; whoever opens inventories knows what. Of seats that are alike the
    one with the lowest `rank` goes first.
    """

    zone: str
    row: str
    number: int
    features: int
    rank: int


@value
class OpenInventory:
    """Put named seats over `legs` legs on sale. Opening what is open with the same seats changes nothing.

    `places` has one for each seat, in the same order, or none at all: what is known by name only can be held by name,
    and is chosen from in the order of names. Opened again with other places, an inventory has these from then on.
    """

    inventory: str
    seats: tuple[str, ...]
    legs: int
    places: tuple[SeatPlace, ...] = ()


@value
class CloseInventory:
    """Take an inventory off sale. Holds that exist may still be confirmed, released or cancelled."""

    inventory: str


@value
class Hold:
    """Hold all of `seats` on legs [first_leg, end_leg) for `ttl_ms`, or none of them."""

    inventory: str
    hold: str
    seats: tuple[str, ...]
    first_leg: int
    end_leg: int
    ttl_ms: int


@value
class HoldBest:
    """Hold the best `count` seats (choosing.py) that are free on legs [first_leg, end_leg) for `ttl_ms`, or none.

    Args:
        zones: where they may be; anywhere if none is named.
        must_have: features that each of them needs, and `prefer` those that are welcome.
        together: neighbours or nothing. Otherwise neighbours if there are any.
        movable: whoever has it accepts another seat of this kind, should the store need this one. Only holds of one
            seat are moved.
        repack: if there are none free, others may be moved to make room (repacking.py), unless it is `together`.
    """

    inventory: str
    hold: str
    count: int
    first_leg: int
    end_leg: int
    ttl_ms: int
    zones: tuple[str, ...] = ()
    must_have: int = 0
    prefer: int = 0
    together: bool = False
    movable: bool = False
    repack: bool = False


@value
class Extend:
    """Let a hold live at least `ttl_ms` from now, within its longest lifetime. Never shortens it."""

    hold: str
    ttl_ms: int


@value
class Confirm:
    hold: str


@value
class Release:
    hold: str


@value
class Cancel:
    """Give confirmed seats back; no `seats` means all of the hold's."""

    hold: str
    seats: tuple[str, ...] = ()


@value
class Exchange:
    """Give a confirmed hold back and confirm `new_hold` in its stead, in one step; its own seats count as free.

    `movable` as in HoldBest.
    """

    hold: str
    new_hold: str
    inventory: str
    seats: tuple[str, ...]
    first_leg: int
    end_leg: int
    movable: bool = False


SeatCommand = OpenInventory | CloseInventory | Hold | Extend | Confirm | Release | Cancel | Exchange | HoldBest
Command = SeatCommand | GateCommand


@value
class OpenSession:
    """Let a client number its requests (sessions.py). It draws the request's id, so a retry opens no second session."""


@value
class Request:
    """A command under the id its sender gave it: the same id is carried out once and answered alike while remembered.

    With a `session`, it is that session's request number `sequence`, counted from 1: carried out once and answered
    alike for as long as the session lives and the client has not acknowledged it. What is numbered below
    `acknowledged_below` will not be asked for again.
    """

    request_id: str
    command: Command | OpenSession
    session: int = 0
    sequence: int = 0
    acknowledged_below: int = 0


# --- Outcomes -------------------------------------------------------------------------------------


@value
class Opened:
    inventory: str


@value
class Closed:
    inventory: str


@value
class Held:
    """Also the answer to Extend. `now_ms` is the replicated time of the decision: remaining = expires - now."""

    hold: str
    expires_at_ms: int
    now_ms: int


@value
class Taken:
    """Somebody else has these seats on a wanted leg; nothing was held."""

    conflicts: tuple[str, ...]


@value
class Confirmed:
    hold: str


@value
class Released:
    hold: str


@value
class Cancelled:
    """`seats` are those asked for (all the hold ever had, if none was named), given back now or earlier."""

    hold: str
    seats: tuple[str, ...]


@value
class Exchanged:
    hold: str
    new_hold: str


@value
class SessionOpened:
    """`session` is the session's id, never 0."""

    session: int


@value
class Refused:
    """Nothing changed. `hold_state` tells how a hold ended where the code is HOLD_ENDED."""

    code: RefusalCode
    detail: str
    hold_state: HoldState | None = None


class Move(NamedTuple):
    """A hold has another seat instead of one it had, on all its legs."""

    hold: str
    from_seat: str
    to_seat: str


@value
class BestHeld:
    """The seats that were chosen, and who was moved to make room; times as in Held."""

    hold: str
    seats: tuple[str, ...]
    expires_at_ms: int
    now_ms: int
    moved: tuple[Move, ...] = ()


SeatOutcome = (
    Opened | Closed | Held | Taken | Confirmed | Released | Cancelled | Exchanged | SessionOpened | Refused | BestHeld
)
Outcome = SeatOutcome | GateOutcome


# --- Views and events -----------------------------------------------------------------------------


class EventKind(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    # Of one hold in one entry, first of the seat it leaves, then of the one it takes.
    MOVED_AWAY = "moved_away"
    MOVED_HERE = "moved_here"


@value
class SeatEvent:
    """One step in a seat's life; `held` and `sold` are its leg bitmasks afterwards.

    `index` and `term` are the log entry's; `wall_ms` is the leader's wall clock, for people: expiry goes by replicated
    time alone.
    """

    index: int
    term: int
    ordinal: int
    wall_ms: int
    inventory: str
    seat: str
    kind: EventKind
    hold: str
    first_leg: int
    end_leg: int
    held: int
    sold: int


@value
class SeatMap:
    """An inventory as of log `index`; `held` and `sold` map only the seats that are not wholly free to leg bitmasks.

    `cluster` says whose log that is, where a client asked; the machine itself knows of one only, and says 0.
    """

    inventory: str
    index: int
    open: bool
    legs: int
    seat_count: int
    held: dict[str, int]
    sold: dict[str, int]
    cluster: int = 0


@value
class HoldView:
    """A hold as of `now_ms` of replicated time; `seats` are those it still has, `movable` as in HoldBest."""

    hold: str
    inventory: str
    state: HoldState
    seats: tuple[str, ...]
    first_leg: int
    end_leg: int
    expires_at_ms: int
    now_ms: int
    movable: bool = False
