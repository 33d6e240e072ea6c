"""What is not in the rows but must come back all the same: deadlines, counts and the order of forgetting."""

from dataclasses import replace

import pytest

from raftstore.seats import limits
from raftstore.seats.commands import Confirm, Hold, OpenSession, Release, Request, SessionOpened
from raftstore.seats.digest import digest_of
from raftstore.seats.machine import SeatMachine

from .store import Store, apply_next, open_store


def hold(name: str, seat: str, ttl_ms: int) -> Hold:
    return Hold("train", name, (seat,), 0, 5, ttl_ms)


def test_deadlines_come_back_in_their_order() -> None:
    store = open_store()
    for name, seat, ttl_ms in (("h1", "A-1", 3_000), ("h2", "A-2", 2_000), ("h3", "A-3", 1_000)):
        store.do(hold(name, seat, ttl_ms))
    restored = Store(SeatMachine.restore(store.machine.whole_state()))
    assert restored.machine.live_holds == 3
    assert restored.machine.next_expiry_ms() == 1_000
    restored.pass_ms(3_000)
    assert [event.hold for event in restored.events] == ["h3", "h2", "h1"]
    assert restored.machine.live_holds == 0


def test_holds_are_forgotten_in_the_order_they_ended_whatever_their_ids(monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store()
    for name, seat in (("h1", "A-1"), ("h2", "A-2"), ("h3", "A-3")):
        store.do(hold(name, seat, 1_000))
    for name in ("h3", "h1", "h2"):
        store.do(Release(name))
    restored = SeatMachine.restore(store.machine.whole_state())
    monkeypatch.setattr(limits, "MAX_ENDED_HOLDS_KEPT", 1)
    for machine in (store.machine, restored):
        apply_next(machine)
        assert [row.hold for row in machine.whole_state().holds] == ["h2"]


def test_a_restored_machine_has_nothing_to_save() -> None:
    store = open_store()
    store.do(hold("h1", "A-1", 1_000))
    changes = SeatMachine.restore(store.machine.whole_state()).take_changes()
    assert (changes.layouts, changes.inventories, changes.holds, changes.requests) == ((), (), (), ())


@pytest.mark.parametrize(
    "part", ["layouts", "inventories", "holds", "requests", "sessions", "answers", "chain", "trace"]
)
def test_states_that_differ_in_one_part_have_other_digests(part: str) -> None:
    store = open_store()
    opened = store.do(OpenSession())
    assert isinstance(opened, SessionOpened)
    store.apply(Request("numbered", Confirm("nobody"), opened.session, 1))
    store.do(hold("h1", "A-1", 1_000))
    store.do(Confirm("h1"))
    state = store.machine.whole_state()
    seats = (("train", "A-1", 0, 31),)
    digest = digest_of(state, seats)
    assert digest == store.machine.digest()
    assert digest_of(replace(state, **{part: getattr(state, part)[1:]}), seats) != digest
    assert digest_of(state, ()) != digest
