"""Does a cluster that does not answer hold up one thread at most, and is it asked again?"""

import threading

import pytest

from booking.seatstore import circuit as circuit_module
from booking.seatstore.circuit import Circuit
from raftstore import errors

LIMIT_S = 30


class Clock:
    def __init__(self) -> None:
        self.now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(circuit_module, "time", clock)
    return clock


def fail(circuit: Circuit, error: Exception | None = None) -> None:
    def ask() -> None:
        raise error or errors.StoreUnavailable("no leader")

    with pytest.raises(errors.RaftstoreError):
        circuit.call(ask)


def test_while_all_is_well_any_number_may_call_at_once():
    circuit = Circuit(pause_s=1)
    assert circuit.call(lambda: circuit.call(lambda: "answer")) == "answer"


@pytest.mark.parametrize("error", [errors.StoreUnavailable("no leader"), errors.OutcomeUnknown("no answer")])
def test_after_a_call_in_vain_nobody_is_asked_for_a_while(clock, error):
    circuit = Circuit(pause_s=1)
    fail(circuit, error)
    clock.now_s += 0.9
    with pytest.raises(errors.StoreUnavailable, match="a moment ago"):
        circuit.call(lambda: pytest.fail("it was asked"))
    clock.now_s += 0.2
    assert circuit.call(lambda: "answer") == "answer"


@pytest.mark.parametrize("error", [errors.StoreOverloaded("busy", 100), errors.RequestTooLarge("too large")])
def test_a_store_that_says_no_has_answered(error):
    circuit = Circuit(pause_s=1_000)
    fail(circuit, error)
    assert circuit.call(lambda: "answer") == "answer"


def test_while_one_waits_for_a_cluster_that_did_not_answer_the_others_are_told_at_once():
    circuit = Circuit(pause_s=0)
    fail(circuit)
    asked, may_answer = threading.Event(), threading.Event()

    def wait() -> None:
        asked.set()
        assert may_answer.wait(LIMIT_S)

    first = threading.Thread(target=circuit.call, args=(wait,))
    first.start()
    assert asked.wait(LIMIT_S)
    with pytest.raises(errors.StoreUnavailable):
        circuit.call(lambda: pytest.fail("it was asked"))
    may_answer.set()
    first.join(LIMIT_S)
    # It was answered, so all is well again.
    assert circuit.call(lambda: circuit.call(lambda: "answer")) == "answer"


def test_one_that_tried_in_vain_leaves_the_try_to_the_next():
    circuit = Circuit(pause_s=0)
    fail(circuit)
    fail(circuit, errors.StoreUnavailable("still no leader"))
    assert circuit.call(lambda: "answer") == "answer"
