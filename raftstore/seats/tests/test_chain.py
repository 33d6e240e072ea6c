"""Two hashes tell whether nodes applied the same entries, and whether these did the same."""

import pytest

from raftstore.seats.chain import EMPTY_CHAIN, chain_next
from raftstore.seats.commands import Confirm, Hold, Released, Request
from raftstore.seats.machine import SeatMachine

from .store import COMMAND_KIND, Store, apply_next, open_store

HOLD = Hold("train", "h1", ("A-1",), 0, 5, 10_000)
ENTRY = (7, 3, COMMAND_KIND, b"what the log holds")


def test_the_chain_can_be_computed_again_from_the_log_alone() -> None:
    machine = SeatMachine()
    chain = EMPTY_CHAIN
    for index, data in enumerate([b"", b"one", b"two" * 1_000], start=1):
        apply_next(machine, term=2, data=data)
        chain = chain_next(chain, index, 2, COMMAND_KIND, data)
        assert machine.chain == chain


@pytest.mark.parametrize("position", range(4), ids=["index", "term", "kind", "data"])
def test_the_chain_differs_with_every_part_of_an_entry_and_with_what_was_before(position: int) -> None:
    other = list(ENTRY)
    other[position] = b"other" if position == 3 else other[position] + 1
    assert chain_next(EMPTY_CHAIN, *other) != chain_next(EMPTY_CHAIN, *ENTRY)  # type: ignore[arg-type]
    assert chain_next(b"x" * 16, *ENTRY) != chain_next(EMPTY_CHAIN, *ENTRY)


def test_the_chain_goes_with_what_the_log_holds_and_the_trace_with_what_it_caused() -> None:
    one, other = open_store(), open_store()
    assert (one.machine.chain, one.machine.trace) == (other.machine.chain, other.machine.trace)
    apply_next(one.machine, Request("r1", HOLD), data=b"same")
    apply_next(other.machine, Request("r1", Confirm("h1")), data=b"same")
    for _ in range(2):
        assert one.machine.chain == other.machine.chain
        assert one.machine.trace != other.machine.trace
        apply_next(one.machine)
        apply_next(other.machine)


def test_the_trace_differs_with_who_got_what() -> None:
    entries = [
        [Request("r1", HOLD)],
        [Request("r1", Hold("train", "h2", ("A-1",), 0, 5, 10_000))],
        [Request("r1", Hold("train", "h1", ("A-2",), 0, 5, 10_000))],
        [Request("r1", Hold("train", "h1", ("A-1",), 0, 4, 10_000))],
        [Request("r1", Confirm("h1"))],
        [],
    ]
    traces = set()
    for requests in entries:
        store = open_store()
        apply_next(store.machine, *requests)
        traces.add(store.machine.trace)
    assert len(traces) == len(entries)


def test_a_node_that_carries_the_same_entry_out_differently_has_another_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = open_store(), open_store()
    one.do(Confirm("h1"), "r1")
    monkeypatch.setattr("raftstore.seats.machine.decide", lambda ledger, command: Released("h1"))
    other.do(Confirm("h1"), "r1")
    assert one.machine.chain == other.machine.chain
    assert one.machine.trace != other.machine.trace


def test_time_that_differs_is_in_the_trace() -> None:
    one, other = Store(), Store()
    one.pass_ms(1)
    other.pass_ms(2)
    assert one.machine.trace != other.machine.trace


def test_members_stay_as_the_latest_entry_that_had_any_says() -> None:
    machine = SeatMachine()
    apply_next(machine, membership=b"three nodes")
    apply_next(machine)
    assert machine.membership == b"three nodes"
    assert machine.take_changes().membership == b"three nodes"
    assert SeatMachine.restore(machine.whole_state()).membership == b"three nodes"


def test_a_restored_machine_goes_on_with_both_hashes() -> None:
    store = open_store()
    restored = SeatMachine.restore(store.machine.whole_state())
    for machine in (store.machine, restored):
        apply_next(machine, Request("r1", HOLD), data=b"next")
    assert (restored.chain, restored.trace) == (store.machine.chain, store.machine.trace)
