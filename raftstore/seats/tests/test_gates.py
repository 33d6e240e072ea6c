"""A waiting room's line: fixed by the log, drawn by a seed that nobody could choose later, and never jumped."""

import hashlib
import random

import pytest

from raftstore.seats import gate_commands as g
from raftstore.seats import limits
from raftstore.seats.commands import RefusalCode, Refused
from raftstore.seats.gates import commitment_to
from raftstore.seats.machine import SeatMachine

from .store import Store, open_store

SEED = "5f0c1d"
TTL_MS = 1_000


def open_gate(limit: int = 100) -> Store:
    store = open_store()
    store.do(g.OpenGate("train", commitment_to(SEED), 0, limit))
    return store


def join(store: Store, *visitors: str) -> None:
    for visitor in visitors:
        seen(store.do(g.JoinGate("train", visitor)))


def seen(outcome: object) -> g.VisitorView:
    assert isinstance(outcome, g.VisitorView)
    return outcome


def visitor(store: Store, name: str) -> g.VisitorView:
    return seen(store.machine.visitor("train", name))


def gate(store: Store) -> g.GateView:
    view = store.machine.gate("train")
    assert view is not None
    return view


def refusal(outcome: object) -> RefusalCode:
    assert isinstance(outcome, Refused)
    return outcome.code


def admitted(store: Store, names: list[str]) -> list[str]:
    return [name for name in names if visitor(store, name).state is g.VisitorState.ADMITTED]


def test_who_comes_before_the_opening_is_drawn_by_the_seed_and_not_by_arrival():
    names = [f"visitor {number}" for number in range(40)]
    orders = []
    for shuffled in (names, random.Random(3).sample(names, len(names))):
        store = open_gate()
        join(store, *shuffled)
        assert {visitor(store, name).place for name in names} == {0}
        store.do(g.RevealGate("train", SEED))
        orders.append(sorted(names, key=lambda name: visitor(store, name).place))
    assert orders[0] == orders[1] != names
    # As docs/api.md tells everybody who wants to check it.
    assert orders[0] == sorted(names, key=lambda name: hashlib.sha256(f"{SEED}\n{name}".encode()).hexdigest())
    page = store.machine.draw_of("train", after=0, limit=0)
    assert page is not None
    assert [drawn.visitor for drawn in page.drawn] == orders[0]
    assert not page.more


def test_who_comes_after_the_opening_is_behind_in_the_order_of_the_log():
    store = open_gate()
    join(store, "a", "b")
    store.do(g.RevealGate("train", SEED))
    join(store, "late", "later")
    assert [visitor(store, name).place for name in ("late", "later")] == [3, 4]
    join(store, "late")
    assert visitor(store, "late").place == 3
    assert (gate(store).drawn, gate(store).arrived, gate(store).front) == (2, 4, 1)


def test_another_seed_than_was_promised_opens_nothing():
    store = open_gate()
    join(store, "a")
    assert refusal(store.do(g.RevealGate("train", "chosen later"))) is RefusalCode.WRONG_SEED
    assert gate(store).seed == ""
    assert refusal(store.do(g.AdmitNext("train", 1, TTL_MS))) is RefusalCode.GATE_NOT_OPEN
    store.do(g.RevealGate("train", SEED))
    assert gate(store).seed == SEED


def test_opening_again_draws_nobody_again():
    store = open_gate()
    join(store, "a", "b", "c")
    store.do(g.RevealGate("train", SEED))
    join(store, "d")
    places = [visitor(store, name).place for name in "abcd"]
    store.do(g.RevealGate("train", SEED))
    assert [visitor(store, name).place for name in "abcd"] == places
    other = store.do(g.OpenGate("train", commitment_to("other"), 0, 100))
    assert refusal(other) is RefusalCode.GATE_DIFFERS


def test_the_first_in_line_are_let_in_and_nobody_jumps_it():
    store = open_gate()
    names = [f"v{number}" for number in range(10)]
    join(store, *names)
    store.do(g.RevealGate("train", SEED))
    in_line = sorted(names, key=lambda name: visitor(store, name).place)
    for first in range(0, 9, 3):
        store.do(g.AdmitNext("train", 3, TTL_MS))
        assert sorted(admitted(store, names), key=in_line.index) == in_line[: first + 3]
        assert gate(store).front == first + 4
    # Those before him leave: nobody else gains by it than those behind.
    assert (gate(store).waiting, gate(store).admitted) == (1, 9)
    store.do(g.AdmitNext("train", 3, TTL_MS))
    assert (gate(store).waiting, gate(store).front) == (0, 11)


def test_an_admission_ends_by_replicated_time_and_whoever_comes_again_is_last():
    store = open_gate()
    join(store, "a", "b")
    store.do(g.RevealGate("train", SEED))
    store.do(g.AdmitNext("train", 1, TTL_MS))
    [first] = admitted(store, ["a", "b"])
    join(store, first)
    assert visitor(store, first).expires_at_ms == store.now_ms + TTL_MS
    store.pass_ms(TTL_MS - 1)
    assert admitted(store, ["a", "b"]) == [first]
    store.pass_ms(1)
    assert visitor(store, first).state is g.VisitorState.ABSENT
    join(store, first)
    assert (visitor(store, first).state, visitor(store, first).place) == (g.VisitorState.WAITING, 3)


def test_who_leaves_loses_the_place_and_coming_back_before_the_opening_changes_no_lot():
    store = open_gate()
    join(store, "a", "b", "c", "d")
    store.do(g.LeaveGate("train", "b"))
    store.do(g.LeaveGate("train", "c"))
    join(store, "b")
    store.do(g.RevealGate("train", SEED))
    lots = sorted("abd", key=lambda name: hashlib.sha256(f"{SEED}\n{name}".encode()).hexdigest())
    assert sorted("abd", key=lambda name: visitor(store, name).place) == lots
    assert visitor(store, "c").state is g.VisitorState.ABSENT
    store.do(g.LeaveGate("train", lots[0]))
    assert gate(store).front == 2


def test_a_full_waiting_room_takes_nobody_and_says_so():
    store = open_gate(limit=2)
    join(store, "a", "b")
    assert refusal(store.do(g.JoinGate("train", "c"))) is RefusalCode.GATE_FULL
    join(store, "a")
    store.do(g.LeaveGate("train", "a"))
    join(store, "c")


def test_what_is_before_no_inventory_or_beyond_the_bounds_is_refused(monkeypatch: pytest.MonkeyPatch):
    store = open_store()
    for command in (g.JoinGate("train", "a"), g.RevealGate("train", SEED), g.AdmitNext("train", 1, TTL_MS)):
        assert refusal(store.do(command)) is RefusalCode.UNKNOWN_GATE
    assert refusal(store.do(g.OpenGate("nowhere", commitment_to(SEED), 0, 1))) is RefusalCode.UNKNOWN_INVENTORY
    monkeypatch.setattr(limits, "MAX_GATES", 0)
    assert refusal(store.do(g.OpenGate("train", commitment_to(SEED), 0, 1))) is RefusalCode.TOO_MANY_GATES
    for broken in (
        g.OpenGate("train", "no hash", 0, 1),
        g.OpenGate("train", commitment_to(SEED), 0, limits.MAX_VISITORS_PER_GATE + 1),
        g.JoinGate("train", ""),
        g.RevealGate("train", "a\nb"),
        g.AdmitNext("train", 0, TTL_MS),
        g.AdmitNext("train", 1, 1),
    ):
        assert refusal(store.do(broken)) is RefusalCode.INVALID


def test_a_closed_gate_is_forgotten_with_all_who_were_there():
    store = open_gate()
    join(store, "a", "b")
    store.do(g.RevealGate("train", SEED))
    store.do(g.AdmitNext("train", 1, TTL_MS))
    assert store.do(g.CloseGate("train")) == store.do(g.CloseGate("train")) == g.GateClosed("train")
    assert store.machine.gate("train") is None
    assert store.machine.visitor("train", "a") is None
    store.do(g.OpenGate("train", commitment_to("new"), 0, 5))
    assert visitor(store, "a").state is g.VisitorState.ABSENT


def test_a_restored_machine_goes_on_with_the_same_line():
    store = open_gate()
    names = [f"v{number}" for number in range(9)]
    join(store, *names)
    store.do(g.RevealGate("train", SEED))
    store.do(g.AdmitNext("train", 4, TTL_MS))
    join(store, "late")
    again = Store(SeatMachine.restore(store.machine.whole_state()))
    for each in (store, again):
        each.do(g.AdmitNext("train", 2, TTL_MS), "the same")
        each.pass_ms(TTL_MS)
    assert again.machine.digest() == store.machine.digest()
    assert gate(again) == gate(store)
    assert [visitor(again, name) for name in names] == [visitor(store, name) for name in names]


def test_the_trace_differs_where_the_line_does():
    one, other = open_gate(), open_gate()
    join(one, "a")
    join(other, "b")
    assert one.machine.trace != other.machine.trace
