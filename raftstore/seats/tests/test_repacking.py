"""Who is moved so that somebody can travel all the way on one seat, and who never is?"""

from dataclasses import replace
from random import Random

import pytest

from raftstore.seats import limits
from raftstore.seats.commands import (
    BestHeld,
    Cancel,
    Cancelled,
    Confirm,
    EventKind,
    Exchange,
    Hold,
    HoldBest,
    HoldState,
    Move,
    OpenInventory,
    RefusalCode,
    Refused,
    Release,
    SeatPlace,
)
from raftstore.seats.machine import SeatMachine

from .store import Store

TTL_MS = 600_000
LEGS = 6


def a_train(kinds: dict[str, tuple[str, int]] | int) -> Store:
    """Seats of these zones and features; a number means as many that are alike."""
    if isinstance(kinds, int):
        kinds = {f"A-{number}": ("1", 0) for number in range(1, kinds + 1)}
    places = tuple(SeatPlace(zone, "A", 2 * at, bits, at) for at, (zone, bits) in enumerate(kinds.values()))
    store = Store()
    store.do(OpenInventory("run", tuple(kinds), LEGS, places))
    return store


def sit(store: Store, name: str, seat: str, first_leg: int, end_leg: int, *, movable: bool = True) -> None:
    """A ticket for this very seat, whose customer accepts another if he is movable."""
    store.do(Hold("run", f"{name}-before", (seat,), first_leg, end_leg, TTL_MS))
    store.do(Confirm(f"{name}-before"))
    exchange = Exchange(f"{name}-before", name, "run", (seat,), first_leg, end_leg, movable=movable)
    assert not isinstance(store.do(exchange), Refused)


def wish(name: str, first_leg: int, end_leg: int, **of: object) -> HoldBest:
    return replace(HoldBest("run", name, 1, first_leg, end_leg, TTL_MS, repack=True), **of)  # type: ignore[arg-type]


def held(store: Store, command: HoldBest) -> BestHeld:
    outcome = store.do(command)
    assert isinstance(outcome, BestHeld), outcome
    return outcome


def is_refused(store: Store, command: HoldBest) -> bool:
    before = store.machine.whole_state().holds
    outcome = store.do(command)
    assert store.machine.whole_state().holds == before or isinstance(outcome, BestHeld)
    return isinstance(outcome, Refused) and outcome.code is RefusalCode.NO_SEATS


def seats_of(store: Store, name: str) -> tuple[str, ...]:
    view = store.machine.hold(name)
    assert view is not None
    return view.seats


def test_a_passenger_who_agreed_makes_room_for_a_longer_journey() -> None:
    store = a_train(2)
    sit(store, "p", "A-1", 0, 3)
    sit(store, "q", "A-2", 3, 6)
    outcome = held(store, wish("long", 0, 6))
    assert outcome.seats == ("A-1",)
    assert outcome.moved == (Move("p", "A-1", "A-2"),)
    assert store.taken("run") == {"A-1": (0b111111, 0), "A-2": (0, 0b111111)}
    assert seats_of(store, "p") == ("A-2",)


def test_nobody_is_moved_without_having_agreed_or_while_a_seat_is_free_or_unless_it_is_asked_for() -> None:
    for refuser in ({"movable": False}, {}):
        store = a_train(2)
        sit(store, "p", "A-1", 0, 3, **refuser)
        sit(store, "q", "A-2", 3, 6, **refuser)
        assert is_refused(store, wish("long", 0, 6, repack=refuser != {}))
    store = a_train(3)
    sit(store, "p", "A-1", 0, 3)
    sit(store, "q", "A-2", 3, 6)
    assert held(store, wish("long", 0, 6)).moved == ()


def test_a_passenger_keeps_his_zone_and_at_least_the_features_of_his_seat() -> None:
    window, lower = 1, 2
    for other in (("2", window), ("1", lower)):
        store = a_train({"A-1": ("1", window), "A-2": other})
        sit(store, "p", "A-1", 0, 3)
        sit(store, "q", "A-2", 3, 6)
        assert is_refused(store, wish("long", 0, 6))
    store = a_train({"A-1": ("1", window), "A-2": ("1", 0)})
    sit(store, "p", "A-1", 0, 3)
    sit(store, "q", "A-2", 3, 6)
    assert held(store, wish("long", 0, 6)).moved == (Move("q", "A-2", "A-1"),)
    store = a_train({"A-1": ("1", window), "A-2": ("1", window | lower)})
    sit(store, "p", "A-1", 0, 3)
    sit(store, "q", "A-2", 3, 6)
    assert held(store, wish("long", 0, 6)).moved == (Move("p", "A-1", "A-2"),)


def test_those_who_travel_on_several_seats_stay_where_they_are() -> None:
    store = a_train(3)
    group = HoldBest("run", "group", 2, 0, 3, TTL_MS, movable=True)
    store.do(group)
    sit(store, "q", "A-3", 3, 6)
    assert seats_of(store, "group") == ("A-1", "A-2")
    store.do(Hold("run", "last", ("A-2",), 3, 6, TTL_MS))
    assert held(store, wish("one", 3, 6)).seats == ("A-1",)
    assert is_refused(store, wish("long", 0, 6))


def test_two_seats_are_swapped_where_no_one_seat_takes_all() -> None:
    """One seat each is free on the first, the second and the last third, and nobody's legs fit elsewhere."""
    store = a_train(3)
    for name, seat, legs in (("a", "A-1", (2, 5)), ("b", "A-2", (0, 2)), ("c", "A-2", (3, 6)), ("d", "A-3", (0, 3))):
        sit(store, name, seat, *legs)
    sit(store, "e", "A-3", 5, 6)
    outcome = held(store, wish("long", 0, 6))
    assert outcome.moved
    sold = {seat: masks[1] for seat, masks in store.taken("run").items()}
    assert sorted(sold.values()) == [0, 0b111111, 0b111111] or len(sold) == 3
    for name, legs in (("a", (2, 5)), ("b", (0, 2)), ("c", (3, 6)), ("d", (0, 3)), ("e", (5, 6))):
        view = store.machine.hold(name)
        assert view is not None
        assert (view.first_leg, view.end_leg, view.state) == (*legs, HoldState.CONFIRMED)
        assert len(view.seats) == 1


def test_watchers_and_the_seat_s_history_are_told_of_every_move() -> None:
    store = a_train(2)
    sit(store, "p", "A-1", 0, 3)
    sit(store, "q", "A-2", 3, 6)
    store.events.clear()
    held(store, wish("long", 0, 6))
    told = [(event.kind, event.seat, event.hold, event.held, event.sold) for event in store.events]
    assert told == [
        (EventKind.MOVED_AWAY, "A-1", "p", 0, 0),
        (EventKind.MOVED_HERE, "A-2", "p", 0, 0b111111),
        (EventKind.HELD, "A-1", "long", 0b111111, 0),
    ]


def test_one_who_was_moved_pays_releases_expires_or_gives_back_what_he_has_now() -> None:
    for ending in (Confirm("p"), Release("p"), None):
        store = a_train(2)
        store.do(HoldBest("run", "p", 1, 0, 3, 1_000, movable=True))
        sit(store, "q", "A-2", 3, 6)
        assert held(store, wish("long", 0, 6)).moved == (Move("p", "A-1", "A-2"),)
        if ending:
            store.do(ending)
        store.pass_ms(2_000)
        sold = store.taken("run")["A-2"][1]
        assert sold == (0b111111 if ending == Confirm("p") else 0b111000)
        if ending == Confirm("p"):
            assert isinstance(store.do(Cancel("p", ("A-1",))), Refused)
            assert store.do(Cancel("p", ("A-2",))) == Cancelled("p", ("A-2",))


def test_one_who_was_moved_can_still_be_asked_for_as_he_was() -> None:
    store = a_train(2)
    first = HoldBest("run", "p", 1, 0, 3, TTL_MS, movable=True)
    assert held(store, first).seats == ("A-1",)
    sit(store, "q", "A-2", 3, 6)
    held(store, wish("long", 0, 6))
    assert held(store, first).seats == ("A-2",)
    restored = SeatMachine.restore(store.machine.whole_state())
    assert restored.digest() == store.machine.digest()
    again = Store(restored)
    answer = again.do(first, "after the restart")
    assert isinstance(answer, BestHeld)
    assert (answer.seats, answer.moved) == (("A-2",), ())


def test_several_seats_are_freed_one_by_one_and_all_or_none() -> None:
    store = a_train(4)
    for name, seat, legs in (("a", "A-1", (0, 3)), ("b", "A-2", (3, 6)), ("c", "A-3", (0, 3)), ("d", "A-4", (3, 6))):
        sit(store, name, seat, *legs)
    assert is_refused(store, wish("three", 0, 6, count=3))
    assert is_refused(store, wish("together", 0, 6, count=2, together=True))
    outcome = held(store, wish("two", 0, 6, count=2))
    assert len(outcome.seats) == 2
    assert len(outcome.moved) == 2


def test_no_more_are_moved_than_the_bound_allows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_MOVES", 1)
    store = a_train(4)
    for name, seat, legs in (("a", "A-1", (0, 3)), ("b", "A-2", (3, 6)), ("c", "A-3", (0, 3)), ("d", "A-4", (3, 6))):
        sit(store, name, seat, *legs)
    assert is_refused(store, wish("two", 0, 6, count=2))
    assert not is_refused(store, wish("one", 0, 6))


@pytest.mark.parametrize("seed", range(20))
def test_if_all_are_alike_and_may_move_there_is_a_seat_whenever_every_leg_has_a_free_one(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for bound in ("MAX_MOVES", "MAX_REPACK_STARTS", "MAX_REPACK_STEPS", "MAX_SWAPS_TRIED"):
        monkeypatch.setattr(limits, bound, 10_000)
    random, store, seats = Random(seed), a_train(6), 6
    load = [0] * LEGS
    for number in range(80):
        first_leg = random.randrange(LEGS)
        end_leg = random.randint(first_leg + 1, LEGS)
        fits = all(load[leg] < seats for leg in range(first_leg, end_leg))
        assert is_refused(store, wish(f"h{number}", first_leg, end_leg, movable=True)) is not fits
        for leg in range(first_leg, end_leg):
            load[leg] += fits


def test_two_machines_move_the_same_passengers_though_one_was_restored() -> None:
    random, store = Random(7), a_train(5)
    other = store.machine
    for number in range(60):
        first_leg = random.randrange(LEGS)
        command = wish(f"h{number}", first_leg, random.randint(first_leg + 1, LEGS), movable=True)
        other = SeatMachine.restore(other.whole_state())
        twin = Store(other)
        assert twin.do(command, f"r{number}") == store.do(command, f"r{number}")
        assert other.digest() == store.machine.digest()
