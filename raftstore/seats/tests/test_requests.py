"""A request that comes twice is carried out once, within bounds that every node shares."""

import pytest

from raftstore.seats import limits
from raftstore.seats.commands import Confirm, Held, Hold, RefusalCode, Refused, Release, Request, Taken

from .store import Store, open_store

HOLD = Hold("train", "h1", ("A-1",), 0, 5, 10_000)


def test_a_request_that_comes_again_gets_the_same_answer_and_changes_nothing() -> None:
    store = open_store()
    first = store.do(HOLD, "r1")
    store.do(Release("h1"))
    store.pass_ms(60_000)
    assert store.do(HOLD, "r1") == first == Held("h1", 10_000, 0)
    assert store.taken() == {}


def test_conflicts_and_refusals_are_remembered_too() -> None:
    store = open_store()
    store.do(HOLD)
    other = Hold("train", "h2", ("A-1",), 0, 5, 10_000)
    assert store.do(other, "r2") == Taken(("A-1",))
    unknown = store.do(Confirm("h3"), "r3")
    store.do(Release("h1"))
    store.do(Hold("train", "h3", ("A-2",), 0, 5, 10_000))
    assert store.do(other, "r2") == Taken(("A-1",))
    assert store.do(Confirm("h3"), "r3") == unknown


def test_twins_in_one_entry_are_carried_out_once() -> None:
    store = open_store()
    applied = store.apply(Request("r1", HOLD), Request("r1", HOLD))
    assert applied.outcomes[0] == applied.outcomes[1]
    assert len(applied.events) == 1


def test_a_request_id_under_which_another_command_came_is_refused_and_the_first_answer_stays() -> None:
    store = open_store()
    first = store.do(HOLD, "r1")
    outcome = store.do(Release("h1"), "r1")
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.REQUEST_ID_REUSED
    assert store.taken().keys() == {"A-1"}
    assert store.do(HOLD, "r1") == first


@pytest.mark.parametrize("request_id", ["", "x" * (limits.MAX_NAME_CHARS + 1), "a\x00b"])
def test_a_request_id_that_cannot_be_kept_is_refused(request_id: str) -> None:
    outcome = open_store().apply(Request(request_id, HOLD)).outcomes[0]
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.INVALID


def test_an_entry_without_requests_lets_time_pass_and_is_not_remembered() -> None:
    store = open_store()
    before = store.machine.whole_state().requests
    assert store.apply().outcomes == ()
    assert store.machine.whole_state().requests == before


def remembered(store: Store) -> list[str]:
    return [row.request_id for row in store.machine.whole_state().requests]


def test_the_oldest_requests_are_forgotten_beyond_the_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_REQUESTS_KEPT", 3)
    store = open_store()
    for number in range(5):
        store.do(Confirm("nobody"), f"r{number}")
    assert remembered(store) == ["r2", "r3", "r4"]


def test_requests_are_forgotten_at_their_age_in_replicated_time() -> None:
    store = open_store()
    store.do(HOLD, "r1")
    store.pass_ms(limits.MAX_REQUEST_AGE_MS - 1)
    assert "r1" in remembered(store)
    store.pass_ms(1)
    assert remembered(store) == []


def test_forgetting_goes_in_portions_so_that_no_entry_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MIN_FORGOTTEN_PER_ENTRY", 4)
    store = Store()
    for entry in range(4):
        store.apply(*(Request(f"r{entry}-{number}", Confirm("nobody")) for number in range(3)))
    left = []
    store.now_ms = limits.MAX_REQUEST_AGE_MS
    for _ in range(3):
        store.apply()
        left.append(len(remembered(store)))
    # Whole entries, until at least four requests are gone.
    assert left == [6, 0, 0]


def test_ended_holds_are_forgotten_beyond_the_count_and_confirmed_ones_never(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ENDED_HOLDS_KEPT", 2)
    store = open_store()
    store.do(Hold("train", "sold", ("A-2",), 0, 5, 10_000))
    store.do(Confirm("sold"))
    for number in range(4):
        store.do(Hold("train", f"h{number}", ("A-1",), 0, 5, 10_000))
        store.do(Release(f"h{number}"))
    assert [row.hold for row in store.machine.whole_state().holds] == ["h2", "h3", "sold"]
