"""The checkpoint's tables, and how values look in them.

Made to be read with any SQLite tool: seats, answers and events are JSON, states are words, and leg bitmasks are
hexadecimal text, because a journey may have more legs than SQLite's integers have bits. What an entry of the log adds
and nobody changes later is one row an entry, since rows are what a save costs. Nothing in the tables is about the node
that wrote them, and every table is ordered by its key, so at the same `applied_index` the tables of all nodes are
equal row for row. Every row carries a checksum, because SQLite itself notices damage to its structure alone.
"""

import json
from collections.abc import Sequence
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any, Final, get_args

from raftstore.seats import commands as c
from raftstore.seats.changes import AnswerRow, Changes, HoldRow, InventoryRow, LayoutRow, RequestRow
from raftstore.seats.commands import SeatEvent, SeatPlace
from raftstore.seats.gate_commands import VisitorState, VisitorView

SCHEMA_VERSION: Final = 5
# "RAFT": lets `file` and this program tell a checkpoint from any other database.
APPLICATION_ID: Final = 0x52414654

SCHEMA: Final = """
CREATE TABLE meta (                 -- one row: what the state is as of
    only INTEGER PRIMARY KEY CHECK (only = 1),
    applied_index INTEGER NOT NULL,
    applied_term INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,       -- replicated time
    chain TEXT NOT NULL,            -- hexadecimal hash over every entry applied
    trace TEXT NOT NULL,            -- and over what they caused
    membership BLOB NOT NULL,       -- JSON: who belongs to the cluster; empty before the first CONFIG entry
    checksum INTEGER NOT NULL
);
CREATE TABLE layouts (              -- seats and where they are, once for all inventories that have the same
    layout TEXT PRIMARY KEY,        -- hexadecimal hash of both
    seats TEXT NOT NULL,            -- JSON list of names
    places TEXT NOT NULL,           -- JSON: [zone, row, number, features, rank]... of these seats, or empty
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE inventories (
    inventory TEXT PRIMARY KEY,
    legs INTEGER NOT NULL,
    open INTEGER NOT NULL,          -- 1 while on sale
    opened_index INTEGER NOT NULL,
    layout TEXT NOT NULL,
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE holds (
    hold TEXT PRIMARY KEY,
    inventory TEXT NOT NULL,
    state TEXT NOT NULL,
    seats TEXT NOT NULL,            -- JSON list: as asked for
    kept TEXT NOT NULL,             -- JSON list: those it still has
    first_leg INTEGER NOT NULL,     -- legs [first_leg, end_leg), counted from 0
    end_leg INTEGER NOT NULL,
    created_ms INTEGER NOT NULL,    -- replicated time
    expires_at_ms INTEGER NOT NULL,
    ended_index INTEGER NOT NULL,   -- its last event in history, 0 and 0 while it has seats
    ended_ordinal INTEGER NOT NULL,
    movable INTEGER NOT NULL,       -- 1: may be given other seats of its kind
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE VIEW taken AS                -- whose each seat is
    SELECT inventory, kept.value AS seat, state, hold, first_leg, end_leg
    FROM holds, json_each(holds.kept) AS kept WHERE state IN ('held', 'confirmed');
CREATE TABLE requests (             -- answers already given, to answer a repeated request alike
    log_index INTEGER PRIMARY KEY,
    time_ms INTEGER NOT NULL,
    answers TEXT NOT NULL,          -- JSON: [ordinal, request id, hexadecimal fingerprint of the command, answer]...
    checksum INTEGER NOT NULL
);
CREATE TABLE sessions (             -- of clients that number their requests
    session INTEGER PRIMARY KEY,
    acknowledged_below INTEGER NOT NULL,
    used_index INTEGER NOT NULL,    -- its latest use, which decides which session goes first
    used_ordinal INTEGER NOT NULL,
    used_ms INTEGER NOT NULL,       -- replicated time
    checksum INTEGER NOT NULL
);
CREATE TABLE session_answers (      -- answers that a session's client has not acknowledged
    session INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    log_index INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    outcome TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (session, sequence)
) WITHOUT ROWID;
CREATE TABLE gates (                -- waiting rooms before inventories
    inventory TEXT PRIMARY KEY,
    commitment TEXT NOT NULL,       -- SHA-256 of the seed, in hexadecimal
    opens_wall_ms INTEGER NOT NULL, -- as announced, milliseconds since 1970
    most INTEGER NOT NULL,          -- visitors at once
    seed TEXT NOT NULL,             -- empty until it opens
    arrived INTEGER NOT NULL,
    last_place INTEGER NOT NULL,
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE visitors (             -- who waits or is let in
    inventory TEXT NOT NULL,
    visitor TEXT NOT NULL,
    arrival INTEGER NOT NULL,
    place INTEGER NOT NULL,         -- 0 until the gate opens
    expires_at_ms INTEGER NOT NULL, -- of an admission, replicated time; 0 while he waits
    checksum INTEGER NOT NULL,
    PRIMARY KEY (inventory, visitor)
) WITHOUT ROWID;
CREATE TABLE draws (                -- the order in which a gate's seed put those who were there when it opened
    inventory TEXT NOT NULL,
    place INTEGER NOT NULL,
    arrival INTEGER NOT NULL,
    visitor TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (inventory, place)
) WITHOUT ROWID;
CREATE TABLE history (              -- every step in a seat's life
    log_index INTEGER PRIMARY KEY,
    term INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,       -- the leader's wall clock, milliseconds since 1970
    events TEXT NOT NULL,           -- JSON: [ordinal, inventory, seat, kind, hold, first leg, end leg, held, sold]...;
    checksum INTEGER NOT NULL       --     the last two are bitmasks afterwards
);
CREATE TABLE seat_history (         -- in which entries a seat's steps are
    inventory TEXT NOT NULL,
    seat TEXT NOT NULL,
    log_index INTEGER NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (inventory, seat, log_index)
) WITHOUT ROWID;
"""

SqlValue = str | int | bytes
Row = tuple[SqlValue, ...]


to_json: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


_decode: Final = json.JSONDecoder().raw_decode


def from_json(text: str) -> Any:
    """What to_json made it of; json.loads would also look for spaces, which it never writes.

    Raises:
        ValueError: it is no JSON, or more than one value.
    """
    found, end = _decode(text)
    if end != len(text):
        raise ValueError(f"{text!r} goes on after its value")
    return found


def names_to_json(names: Sequence[str]) -> str:
    """As to_json, in a third of the time."""
    return f"[{','.join(map(encode_basestring, names))}]"


def meta_to_sql(state: Changes) -> Row:
    index, term, time_ms = state.applied_index, state.applied_term, state.time_ms
    return 1, index, term, time_ms, state.chain.hex(), state.trace.hex(), state.membership


def meta_from_sql(row: tuple[Any, ...]) -> Changes:
    _, index, term, time_ms, chain, trace, membership = row
    return Changes(index, term, time_ms, bytes.fromhex(chain), bytes.fromhex(trace), membership)


def layout_to_sql(row: LayoutRow) -> Row:
    return row.layout, to_json(row.seats), to_json(row.places)


def layout_from_sql(row: tuple[Any, ...]) -> LayoutRow:
    layout, seats, places = row
    return LayoutRow(layout, tuple(from_json(seats)), tuple(map(SeatPlace._make, from_json(places))))


def inventory_to_sql(row: InventoryRow) -> Row:
    return row.inventory, row.legs, int(row.open), row.opened_index, row.layout


def inventory_from_sql(row: tuple[Any, ...]) -> InventoryRow:
    inventory, legs, is_open, opened_index, layout = row
    return InventoryRow(inventory, legs, bool(is_open), opened_index, layout)


def hold_to_sql(row: HoldRow) -> Row:
    seats = names_to_json(row.seats)
    kept = seats if row.kept is row.seats else names_to_json(row.kept)
    return row.hold, row.inventory, row.state.value, seats, kept, *row[5:-1], int(row.movable)


_HOLD_STATES: Final = {state.value: state for state in c.HoldState}


def hold_from_sql(row: tuple[Any, ...]) -> HoldRow:
    hold, inventory, state, seats, kept, *numbers, movable = row
    names = tuple(from_json(seats))
    left = names if kept == seats else tuple(from_json(kept))
    return HoldRow._make((hold, inventory, _HOLD_STATES[state], names, left, *numbers, movable == 1))


def requests_to_sql(rows: Sequence[RequestRow]) -> Row:
    """The row of an entry, from what was answered in it; at least one."""
    answers = [(row.ordinal, row.request_id, row.fingerprint.hex(), outcome_to_list(row.outcome)) for row in rows]
    return rows[0].log_index, rows[0].time_ms, to_json(answers)


def requests_from_sql(row: tuple[Any, ...]) -> list[RequestRow]:
    log_index, time_ms, answers = row
    return [
        RequestRow(request_id, log_index, ordinal, time_ms, bytes.fromhex(fingerprint), outcome_from_list(outcome))
        for ordinal, request_id, fingerprint, outcome in from_json(answers)
    ]


def answer_to_sql(row: AnswerRow) -> Row:
    session, sequence, answer = row
    outcome = to_json(outcome_to_list(answer.outcome))
    return (
        session,
        sequence,
        answer.request_id,
        answer.log_index,
        answer.ordinal,
        answer.time_ms,
        answer.fingerprint,
        outcome,
    )


def answer_from_sql(row: tuple[Any, ...]) -> AnswerRow:
    session, sequence, *columns, outcome = row
    return AnswerRow(session, sequence, RequestRow._make((*columns, outcome_from_list(from_json(outcome)))))


def events_to_sql(events: Sequence[SeatEvent]) -> Row:
    """The row of an entry, from its events; at least one."""
    steps = [
        (
            event.ordinal,
            event.inventory,
            event.seat,
            event.kind,
            event.hold,
            event.first_leg,
            event.end_leg,
            f"{event.held:x}",
            f"{event.sold:x}",
        )
        for event in events
    ]
    return events[0].index, events[0].term, events[0].wall_ms, to_json(steps)


def events_from_sql(row: tuple[Any, ...]) -> list[SeatEvent]:
    log_index, term, wall_ms, steps = row
    return [
        SeatEvent(
            log_index,
            term,
            ordinal,
            wall_ms,
            inventory,
            seat,
            c.EventKind(kind),
            hold,
            first_leg,
            end_leg,
            int(held, 16),
            int(sold, 16),
        )
        for ordinal, inventory, seat, kind, hold, first_leg, end_leg, held, sold in from_json(steps)
    ]


# --- Outcomes: ["held", hold, expires_at_ms, now_ms] ------------------------------------------------

_OUTCOMES: Final[dict[str, type[Any]]] = {kind.__name__.lower(): kind for kind in get_args(c.Outcome)}
# The class comes with them because attrgetter makes no tuple of a single one.
_CONTENT: Final = {
    kind: (name, len(kind.__match_args__), attrgetter(*kind.__match_args__, "__class__"))
    for name, kind in _OUTCOMES.items()
}


def outcome_to_list(outcome: c.Outcome) -> tuple[Any, ...]:
    name, length, content = _CONTENT[type(outcome)]
    return name, *content(outcome)[:length]


def outcome_from_list(content: list[Any]) -> c.Outcome:
    """
    Raises:
        KeyError, TypeError, ValueError: not an outcome that this version writes.
    """
    match content:
        case ["taken", conflicts]:
            return c.Taken(tuple(conflicts))
        case ["bestheld", hold, seats, expires_at_ms, now_ms, moved]:
            return c.BestHeld(hold, tuple(seats), expires_at_ms, now_ms, tuple(map(c.Move._make, moved)))
        case ["cancelled", hold, seats]:
            return c.Cancelled(hold, tuple(seats))
        case ["refused", code, detail, state]:
            return c.Refused(c.RefusalCode(code), detail, state and c.HoldState(state))
        case ["visitorview", inventory, visitor, state, *numbers]:
            return VisitorView(inventory, visitor, VisitorState(state), *numbers)
        case [name, *fields]:
            outcome: c.Outcome = _OUTCOMES[name](*fields)
            return outcome
        case _:
            raise ValueError(f"{content!r} is no outcome")
