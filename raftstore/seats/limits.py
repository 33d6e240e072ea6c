"""How much of everything the state machine takes, and what is refused before any seat is looked at.

Every node must refuse the same commands, so a limit may change only with a version of the log's format.
"""

import re
from collections.abc import Sequence
from typing import assert_never

from . import gate_commands as g
from .commands import (
    Cancel,
    CloseInventory,
    Command,
    Confirm,
    Exchange,
    Extend,
    Hold,
    HoldBest,
    OpenInventory,
    OpenSession,
    Release,
    SeatPlace,
)

MAX_NAME_CHARS = 128
MAX_SEATS_PER_INVENTORY = 100_000
MAX_SEATS_PER_HOLD = 100
# More people than travel on one booking; a search for neighbours looks at each window of so many seats.
MAX_BEST_SEATS = 10
MAX_ZONES_NAMED = 64
MAX_PLACE_NUMBER = (1 << 31) - 1
MAX_FEATURES = (1 << 32) - 1
# Of passengers, by one command; and how far it looks for a way to make room.
MAX_MOVES = 16
MAX_REPACK_STARTS = 12
MAX_REPACK_STEPS = 60
MAX_SWAPS_TRIED = 24
# Free windows of seats that a choice weighs, those of the lowest rank: a command's work is bounded.
MAX_WINDOWS_WEIGHED = 4_000
MAX_LEGS = 1_024
MIN_TTL_MS = 100
# Waiting rooms at once, visitors at each, and how many of them one command lets in. Opening puts all of them in order,
# which at this number takes a tenth of a second.
MAX_GATES = 256
MAX_VISITORS_PER_GATE = 50_000
MAX_ADMITTED_AT_ONCE = 5_000
MAX_DRAWN_IN_PAGE = 1_000
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

_HASH = re.compile(r"[0-9a-f]{64}")

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
        case HoldBest():
            return _fault_in_wish(command)
        case Confirm(hold) | Release(hold):
            return fault_in_name("hold id", hold)
        case Extend(hold, ttl_ms):
            return fault_in_name("hold id", hold) or _fault_in_ttl(ttl_ms)
        case Cancel(hold, seats):
            return fault_in_name("hold id", hold) or _fault_in_seats(seats, 0, MAX_SEATS_PER_HOLD)
        case Exchange(hold, new_hold, inventory, seats, first_leg, end_leg, _):
            return (
                fault_in_name("hold id", hold)
                or fault_in_name("new hold id", new_hold)
                or fault_in_name("inventory id", inventory)
                or _fault_in_seats(seats, 1, MAX_SEATS_PER_HOLD)
                or _fault_in_legs(first_leg, end_leg)
            )
        case OpenInventory(inventory, seats, legs, places):
            if not 1 <= legs <= MAX_LEGS:
                return f"An inventory has 1 to {MAX_LEGS} legs, not {legs}."
            return (
                fault_in_name("inventory id", inventory)
                or _fault_in_seats(seats, 1, MAX_SEATS_PER_INVENTORY)
                or _fault_in_places(places, len(seats))
            )
        case CloseInventory(inventory):
            return fault_in_name("inventory id", inventory)
        case OpenSession():
            return None
        case _:
            return fault_in_name("inventory id", command.inventory) or _fault_at_gate(command)


def _fault_at_gate(command: g.GateCommand) -> str | None:
    match command:
        case g.OpenGate(_, commitment, opens_wall_ms, limit):
            if not _HASH.fullmatch(commitment):
                return "A commitment is a SHA-256 in hexadecimal, 64 small letters and digits."
            if not 1 <= limit <= MAX_VISITORS_PER_GATE or not 0 <= opens_wall_ms <= MAX_SEQUENCE:
                return f"At a gate 1 to {MAX_VISITORS_PER_GATE} may wait, not {limit}."
        case g.JoinGate(_, visitor) | g.LeaveGate(_, visitor):
            return fault_in_name("visitor's id", visitor)
        case g.RevealGate(_, seed):
            return fault_in_name("seed", seed)
        case g.AdmitNext(_, count, ttl_ms):
            if not 1 <= count <= MAX_ADMITTED_AT_ONCE:
                return f"Let 1 to {MAX_ADMITTED_AT_ONCE} in at once, not {count}."
            return _fault_in_ttl(ttl_ms)
        case g.CloseGate():
            pass
        case _:
            assert_never(command)
    return None


def _fault_in_seats(seats: Sequence[str], fewest: int, most: int) -> str | None:
    if not fewest <= len(seats) <= most:
        return f"Name {fewest} to {most} seats at once, not {len(seats)}."
    if len(set(seats)) != len(seats):
        return "A seat is named twice; name each seat once."
    for seat in seats:
        if fault := fault_in_name("seat name", seat):
            return fault
    return None


def _fault_in_places(places: Sequence[SeatPlace], seats: int) -> str | None:
    if places and len(places) != seats:
        return f"Say the places of all {seats} seats or of none, not of {len(places)}."
    for what, names in (("zone", {place.zone for place in places}), ("row", {place.row for place in places})):
        for name in names - {""}:
            if fault := fault_in_name(what, name):
                return fault
    if len({(place.row, place.number) for place in places}) != len(places):
        return "Two seats are in one place; give each seat of a row its own number."
    for place in places:
        if max(place.number, place.rank) > MAX_PLACE_NUMBER or place.features > MAX_FEATURES or min(place[2:]) < 0:
            return f"Numbers and ranks are 0 to {MAX_PLACE_NUMBER}, features 0 to {MAX_FEATURES}."
    return None


def _fault_in_wish(wish: HoldBest) -> str | None:
    if not 1 <= wish.count <= MAX_BEST_SEATS:
        return f"Ask for 1 to {MAX_BEST_SEATS} seats, not {wish.count}."
    if len(wish.zones) > MAX_ZONES_NAMED or len(set(wish.zones)) != len(wish.zones):
        return f"Name up to {MAX_ZONES_NAMED} zones, each once."
    if max(wish.must_have, wish.prefer) > MAX_FEATURES or min(wish.must_have, wish.prefer) < 0:
        return f"Features are 0 to {MAX_FEATURES}."
    for zone in wish.zones:
        if fault := fault_in_name("zone", zone):
            return fault
    return (
        fault_in_name("inventory id", wish.inventory)
        or fault_in_name("hold id", wish.hold)
        or _fault_in_legs(wish.first_leg, wish.end_leg)
        or _fault_in_ttl(wish.ttl_ms)
    )


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
