"""The state machine's rows in a checkpoint's tables: written as they change, read as a whole."""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain, groupby
from operator import attrgetter
from typing import Any, Final, TypeVar
from zlib import crc32

from raftstore.seats.changes import Changes, DrawRow, GateRow, SessionRow, TouchedGates, VisitorRow
from raftstore.seats.commands import SeatEvent

from . import tables
from .tables import Row

T = TypeVar("T")

_COLUMNS: Final = {
    "meta": 8,
    "layouts": 4,
    "inventories": 6,
    "holds": 13,
    "requests": 4,
    "sessions": 6,
    "session_answers": 9,
    "gates": 8,
    "visitors": 6,
    "draws": 5,
    "history": 5,
    "seat_history": 4,
}
# Of the rows' checksums: a row fits into no other table.
_SEEDS: Final = {table: crc32(table.encode()) for table in _COLUMNS}


def write(connection: sqlite3.Connection, changes: Changes) -> None:
    """Bring the tables to `changes.applied_index`. The caller makes it one transaction.

    Raises:
        sqlite3.Error: they cannot be written.
    """
    _put(connection, "meta", [tables.meta_to_sql(changes)])
    _put(connection, "layouts", map(tables.layout_to_sql, changes.layouts))
    _put(connection, "inventories", map(tables.inventory_to_sql, changes.inventories))
    _delete(connection, "holds", "hold", changes.holds_forgotten)
    _put(connection, "holds", map(tables.hold_to_sql, changes.holds))
    connection.execute("DELETE FROM requests WHERE log_index < ?", (changes.requests_kept_from,))
    requests = [list(rows) for _, rows in groupby(changes.requests, attrgetter("log_index"))]
    _put(connection, "requests", map(tables.requests_to_sql, requests))
    _write_sessions(connection, changes)
    _write_waiting(connection, changes.waiting)
    _write_history(connection, [list(events) for _, events in groupby(changes.events, attrgetter("index"))])


def _write_history(connection: sqlite3.Connection, entries: Sequence[Sequence[SeatEvent]]) -> None:
    _put(connection, "history", map(tables.events_to_sql, entries))
    _put(connection, "seat_history", (row for events in entries for row in _places(events)))


def _places(events: Iterable[SeatEvent]) -> Iterable[Row]:
    """The rows that lead from each seat to its events in one entry."""
    return {(event.inventory, event.seat, event.index): None for event in events}


def _write_sessions(connection: sqlite3.Connection, changes: Changes) -> None:
    _delete(connection, "sessions", "session", changes.sessions_forgotten)
    _delete(connection, "session_answers", "session", changes.sessions_forgotten)
    _put(connection, "sessions", map(tuple, changes.sessions))
    acknowledged = ((row.session, row.acknowledged_below) for row in changes.sessions)
    connection.executemany("DELETE FROM session_answers WHERE session = ? AND sequence < ?", acknowledged)
    _put(connection, "session_answers", map(tables.answer_to_sql, changes.answers))


def _write_waiting(connection: sqlite3.Connection, waiting: TouchedGates) -> None:
    for table in ("gates", "visitors", "draws"):
        _delete(connection, table, "inventory", waiting.closed)
    connection.executemany("DELETE FROM visitors WHERE inventory = ? AND visitor = ?", waiting.gone)
    _put(connection, "gates", [(*row,) for row in waiting.gates])
    _put(connection, "visitors", [(*row,) for row in waiting.visitors])
    _put(connection, "draws", [(*row,) for row in waiting.draws])


def _put(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    places = ", ".join("?" * _COLUMNS[table])
    seed = _SEEDS[table]
    summed = [(*row, crc32(ascii(row).encode(), seed)) for row in rows]
    connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", summed)


def _delete(connection: sqlite3.Connection, table: str, key: str, forgotten: Iterable[str | int]) -> None:
    connection.executemany(f"DELETE FROM {table} WHERE {key} = ?", ((value,) for value in forgotten))


def load(connection: sqlite3.Connection) -> Changes:
    """The whole state that the tables hold; of tables without rows, the empty one.

    Raises:
        sqlite3.Error, KeyError, TypeError, ValueError: they are damaged, or not what this version writes.
    """
    meta = _all(connection, "meta", "only", tables.meta_from_sql)
    state = replace(
        meta[0] if meta else Changes(0, 0, 0),
        layouts=_all(connection, "layouts", "layout", tables.layout_from_sql),
        inventories=_all(connection, "inventories", "inventory", tables.inventory_from_sql),
        holds=_all(connection, "holds", "hold", tables.hold_from_sql),
        requests=tuple(chain.from_iterable(_all(connection, "requests", "log_index", tables.requests_from_sql))),
        sessions=_all(connection, "sessions", "used_index, used_ordinal", SessionRow._make),
        answers=_all(connection, "session_answers", "session, sequence", tables.answer_from_sql),
        waiting=TouchedGates(
            gates=_all(connection, "gates", "inventory", GateRow._make),
            visitors=_all(connection, "visitors", "inventory, arrival", VisitorRow._make),
            draws=_all(connection, "draws", "inventory, place", DrawRow._make),
        ),
    )
    if not meta and state != Changes(0, 0, 0):
        raise ValueError("meta has no row, so nobody knows what the others are as of")
    return state


def history(connection: sqlite3.Connection, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
    """The latest `limit` events of a seat, oldest first.

    Raises:
        sqlite3.Error, ValueError: they are damaged.
    """
    places = connection.execute(
        "SELECT * FROM seat_history WHERE inventory = ? AND seat = ? ORDER BY log_index DESC LIMIT ?",
        (inventory, seat, limit),
    ).fetchall()
    events: list[SeatEvent] = []
    for place in places:
        *_, log_index = _intact("seat_history", place)
        found = connection.execute("SELECT * FROM history WHERE log_index = ?", (log_index,)).fetchone()
        if found is None:
            raise ValueError(f"the events of entry {log_index!r} are missing")
        steps = tables.events_from_sql(_intact("history", found))
        events += [step for step in reversed(steps) if (step.inventory, step.seat) == (inventory, seat)]
        if len(events) >= limit:
            break
    return events[:limit][::-1]


def check_history(connection: sqlite3.Connection) -> None:
    """Read all of it, which `load` does not, and whether every event is found from its seat.

    Raises:
        sqlite3.Error, ValueError: it is damaged.
    """
    # Sums of checksums: equal for the same rows in whatever order.
    expected = found = 0
    for row in connection.execute("SELECT * FROM history"):
        places = _places(tables.events_from_sql(_intact("history", row)))
        expected += sum(_checksum("seat_history", place) for place in places)
    for place in connection.execute("SELECT * FROM seat_history"):
        found += _checksum("seat_history", _intact("seat_history", place))
    if found != expected:
        raise ValueError("the seats' histories do not lead to all events")


def _all(
    connection: sqlite3.Connection, table: str, order: str, from_sql: Callable[[tuple[Any, ...]], T]
) -> tuple[T, ...]:
    rows = connection.execute(f"SELECT * FROM {table} ORDER BY {order}")
    return tuple([from_sql(_intact(table, row)) for row in rows])


def _checksum(table: str, row: Row) -> int:
    return crc32(ascii(row).encode(), _SEEDS[table])


def _intact(table: str, row: Row) -> Row:
    """The row without its checksum, which must fit."""
    content = row[:-1]
    # As _checksum, without the call: a start reads hundreds of thousands of rows.
    if row[-1] != crc32(ascii(content).encode(), _SEEDS[table]):
        raise ValueError(f"a row of table {table} is not what was written: {row[0]!r}")
    return content
