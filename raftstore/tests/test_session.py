"""What a caller is told, and what the store does, whatever becomes of the frames in between."""

import asyncio
import random

import pytest

from raftstore import session
from raftstore.errors import OutcomeUnknown, RequestTooLarge, StoreOverloaded, StoreUnavailable
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.runtime.limits import Limits
from raftstore.runtime.proposing import refusal_of_size
from raftstore.seats import limits
from raftstore.seats.commands import Command, Confirm, Held, Hold, Opened, OpenInventory, Outcome, Release, Request
from raftstore.session import FRAME_LIMIT_BYTES, FRAME_LIMIT_REQUESTS, OUTBOX_LIMIT_REQUESTS, Session
from raftstore.transport import codec
from raftstore.transport.leader import LeaderFinder

from .fake_store import FakeStore, all_of

VIRTUAL_TIME = True
LONG_S = 30.0
HOLD = Hold("train", "h1", ("A-1",), 0, 1, 60_000)


class Caller:
    """A session on a fake store, for commands in one line."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        self.session = Session(store, LeaderFinder(["one", "two"], random.Random(1)), random.Random(2))

    async def ask(self, command: Command, request_id: str = "r1", deadline_s: float = LONG_S) -> Outcome:
        return await self.session.submit(codec.encode_request(Request(request_id, command)), deadline_s)

    def start(self, command: Command, request_id: str, deadline_s: float = LONG_S) -> asyncio.Task[Outcome]:
        return asyncio.create_task(self.ask(command, request_id, deadline_s))

    @property
    def sent(self) -> list[tuple[str, int, int]]:
        """(request id, sequence, acknowledged below) of all that the leader received in a session, in order."""
        return [
            (request.request_id, request.sequence, request.acknowledged_below)
            for frame in self.store.frames
            for request in frame.requests
            if request.session
        ]

    def events(self) -> list[str]:
        return [event.hold for event in self.store.machine.take_changes().events]


@pytest.fixture
def store() -> FakeStore:
    return FakeStore()


@pytest.fixture
async def caller(store: FakeStore):
    caller = Caller(store)
    running = asyncio.create_task(caller.session.run())
    assert await caller.ask(OpenInventory("train", ("A-1", "A-2"), 1), "opening") == Opened("train")
    store.frames.clear()
    store.asked.clear()
    yield caller
    running.cancel()


# --- Frames and deadlines -------------------------------------------------------------------------


async def test_a_command_whose_deadline_passes_while_connecting_is_not_sent_afterwards(store):
    store.reachable.clear()
    caller = Caller(store)
    running = asyncio.create_task(caller.session.run())
    with pytest.raises(StoreUnavailable):
        await caller.ask(Confirm("h"), "too late", deadline_s=0.05)
    patient = caller.start(Confirm("h"), "patient")
    await asyncio.sleep(0)
    store.reachable.set()
    await patient
    assert [request_id for request_id, _, _ in caller.sent] == ["patient"]
    running.cancel()


async def test_what_gathers_while_a_frame_is_under_way_rides_in_the_next(caller):
    calls = [caller.start(Confirm("h"), f"r-{n}") for n in range(100)]
    await asyncio.gather(*calls)
    assert len(caller.store.frames) < 5


async def test_more_than_a_frame_can_carry_goes_in_several(caller):
    calls = [caller.start(Confirm("h"), f"r-{n}") for n in range(FRAME_LIMIT_REQUESTS + 1)]
    await asyncio.gather(*calls)
    assert [len(frame.requests) for frame in caller.store.frames] == [FRAME_LIMIT_REQUESTS, 1]


async def test_a_frame_with_its_numbers_is_never_larger_than_a_node_takes(caller, monkeypatch):
    limit_bytes = 4_000
    monkeypatch.setattr(session, "FRAME_LIMIT_BYTES", limit_bytes)
    calls = [caller.start(Confirm("h"), f"r-{n}") for n in range(300)]
    await asyncio.gather(*calls)
    assert len(caller.store.frames) > 1
    assert all(refusal_of_size(frame.requests, limit_bytes=limit_bytes) is None for frame in caller.store.frames)


async def test_the_largest_request_that_a_client_takes_is_one_that_a_node_takes(caller, monkeypatch):
    request = codec.encode_request(Request("r1", OpenInventory("hall", ("A-1", "A-2"), 1)))
    monkeypatch.setattr(session, "FRAME_LIMIT_BYTES", request.ByteSize() + session.NUMBERING_LIMIT_BYTES)
    assert await caller.session.submit(request, LONG_S) == Opened("hall")
    (frame,) = caller.store.frames
    assert refusal_of_size(frame.requests, limit_bytes=session.FRAME_LIMIT_BYTES) is None
    largest = (1 << 64) - 1
    numbers = pb.Request(session=largest, sequence=largest, acknowledged_below=largest)
    assert numbers.ByteSize() <= session.NUMBERING_LIMIT_BYTES


def test_client_and_node_agree_on_the_size_of_a_frame():
    assert Limits().entry_bytes >= FRAME_LIMIT_BYTES


async def test_a_request_that_no_frame_can_carry_is_refused_at_once(caller):
    with pytest.raises(RequestTooLarge):
        await caller.ask(OpenInventory("x" * FRAME_LIMIT_BYTES, (), 1))


async def test_too_many_waiting_commands_are_refused_at_once(store):
    store.reachable.clear()
    caller = Caller(store)
    calls = [caller.start(Confirm("h"), f"r-{n}") for n in range(OUTBOX_LIMIT_REQUESTS)]
    await asyncio.sleep(0)
    with pytest.raises(StoreOverloaded):
        await caller.ask(Confirm("h"))
    for call in calls:
        call.cancel()
    await asyncio.gather(*calls, return_exceptions=True)


def test_what_a_client_waits_for_at_once_is_within_what_the_store_keeps_for_a_session():
    assert OUTBOX_LIMIT_REQUESTS + FRAME_LIMIT_REQUESTS <= limits.MAX_ANSWERS_PER_SESSION


async def test_a_frame_that_never_left_cannot_have_happened(caller):
    caller.store.fates = [caller.store.lose_before_sending] * 10_000
    with pytest.raises(StoreUnavailable):
        await caller.ask(HOLD, deadline_s=1.0)


async def test_a_frame_that_never_left_does_not_undo_that_the_one_before_it_may_have_happened(caller):
    caller.store.fates = [caller.store.lose_answer, *[caller.store.lose_before_sending] * 10_000]
    with pytest.raises(OutcomeUnknown):
        await caller.ask(HOLD, deadline_s=1.0)


# --- Numbers --------------------------------------------------------------------------------------


async def test_a_session_is_opened_once_and_requests_are_numbered_in_it(caller):
    for number in range(3):
        await caller.ask(Confirm("h"), f"r-{number}")
    assert caller.sent == [("r-0", 2, 2), ("r-1", 3, 3), ("r-2", 4, 4)]
    assert caller.store.machine.sessions == 1


async def test_an_opening_whose_answer_is_lost_opens_one_session(store):
    store.fates = [store.lose_answer, store.unknown]
    caller = Caller(store)
    store.leader = caller.session._leader.address
    running = asyncio.create_task(caller.session.run())
    await caller.ask(OpenInventory("train", ("A-1",), 1))
    assert store.machine.sessions == 1
    running.cancel()


@pytest.mark.parametrize("fate", ["lose_answer", "unknown", "lose_frame"])
async def test_a_retry_carries_the_same_number_and_is_carried_out_once(caller, fate):
    caller.store.fates = [getattr(caller.store, fate)] * 2
    assert await caller.ask(HOLD) == Held("h1", 60_000, 0)
    assert {(request_id, sequence) for request_id, sequence, _ in caller.sent} == {("r1", 2)}
    assert len(caller.sent) == 3
    assert caller.events() == ["h1"]


async def test_a_retry_is_answered_from_the_session_when_the_request_ids_are_forgotten(caller, monkeypatch):
    def lose_answer_and_memory(frame: pb.CommandFrame) -> pb.OutcomeFrame:
        monkeypatch.setattr(limits, "MAX_REQUESTS_KEPT", 0)
        return caller.store.lose_answer(frame)

    await caller.ask(HOLD, "r1")
    caller.store.fates = [lose_answer_and_memory]
    release = await caller.ask(Release("h1"), "r2")
    assert release == await caller.ask(Release("h1"), "r3")
    assert caller.store.machine.whole_state().requests == ()
    assert caller.events() == ["h1", "h1"]


async def test_what_a_caller_still_waits_for_is_not_acknowledged(caller):
    caller.store.fates = [caller.store.lose_frame]
    await asyncio.gather(caller.ask(HOLD, "r1"), caller.ask(Confirm("h"), "r2"))
    assert caller.sent == [("r1", 2, 2), ("r2", 3, 2)] * 2
    await caller.ask(Confirm("h"), "r3")
    assert caller.sent[-1] == ("r3", 4, 4)


async def test_a_number_whose_caller_has_given_up_is_acknowledged_so_that_it_can_do_nothing_any_more(caller):
    lost: list[pb.CommandFrame] = []

    def delay(frame: pb.CommandFrame) -> pb.OutcomeFrame:
        lost.append(frame)
        return all_of(frame, pb.Outcome(failure=pb.Failure(reason=pb.Failure.UNKNOWN)))

    caller.store.fates = [delay] * 1_000
    with pytest.raises(OutcomeUnknown, match="'r1'"):
        await caller.ask(HOLD, "r1", deadline_s=0.05)
    caller.store.fates = []
    await caller.ask(Confirm("h"), "r2")
    outcome = caller.store.carry_out(lost[0]).outcomes[0]
    assert outcome.refused.code == "sequence_acknowledged"
    assert caller.events() == []


async def test_an_outcome_that_this_version_does_not_know_keeps_no_other_call_waiting(caller):
    def newer(frame: pb.CommandFrame) -> pb.OutcomeFrame:
        reply = caller.store.carry_out(frame)
        for request, outcome in zip(frame.requests, reply.outcomes, strict=True):
            if request.request_id == "odd":
                outcome.refused.code = "of a later version"
        return reply

    caller.store.fates = [newer] * 1_000
    odd = caller.start(Confirm("h"), "odd", deadline_s=0.1)
    assert await caller.ask(HOLD, "even") == Held("h1", 60_000, 0)
    assert not odd.done()
    with pytest.raises(OutcomeUnknown):
        await odd


# --- Sessions that end ----------------------------------------------------------------------------


async def test_what_certainly_did_not_happen_goes_again_in_a_new_session(caller):
    caller.store.fates = [caller.store.forget_sessions]
    assert isinstance(await caller.ask(HOLD), Held)
    assert caller.sent == [("r1", 2, 2), ("r1", 1, 1)]
    assert caller.events() == ["h1"]
    assert caller.store.machine.sessions == 1


async def test_a_session_is_opened_as_often_as_it_ends_and_nothing_is_done_twice(caller):
    store = caller.store
    store.fates = [store.give_place_to_another, None, store.give_place_to_another, None]
    assert await caller.ask(HOLD) == Held("h1", 60_000, 0)
    assert caller.sent == [("r1", 2, 2), ("r1", 1, 1), ("r1", 1, 1)]
    assert caller.events() == ["h1"]


@pytest.mark.parametrize("fate", ["lose_answer", "lose_frame", "unknown"])
async def test_what_may_have_happened_in_a_session_that_ended_is_unknown_and_never_done_again(caller, fate):
    store = caller.store
    store.fates = [getattr(store, fate), store.forget_sessions]
    with pytest.raises(OutcomeUnknown, match="'r1'"):
        await caller.ask(HOLD, "r1")
    assert [sequence for _, sequence, _ in caller.sent] == [2, 2]
    assert caller.events() == ([] if fate == "lose_frame" else ["h1"] * 2)  # held, and expired a day later


async def test_calls_of_a_session_that_ended_never_get_numbers_of_the_next(caller):
    """More than a frame full waits with old numbers when the first frame learns that they are worth nothing."""
    store = caller.store
    calls = [caller.start(Confirm("h"), f"r-{n}") for n in range(FRAME_LIMIT_REQUESTS + 100)]
    store.fates = [None, store.lose_frame, store.forget_sessions]
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    unknown = [outcome for outcome in outcomes if isinstance(outcome, OutcomeUnknown)]
    assert len(unknown) == 100
    assert isinstance(await caller.ask(HOLD, "later"), Held)
    assert caller.sent[-1] == ("later", 1, 1)


async def test_a_call_of_an_earlier_session_that_still_waits_neither_acknowledges_in_the_next_nor_ends_it(caller):
    def forget_and_say_so_to_one(frame: pb.CommandFrame) -> pb.OutcomeFrame:
        reply = caller.store.forget_sessions(frame)
        reply.outcomes[0].CopyFrom(pb.Outcome(failure=pb.Failure(reason=pb.Failure.UNKNOWN)))
        return reply

    for number in range(5):
        await caller.ask(Confirm("h"), f"before-{number}")
    caller.store.fates = [forget_and_say_so_to_one]
    left_behind, goes_on = caller.start(Confirm("h"), "left behind"), caller.start(HOLD, "goes on")
    assert isinstance(await goes_on, Held)
    with pytest.raises(OutcomeUnknown):
        await left_behind
    assert {sent for sent in caller.sent if sent[0] == "left behind"} == {("left behind", 7, 7)}
    await caller.ask(Confirm("h1"), "afterwards")
    assert caller.store.machine.sessions == 1


# --- Leaders --------------------------------------------------------------------------------------


async def test_the_leader_s_address_is_followed_and_kept(caller):
    caller.store.leader = "two"
    await caller.ask(HOLD)
    await caller.ask(Confirm("h1"), "r2")
    assert caller.store.asked == ["one", "two", "two"]


async def test_a_leader_that_the_client_was_not_told_of_is_found_and_left_again(caller):
    caller.store.leader = "new member"
    await caller.ask(HOLD)
    caller.store.leader = "two"
    await caller.ask(Confirm("h1"), "r2")
    assert caller.store.asked == ["one", "new member", "new member", "two"]


async def test_overload_is_told_at_once_when_nothing_can_have_happened(caller):
    caller.store.fates = [caller.store.overloaded]
    with pytest.raises(StoreOverloaded) as overload:
        await caller.ask(HOLD)
    assert overload.value.retry_after_ms == 500


async def test_overload_when_a_session_is_to_be_opened_is_told_at_once(store):
    store.fates = [store.overloaded] * 1_000
    caller = Caller(store)
    running = asyncio.create_task(caller.session.run())
    with pytest.raises(StoreOverloaded):
        await caller.ask(HOLD)
    running.cancel()


async def test_overload_of_a_retry_is_not_told_because_the_first_may_have_happened(caller):
    caller.store.fates = [caller.store.lose_answer, caller.store.overloaded]
    assert await caller.ask(HOLD) == Held("h1", 60_000, 0)
