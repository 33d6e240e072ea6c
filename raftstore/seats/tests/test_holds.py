"""One use of each command, its refusals, and what the customer sees of them."""

import pytest

from raftstore.seats import limits
from raftstore.seats.commands import (
    Cancel,
    Cancelled,
    Closed,
    CloseInventory,
    Command,
    Confirm,
    Confirmed,
    EventKind,
    Exchange,
    Exchanged,
    Extend,
    Held,
    Hold,
    HoldState,
    Opened,
    OpenInventory,
    RefusalCode,
    Refused,
    Release,
    Released,
    Taken,
)

from .store import LEGS, SEATS, Store, open_store

TTL_MS = 600_000


def hold(name: str, *seats: str, legs: tuple[int, int] = (0, LEGS), ttl_ms: int = TTL_MS) -> Hold:
    return Hold("train", name, seats or ("A-1",), *legs, ttl_ms)


def refusal(store: Store, command: Command) -> RefusalCode:
    before = store.machine.whole_state()
    outcome = store.do(command)
    after = store.machine.whole_state()
    assert isinstance(outcome, Refused)
    assert outcome.detail
    assert (after.inventories, after.holds) == (before.inventories, before.holds)
    return outcome.code


def state(store: Store, name: str) -> HoldState:
    view = store.machine.hold(name)
    assert view is not None
    return view.state


def test_a_hold_takes_all_its_seats_on_its_legs_only() -> None:
    store = open_store()
    assert store.do(hold("h1", "A-2", "A-1", legs=(1, 3))) == Held("h1", TTL_MS, 0)
    assert store.taken() == {"A-1": (0b00110, 0), "A-2": (0b00110, 0)}
    assert store.machine.live_holds == 1


def test_a_seat_sold_on_one_part_of_the_way_is_free_on_the_rest() -> None:
    store = open_store()
    store.do(hold("h1", legs=(0, 2)))
    store.do(Confirm("h1"))
    assert store.do(hold("h2", legs=(2, 5))) == Held("h2", TTL_MS, 0)
    assert store.do(hold("h3", legs=(1, 2))) == Taken(("A-1",))


def test_taken_names_the_conflicting_seats_in_the_order_asked_and_takes_none() -> None:
    store = open_store()
    store.do(hold("h1", "A-1", "A-3"))
    before = store.taken()
    assert store.do(hold("h2", "A-3", "A-2", "A-1")) == Taken(("A-3", "A-1"))
    assert store.taken() == before
    assert store.machine.hold("h2") is None


def test_the_same_hold_asked_for_again_is_answered_alike() -> None:
    store = open_store()
    store.do(hold("h1"))
    store.pass_ms(1_000)
    assert store.do(hold("h1")) == Held("h1", TTL_MS, 1_000)


def test_a_hold_id_with_other_content_or_that_has_ended_is_refused() -> None:
    store = open_store()
    store.do(hold("h1"))
    assert refusal(store, hold("h1", "A-2")) is RefusalCode.HOLD_ID_REUSED
    assert refusal(store, hold("h1", legs=(0, 1))) is RefusalCode.HOLD_ID_REUSED
    store.do(Release("h1"))
    assert refusal(store, hold("h1")) is RefusalCode.HOLD_ID_REUSED


def test_a_hold_expires_with_the_first_entry_at_its_deadline_and_not_before() -> None:
    store = open_store()
    store.do(hold("h1", ttl_ms=1_000))
    assert store.machine.next_expiry_ms() == 1_000
    store.pass_ms(999)
    assert state(store, "h1") is HoldState.HELD
    store.pass_ms(1)
    assert state(store, "h1") is HoldState.EXPIRED
    assert store.taken() == {}
    assert store.machine.next_expiry_ms() is None
    assert store.machine.live_holds == 0


def test_what_expires_in_an_entry_is_free_for_that_entry_s_own_requests() -> None:
    store = open_store()
    store.do(hold("h1", ttl_ms=1_000))
    store.now_ms = 1_000
    assert store.do(hold("h2")) == Held("h2", 1_000 + TTL_MS, 1_000)
    assert store.do(Confirm("h1")) == Refused(
        RefusalCode.HOLD_ENDED, "Hold h1 is expired, no longer held.", HoldState.EXPIRED
    )


def test_holds_that_are_due_together_expire_by_deadline_then_by_id() -> None:
    store = open_store()
    for name, seat, ttl_ms in (("h3", "A-1", 500), ("h2", "A-2", 400), ("h1", "A-3", 500)):
        store.do(hold(name, seat, ttl_ms=ttl_ms))
    store.pass_ms(1_000)
    expired = [event for event in store.events if event.kind is EventKind.EXPIRED]
    assert [event.hold for event in expired] == ["h2", "h1", "h3"]
    assert [(event.index, event.ordinal) for event in expired] == [(5, 0), (5, 1), (5, 2)]


def test_replicated_time_never_goes_back() -> None:
    store = open_store()
    store.pass_ms(5_000)
    store.now_ms = 1_000
    assert store.do(hold("h1", ttl_ms=1_000)) == Held("h1", 6_000, 5_000)


def test_extending_never_shortens_a_hold() -> None:
    store = open_store()
    store.do(hold("h1", ttl_ms=10_000))
    assert store.do(Extend("h1", 1_000)) == Held("h1", 10_000, 0)
    assert store.do(Extend("h1", 20_000)) == Held("h1", 20_000, 0)
    store.pass_ms(19_999)
    assert state(store, "h1") is HoldState.HELD
    store.pass_ms(1)
    assert state(store, "h1") is HoldState.EXPIRED


def test_a_hold_cannot_be_extended_beyond_its_longest_lifetime() -> None:
    store = open_store()
    store.do(hold("h1", ttl_ms=limits.MAX_TTL_MS))
    store.pass_ms(limits.MAX_TTL_MS - 1)
    store.do(Extend("h1", limits.MAX_TTL_MS))
    store.pass_ms(1_000)
    assert refusal(store, Extend("h1", limits.MAX_TTL_MS)) is RefusalCode.LIFETIME_EXCEEDED


def test_confirming_twice_is_confirmed_and_a_confirmed_hold_never_expires() -> None:
    store = open_store()
    store.do(hold("h1", ttl_ms=1_000))
    assert store.do(Confirm("h1")) == Confirmed("h1")
    assert store.do(Confirm("h1")) == Confirmed("h1")
    store.pass_ms(10_000)
    assert state(store, "h1") is HoldState.CONFIRMED
    assert store.taken() == {"A-1": (0, 0b11111)}


def test_releasing_what_was_released_or_has_expired_succeeds() -> None:
    store = open_store()
    store.do(hold("h1", "A-1"))
    store.do(hold("h2", "A-2", ttl_ms=1_000))
    store.pass_ms(1_000)
    for name in ("h1", "h1", "h2"):
        assert store.do(Release(name)) == Released(name)
    assert (state(store, "h1"), state(store, "h2")) == (HoldState.RELEASED, HoldState.EXPIRED)


def test_a_confirmed_hold_is_neither_released_nor_extended() -> None:
    store = open_store()
    store.do(hold("h1"))
    store.do(Confirm("h1"))
    for command in (Release("h1"), Extend("h1", 1_000)):
        assert refusal(store, command) is RefusalCode.HOLD_ENDED


def test_cancelling_gives_back_part_then_the_rest_and_may_be_repeated() -> None:
    store = open_store()
    store.do(hold("h1", "A-1", "A-2", "A-3"))
    store.do(Confirm("h1"))
    for _ in range(2):
        assert store.do(Cancel("h1", ("A-2",))) == Cancelled("h1", ("A-2",))
        assert store.taken().keys() == {"A-1", "A-3"}
        assert state(store, "h1") is HoldState.CONFIRMED
    for _ in range(2):
        assert store.do(Cancel("h1")) == Cancelled("h1", ("A-1", "A-2", "A-3"))
        assert store.taken() == {}
        assert state(store, "h1") is HoldState.CANCELLED
    assert [event.seat for event in store.events if event.kind is EventKind.CANCELLED] == ["A-2", "A-1", "A-3"]


def test_a_seat_that_was_cancelled_and_sold_again_is_not_given_back_twice() -> None:
    store = open_store()
    store.do(hold("h1", "A-1", "A-2"))
    store.do(Confirm("h1"))
    store.do(Cancel("h1", ("A-1",)))
    store.do(hold("h2", "A-1"))
    store.do(Confirm("h2"))
    store.do(Cancel("h1", ("A-1",)))
    assert store.taken()["A-1"] == (0, 0b11111)


def test_only_confirmed_seats_of_the_hold_itself_can_be_cancelled() -> None:
    store = open_store()
    store.do(hold("h1"))
    assert refusal(store, Cancel("h1")) is RefusalCode.HOLD_NOT_CONFIRMED
    store.do(Confirm("h1"))
    assert refusal(store, Cancel("h1", ("A-2",))) is RefusalCode.UNKNOWN_SEAT
    assert refusal(store, Cancel("h1", ("Z-9",))) is RefusalCode.UNKNOWN_SEAT


def test_an_exchange_gives_the_old_seats_back_and_sells_the_new_in_one_entry() -> None:
    store = open_store()
    store.do(hold("h1", "A-1", "A-2", legs=(0, 3)))
    store.do(Confirm("h1"))
    exchange = Exchange("h1", "h2", "train", ("A-2", "A-3"), 2, 5)
    assert store.do(exchange) == Exchanged("h1", "h2")
    assert store.taken() == {"A-2": (0, 0b11100), "A-3": (0, 0b11100)}
    assert (state(store, "h1"), state(store, "h2")) == (HoldState.CANCELLED, HoldState.CONFIRMED)
    assert store.do(exchange) == Exchanged("h1", "h2")
    last_entry = [event for event in store.events if event.index == 4]
    assert [(event.kind, event.seat, event.sold) for event in last_entry] == [
        (EventKind.CANCELLED, "A-1", 0),
        (EventKind.CANCELLED, "A-2", 0),
        (EventKind.CONFIRMED, "A-2", 0b11100),
        (EventKind.CONFIRMED, "A-3", 0b11100),
    ]


def test_an_exchange_for_a_seat_that_somebody_has_changes_nothing() -> None:
    store = open_store()
    store.do(hold("h1", "A-1"))
    store.do(Confirm("h1"))
    store.do(hold("h2", "A-2"))
    before = store.taken()
    assert store.do(Exchange("h1", "h3", "train", ("A-1", "A-2"), 0, LEGS)) == Taken(("A-2",))
    assert store.taken() == before
    assert state(store, "h1") is HoldState.CONFIRMED


def test_own_seats_of_another_inventory_do_not_count_as_free() -> None:
    store = open_store()
    store.do(OpenInventory("other", SEATS, LEGS))
    store.do(hold("h1", "A-1"))
    store.do(Confirm("h1"))
    store.do(Hold("other", "h2", ("A-1",), 0, LEGS, TTL_MS))
    store.do(Confirm("h2"))
    assert store.do(Exchange("h1", "h3", "other", ("A-1",), 0, LEGS)) == Taken(("A-1",))
    assert store.do(Exchange("h1", "h4", "other", ("A-2",), 0, LEGS)) == Exchanged("h1", "h4")
    assert (store.taken("train"), store.taken("other")["A-2"]) == ({}, (0, 0b11111))


def test_an_exchange_needs_a_confirmed_hold_and_a_new_id() -> None:
    store = open_store()
    store.do(hold("h1"))
    assert refusal(store, Exchange("h1", "h2", "train", ("A-2",), 0, 1)) is RefusalCode.HOLD_NOT_CONFIRMED
    store.do(Confirm("h1"))
    assert refusal(store, Exchange("h1", "h1", "train", ("A-2",), 0, 1)) is RefusalCode.HOLD_ID_REUSED
    assert refusal(store, Exchange("h9", "h2", "train", ("A-2",), 0, 1)) is RefusalCode.UNKNOWN_HOLD


def test_a_closed_inventory_takes_no_new_holds_but_lets_those_there_finish() -> None:
    store = open_store()
    for name, seat in (("h1", "A-1"), ("h2", "A-2"), ("h3", "A-3")):
        store.do(hold(name, seat))
    store.do(Confirm("h3"))
    assert store.do(CloseInventory("train")) == Closed("train")
    assert refusal(store, hold("h4", "A-4")) is RefusalCode.INVENTORY_CLOSED
    assert refusal(store, Exchange("h3", "h4", "train", ("A-4",), 0, 1)) is RefusalCode.INVENTORY_CLOSED
    assert store.do(Confirm("h1")) == Confirmed("h1")
    assert store.do(Release("h2")) == Released("h2")
    assert store.do(Cancel("h3")) == Cancelled("h3", ("A-3",))
    assert store.do(OpenInventory("train", SEATS, LEGS)) == Opened("train")
    assert store.do(hold("h4", "A-4")) == Held("h4", TTL_MS, 0)


def test_opening_again_changes_nothing_and_another_layout_is_refused() -> None:
    store = open_store()
    store.do(hold("h1"))
    assert store.do(OpenInventory("train", SEATS, LEGS)) == Opened("train")
    assert store.taken().keys() == {"A-1"}
    assert refusal(store, OpenInventory("train", SEATS, LEGS + 1)) is RefusalCode.LAYOUT_CHANGED
    assert refusal(store, OpenInventory("train", SEATS[::-1], LEGS)) is RefusalCode.LAYOUT_CHANGED


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (Hold("nowhere", "h", ("A-1",), 0, 1, TTL_MS), RefusalCode.UNKNOWN_INVENTORY),
        (CloseInventory("nowhere"), RefusalCode.UNKNOWN_INVENTORY),
        (Hold("train", "h", ("Z-9",), 0, 1, TTL_MS), RefusalCode.UNKNOWN_SEAT),
        (Confirm("nobody"), RefusalCode.UNKNOWN_HOLD),
        (Extend("nobody", TTL_MS), RefusalCode.UNKNOWN_HOLD),
        (Release("nobody"), RefusalCode.UNKNOWN_HOLD),
        (Cancel("nobody"), RefusalCode.UNKNOWN_HOLD),
        (hold("h", legs=(0, LEGS + 1)), RefusalCode.INVALID),
        (hold("h", legs=(2, 2)), RefusalCode.INVALID),
        (hold("h", legs=(-1, 2)), RefusalCode.INVALID),
        (hold("h", "A-1", "A-1"), RefusalCode.INVALID),
        (hold("", "A-1"), RefusalCode.INVALID),
        (hold("line\nbreak", "A-1"), RefusalCode.INVALID),
        (hold("h" * (limits.MAX_NAME_CHARS + 1), "A-1"), RefusalCode.INVALID),
        (hold("h", *(f"S-{n}" for n in range(limits.MAX_SEATS_PER_HOLD + 1))), RefusalCode.INVALID),
        (Hold("train", "h", (), 0, 1, TTL_MS), RefusalCode.INVALID),
        (hold("h", ttl_ms=limits.MIN_TTL_MS - 1), RefusalCode.INVALID),
        (hold("h", ttl_ms=limits.MAX_TTL_MS + 1), RefusalCode.INVALID),
        (OpenInventory("new", (), 1), RefusalCode.INVALID),
        (OpenInventory("new", ("A-1", "A-1"), 1), RefusalCode.INVALID),
        (OpenInventory("new", ("A-1",), 0), RefusalCode.INVALID),
        (OpenInventory("new", ("A-1",), limits.MAX_LEGS + 1), RefusalCode.INVALID),
        (OpenInventory("new", ("A-1", ""), 1), RefusalCode.INVALID),
        (
            OpenInventory("new", tuple(f"S-{n}" for n in range(limits.MAX_SEATS_PER_INVENTORY + 1)), 1),
            RefusalCode.INVALID,
        ),
    ],
    ids=lambda value: value.value if isinstance(value, RefusalCode) else type(value).__name__,
)
def test_what_cannot_be_done_is_refused_with_a_reason_and_changes_nothing(command: Command, code: RefusalCode) -> None:
    assert refusal(open_store(), command) is code


def test_an_entry_out_of_turn_is_the_driver_s_fault() -> None:
    machine = open_store().machine
    for index in (machine.applied_index, machine.applied_index + 2):
        with pytest.raises(ValueError, match="cannot be applied"):
            machine.apply(index=index, term=1, kind=0, data=b"", time_ms=0, wall_ms=0, requests=(), membership=None)


def test_inventories_of_equal_layout_share_its_names() -> None:
    store = open_store()
    store.do(OpenInventory("tomorrow", SEATS[:2] + SEATS[2:], LEGS))
    state = store.machine.whole_state()
    today, tomorrow = state.inventories
    assert today.layout == tomorrow.layout
    assert [layout.seats for layout in state.layouts] == [SEATS]
