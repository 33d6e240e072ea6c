"""Does the checker accept what one store could have answered, and nothing else?"""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from raftstore.seats import commands as c
from raftstore.sim.histories import Absent, Answer, Argument, NothingHappened, Operation, ReadHold, ReadSeatMap
from raftstore.sim.linearizability import SearchTooLong, check

from .brute_force import is_linearizable
from .executions import FIRST_TIME_MS as T
from .executions import NS, Execution, with_a_lie

SEATS = ("A-0", "A-1")
LEGS = 2
TTL_MS = 200
DRIFT, SLACK_MS = 0.01, 5


def operation(client: int, argument: Argument, start_ms: int, end_ms: int, answer: Answer) -> Operation:
    return Operation.begun(client, argument, start_ms * NS).ended(end_ms * NS, answer)


def unknown(client: int, argument: Argument, start_ms: int) -> Operation:
    return Operation.begun(client, argument, start_ms * NS)


def opened(inventory: str = "train") -> Operation:
    return operation(9, c.OpenInventory(inventory, SEATS, LEGS), 0, 1, c.Opened(inventory))


def hold(name: str, seat: str = "A-0", inventory: str = "train") -> c.Hold:
    return c.Hold(inventory, name, (seat,), 0, LEGS, TTL_MS)


def held(name: str, at_ms: int) -> c.Held:
    return c.Held(name, T + at_ms + TTL_MS, T + at_ms)


def seen(*, inventory: str = "train", held: tuple[str, ...] = (), sold: tuple[str, ...] = ()) -> c.SeatMap:
    both = 0b11
    return c.SeatMap(inventory, 0, True, LEGS, len(SEATS), dict.fromkeys(held, both), dict.fromkeys(sold, both))


# --- What is linearizable ---------------------------------------------------------------------------


def test_an_empty_history_is_linearizable():
    assert check([]) is None


def test_of_two_that_want_one_seat_at_once_either_may_get_it():
    for winner, loser in ((1, 2), (2, 1)):
        history = [
            opened(),
            operation(winner, hold(f"h-{winner}"), 10, 20, held(f"h-{winner}", 15)),
            operation(loser, hold(f"h-{loser}"), 10, 20, c.Taken(("A-0",))),
        ]
        assert check(history) is None


def test_of_two_operations_on_a_hold_that_end_at_one_moment_both_know_the_hold():
    history = [
        opened(),
        operation(1, hold("h"), 10, 20, held("h", 15)),
        operation(2, c.Cancel("h"), 30, 90, c.Refused(c.RefusalCode.HOLD_NOT_CONFIRMED, "", c.HoldState.HELD)),
        operation(1, c.Exchange("h", "h-2", "train", ("A-1",), 0, LEGS), 40, 90, c.Exchanged("h", "h-2")),
        operation(3, c.Confirm("h"), 50, 60, c.Confirmed("h")),
    ]
    assert check(history) is None


def test_an_operation_of_unknown_outcome_may_take_effect_long_after_its_start():
    history = [
        opened(),
        unknown(1, hold("h-1"), 10),
        operation(2, ReadSeatMap("train"), 20, 25, seen()),
        operation(2, ReadSeatMap("train"), 30, 35, seen(held=("A-0",))),
    ]
    assert check(history) is None


def test_an_operation_of_unknown_outcome_may_never_take_effect():
    history = [opened(), unknown(1, hold("h-1"), 10), operation(2, hold("h-2"), 20, 30, held("h-2", 25))]
    assert check(history) is None


def test_an_answer_that_the_session_has_expired_leaves_open_what_happened():
    refused = c.Refused(c.RefusalCode.SESSION_EXPIRED, "")
    for view in (seen(), seen(held=("A-0",))):
        history = [
            opened(),
            operation(1, hold("h-1"), 10, 15, refused),
            operation(2, ReadSeatMap("train"), 20, 25, view),
        ]
        assert check(history) is None


def test_a_confirmation_that_nobody_saw_is_placed_before_its_hold_expires():
    history = [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        unknown(1, c.Confirm("h-1"), 30),
        *(operation(2, hold(f"n-{n}", "A-1"), n, n + 5, held(f"n-{n}", n)) for n in range(300, 3_000, 300)),
        operation(3, ReadSeatMap("train"), 5_000, 5_001, seen(sold=("A-0",))),
    ]
    assert check(history) is None


def test_a_confirmation_comes_before_an_operation_on_other_seats_that_is_later_than_its_deadline():
    history = [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(1, c.Confirm("h-1"), 100, 400, c.Confirmed("h-1")),
        operation(2, hold("h-2", "A-1"), 200, 310, held("h-2", 300)),
    ]
    assert check(history) is None


def test_a_hold_ends_by_its_deadline_and_its_seat_is_anothers():
    history = [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(2, hold("h-2"), 214, 220, held("h-2", 215)),
        operation(
            1, c.Confirm("h-1"), 230, 240, c.Refused(c.RefusalCode.HOLD_ENDED, "", hold_state=c.HoldState.EXPIRED)
        ),
    ]
    assert check(history) is None


# --- What is not ------------------------------------------------------------------------------------

BROKEN: dict[str, list[Operation]] = {
    "a seat with two holders": [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(2, hold("h-2"), 10, 20, held("h-2", 16)),
    ],
    "a read that does not see what was acknowledged before it": [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(2, ReadSeatMap("train"), 21, 25, seen()),
    ],
    "two reads of which the later one sees less": [
        opened(),
        opened("show"),
        operation(1, hold("h-0", inventory="show"), 5, 6, held("h-0", 5)),
        unknown(1, hold("h-1"), 10),
        operation(2, ReadSeatMap("train"), 21, 25, seen(held=("A-0",))),
        operation(3, ReadSeatMap("train"), 26, 30, seen()),
    ],
    "a sale that is lost": [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(1, c.Confirm("h-1"), 21, 25, c.Confirmed("h-1")),
        operation(2, hold("h-2"), 5_000, 5_010, held("h-2", 5_005)),
    ],
    "what was said not to have happened, and did": [
        opened(),
        operation(1, hold("h-1"), 10, 20, NothingHappened()),
        operation(2, ReadSeatMap("train"), 21, 25, seen(held=("A-0",))),
    ],
    "an effect before its cause began": [
        opened(),
        operation(2, ReadSeatMap("train"), 5, 8, seen(held=("A-0",))),
        unknown(1, hold("h-1"), 10),
    ],
    "a hold that expires early": [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(2, ReadSeatMap("train"), 30, 35, seen()),
    ],
    "a hold that outlives its deadline": [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(2, hold("h-2", "A-1"), 400, 410, held("h-2", 405)),
        operation(2, hold("h-3"), 420, 425, c.Taken(("A-0",))),
    ],
    "a hold of unknown outcome that outlives the latest deadline it can have": [
        opened(),
        unknown(1, hold("h-1"), 10),
        operation(2, hold("h-2"), 20, 30, c.Taken(("A-0",))),
        operation(3, hold("h-3", "A-1"), 25, 30, held("h-3", 27)),
        operation(2, hold("h-4", "A-1"), 400, 410, held("h-4", 405)),
        operation(2, hold("h-5"), 420, 425, c.Taken(("A-0",))),
    ],
    "time that goes back": [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(2, hold("h-2", "A-1"), 30, 40, held("h-2", 14)),
    ],
    "time that goes back from one inventory to the next": [
        opened(),
        opened("show"),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(2, hold("h-2", inventory="show"), 30, 40, held("h-2", 14)),
    ],
    "a hold that expires early by what another inventory tells of the time later": [
        opened(),
        opened("show"),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(2, ReadSeatMap("train"), 230, 240, seen()),
        operation(3, hold("h-2", inventory="show"), 250, 260, held("h-2", 100)),
    ],
    "time that runs ahead of the clock": [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(2, hold("h-2", "A-1"), 30, 40, held("h-2", 90)),
    ],
    "a deadline that is not the one asked for": [
        opened(),
        operation(1, hold("h-1"), 10, 20, c.Held("h-1", T + 999, T + 15)),
    ],
    "an inventory that opens again by itself": [
        opened(),
        operation(1, c.CloseInventory("train"), 10, 20, c.Closed("train")),
        operation(2, hold("h-1"), 30, 40, held("h-1", 35)),
    ],
    "an inventory that is gone": [opened(), operation(1, ReadSeatMap("train"), 10, 20, Absent())],
    "a hold that is gone": [
        opened(),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(1, ReadHold("h-1"), 30, 40, Absent()),
    ],
    "an exchange that gives nothing back": [
        opened(),
        opened("show"),
        operation(1, hold("h-1"), 10, 20, held("h-1", 15)),
        operation(1, c.Confirm("h-1"), 21, 25, c.Confirmed("h-1")),
        operation(1, c.Exchange("h-1", "h-2", "show", ("A-0",), 0, LEGS), 30, 40, c.Exchanged("h-1", "h-2")),
        operation(2, ReadSeatMap("train"), 50, 60, seen(sold=("A-0",))),
    ],
}


@pytest.mark.parametrize("history", BROKEN.values(), ids=BROKEN.keys())
def test_the_checker_finds(history):
    violation = check(history, clock_drift=DRIFT, clock_slack_ms=SLACK_MS)
    assert violation is not None
    assert not is_linearizable(history, clock_drift=DRIFT, clock_slack_ms=SLACK_MS)


def test_an_answer_cannot_be_older_than_another_that_it_depends_on():
    history = [
        opened(),
        operation(1, hold("h-1"), 10, 50, held("h-1", 40)),
        operation(2, c.Extend("h-1", TTL_MS), 10, 50, c.Held("h-1", T + 40 + TTL_MS, T + 30)),
    ]
    assert check(history) is not None


@pytest.mark.parametrize("history", BROKEN.values(), ids=BROKEN.keys())
def test_without_the_operation_that_has_no_place_the_beginning_is_linearizable(history):
    violation = check(history, clock_drift=DRIFT, clock_slack_ms=SLACK_MS)
    here = {one.argument.inventory for one in violation.prefix if isinstance(one.argument, c.OpenInventory)}
    elsewhere = [one for one in history if getattr(one.argument, "inventory", None) not in here]
    others = [one for one in elsewhere if one not in violation.prefix] + [
        one for one in violation.prefix if one is not violation.operation
    ]
    assert check(others, clock_drift=DRIFT, clock_slack_ms=SLACK_MS) is None
    assert check([*others, violation.operation], clock_drift=DRIFT, clock_slack_ms=SLACK_MS) is not None


def test_the_evidence_names_the_operation_and_what_it_should_have_met():
    violation = check(BROKEN["a sale that is lost"])
    told = str(violation)
    assert violation.operation.argument == hold("h-2")
    assert "A-0 sold" in told
    assert "Confirmed(hold='h-1')" in told


def test_evidence_leaves_out_what_other_inventories_have_to_do_with():
    elsewhere = [opened("show"), operation(5, hold("x", inventory="show"), 11, 12, held("x", 11))]
    violation = check([*elsewhere, *BROKEN["a seat with two holders"]])
    assert all("show" not in str(one) for one in violation.prefix)


# --- Against a checker that knows no tricks ---------------------------------------------------------


@settings(max_examples=300)
@given(st.integers(0, 2**32), st.integers(2, 5), st.booleans())
def test_it_agrees_with_trying_every_order_on_the_real_state_machine(seed, operations, lies):
    random = Random(seed)
    execution = Execution(random, clients=3, inventories=random.randint(1, 2), lost=random.choice([0, 0.3]))
    history = execution.history(operations)
    if lies:
        history = with_a_lie(history, random)
    violation = check(history, clock_drift=DRIFT, clock_slack_ms=SLACK_MS)
    possible = is_linearizable(history, clock_drift=DRIFT, clock_slack_ms=SLACK_MS)
    if possible or any(
        isinstance(one.argument, c.Hold | c.HoldBest | c.Extend) and one.outcome is None for one in history
    ):
        # A deadline that starts at an unknown time is bounded, not tried time by time: no false alarm, that is all.
        assert violation is None or not possible, str(violation)
    else:
        assert violation is not None


@settings(max_examples=25)
@given(st.integers(0, 2**32))
def test_true_executions_with_lost_answers_are_linearizable(seed):
    random = Random(seed)
    execution = Execution(random, clients=6, inventories=4, seats=5, legs=3, pause_ms=5, lost=0.02)
    assert check(execution.history(150)) is None


def test_ten_thousand_operations_cost_hardly_more_than_a_step_each():
    execution = Execution(
        Random(1), clients=8, inventories=100, seats=8, legs=3, pause_ms=5, lost=0.002, exchanges=False
    )
    assert check(execution.history(10_000), step_limit=15_000) is None


def test_a_search_that_would_take_too_long_says_so_and_does_not_guess():
    random = Random(3)
    history = Execution(random, clients=6, inventories=1, seats=5, legs=3, pause_ms=1).history(100)
    with pytest.raises(SearchTooLong):
        check(history, step_limit=1)
