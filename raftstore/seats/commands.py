"""What can be asked of the seat state machine, and what it answers.

Values only: frozen, comparable, free of wire format. `transport/codec.py` puts them on the wire.
Legs are half-open ranges counted from 0: a train from A to F has legs 0..4, and A->C is [0, 2).
Times are milliseconds of replicated time (see machine.py), durations are milliseconds.
"""

from enum import StrEnum

from raftstore.value import value


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


# --- Commands -------------------------------------------------------------------------------------


@value
class OpenInventory:
    """Put named seats over `legs` legs on sale. Opening what is open with the same seats changes nothing."""

    inventory: str
    seats: tuple[str, ...]
    legs: int


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
    """Give a confirmed hold back and confirm `new_hold` in its stead, in one step; its own seats count as free."""

    hold: str
    new_hold: str
    inventory: str
    seats: tuple[str, ...]
    first_leg: int
    end_leg: int


Command = OpenInventory | CloseInventory | Hold | Extend | Confirm | Release | Cancel | Exchange


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


Outcome = Opened | Closed | Held | Taken | Confirmed | Released | Cancelled | Exchanged | SessionOpened | Refused


# --- Views and events -----------------------------------------------------------------------------


class EventKind(StrEnum):
    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


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
    """A hold as of `now_ms` of replicated time; `seats` are those it still has."""

    hold: str
    inventory: str
    state: HoldState
    seats: tuple[str, ...]
    first_leg: int
    end_leg: int
    expires_at_ms: int
    now_ms: int
