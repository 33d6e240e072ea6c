"""What can be asked of a waiting room, and what it answers: a gate before an inventory, and the line of visitors there.

A gate gathers whoever comes before it opens; then the line is drawn (gates.py), and from then on it grows at its end.
The store knows visitors by opaque ids alone. Values only, as in commands.py.
"""

from enum import StrEnum
from typing import NamedTuple

from raftstore.value import value


class VisitorState(StrEnum):
    # Never came, left, or the time to go in is over.
    ABSENT = "absent"
    WAITING = "waiting"
    ADMITTED = "admitted"


# --- Commands -------------------------------------------------------------------------------------


@value
class OpenGate:
    """Let visitors gather before an inventory. Asked again alike, nothing changes.

    Args:
        commitment: SHA-256, in hexadecimal, of the seed that the line will be drawn with: it is fixed before anybody
            comes.
        opens_wall_ms: when that is announced for, milliseconds since 1970. For people: RevealGate decides.
        limit: how many may wait or be admitted at once.
    """

    inventory: str
    commitment: str
    opens_wall_ms: int
    limit: int


@value
class CloseGate:
    """Nobody waits any more, and all is forgotten. Closing what is not there changes nothing."""

    inventory: str


@value
class JoinGate:
    """Take the last place in the line; who has one keeps it."""

    inventory: str
    visitor: str


@value
class LeaveGate:
    """Give up a place, or an admission."""

    inventory: str
    visitor: str


@value
class RevealGate:
    """Open: those who are there are put in the order that the seed gives them."""

    inventory: str
    seed: str


@value
class AdmitNext:
    """Let the first `count` in, each for `ttl_ms`."""

    inventory: str
    count: int
    ttl_ms: int


GateCommand = OpenGate | CloseGate | JoinGate | LeaveGate | RevealGate | AdmitNext


# --- Outcomes and views ---------------------------------------------------------------------------


@value
class GateView:
    """A gate; `seed` is empty until it opens.

    Args:
        drawn: how many the seed put in order; they have the places from 1 on.
        arrived: how many ever joined.
        waiting: how many wait, and `admitted` how many are let in just now.
        front: the place of the first who waits, or the next to be given: who has place p has at most p - front before
            him.
    """

    inventory: str
    commitment: str
    opens_wall_ms: int
    limit: int
    seed: str
    drawn: int
    arrived: int
    waiting: int
    admitted: int
    front: int


@value
class VisitorView:
    """Somebody at a gate, as of `now_ms` of replicated time.

    Args:
        arrival: the how-manieth to join, from 1; 0 if absent.
        place: in the line, from 1; 0 before the gate opens, or if absent. It never changes.
        expires_at_ms: until when he is admitted, in replicated time; 0 if he is not.
    """

    inventory: str
    visitor: str
    state: VisitorState
    arrival: int
    place: int
    expires_at_ms: int
    now_ms: int


@value
class GateClosed:
    inventory: str


GateOutcome = GateView | VisitorView | GateClosed


class DrawnVisitor(NamedTuple):
    """One who was there when the gate opened: the `arrival`-th to join got this place."""

    place: int
    arrival: int
    visitor: str


@value
class DrawPage:
    """A page of a gate's draw in order of place, and what it can be checked with; `more` follow."""

    gate: GateView
    drawn: tuple[DrawnVisitor, ...]
    more: bool
