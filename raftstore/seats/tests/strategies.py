"""Random entries about a few seats and a few holds, so that they meet each other often."""

from dataclasses import dataclass, replace

from hypothesis import strategies as st

from raftstore.seats.commands import (
    Cancel,
    CloseInventory,
    Confirm,
    Exchange,
    Extend,
    Hold,
    HoldBest,
    OpenInventory,
    OpenSession,
    Release,
    Request,
    SeatCommand,
    SeatPlace,
    SessionOpened,
)
from raftstore.seats.gate_commands import (
    AdmitNext,
    CloseGate,
    GateCommand,
    JoinGate,
    LeaveGate,
    OpenGate,
    RevealGate,
)
from raftstore.seats.gates import commitment_to
from raftstore.seats.machine import Applied, SeatMachine

from .store import apply_next

SEATS = ("A", "B", "C")
LEGS = 3
# B and C are neighbours; the last seat goes first.
PLACES = tuple(SeatPlace("12"[at > 0], "r", at + (at > 0), at % 2, 3 - at) for at in range(3))

_inventories = st.sampled_from(["day", "night"])
_holds = st.sampled_from([f"h{number}" for number in range(6)])
_seats = st.lists(st.sampled_from(SEATS), min_size=1, max_size=3, unique=True).map(tuple)
_legs = st.sampled_from([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
_ttls_ms = st.sampled_from([100, 500, 2_000])

commands: st.SearchStrategy[SeatCommand] = st.one_of(
    st.builds(
        lambda inventory, hold, seats, legs, ttl_ms: Hold(inventory, hold, seats, *legs, ttl_ms),
        _inventories,
        _holds,
        _seats,
        _legs,
        _ttls_ms,
    ),
    st.builds(
        lambda inventory, hold, count, legs, ttl_ms, zones, must_have, together, movable, repack: HoldBest(
            inventory, hold, count, *legs, ttl_ms, zones, must_have, 0, together, movable, repack
        ),
        _inventories,
        _holds,
        st.integers(1, 3),
        _legs,
        _ttls_ms,
        st.sampled_from([(), (), ("2",)]),
        st.sampled_from([0, 0, 1]),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(Confirm, _holds),
    st.builds(Extend, _holds, _ttls_ms),
    st.builds(Release, _holds),
    st.builds(Cancel, _holds, st.one_of(st.just(()), _seats)),
    st.builds(
        lambda hold, new_hold, inventory, seats, legs, movable: Exchange(
            hold, new_hold, inventory, seats, *legs, movable
        ),
        _holds,
        _holds,
        _inventories,
        _seats,
        _legs,
        st.booleans(),
    ),
    st.builds(OpenInventory, _inventories, st.just(SEATS), st.just(LEGS), st.sampled_from([(), PLACES])),
    st.builds(CloseInventory, _inventories),
)
SEED = "a seed"
_visitors = st.sampled_from([f"v{number}" for number in range(5)])
gate_commands: st.SearchStrategy[GateCommand] = st.one_of(
    st.builds(OpenGate, _inventories, st.just(commitment_to(SEED)), st.just(1), st.sampled_from([3, 3, 3, 4])),
    st.builds(JoinGate, _inventories, _visitors),
    st.builds(JoinGate, _inventories, _visitors),
    st.builds(LeaveGate, _inventories, _visitors),
    st.builds(RevealGate, _inventories, st.sampled_from([SEED, SEED, "another"])),
    st.builds(AdmitNext, _inventories, st.integers(1, 3), _ttls_ms),
    st.builds(CloseGate, _inventories),
)


@dataclass(frozen=True, slots=True)
class RandomEntry:
    """`elapsed_ms` may be negative, as it is when a new leader's clock is behind."""

    elapsed_ms: int
    requests: tuple[Request, ...]


_request_ids = st.integers(0, 40).map(lambda number: f"r{number}")
_openings = st.integers(1, 4).map(lambda number: Request(f"opening-{number}", OpenSession()))
_acknowledged = st.sampled_from([0, 0, 0, 1, 2, 3, 5])
_requests = st.one_of(
    st.builds(Request, _request_ids, commands),
    st.builds(Request, st.integers(41, 80).map(lambda number: f"r{number}"), gate_commands),
    # Until `histories` knows better, a session is the how-manieth that was opened.
    st.builds(Request, _request_ids, commands, st.integers(1, 4), st.integers(1, 6), _acknowledged),
    _openings,
)
_elapsed_ms = st.sampled_from([0, 0, 0, 1, 100, 400, -200])
OPENING = RandomEntry(0, (Request("open-day", OpenInventory("day", SEATS, LEGS)),))


def _entries(known: list[Request]) -> st.SearchStrategy[list[RandomEntry]]:
    """Entries in which the known requests come again and again."""
    requests = st.lists(st.sampled_from(known) | _requests, max_size=4).map(tuple)
    return st.lists(st.builds(RandomEntry, _elapsed_ms, requests), max_size=25)


def feed(machine: SeatMachine, history: list[RandomEntry]) -> list[Applied]:
    """Apply the entries of a history that the machine does not have yet."""
    now_ms = 0
    applied = []
    for index, entry in enumerate(history, start=1):
        now_ms += entry.elapsed_ms
        if index > machine.applied_index:
            applied.append(apply_next(machine, *entry.requests, term=1 + index // 10, time_ms=now_ms))
    return applied


def _with_session_ids(history: list[RandomEntry]) -> list[RandomEntry]:
    """The same history, its sessions called by the ids they get; one that is not open yet by an id of nobody's."""
    machine = SeatMachine()
    ids = [0]
    resolved: list[RandomEntry] = []
    for entry in history:
        numbers = dict(enumerate(ids))
        requests = tuple(replace(request, session=numbers.get(request.session, 7)) for request in entry.requests)
        resolved.append(RandomEntry(entry.elapsed_ms, requests))
        for outcome in feed(machine, resolved)[-1].outcomes:
            if isinstance(outcome, SessionOpened) and outcome.session not in ids:
                ids.append(outcome.session)
    return resolved


histories = (
    st.lists(_requests, min_size=1, max_size=8)
    .flatmap(_entries)
    .map(lambda entries: _with_session_ids([OPENING, *entries]))
)
