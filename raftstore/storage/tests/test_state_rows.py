"""The tables are the state: read back whole, and equal on every node at the same index, however often each saved."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raftstore.seats import limits
from raftstore.seats.commands import (
    Cancelled,
    Closed,
    Confirm,
    Confirmed,
    Exchanged,
    Held,
    Hold,
    HoldState,
    Opened,
    OpenSession,
    Outcome,
    RefusalCode,
    Refused,
    Release,
    Released,
    Request,
    SessionOpened,
    Taken,
)
from raftstore.seats.machine import SeatMachine
from raftstore.seats.tests.store import apply_next, open_store
from raftstore.seats.tests.strategies import RandomEntry, feed, histories
from raftstore.storage import state_rows, tables

TABLES = (
    "meta",
    "layouts",
    "inventories",
    "holds",
    "requests",
    "sessions",
    "session_answers",
    "gates",
    "visitors",
    "draws",
    "history",
    "seat_history",
)
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


@pytest.mark.parametrize(
    "outcome",
    [
        Opened("i"),
        Closed("i"),
        Held("h", 5, 3),
        Taken(("Ä-1", "A-2")),
        Confirmed("h"),
        Released("h"),
        Cancelled("h", ("A-1",)),
        Exchanged("h", "n"),
        SessionOpened(9),
        Refused(RefusalCode.HOLD_ENDED, "why", HoldState.EXPIRED),
        Refused(RefusalCode.INVALID, "why"),
    ],
    ids=lambda outcome: type(outcome).__name__,
)
def test_every_outcome_is_read_back_as_it_was_written(outcome: Outcome) -> None:
    read = tables.outcome_from_list(json.loads(tables.to_json(tables.outcome_to_list(outcome))))
    assert read == outcome
    assert type(read) is type(outcome)


def test_who_has_which_seat_is_seen_with_any_tool(connection: sqlite3.Connection) -> None:
    store = open_store()
    store.do(Hold("train", "h1", ("A-1", "A-2"), 0, 5, 1_000))
    store.do(Hold("train", "h2", ("A-3",), 1, 2, 1_000))
    store.do(Confirm("h2"))
    state_rows.write(connection, store.machine.take_changes())
    assert connection.execute("SELECT * FROM taken ORDER BY seat").fetchall() == [
        ("train", "A-1", "held", "h1", 0, 5),
        ("train", "A-2", "held", "h1", 0, 5),
        ("train", "A-3", "confirmed", "h2", 1, 2),
    ]
    store.pass_ms(1_000)
    state_rows.write(connection, store.machine.take_changes())
    assert connection.execute("SELECT seat FROM taken").fetchall() == [("A-3",)]


def test_what_one_entry_did_is_found_from_each_seat(connection: sqlite3.Connection) -> None:
    store = open_store()
    holds = [Hold("train", f"h{number}", (f"A-{number}",), 0, 1, 1_000) for number in (1, 2)]
    store.apply(*[Request(f"r{number}", hold) for number, hold in enumerate(holds)])
    store.apply(Request("r2", Release("h1")), Request("r3", holds[0]), Request("r4", replace(holds[0], hold="h3")))
    state_rows.write(connection, store.machine.take_changes())
    events = [event for event in store.events if event.seat == "A-1"]
    assert [event.index for event in events] == [2, 3, 3]
    for limit in range(5):
        assert state_rows.history(connection, "train", "A-1", limit) == (events[-limit:] if limit else [])
    state_rows.check_history(connection)


@pytest.mark.parametrize(
    "damage",
    [
        "DELETE FROM seat_history WHERE seat = 'A-1'",
        "UPDATE seat_history SET seat = 'A-3' WHERE seat = 'A-1'",
        "DELETE FROM history",
        "UPDATE history SET events = replace(events, 'A-1', 'A-3')",
    ],
)
def test_a_history_that_lost_something_is_found_out(connection: sqlite3.Connection, damage: str) -> None:
    store = open_store()
    store.do(Hold("train", "h1", ("A-1", "A-2"), 0, 5, 1_000))
    state_rows.write(connection, store.machine.take_changes())
    connection.execute(damage)
    with pytest.raises(ValueError, match=r"lead to all events|not what was written"):
        state_rows.check_history(connection)


def test_requests_are_remembered_and_forgotten_by_the_entry(
    connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_REQUESTS_KEPT", 3)
    store = open_store()
    for entry in range(3):
        store.apply(*[Request(f"r{entry}-{number}", Confirm("nobody")) for number in range(2)])
        state_rows.write(connection, store.machine.take_changes())
    rows = store.machine.whole_state().requests
    assert [row.request_id for row in rows] == ["r2-0", "r2-1"]
    assert state_rows.load(connection).requests == rows
    assert connection.execute("SELECT count(*) FROM requests").fetchone() == (1,)
