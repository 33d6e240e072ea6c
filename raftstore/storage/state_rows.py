"""The state machine's rows in a checkpoint's tables: written as they change, read as a whole."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final, TypeVar
from zlib import crc32

from raftstore.seats.changes import Changes, SessionRow
from raftstore.seats.commands import SeatEvent

from . import tables
from .tables import Row

T = TypeVar("T")

_COLUMNS: Final = {
    "meta": 8,
    "inventories": 6,
    "seats": 5,
    "holds": 12,
    "requests": 7,
    "sessions": 6,
    "session_answers": 9,
    "history": 13,
}


def write(connection: sqlite3.Connection, changes: Changes) -> None:
    """Bring the tables to `changes.applied_index`. The caller makes it one transaction.

    Raises:
        sqlite3.Error: they cannot be written.
    """
    _put(connection, "meta", [tables.meta_to_sql(changes)])
    _put(connection, "inventories", map(tables.inventory_to_sql, changes.inventories))
    free = ((row.inventory, row.seat) for row in changes.seats if not (row.held or row.sold))
    connection.executemany("DELETE FROM seats WHERE inventory = ? AND seat = ?", free)
    _put(connection, "seats", (tables.seat_to_sql(row) for row in changes.seats if row.held or row.sold))
    _delete(connection, "holds", "hold", changes.holds_forgotten)
    _put(connection, "holds", map(tables.hold_to_sql, changes.holds))
    _delete(connection, "requests", "request_id", changes.requests_forgotten)
    _put(connection, "requests", map(tables.request_to_sql, changes.requests))
    _write_sessions(connection, changes)
    _put(connection, "history", map(tables.event_to_sql, changes.events))


def _write_sessions(connection: sqlite3.Connection, changes: Changes) -> None:
    _delete(connection, "sessions", "session", changes.sessions_forgotten)
    _delete(connection, "session_answers", "session", changes.sessions_forgotten)
    _put(connection, "sessions", changes.sessions)
    acknowledged = ((row.session, row.acknowledged_below) for row in changes.sessions)
    connection.executemany("DELETE FROM session_answers WHERE session = ? AND sequence < ?", acknowledged)
    _put(connection, "session_answers", map(tables.answer_to_sql, changes.answers))


def _put(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    places = ", ".join("?" * _COLUMNS[table])
    summed = ((*row, _checksum(table, row)) for row in rows)
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
        inventories=_all(connection, "inventories", "inventory", tables.inventory_from_sql),
        seats=_all(connection, "seats", "inventory, seat", tables.seat_from_sql),
        holds=_all(connection, "holds", "hold", tables.hold_from_sql),
        requests=_all(connection, "requests", "log_index, ordinal", tables.request_from_sql),
        sessions=_all(connection, "sessions", "used_index, used_ordinal", SessionRow._make),
        answers=_all(connection, "session_answers", "session, sequence", tables.answer_from_sql),
    )
    if not meta and state != Changes(0, 0, 0):
        raise ValueError("meta has no row, so nobody knows what the others are as of")
    return state


def history(connection: sqlite3.Connection, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
    """The latest `limit` events of a seat, oldest first.

    Raises:
        sqlite3.Error, ValueError: they are damaged.
    """
    rows = connection.execute(
        "SELECT * FROM history WHERE inventory = ? AND seat = ? ORDER BY log_index DESC, ordinal DESC LIMIT ?",
        (inventory, seat, limit),
    ).fetchall()
    return [tables.event_from_sql(_intact("history", row)) for row in reversed(rows)]


def check_history(connection: sqlite3.Connection) -> None:
    """Read all of it, which `load` does not.

    Raises:
        sqlite3.Error, ValueError: it is damaged.
    """
    for row in connection.execute("SELECT * FROM history"):
        _intact("history", row)


def _all(
    connection: sqlite3.Connection, table: str, order: str, from_sql: Callable[[tuple[Any, ...]], T]
) -> tuple[T, ...]:
    rows = connection.execute(f"SELECT * FROM {table} ORDER BY {order}")
    return tuple(from_sql(_intact(table, row)) for row in rows)


def _checksum(table: str, row: Row) -> int:
    return crc32(ascii(tuple(row)).encode(), crc32(table.encode()))


def _intact(table: str, row: Row) -> Row:
    """The row without its checksum, which must fit."""
    if row[-1] != _checksum(table, row[:-1]):
        raise ValueError(f"a row of table {table} is not what was written: {row[0]!r}")
    return row[:-1]
