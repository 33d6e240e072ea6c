"""The state machine's state in an SQLite file, so that a restart replays only the log's end.

The file is always the state as of exactly one log index: a save is one transaction. It lags behind the log, never
ahead of it, and a save needs no sync of its own: what a power cut takes from it is replayed from the log. Before the
log may forget its beginning `make_durable` is called. Whoever opens the file with another tool while the node runs
should only read.
"""

import sqlite3
from typing import Final

from raftstore.core.types import LogBase
from raftstore.errors import CheckpointUnreadable, WriteFailed
from raftstore.seats.changes import Changes
from raftstore.seats.commands import SeatEvent
from raftstore.seats.machine import SeatMachine

from . import state_rows
from .base import DatabaseFile, Directory
from .tables import APPLICATION_ID, SCHEMA, SCHEMA_VERSION

FILE_NAME: Final = "state.sqlite3"
# What SQLite keeps beside a database. They belong to that one, and would be taken for a later one's under its name.
SQLITE_COMPANIONS: Final = (f"{FILE_NAME}-wal", f"{FILE_NAME}-shm")
# SQLite copies its write-ahead log into the file when it has this many pages of 4 KiB.
_COPY_BACK_PAGES: Final = 4_000


class Checkpoint:
    """Owns the file's one connection; one thread at a time uses it."""

    def __init__(self, file: DatabaseFile, connection: sqlite3.Connection, machine: SeatMachine) -> None:
        self._file = file
        self._connection = connection
        # The log index that the file is the state as of, its term, and the hash chain there.
        self.base = LogBase(machine.applied_index, machine.applied_term)
        self.chain = machine.chain

    @classmethod
    def open(cls, directory: Directory) -> tuple["Checkpoint", SeatMachine]:
        """The checkpoint in a data directory, and the machine that it holds; an empty one if there is none.

        Raises:
            CheckpointUnreadable: another version wrote it, or it is damaged or no checkpoint at all.
        """
        where = f"{directory.path}/{FILE_NAME}"
        file = directory.database(FILE_NAME)
        try:
            connection = file.connect()
            _prepare(connection, file, where)
            machine = load_machine(connection, where)
        # UnicodeError: SQLite quotes what it cannot read.
        except (sqlite3.Error, UnicodeError) as error:
            file.close()
            raise _unreadable(where, error) from error
        except BaseException:
            file.close()
            raise
        return cls(file, connection, machine), machine

    def save(self, changes: Changes) -> None:
        """Add what changed since the last save; all of it or nothing.

        Raises:
            WriteFailed: it cannot be written; what was to be saved is lost to this file, so the node must stop.
        """
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            state_rows.write(connection, changes)
            connection.execute("COMMIT")
            self._file.committed()
        except (sqlite3.Error, OSError) as error:
            self._file.close()
            raise WriteFailed(f"the checkpoint cannot be written: {error}") from error
        self.base = LogBase(changes.applied_index, changes.applied_term)
        self.chain = changes.chain

    def make_durable(self) -> LogBase:
        """What was saved survives a power cut when this returns; it is the state as of the returned base.

        Raises:
            WriteFailed: it cannot be synced; nobody knows what is on the disk, the node must stop.
        """
        try:
            self._file.sync()
        except (sqlite3.Error, OSError) as error:
            self._file.close()
            raise WriteFailed(f"the checkpoint cannot be synced: {error}") from error
        return self.base

    def size_bytes(self) -> int:
        """What a copy of it has at most.

        Raises:
            sqlite3.Error
        """
        pages: int = self._connection.execute("PRAGMA page_count").fetchone()[0]
        page_bytes: int = self._connection.execute("PRAGMA page_size").fetchone()[0]
        return pages * page_bytes

    def copy_to(self, name: str) -> None:
        """A consistent copy, durably, as that file of the directory.

        Raises:
            OSError, sqlite3.Error: it cannot be written; there is no such file.
        """
        self._file.copy_to(name)

    def history(self, inventory: str, seat: str, limit: int) -> list[SeatEvent]:
        """The latest `limit` events of a seat, oldest first.

        Raises:
            CheckpointUnreadable: they are damaged.
        """
        try:
            return state_rows.history(self._connection, inventory, seat, limit)
        except (sqlite3.Error, ValueError) as error:
            raise CheckpointUnreadable(f"the history of seat {seat} cannot be read: {error!r}") from error

    def close(self) -> None:
        self._file.close()


def check_version(connection: sqlite3.Connection, where: str) -> None:
    """
    Raises:
        CheckpointUnreadable: it is not a checkpoint, or of another version.
        sqlite3.Error: it cannot be read.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != APPLICATION_ID:
        raise CheckpointUnreadable(f"{where} is a database, but not a checkpoint of this program; move it away")
    if version != SCHEMA_VERSION:
        raise CheckpointUnreadable(
            f"{where} has schema version {version}; this program reads {SCHEMA_VERSION}. Start the version that wrote "
            "it, or move it and its -wal and -shm files away: the node builds it again if its log reaches back far "
            "enough, and says so if it does not"
        )


def check_structure(connection: sqlite3.Connection, where: str) -> None:
    """Whether SQLite finds all pages and rows where they should be; what is in the rows, their checksums tell. Takes
    about three seconds for each GB.

    Raises:
        CheckpointUnreadable: it does not.
        sqlite3.Error: it cannot be read.
    """
    [complaint] = connection.execute("PRAGMA quick_check(1)").fetchone()
    if complaint != "ok":
        raise _unreadable(where, ValueError(complaint))


def load_machine(connection: sqlite3.Connection, where: str) -> SeatMachine:
    """
    Raises:
        CheckpointUnreadable: what the tables hold is no state.
    """
    try:
        return SeatMachine.restore(state_rows.load(connection))
    except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
        raise _unreadable(where, error) from error


def _prepare(connection: sqlite3.Connection, file: DatabaseFile, where: str) -> None:
    """Settings of the connection, and the tables of a file that is new."""
    is_new = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if not is_new:
        check_version(connection, where)
        check_structure(connection, where)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_COPY_BACK_PAGES}")
    if is_new:
        connection.executescript(
            f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION}; {SCHEMA} COMMIT;"
        )
        file.committed()


def _unreadable(where: str, error: Exception) -> CheckpointUnreadable:
    return CheckpointUnreadable(
        f"{where} cannot be read ({error!r}). With the node stopped, move it and its -wal and -shm files away: the "
        "node builds it again if its log reaches back far enough, and says so if it does not"
    )
