"""Where a question is asked, and until when."""

import asyncio
import random

import pytest

from raftstore.errors import StoreUnavailable
from raftstore.queries import Queries
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats.commands import Hold, OpenInventory, Request
from raftstore.seats.tests.store import apply_next
from raftstore.transport.connector import TryElsewhere
from raftstore.transport.leader import LeaderFinder

from .fake_store import FakeStore

VIRTUAL_TIME = True
LONG_S = 30.0


@pytest.fixture
def store() -> FakeStore:
    store = FakeStore(leader="three")
    hold = Hold("train", "h1", ("A-1",), 0, 1, 60_000)
    apply_next(store.machine, Request("r1", OpenInventory("train", ("A-1",), 1)), Request("r2", hold))
    return store


@pytest.fixture
def queries(store: FakeStore) -> Queries:
    return Queries(store, LeaderFinder(["one", "two", "three"], random.Random(4)))


async def test_maps_and_holds_are_read_from_the_leader(store, queries):
    seat_map = await queries.seat_map("train", stale=False, deadline_s=LONG_S)
    assert seat_map == store.machine.seat_map("train")
    assert await queries.hold("h1", stale=False, deadline_s=LONG_S) == store.machine.hold("h1")
    assert await queries.history("train", "A-1", limit=5, stale=False, deadline_s=LONG_S) == []
    page = await queries.holds("train", after="", limit=0, deadline_s=LONG_S)
    assert page == store.machine.holds_of("train", after="", limit=0)
    assert [listed.hold for listed in page.holds] == ["h1"]
    assert store.asked[-4:] == ["three"] * 4


async def test_what_is_not_there_is_none(queries):
    assert await queries.seat_map("no such", stale=False, deadline_s=LONG_S) is None
    assert await queries.hold("no such", stale=False, deadline_s=LONG_S) is None
    assert await queries.holds("no such", after="", limit=0, deadline_s=LONG_S) is None


async def test_a_stale_answer_is_taken_from_a_node_that_knows_of_no_leader(store, queries):
    store.leader = ""
    assert await queries.seat_map("train", stale=True, deadline_s=LONG_S) == store.machine.seat_map("train")
    assert len(store.asked) == 1


async def test_without_a_leader_nobody_answers_and_all_were_asked(store, queries):
    store.leader = ""
    with pytest.raises(StoreUnavailable, match="not the leader"):
        await queries.hold("h1", stale=False, deadline_s=0.2)
    assert set(store.asked) == {"one", "two", "three"}


async def test_a_node_that_says_nothing_is_given_up_before_the_deadline(store, monkeypatch):
    leader = LeaderFinder(["one", "three"], random.Random(1))
    silent = leader.address
    store.leader = next(address for address in ("one", "three") if address != silent)

    async def seat_map(address: str, request: pb.SeatMapRequest) -> pb.SeatMapReply:
        if address == silent:
            await asyncio.Event().wait()
        return await FakeStore.seat_map(store, address, request)

    monkeypatch.setattr(store, "seat_map", seat_map)
    assert await Queries(store, leader).seat_map("train", stale=False, deadline_s=LONG_S) is not None


async def test_after_a_hint_that_led_nowhere_it_goes_on_with_the_address_behind_it():
    leader = LeaderFinder(["one", "two", "three"], random.Random(4))
    while leader.address != "one":
        await leader.look_elsewhere(leader.address, "")
    await leader.look_elsewhere("one", "two")
    await leader.look_elsewhere("two", "")
    assert leader.address == "three"


async def test_the_pause_between_attempts_grows_to_a_bound_and_shrinks_with_an_answer():
    chance = random.Random(1)
    leader = LeaderFinder(["one", "two"], chance)
    pauses = []

    async def refuse(address: str) -> None:
        pauses.append(leader._pause_s)
        if len(pauses) < 10:
            raise TryElsewhere

    await leader.ask(refuse, LONG_S)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (0.010, 0.050)
    assert leader._pause_s == 0.010
