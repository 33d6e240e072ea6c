"""The tables are the state: read back whole, and equal on every node at the same index, however often each saved."""

import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raftstore.seats import limits
from raftstore.seats.commands import Confirm, Hold, OpenSession, Outcome, Request, SessionOpened
from raftstore.seats.machine import SeatMachine
from raftstore.seats.tests.store import apply_next, open_store
from raftstore.seats.tests.strategies import RandomEntry, feed, histories
from raftstore.storage import state_rows, tables

TABLES = ("meta", "inventories", "seats", "holds", "requests", "sessions", "session_answers", "history")
# So small that sessions end in random histories, and answers with them.
BOUNDS = {"MAX_SESSIONS": 2, "MAX_SESSION_ANSWERS": 4, "MAX_ANSWERS_PER_SESSION": 3, "MAX_SESSION_IDLE_MS": 600}


def new_database() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.executescript(tables.SCHEMA)
    return connection


def contents(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    connection = new_database()
    yield connection
    connection.close()


def test_a_database_without_rows_is_the_empty_state(connection: sqlite3.Connection) -> None:
    assert state_rows.load(connection) == SeatMachine().whole_state()


def test_every_table_is_compared_here(connection: sqlite3.Connection) -> None:
    names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    assert {name for (name,) in names} == set(TABLES)


@settings(max_examples=150, deadline=None)
@given(histories, st.sets(st.integers(0, 26)), st.integers(0, 26))
def test_nodes_that_save_and_restart_at_other_times_have_equal_tables_and_machines(
    history: list[RandomEntry], saves: set[int], restart: int
) -> None:
    one, other = new_database(), new_database()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in BOUNDS.items():
            patch.setattr(limits, name, value)
        machine, steady = SeatMachine(), SeatMachine()
        for cut in range(len(history) + 1):
            feed(machine, history[:cut])
            if cut in saves:
                state_rows.write(one, machine.take_changes())
            if cut == restart:
                machine = SeatMachine.restore(state_rows.load(one))
        feed(machine, history)
        state_rows.write(one, machine.take_changes())
        feed(steady, history)
        state_rows.write(other, steady.take_changes())
    assert contents(one) == contents(other)
    assert state_rows.load(one) == state_rows.load(other) == steady.whole_state()
    one.close()
    other.close()


def test_what_is_unlike_the_rest_is_read_by_people_too(connection: sqlite3.Connection) -> None:
    store = open_store()
    apply_next(store.machine, membership=b'{"cluster":7}')
    opened = store.do(OpenSession())
    assert isinstance(opened, SessionOpened)
    store.apply(Request("r1", Confirm("nobody"), opened.session, 4, 3))
    state_rows.write(connection, store.machine.take_changes())
    head = connection.execute("SELECT applied_index, chain, trace, CAST(membership AS TEXT) FROM meta").fetchone()
    assert head == (4, store.machine.chain.hex(), store.machine.trace.hex(), '{"cluster":7}')
    *session, _ = connection.execute("SELECT * FROM sessions").fetchone()
    assert session == [opened.session, 3, 4, 0, 0]
    answer = connection.execute("SELECT session, sequence, request_id, outcome FROM session_answers").fetchone()
    assert answer[:3] == (opened.session, 4, "r1")
    assert '"unknown_hold"' in answer[3]


def test_answers_leave_the_tables_when_they_are_acknowledged_or_their_session_ends(
    connection: sqlite3.Connection,
) -> None:
    store = open_store()
    opened = store.do(OpenSession())
    assert isinstance(opened, SessionOpened)
    for number, acknowledged_below in ((1, 0), (2, 0), (3, 2)):
        store.apply(Request(f"r{number}", Confirm("nobody"), opened.session, number, acknowledged_below))
        state_rows.write(connection, store.machine.take_changes())
    assert [row[:2] for row in contents(connection)["session_answers"]] == [(opened.session, 2), (opened.session, 3)]
    store.pass_ms(limits.MAX_SESSION_IDLE_MS)
    state_rows.write(connection, store.machine.take_changes())
    assert (contents(connection)["sessions"], contents(connection)["session_answers"]) == ([], [])


def test_there_is_one_row_of_meta(connection: sqlite3.Connection) -> None:
    for _ in range(2):
        store = open_store()
        state_rows.write(connection, store.machine.take_changes())
    with pytest.raises(sqlite3.IntegrityError):
        connection.execute("INSERT INTO meta SELECT 2, applied_index, applied_term, 0, '', '', x'', 0 FROM meta")


def test_an_outcome_of_every_kind_is_read_back_as_it_was_written() -> None:
    outcome: Outcome = SessionOpened(9)
    read = tables.outcome_from_json(tables.outcome_to_json(outcome))
    assert (read, type(read)) == (outcome, SessionOpened)


def test_a_seat_that_was_given_back_leaves_the_tables(connection: sqlite3.Connection) -> None:
    store = open_store()
    store.do(Hold("train", "h1", ("A-1",), 0, 5, 1_000))
    state_rows.write(connection, store.machine.take_changes())
    store.pass_ms(1_000)
    state_rows.write(connection, store.machine.take_changes())
    assert contents(connection)["seats"] == []
