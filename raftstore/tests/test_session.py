"""What a caller is told when its deadline passes: never "nothing happened" of a command that was sent."""

import asyncio

import pytest

from raftstore.errors import RequestTooLarge, StoreUnavailable
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.session import FRAME_LIMIT_BYTES, LeaderFinder, Session


class SlowlyConnecting:
    """A stream that takes its time to connect, and remembers what was written on it."""

    def __init__(self) -> None:
        self.connected = asyncio.Event()
        self.written: list[pb.CommandFrame] = []

    def done(self) -> bool:
        return False

    def cancel(self) -> bool:
        return True

    async def wait_for_connection(self) -> None:
        await self.connected.wait()

    async def write(self, frame: pb.CommandFrame) -> None:
        self.written.append(frame)

    async def read(self) -> pb.OutcomeFrame:
        outcomes = [pb.Outcome(confirmed="h") for _ in self.written[-1].requests]
        return pb.OutcomeFrame(frame=self.written[-1].frame, outcomes=outcomes)


@pytest.fixture
async def stream(monkeypatch):
    stream = SlowlyConnecting()

    class Stub:
        def Session(self) -> SlowlyConnecting:
            return stream

    monkeypatch.setattr(LeaderFinder, "stub", lambda self: Stub())
    return stream


@pytest.fixture
async def session(stream):
    session = Session(LeaderFinder(["127.0.0.1:1"]))
    running = asyncio.create_task(session.run())
    yield session
    running.cancel()


def confirm(request_id: str) -> pb.Request:
    return pb.Request(request_id=request_id, confirm=pb.Confirm(hold="h"))


async def test_a_command_whose_deadline_passes_while_connecting_is_not_sent_afterwards(session, stream):
    with pytest.raises(StoreUnavailable):
        await session.execute(confirm("too late"), 0.05)
    patient = asyncio.create_task(session.execute(confirm("patient"), 5))
    await asyncio.sleep(0)
    stream.connected.set()
    await patient
    sent = [request.request_id for frame in stream.written for request in frame.requests]
    assert sent == ["patient"]


async def test_what_gathers_while_a_frame_is_under_way_rides_in_the_next(session, stream):
    calls = [asyncio.create_task(session.execute(confirm(f"r-{n}"), 5)) for n in range(100)]
    await asyncio.sleep(0)
    stream.connected.set()
    await asyncio.gather(*calls)
    assert len(stream.written) < 5


async def test_a_request_that_no_frame_can_carry_is_refused_at_once(session):
    huge = pb.Request(request_id="huge", open_inventory=pb.OpenInventory(inventory="x" * FRAME_LIMIT_BYTES))
    with pytest.raises(RequestTooLarge):
        await session.execute(huge, 5)
