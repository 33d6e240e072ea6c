"""A numbered request is carried out once, whatever is repeated, forgotten or restored; entries alone end a session."""

from dataclasses import replace

import pytest

from raftstore.seats import limits
from raftstore.seats.commands import (
    Command,
    Confirm,
    Held,
    Hold,
    OpenSession,
    Outcome,
    RefusalCode,
    Refused,
    Release,
    Released,
    Request,
    SessionOpened,
)
from raftstore.seats.machine import SeatMachine

from .store import Store, apply_next, open_store

HOLD = Hold("train", "h1", ("A-1",), 0, 5, 10_000)
OTHER = Hold("train", "h2", ("A-2",), 0, 5, 10_000)


class Client:
    """One session of a store; numbers are given by the test."""

    def __init__(self, store: Store, opening: str = "opening") -> None:
        self.store = store
        outcome = store.do(OpenSession(), opening)
        assert isinstance(outcome, SessionOpened)
        self.session = outcome.session

    def ask(self, number: int, command: Command, *, below: int = 0, request_id: str | None = None) -> Outcome:
        request = Request(request_id or f"{self.session}-{number}", command, self.session, number, below)
        return self.store.apply(request).outcomes[0]

    @property
    def is_known(self) -> bool:
        return self.session in [row.session for row in self.store.machine.whole_state().sessions]


def code_of(outcome: Outcome) -> RefusalCode:
    assert isinstance(outcome, Refused)
    assert outcome.detail
    return outcome.code


def kept(store: Store) -> list[tuple[int, int]]:
    return [(row.session, row.sequence) for row in store.machine.whole_state().answers]


def test_a_number_that_comes_again_gets_the_same_answer_and_changes_nothing() -> None:
    client = Client(open_store())
    first = client.ask(1, HOLD)
    client.ask(2, Release("h1"))
    client.store.pass_ms(60_000)
    assert client.ask(1, HOLD) == first == Held("h1", 10_000, 0)
    assert client.store.taken() == {}


def test_twins_in_one_entry_are_carried_out_once() -> None:
    client = Client(open_store())
    request = Request("r1", HOLD, client.session, 1)
    applied = client.store.apply(request, request)
    assert applied.outcomes[0] == applied.outcomes[1]
    assert len(applied.events) == 1


def test_an_answer_outlives_the_memory_of_request_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_REQUESTS_KEPT", 1)
    client = Client(open_store())
    first = client.ask(1, Release("h1"))
    client.store.do(HOLD)
    assert client.store.machine.whole_state().requests[0].request_id != f"{client.session}-1"
    assert client.ask(1, Release("h1")) == first
    assert client.store.taken().keys() == {"A-1"}


def test_a_number_under_which_another_command_or_request_came_is_refused_and_the_first_answer_stays() -> None:
    client = Client(open_store())
    first = client.ask(1, HOLD)
    assert code_of(client.ask(1, Release("h1"))) is RefusalCode.REQUEST_ID_REUSED
    assert code_of(client.ask(1, HOLD, request_id="another")) is RefusalCode.REQUEST_ID_REUSED
    assert client.store.taken().keys() == {"A-1"}
    assert client.ask(1, HOLD) == first


def test_numbers_of_two_sessions_have_nothing_to_do_with_each_other() -> None:
    store = open_store()
    one, other = Client(store, "one"), Client(store, "other")
    assert one.session != other.session
    assert one.ask(1, HOLD) == Held("h1", 10_000, 0)
    assert other.ask(1, OTHER) == Held("h2", 10_000, 0)


def test_a_session_whose_opening_comes_again_is_opened_once() -> None:
    store = open_store()
    assert Client(store).session == Client(store).session
    assert store.machine.sessions == 1


def test_a_session_has_another_id_where_the_log_was_another() -> None:
    """As after a restored backup, when the same indexes come again."""
    here, elsewhere = open_store(), open_store()
    apply_next(here.machine, data=b"one")
    apply_next(elsewhere.machine, data=b"other")
    assert Client(here).session != Client(elsewhere).session


def test_an_opening_is_of_no_session_even_if_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SESSIONS", 1)
    monkeypatch.setattr(limits, "MAX_SESSION_ANSWERS", 1)
    client = Client(open_store())
    opened = client.store.apply(Request("another", OpenSession(), client.session, 1)).outcomes[0]
    assert isinstance(opened, SessionOpened)
    assert (client.is_known, kept(client.store)) == (False, [])
    client.store.apply(Request("r1", Confirm("nobody"), opened.session, 1))
    assert kept(client.store) == [(opened.session, 1)]


# --- Acknowledging --------------------------------------------------------------------------------


def test_answers_are_forgotten_when_they_are_acknowledged_and_their_stragglers_do_nothing() -> None:
    client = Client(open_store())
    for number in (1, 2, 3):
        client.ask(number, Confirm("nobody"))
    client.ask(4, HOLD, below=3)
    assert kept(client.store) == [(client.session, 3), (client.session, 4)]
    client.store.do(Release("h1"))
    assert code_of(client.ask(2, HOLD)) is RefusalCode.SEQUENCE_ACKNOWLEDGED
    assert client.store.taken() == {}
    assert client.ask(4, HOLD) == Held("h1", 10_000, 0)


def test_what_was_acknowledged_stays_so_when_an_older_frame_says_less() -> None:
    client = Client(open_store())
    client.ask(5, HOLD, below=5)
    client.ask(6, Confirm("nobody"), below=2)
    assert code_of(client.ask(4, Release("h1"))) is RefusalCode.SEQUENCE_ACKNOWLEDGED


def test_a_jump_over_more_numbers_than_there_are_answers_costs_no_more_than_those() -> None:
    client = Client(open_store())
    client.ask(1, HOLD)
    far = limits.MAX_SEQUENCE
    assert client.ask(far, Release("h1"), below=far) == Released("h1")
    assert kept(client.store) == [(client.session, far)]


@pytest.mark.parametrize(("number", "below"), [(0, 0), (1, 2), (1 << 63, 0)])
def test_numbers_that_cannot_be_are_refused(number: int, below: int) -> None:
    client = Client(open_store())
    assert code_of(client.ask(number, HOLD, below=below)) is RefusalCode.INVALID
    assert client.ask(1, HOLD) == Held("h1", 10_000, 0)


# --- Beside request ids ---------------------------------------------------------------------------


def test_another_process_that_repeats_a_numbered_request_by_its_id_gets_its_answer() -> None:
    client = Client(open_store())
    first = client.ask(1, HOLD, request_id="r1")
    client.ask(2, Release("h1"))
    assert client.store.do(HOLD, "r1") == first
    assert client.store.taken() == {}


def test_a_numbered_request_that_another_process_had_carried_out_gets_that_answer_and_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = Client(open_store())
    first = client.store.do(HOLD, "r1")
    client.store.do(Release("h1"))
    assert client.ask(1, HOLD, request_id="r1") == first
    assert code_of(client.ask(2, OTHER, request_id="r1")) is RefusalCode.REQUEST_ID_REUSED
    monkeypatch.setattr(limits, "MAX_REQUESTS_KEPT", 0)
    client.store.apply()
    assert client.ask(1, HOLD, request_id="r1") == first
    assert code_of(client.ask(2, OTHER, request_id="r1")) is RefusalCode.REQUEST_ID_REUSED
    assert client.store.taken() == {}


# --- Bounds ---------------------------------------------------------------------------------------


def test_a_request_of_no_session_is_refused_and_does_nothing() -> None:
    store = open_store()
    outcome = store.apply(Request("r1", HOLD, 12345, 1)).outcomes[0]
    assert code_of(outcome) is RefusalCode.SESSION_EXPIRED
    assert store.taken() == {}
    assert store.do(HOLD, "r1") == Held("h1", 10_000, 0)


def test_a_session_ends_with_the_first_entry_at_its_idle_time_and_not_before() -> None:
    client = Client(open_store())
    client.store.pass_ms(limits.MAX_SESSION_IDLE_MS - 1)
    assert client.ask(1, Confirm("nobody")) == client.ask(1, Confirm("nobody"))
    client.store.pass_ms(limits.MAX_SESSION_IDLE_MS - 1)
    assert client.is_known
    client.store.now_ms += 1
    assert code_of(client.ask(2, HOLD)) is RefusalCode.SESSION_EXPIRED
    assert client.store.taken() == {}


def test_the_session_least_recently_used_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SESSIONS", 3)
    store = open_store()
    clients = [Client(store, name) for name in ("a", "b", "c")]
    clients[0].ask(1, Confirm("nobody"))
    clients.append(Client(store, "d"))
    assert [client.is_known for client in clients] == [True, False, True, True]
    assert code_of(clients[1].ask(1, HOLD)) is RefusalCode.SESSION_EXPIRED


def test_sessions_used_in_one_entry_go_in_the_order_of_their_first_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SESSIONS", 2)
    store = open_store()
    a, b = Client(store, "a"), Client(store, "b")
    uses = [(b, 1), (a, 1), (b, 2)]
    store.apply(*(Request(f"{n}", Confirm("nobody"), user.session, number) for n, (user, number) in enumerate(uses)))
    for machine in (store.machine, SeatMachine.restore(store.machine.whole_state())):
        c = Client(Store(machine), "c")
        assert [row.session for row in machine.whole_state().sessions] == [a.session, c.session]


def test_a_client_that_never_acknowledges_loses_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ANSWERS_PER_SESSION", 2)
    client = Client(open_store())
    for number in (1, 2, 1, 2):
        client.ask(number, Confirm("nobody"))
    assert code_of(client.ask(3, HOLD)) is RefusalCode.SESSION_EXPIRED
    assert code_of(client.ask(3, HOLD, below=3)) is RefusalCode.SESSION_EXPIRED
    assert client.store.taken() == {}
    assert kept(client.store) == []


def test_a_client_that_acknowledges_may_go_on_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ANSWERS_PER_SESSION", 2)
    monkeypatch.setattr(limits, "MAX_SESSION_ANSWERS", 2)
    client = Client(open_store())
    for number in range(1, 20):
        assert code_of(client.ask(number, Confirm("nobody"), below=number)) is RefusalCode.UNKNOWN_HOLD
    assert kept(client.store) == [(client.session, 19)]


def test_when_all_sessions_together_keep_too_much_the_least_recently_used_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "MAX_SESSION_ANSWERS", 3)
    store = open_store()
    a, b = Client(store, "a"), Client(store, "b")
    for number in (1, 2):
        a.ask(number, Confirm("nobody"))
        b.ask(number, Confirm("nobody"))
    assert [a.is_known, b.is_known] == [False, True]
    assert kept(store) == [(b.session, 1), (b.session, 2)]


def test_the_bound_on_all_answers_counts_those_that_were_restored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_SESSION_ANSWERS", 2)
    store = open_store()
    a, b = Client(store, "a"), Client(store, "b")
    a.ask(1, Confirm("nobody"))
    b.ask(1, Confirm("nobody"))
    b.store = Store(SeatMachine.restore(store.machine.whole_state()))
    b.ask(2, Confirm("nobody"))
    assert kept(b.store) == [(b.session, 1), (b.session, 2)]
    assert b.store.machine.sessions == 1


# --- Restoring ------------------------------------------------------------------------------------


def test_a_restored_machine_answers_alike_and_has_nothing_to_save() -> None:
    client = Client(open_store())
    first = client.ask(3, HOLD, below=2)
    state = client.store.machine.whole_state()
    changes = SeatMachine.restore(state).take_changes()
    assert (changes.sessions, changes.sessions_forgotten, changes.answers) == ((), (), ())
    restored = SeatMachine.restore(state)
    client.store = Store(restored)
    assert client.ask(3, HOLD) == first
    assert code_of(client.ask(1, Release("h1"))) is RefusalCode.SEQUENCE_ACKNOWLEDGED
    client.ask(4, Confirm("nobody"))
    assert [row.sequence for row in restored.take_changes().answers] == [4]


def test_an_answer_is_saved_once_and_never_if_it_was_acknowledged_before() -> None:
    client = Client(open_store())
    client.store.machine.take_changes()
    for number in range(1, 10):
        client.ask(number, Confirm("nobody"), below=number)
    changes = client.store.machine.take_changes()
    assert [row.sequence for row in changes.answers] == [9]
    assert [row.acknowledged_below for row in changes.sessions] == [9]
    client.store.apply()
    changes = client.store.machine.take_changes()
    assert (changes.sessions, changes.answers) == ((), ())
    client.ask(10, Confirm("nobody"))
    assert [row.sequence for row in client.store.machine.take_changes().answers] == [10]


def test_an_answer_of_a_session_that_is_not_there_cannot_be_restored() -> None:
    client = Client(open_store())
    client.ask(1, HOLD)
    state = client.store.machine.whole_state()
    with pytest.raises(KeyError):
        SeatMachine.restore(replace(state, sessions=()))
