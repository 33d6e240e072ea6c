"""How much of everything the state machine takes, and what is refused before any seat is looked at.

Every node must refuse the same commands, so a limit may change only with a version of the log's format.
"""

import re
from collections.abc import Sequence
from typing import assert_never

from .commands import (
    Cancel,
    CloseInventory,
    Command,
    Confirm,
    Exchange,
    Extend,
    Hold,
    OpenInventory,
    OpenSession,
    Release,
)

MAX_NAME_CHARS = 128
MAX_SEATS_PER_INVENTORY = 100_000
MAX_SEATS_PER_HOLD = 100
MAX_LEGS = 1_024
MIN_TTL_MS = 100
MAX_TTL_MS = 3_600_000
# A hold that is extended for ever would be a way to keep seats without paying.
MAX_HOLD_LIFETIME_MS = 7_200_000
MAX_REQUESTS_KEPT = 200_000
MAX_REQUEST_AGE_MS = 86_400_000
MAX_SESSIONS = 4_096
MAX_SESSION_IDLE_MS = 86_400_000
# What a client waits for at once; one that never acknowledges loses its session instead of filling the memory.
MAX_ANSWERS_PER_SESSION = 20_000
MAX_SESSION_ANSWERS = 200_000
MAX_SEQUENCE = (1 << 63) - 1
# Confirmed holds are kept for ever; this many of those that gave their seats back.
MAX_ENDED_HOLDS_KEPT = 200_000
# Forgetting works in portions, so that a long silence does not end in one long entry.
MIN_FORGOTTEN_PER_ENTRY = 1_000

# Control characters would spoil the tables that operators read; lone surrogates cannot be stored as UTF-8.
_NAME = re.compile(rf"[^\x00-\x1f\x7f\ud800-\udfff]{{1,{MAX_NAME_CHARS}}}")


def fault_in_name(what: str, name: str) -> str | None:
    """Why `name` cannot name anything, or None if it can."""
    # What is printable passes the pattern too, in whatever version of Unicode, and this is the faster question.
    if (name.isprintable() and 0 < len(name) <= MAX_NAME_CHARS) or _NAME.fullmatch(name):
        return None
    return f"The {what} must have 1 to {MAX_NAME_CHARS} characters and no control characters."


def fault_in(command: Command | OpenSession) -> str | None:
    """What is wrong with a command whatever the state of the seats, and what to do about it; None if nothing."""
    match command:
        case Hold(inventory, hold, seats, first_leg, end_leg, ttl_ms):
            return (
                fault_in_name("inventory id", inventory)
                or fault_in_name("hold id", hold)
                or _fault_in_seats(seats, 1, MAX_SEATS_PER_HOLD)
                or _fault_in_legs(first_leg, end_leg)
                or _fault_in_ttl(ttl_ms)
            )
        case Confirm(hold) | Release(hold):
            return fault_in_name("hold id", hold)
        case Extend(hold, ttl_ms):
            return fault_in_name("hold id", hold) or _fault_in_ttl(ttl_ms)
        case Cancel(hold, seats):
            return fault_in_name("hold id", hold) or _fault_in_seats(seats, 0, MAX_SEATS_PER_HOLD)
        case Exchange(hold, new_hold, inventory, seats, first_leg, end_leg):
            return (
                fault_in_name("hold id", hold)
                or fault_in_name("new hold id", new_hold)
                or fault_in_name("inventory id", inventory)
                or _fault_in_seats(seats, 1, MAX_SEATS_PER_HOLD)
                or _fault_in_legs(first_leg, end_leg)
            )
        case OpenInventory(inventory, seats, legs):
            if not 1 <= legs <= MAX_LEGS:
                return f"An inventory has 1 to {MAX_LEGS} legs, not {legs}."
            return fault_in_name("inventory id", inventory) or _fault_in_seats(seats, 1, MAX_SEATS_PER_INVENTORY)
        case CloseInventory(inventory):
            return fault_in_name("inventory id", inventory)
        case OpenSession():
            return None
        case _:
            assert_never(command)


def _fault_in_seats(seats: Sequence[str], fewest: int, most: int) -> str | None:
    if not fewest <= len(seats) <= most:
        return f"Name {fewest} to {most} seats at once, not {len(seats)}."
    if len(set(seats)) != len(seats):
        return "A seat is named twice; name each seat once."
    for seat in seats:
        if fault := fault_in_name("seat name", seat):
            return fault
    return None


def _fault_in_legs(first_leg: int, end_leg: int) -> str | None:
    if 0 <= first_leg < end_leg <= MAX_LEGS:
        return None
    return (
        f"Legs are counted from 0 and the end is not included: [{first_leg}, {end_leg}) is not a range of at least one."
    )


def _fault_in_ttl(ttl_ms: int) -> str | None:
    if MIN_TTL_MS <= ttl_ms <= MAX_TTL_MS:
        return None
    return f"A time to live is {MIN_TTL_MS} to {MAX_TTL_MS} ms, not {ttl_ms}."
