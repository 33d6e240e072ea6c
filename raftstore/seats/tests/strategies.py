"""Random entries about a few seats and a few holds, so that they meet each other often."""

from dataclasses import dataclass

from hypothesis import strategies as st

from raftstore.seats.commands import (
    Cancel,
    CloseInventory,
    Command,
    Confirm,
    Exchange,
    Extend,
    Hold,
    OpenInventory,
    Release,
    Request,
)

SEATS = ("A", "B", "C")
LEGS = 3

_inventories = st.sampled_from(["day", "night"])
_holds = st.sampled_from([f"h{number}" for number in range(6)])
_seats = st.lists(st.sampled_from(SEATS), min_size=1, max_size=3, unique=True).map(tuple)
_legs = st.sampled_from([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)])
_ttls_ms = st.sampled_from([100, 500, 2_000])

commands: st.SearchStrategy[Command] = st.one_of(
    st.builds(
        lambda inventory, hold, seats, legs, ttl_ms: Hold(inventory, hold, seats, *legs, ttl_ms),
        _inventories,
        _holds,
        _seats,
        _legs,
        _ttls_ms,
    ),
    st.builds(Confirm, _holds),
    st.builds(Extend, _holds, _ttls_ms),
    st.builds(Release, _holds),
    st.builds(Cancel, _holds, st.one_of(st.just(()), _seats)),
    st.builds(
        lambda hold, new_hold, inventory, seats, legs: Exchange(hold, new_hold, inventory, seats, *legs),
        _holds,
        _holds,
        _inventories,
        _seats,
        _legs,
    ),
    st.builds(OpenInventory, _inventories, st.just(SEATS), st.just(LEGS)),
    st.builds(CloseInventory, _inventories),
)


@dataclass(frozen=True, slots=True)
class RandomEntry:
    """`elapsed_ms` may be negative, as it is when a new leader's clock is behind."""

    elapsed_ms: int
    requests: tuple[Request, ...]


_request_ids = st.integers(0, 40).map(lambda number: f"r{number}")
_entries = st.builds(
    RandomEntry,
    st.sampled_from([0, 0, 0, 1, 100, 400, -200]),
    st.lists(st.builds(Request, _request_ids, commands), max_size=4).map(tuple),
)
OPENING = RandomEntry(0, (Request("open-day", OpenInventory("day", SEATS, LEGS)),))

histories = st.lists(_entries, max_size=25).map(lambda entries: [OPENING, *entries])
