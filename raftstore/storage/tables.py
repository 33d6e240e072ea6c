"""The checkpoint's tables, and how values look in them.

Made to be read with any SQLite tool: seats and outcomes are JSON, states are words, and leg bitmasks are hexadecimal
text, because a journey may have more legs than SQLite's integers have bits. Nothing in the tables is about the node
that wrote them, and every table is ordered by its key, so at the same `applied_index` the tables of all nodes are
equal row for row. Every row carries a checksum, because SQLite itself notices damage to its structure alone.
"""

import json
from typing import Any, Final, get_args

from raftstore.seats import commands as c
from raftstore.seats.changes import AnswerRow, Changes, HoldRow, InventoryRow, RequestRow, SeatRow
from raftstore.seats.commands import SeatEvent

SCHEMA_VERSION: Final = 2
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
CREATE TABLE inventories (
    inventory TEXT PRIMARY KEY,
    legs INTEGER NOT NULL,
    open INTEGER NOT NULL,          -- 1 while on sale
    opened_index INTEGER NOT NULL,
    seats TEXT NOT NULL,            -- JSON list of names
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE seats (                -- only those that are not wholly free
    inventory TEXT NOT NULL,
    seat TEXT NOT NULL,
    held TEXT NOT NULL,             -- hexadecimal bitmask, bit n is leg n
    sold TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (inventory, seat)
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
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE requests (             -- answers already given, to answer a repeated request alike
    request_id TEXT PRIMARY KEY,
    log_index INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    time_ms INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,      -- of the command
    outcome TEXT NOT NULL,          -- JSON
    checksum INTEGER NOT NULL
) WITHOUT ROWID;
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
CREATE TABLE history (              -- every step in a seat's life
    log_index INTEGER NOT NULL,
    term INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    wall_ms INTEGER NOT NULL,       -- the leader's wall clock, milliseconds since 1970
    inventory TEXT NOT NULL,
    seat TEXT NOT NULL,
    kind TEXT NOT NULL,
    hold TEXT NOT NULL,
    first_leg INTEGER NOT NULL,
    end_leg INTEGER NOT NULL,
    held TEXT NOT NULL,             -- bitmasks afterwards
    sold TEXT NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (log_index, ordinal)
) WITHOUT ROWID;
CREATE INDEX history_of_seat ON history (inventory, seat, log_index, ordinal);
"""

SqlValue = str | int | bytes
Row = tuple[SqlValue, ...]


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def meta_to_sql(state: Changes) -> Row:
    index, term, time_ms = state.applied_index, state.applied_term, state.time_ms
    return 1, index, term, time_ms, state.chain.hex(), state.trace.hex(), state.membership


def meta_from_sql(row: tuple[Any, ...]) -> Changes:
    _, index, term, time_ms, chain, trace, membership = row
    return Changes(index, term, time_ms, bytes.fromhex(chain), bytes.fromhex(trace), membership)


def inventory_to_sql(row: InventoryRow) -> Row:
    return row.inventory, row.legs, int(row.open), row.opened_index, to_json(row.seats)


def inventory_from_sql(row: tuple[Any, ...]) -> InventoryRow:
    inventory, legs, is_open, opened_index, seats = row
    return InventoryRow(inventory, legs, bool(is_open), opened_index, tuple(json.loads(seats)))


def seat_to_sql(row: SeatRow) -> Row:
    return row.inventory, row.seat, f"{row.held:x}", f"{row.sold:x}"


def seat_from_sql(row: tuple[Any, ...]) -> SeatRow:
    inventory, seat, held, sold = row
    return SeatRow(inventory, seat, int(held, 16), int(sold, 16))


def hold_to_sql(row: HoldRow) -> Row:
    seats = to_json(row.seats)
    kept = seats if row.kept is row.seats else to_json(row.kept)
    return row.hold, row.inventory, row.state.value, seats, kept, *row[5:]


def hold_from_sql(row: tuple[Any, ...]) -> HoldRow:
    hold, inventory, state, seats, kept, *numbers = row
    return HoldRow(hold, inventory, c.HoldState(state), tuple(json.loads(seats)), tuple(json.loads(kept)), *numbers)


def request_to_sql(row: RequestRow) -> Row:
    return row.request_id, row.log_index, row.ordinal, row.time_ms, row.fingerprint, outcome_to_json(row.outcome)


def request_from_sql(row: tuple[Any, ...]) -> RequestRow:
    *columns, outcome = row
    return RequestRow._make((*columns, outcome_from_json(outcome)))


def answer_to_sql(row: AnswerRow) -> Row:
    return row.session, row.sequence, *request_to_sql(row.answer)


def answer_from_sql(row: tuple[Any, ...]) -> AnswerRow:
    session, sequence, *answer = row
    return AnswerRow(session, sequence, request_from_sql(tuple(answer)))


def event_to_sql(event: SeatEvent) -> Row:
    return (
        event.index,
        event.term,
        event.ordinal,
        event.wall_ms,
        event.inventory,
        event.seat,
        event.kind.value,
        event.hold,
        event.first_leg,
        event.end_leg,
        f"{event.held:x}",
        f"{event.sold:x}",
    )


def event_from_sql(row: tuple[Any, ...]) -> SeatEvent:
    index, term, ordinal, wall_ms, inventory, seat, kind, hold, first_leg, end_leg, held, sold = row
    return SeatEvent(
        index,
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


# --- Outcomes: {"held": {"hold": ..., "expires_at_ms": ..., "now_ms": ...}} ------------------------

_OUTCOMES: Final[dict[str, type[Any]]] = {kind.__name__.lower(): kind for kind in get_args(c.Outcome)}


def outcome_to_json(outcome: c.Outcome) -> str:
    kind = type(outcome)
    return to_json({kind.__name__.lower(): {name: getattr(outcome, name) for name in kind.__match_args__}})


def outcome_from_json(text: str) -> c.Outcome:
    """
    Raises:
        KeyError, TypeError, ValueError: not an outcome that this version writes.
    """
    [(name, fields)] = json.loads(text).items()
    match name:
        case "taken":
            return c.Taken(tuple(fields["conflicts"]))
        case "cancelled":
            return c.Cancelled(fields["hold"], tuple(fields["seats"]))
        case "refused":
            state = fields["hold_state"]
            return c.Refused(c.RefusalCode(fields["code"]), fields["detail"], state and c.HoldState(state))
        case _:
            outcome: c.Outcome = _OUTCOMES[name](**fields)
            return outcome
