"""Readers of a map that did not change share one; nobody is shown an old one."""

from dataclasses import replace

import pytest

from raftstore.seats.commands import Cancel, CloseInventory, Command, Confirm, Exchange, Hold, OpenInventory, Release
from raftstore.seats.machine import SeatMachine
from raftstore.seats.tests.store import Store, open_store
from raftstore.server import seat_maps
from raftstore.server.seat_maps import SeatMaps
from raftstore.transport import codec

HOLD = Hold("train", "h1", ("A-1", "A-2"), 0, 2, 1_000)


def is_true(maps: SeatMaps, machine: SeatMachine) -> bool:
    told = codec.decode_seat_map("train", maps.reply(machine, "train", 0))
    return told == machine.seat_map("train")


def test_a_map_that_did_not_change_is_made_once_and_told_as_of_now() -> None:
    store, maps = open_store(), SeatMaps()
    first = maps.reply(store.machine, "train", 7)
    store.do(OpenInventory("other", ("A-1",), 1))
    again = maps.reply(store.machine, "train", 7)
    assert again is first
    assert (again.index, again.cluster) == (store.machine.applied_index, 7)


@pytest.mark.parametrize(
    "command",
    [
        replace(HOLD, hold="h2", seats=("A-3",)),
        Confirm("h1"),
        Release("h1"),
        Cancel("sold", ("A-4",)),
        Exchange("sold", "new", "train", ("A-3",), 0, 1),
        CloseInventory("train"),
    ],
    ids=lambda command: type(command).__name__,
)
def test_every_change_is_seen(command: Command) -> None:
    store, maps = open_store(), SeatMaps()
    for before in (HOLD, replace(HOLD, hold="sold", seats=("A-4",)), Confirm("sold")):
        store.do(before)
    assert is_true(maps, store.machine)
    seen = maps.reply(store.machine, "train", 0)
    store.do(command)
    assert maps.reply(store.machine, "train", 0) is not seen
    assert is_true(maps, store.machine)


def test_a_hold_that_expires_is_seen() -> None:
    store, maps = open_store(), SeatMaps()
    store.do(HOLD)
    assert is_true(maps, store.machine)
    store.pass_ms(1_000)
    assert is_true(maps, store.machine)


def test_the_state_of_a_snapshot_is_another() -> None:
    store, maps = open_store(), SeatMaps()
    store.do(HOLD)
    assert is_true(maps, store.machine)
    other = Store(SeatMachine.restore(open_store().machine.whole_state()))
    other.do(replace(HOLD, seats=("A-3",)))
    assert is_true(maps, other.machine)


def test_maps_are_kept_for_those_asked_for_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat_maps, "MAPS_KEPT", 2)
    store, maps = open_store(), SeatMaps()
    for name in ("b", "c"):
        store.do(OpenInventory(name, ("A-1",), 1))
    first = maps.reply(store.machine, "train", 0)
    for name in ("b", "train", "c"):
        maps.reply(store.machine, name, 0)
    assert maps.reply(store.machine, "train", 0) is first
    assert not maps.reply(store.machine, "nowhere", 0).found
