"""Which seats does somebody get who leaves the choice to the store? One rule of choosing.py a test."""

from dataclasses import replace

import pytest

from raftstore.seats import limits
from raftstore.seats.commands import (
    BestHeld,
    Cancel,
    CloseInventory,
    Confirm,
    Exchange,
    Exchanged,
    Held,
    Hold,
    HoldBest,
    Opened,
    OpenInventory,
    RefusalCode,
    Refused,
    SeatPlace,
)
from raftstore.seats.machine import SeatMachine

from .store import Store

TTL_MS = 60_000
WINDOW, LOWER = 1, 2


def open_row(count: int, *, legs: int = 1, store: Store | None = None) -> Store:
    """One row of neighbours, the first seat the best: A-1, A-2..."""
    store = store or Store()
    seats = tuple(f"A-{number}" for number in range(1, count + 1))
    places = tuple(SeatPlace("1", "A", number, 0, number) for number in range(1, count + 1))
    store.do(OpenInventory("run", seats, legs, places))
    return store


def open_places(store: Store, places: dict[str, SeatPlace], *, legs: int = 1) -> Store:
    store.do(OpenInventory("run", tuple(places), legs, tuple(places.values())))
    return store


def best(name: str, count: int = 1, *, legs: tuple[int, int] = (0, 1), **wish: object) -> HoldBest:
    return replace(HoldBest("run", name, count, *legs, TTL_MS), **wish)  # type: ignore[arg-type]


def take(store: Store, *seats: str, legs: tuple[int, int] = (0, 1)) -> None:
    assert isinstance(store.do(Hold("run", f"by-name {seats} {legs}", seats, *legs, TTL_MS)), Held)


def chosen(store: Store, wish: HoldBest) -> tuple[str, ...]:
    outcome = store.do(wish)
    assert isinstance(outcome, BestHeld), outcome
    return outcome.seats


def refusal(store: Store, wish: HoldBest) -> RefusalCode:
    outcome = store.do(wish)
    assert isinstance(outcome, Refused)
    assert outcome.detail
    return outcome.code


# --- What is chosen ---------------------------------------------------------------------------------


def test_of_seats_that_are_alike_the_one_of_the_lowest_rank_goes_first() -> None:
    store = open_places(Store(), {f"A-{n}": SeatPlace("1", "A", n, 0, abs(n - 4)) for n in range(1, 8)})
    assert chosen(store, best("h1", 3)) == ("A-3", "A-4", "A-5")


def test_on_a_train_the_seat_goes_first_whose_free_legs_are_broken_least() -> None:
    store = open_row(3, legs=6)
    take(store, "A-2", legs=(0, 2))
    take(store, "A-2", legs=(4, 6))
    take(store, "A-3", legs=(0, 1))
    assert chosen(store, best("h1", legs=(2, 4))) == ("A-2",)
    assert chosen(store, best("h2", legs=(2, 4))) == ("A-3",)
    assert chosen(store, best("h3", legs=(2, 4))) == ("A-1",)


def test_people_who_travel_together_sit_side_by_side_if_there_is_such_a_place() -> None:
    store = open_row(5)
    take(store, "A-2")
    assert chosen(store, best("h1", 3)) == ("A-3", "A-4", "A-5")


def test_a_gap_between_numbers_and_the_end_of_a_row_separate() -> None:
    places = {
        "A-1": SeatPlace("1", "A", 1, 0, 0),
        "A-2": SeatPlace("1", "A", 3, 0, 1),
        "B-1": SeatPlace("1", "B", 4, 0, 2),
    }
    store = open_places(Store(), places)
    assert refusal(store, best("h1", 2, together=True)) is RefusalCode.NO_SEATS
    assert chosen(store, best("h2", 2)) == ("A-1", "A-2")


def test_no_single_seat_is_left_over_while_another_choice_leaves_none() -> None:
    store = open_row(6)
    take(store, "A-4")
    assert chosen(store, best("h1", 2)) == ("A-5", "A-6")
    assert chosen(store, best("h2", 2)) == ("A-1", "A-2")


def test_a_group_without_a_row_of_its_own_sits_in_as_few_places_as_can_be() -> None:
    store = open_row(7)
    take(store, "A-2")
    take(store, "A-5")
    assert chosen(store, best("h1", 4)) == ("A-3", "A-4", "A-6", "A-7")


def test_a_group_that_must_sit_together_gets_nothing_where_it_cannot() -> None:
    store = open_row(4)
    take(store, "A-2")
    before = store.machine.whole_state().holds
    assert refusal(store, best("h1", 3, together=True)) is RefusalCode.NO_SEATS
    assert store.machine.whole_state().holds == before


def test_a_zone_and_what_a_seat_must_have_are_not_departed_from() -> None:
    places = {
        "A-1": SeatPlace("AC1", "A", 1, 0, 0),
        "A-2": SeatPlace("AC2", "A", 2, WINDOW, 1),
        "A-3": SeatPlace("AC2", "A", 3, LOWER, 2),
        "A-4": SeatPlace("AC3", "A", 4, WINDOW | LOWER, 3),
    }
    store = open_places(Store(), places)
    assert chosen(store, best("h1", zones=("AC2", "AC3"), must_have=LOWER)) == ("A-3",)
    assert chosen(store, best("h2", must_have=WINDOW | LOWER)) == ("A-4",)
    assert refusal(store, best("h3", must_have=LOWER)) is RefusalCode.NO_SEATS
    assert refusal(store, best("h4", zones=("sleeper",))) is RefusalCode.NO_SEATS
    assert chosen(store, best("h5", 2, zones=("AC1", "AC2"))) == ("A-1", "A-2")


def test_what_is_welcome_decides_before_anything_else_and_is_no_condition() -> None:
    places = {f"A-{n}": SeatPlace("1", "A", n, WINDOW * (n == 3), n) for n in range(1, 4)}
    store = open_places(Store(), places)
    assert chosen(store, best("h1", prefer=WINDOW)) == ("A-3",)
    assert chosen(store, best("h2", prefer=WINDOW)) == ("A-1",)


def test_seats_known_by_name_only_are_chosen_in_the_order_of_their_names_and_have_no_neighbours() -> None:
    store = Store()
    store.do(OpenInventory("run", ("Z", "Y", "X"), 1))
    assert refusal(store, best("h1", 2, together=True)) is RefusalCode.NO_SEATS
    assert chosen(store, best("h2", 2)) == ("Z", "Y")


def test_a_choice_among_very_many_stops_at_its_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_WINDOWS_WEIGHED", 2)
    store = open_row(4, legs=3)
    take(store, "A-3", legs=(0, 1))
    assert chosen(store, best("h1", legs=(1, 3))) == ("A-1",)


# --- What a hold is that was made so ------------------------------------------------------------------


def test_a_choice_is_held_like_any_other_seat_and_asked_for_again_is_answered_alike() -> None:
    store = open_row(3)
    assert store.do(best("h1", 2)) == BestHeld("h1", ("A-1", "A-2"), TTL_MS, 0)
    assert [(event.seat, event.kind.value) for event in store.events] == [("A-1", "held"), ("A-2", "held")]
    store.pass_ms(1_000)
    assert store.do(best("h1", 2)) == BestHeld("h1", ("A-1", "A-2"), TTL_MS, 1_000)
    assert refusal(store, best("h1", 1)) is RefusalCode.HOLD_ID_REUSED
    assert refusal(store, best("h1", 2, movable=True)) is RefusalCode.HOLD_ID_REUSED
    store.do(Confirm("h1"))
    store.do(Cancel("h1", ("A-1",)))
    assert store.taken("run") == {"A-2": (0, 1)}
    assert refusal(store, best("h1", 2)) is RefusalCode.HOLD_ID_REUSED


def test_that_a_hold_is_movable_is_kept_shown_and_restored() -> None:
    store = open_row(3)
    store.do(best("h1", movable=True))
    store.do(best("h2"))
    store.do(Confirm("h2"))
    assert store.do(Exchange("h2", "h3", "run", ("A-3",), 0, 1, movable=True)) == Exchanged("h2", "h3")
    restored = SeatMachine.restore(store.machine.whole_state())
    for machine in (store.machine, restored):
        views = [machine.hold(name) for name in ("h1", "h2", "h3")]
        assert [view.movable for view in views if view] == [True, False, True]
        page = machine.holds_of("run", after="", limit=0)
        assert page is not None
        assert [listed.movable for listed in page.holds] == [True, False, True]


def test_nothing_is_chosen_where_nothing_is_on_sale() -> None:
    store = open_row(3, legs=2)
    assert refusal(store, replace(best("h1"), inventory="nowhere")) is RefusalCode.UNKNOWN_INVENTORY
    assert refusal(store, best("h1", legs=(1, 3))) is RefusalCode.INVALID
    store.do(CloseInventory("run"))
    assert refusal(store, best("h1")) is RefusalCode.INVENTORY_CLOSED


@pytest.mark.parametrize(
    "fault",
    [
        {"count": 0},
        {"count": 11},
        {"zones": ("1", "1")},
        {"zones": ("",)},
        {"zones": tuple(map(str, range(65)))},
        {"must_have": 1 << 32},
        {"prefer": -1},
        {"ttl_ms": 1},
        {"first_leg": 1},
        {"hold": ""},
        {"inventory": "\n"},
    ],
    ids=str,
)
def test_a_wish_that_makes_no_sense_is_refused(fault: dict[str, object]) -> None:
    assert refusal(open_row(12), best("h1", **fault)) is RefusalCode.INVALID


# --- Where seats are ----------------------------------------------------------------------------------


def test_an_inventory_whose_seats_were_known_by_name_takes_on_their_places_and_keeps_its_holds() -> None:
    store = Store()
    store.do(OpenInventory("run", ("A-1", "A-2", "A-3"), 1))
    take(store, "A-1")
    assert refusal(store, best("h1", 2, together=True)) is RefusalCode.NO_SEATS
    open_row(3, store=store)
    assert chosen(store, best("h2", 2, together=True)) == ("A-2", "A-3")
    assert store.do(OpenInventory("run", ("A-1", "A-2", "A-3"), 1)) == Opened("run")
    restored = SeatMachine.restore(store.machine.whole_state())
    assert restored.digest() == store.machine.digest()
    assert sorted(store.taken("run")) == ["A-1", "A-2", "A-3"]
    assert len(store.machine.whole_state().layouts) == 2


@pytest.mark.parametrize(
    "places",
    [
        (SeatPlace("1", "A", 1, 0, 0),),
        (SeatPlace("1", "A", 1, 0, 0), SeatPlace("1", "A", 1, 0, 1)),
        (SeatPlace("1", "A", 1, 0, 0), SeatPlace("1", "A", -1, 0, 1)),
        (SeatPlace("1", "A", 1, 0, 0), SeatPlace("1", "A", 2, 1 << 32, 1)),
        (SeatPlace("1", "A", 1, 0, 0), SeatPlace("1", "A", 2, 0, 1 << 31)),
        (SeatPlace("1", "A", 1, 0, 0), SeatPlace("1", "a\nb", 2, 0, 1)),
        (SeatPlace("1", "A", 1, 0, 0), SeatPlace("x" * 129, "A", 2, 0, 1)),
    ],
    ids=["too few", "twice", "number", "features", "rank", "row", "zone"],
)
def test_places_that_make_no_sense_are_refused(places: tuple[SeatPlace, ...]) -> None:
    outcome = Store().do(OpenInventory("run", ("A-1", "A-2"), 1, places))
    assert isinstance(outcome, Refused)
    assert outcome.code is RefusalCode.INVALID
