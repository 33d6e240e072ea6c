"""The state machine's state in an SQLite file, so that a restart replays only the log's end.

The file is always the state as of exactly one log index: a save is one transaction. It lags behind the log, never
ahead of it, and needs no sync of its own: what a power cut takes from it is replayed from the log. Whoever opens it
with another tool while the node runs should only read: one connection writes, as SQLite 3.40 can corrupt a database
whose write-ahead log two connections check-point at once.
"""

import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from raftstore.errors import CheckpointUnreadable, WriteFailed
from raftstore.seats.changes import Changes
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import SeatMachine

from . import tables
from .tables import APPLICATION_ID, SCHEMA, SCHEMA_VERSION, Row

FILE_NAME = "state.sqlite3"
_BUSY_TIMEOUT_S = 10.0
# SQLite copies its write-ahead log into the file when it has this many pages of 4 KiB.
_COPY_BACK_PAGES = 4_000

T = TypeVar("T")


class Checkpoint:
    """Owns the file's one connection: opened, used and closed in the same thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, directory: Path) -> tuple["Checkpoint", SeatMachine]:
        """The checkpoint in a data directory (the log's lock keeps others out) and the machine that it holds.

        Raises:
            CheckpointUnreadable: another version wrote it, or it is damaged or no checkpoint at all.
        """
        path = directory / FILE_NAME
        connection = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        try:
            _prepare(connection, path)
            return cls(connection), SeatMachine.restore(_load(connection))
        except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
            connection.close()
            raise CheckpointUnreadable(
                f"{path} cannot be read ({error!r}). With the node stopped, move it and its -wal and -shm files away: "
                "the node builds it again from the log"
            ) from error
        except CheckpointUnreadable:
            connection.close()
            raise

    def save(self, changes: Changes) -> None:
        """Add what changed since the last save; all of it or nothing.

        Raises:
            WriteFailed: it cannot be written; what was to be saved is lost to this file, so the node must stop.
        """
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            _write(connection, changes)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            connection.close()
            raise WriteFailed(f"the checkpoint cannot be written: {error}") from error

    def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        """The latest `limit` events of a seat, oldest first."""
        rows = self._connection.execute(
            "SELECT * FROM history WHERE inventory = ? AND seat = ? ORDER BY log_index DESC, ordinal DESC LIMIT ?",
            (inventory, seat, limit),
        ).fetchall()
        return [tables.event_from_sql(row) for row in reversed(rows)]

    def close(self) -> None:
        self._connection.close()


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Settings of the connection, and the tables of a file that is new."""
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    is_new = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if not is_new and application != APPLICATION_ID:
        raise CheckpointUnreadable(f"{path} is a database, but not a checkpoint of this program; move it away")
    if not is_new and version != SCHEMA_VERSION:
        raise CheckpointUnreadable(
            f"{path} has schema version {version}; this program reads {SCHEMA_VERSION}. Start the version that wrote "
            "it, or move it and its -wal and -shm files away: the node builds it again from the log"
        )
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_COPY_BACK_PAGES}")
    if is_new:
        connection.executescript(
            f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION}; {SCHEMA} COMMIT;"
        )


# --- Writing --------------------------------------------------------------------------------------


def _write(connection: sqlite3.Connection, changes: Changes) -> None:
    meta = (
        ("applied_index", changes.applied_index),
        ("applied_term", changes.applied_term),
        ("time_ms", changes.time_ms),
    )
    _put(connection, "meta", meta)
    _put(connection, "inventories", map(tables.inventory_to_sql, changes.inventories))
    free = ((row.inventory, row.seat) for row in changes.seats if not (row.held or row.sold))
    connection.executemany("DELETE FROM seats WHERE inventory = ? AND seat = ?", free)
    _put(connection, "seats", (tables.seat_to_sql(row) for row in changes.seats if row.held or row.sold))
    connection.executemany("DELETE FROM holds WHERE hold = ?", ((hold,) for hold in changes.holds_forgotten))
    _put(connection, "holds", map(tables.hold_to_sql, changes.holds))
    forgotten = ((request_id,) for request_id in changes.requests_forgotten)
    connection.executemany("DELETE FROM requests WHERE request_id = ?", forgotten)
    _put(connection, "requests", map(tables.request_to_sql, changes.requests))
    _put(connection, "history", map(tables.event_to_sql, changes.events))


_COLUMNS = {"meta": 2, "inventories": 5, "seats": 4, "holds": 11, "requests": 6, "history": 11}


def _put(connection: sqlite3.Connection, table: str, rows: Iterable[Row]) -> None:
    places = ", ".join("?" * _COLUMNS[table])
    connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({places})", rows)


# --- Reading --------------------------------------------------------------------------------------


def _load(connection: sqlite3.Connection) -> Changes:
    meta = dict(connection.execute("SELECT key, value FROM meta").fetchall())
    return Changes(
        applied_index=meta.get("applied_index", 0),
        applied_term=meta.get("applied_term", 0),
        time_ms=meta.get("time_ms", 0),
        inventories=_all(connection, "inventories", "inventory", tables.inventory_from_sql),
        seats=_all(connection, "seats", "inventory, seat", tables.seat_from_sql),
        holds=_all(connection, "holds", "hold", tables.hold_from_sql),
        requests=_all(connection, "requests", "log_index, ordinal", tables.request_from_sql),
    )


def _all(
    connection: sqlite3.Connection, table: str, order: str, from_sql: Callable[[tuple[Any, ...]], T]
) -> tuple[T, ...]:
    return tuple(from_sql(row) for row in connection.execute(f"SELECT * FROM {table} ORDER BY {order}"))
