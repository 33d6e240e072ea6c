"""A store of several nodes behind a client's connector: one real state machine, and faults that a test asks for."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from raftstore.rpc import gates_pb2
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats import limits
from raftstore.seats.commands import OpenSession, Request
from raftstore.seats.machine import SeatMachine
from raftstore.seats.tests.store import apply_next
from raftstore.transport import codec, gates_codec
from raftstore.transport.connector import NotSent, TryElsewhere

Answer = Callable[[pb.CommandFrame], pb.OutcomeFrame]


@dataclass
class FakeStore:
    """`fates` say what becomes of the next frames, one each; after them, and for `None`, all goes well."""

    leader: str = "one"
    machine: SeatMachine = field(default_factory=SeatMachine)
    fates: list[Answer | None] = field(default_factory=list)
    # Cleared: nobody can connect.
    reachable: asyncio.Event = field(default_factory=asyncio.Event)
    now_ms: int = 0
    # What the leader received, and which address was asked each time.
    frames: list[pb.CommandFrame] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.reachable.set()

    def answer(self, address: str, frame: pb.CommandFrame) -> pb.OutcomeFrame:
        self.asked.append(address)
        if address != self.leader:
            failure = pb.Failure(reason=pb.Failure.NOT_LEADER, leader_address=self.leader)
            return all_of(frame, pb.Outcome(failure=failure))
        self.frames.append(frame)
        fate = self.fates.pop(0) if self.fates else None
        return (fate or self.carry_out)(frame)

    def carry_out(self, frame: pb.CommandFrame) -> pb.OutcomeFrame:
        requests = [codec.decode_request(request) for request in frame.requests]
        outcomes = apply_next(self.machine, *requests, time_ms=self.now_ms).outcomes
        return pb.OutcomeFrame(frame=frame.frame, outcomes=map(codec.encode_outcome, outcomes))

    # --- Fates of a frame ---------------------------------------------------------------------------

    def lose_answer(self, frame: pb.CommandFrame) -> pb.OutcomeFrame:
        self.carry_out(frame)
        raise TryElsewhere

    def lose_frame(self, frame: pb.CommandFrame) -> pb.OutcomeFrame:
        raise TryElsewhere

    def lose_before_sending(self, frame: pb.CommandFrame) -> pb.OutcomeFrame:
        raise NotSent

    def forget_sessions(self, frame: pb.CommandFrame) -> pb.OutcomeFrame:
        """As after a day without use, at the moment when the frame arrives."""
        self.now_ms += 86_400_000
        return self.carry_out(frame)

    def give_place_to_another(self, frame: pb.CommandFrame) -> pb.OutcomeFrame:
        """As when more clients open sessions than the store keeps, just before the frame arrives."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(limits, "MAX_SESSIONS", 1)
            apply_next(self.machine, Request(f"another of {len(self.frames)}", OpenSession()), time_ms=self.now_ms)
        return self.carry_out(frame)

    def overloaded(self, frame: pb.CommandFrame) -> pb.OutcomeFrame:
        return all_of(frame, pb.Outcome(failure=pb.Failure(reason=pb.Failure.OVERLOADED, retry_after_ms=500)))

    def unknown(self, frame: pb.CommandFrame) -> pb.OutcomeFrame:
        """As of a leader that is deposed: what it proposed commits all the same."""
        self.carry_out(frame)
        return all_of(frame, pb.Outcome(failure=pb.Failure(reason=pb.Failure.UNKNOWN)))

    # --- Connector ----------------------------------------------------------------------------------

    async def connect(self, address: str) -> "FakeStream":
        await self.reachable.wait()
        return FakeStream(self, address)

    async def seat_map(self, address: str, request: pb.SeatMapRequest) -> pb.SeatMapReply:
        self._redirect(address, request.stale)
        return codec.encode_seat_map(self.machine.seat_map(request.inventory))

    async def hold(self, address: str, request: pb.HoldRequest) -> pb.HoldReply:
        self._redirect(address, request.stale)
        return codec.encode_hold(self.machine.hold(request.hold))

    async def holds(self, address: str, request: pb.HoldsRequest) -> pb.HoldsReply:
        self._redirect(address, stale=False)
        return codec.encode_holds(self.machine.holds_of(request.inventory, after=request.after, limit=request.limit))

    async def gate(self, address: str, request: gates_pb2.GateRequest) -> gates_pb2.GateReply:
        self._redirect(address, request.stale)
        return gates_codec.encode_gate_reply(
            self.machine.gate(request.inventory), self.machine.visitor(request.inventory, request.visitor)
        )

    async def draw(self, address: str, request: gates_pb2.DrawRequest) -> gates_pb2.DrawReply:
        self._redirect(address, stale=False)
        return gates_codec.encode_draw(
            self.machine.draw_of(request.inventory, after=request.after, limit=request.limit)
        )

    async def history(self, address: str, request: pb.HistoryRequest) -> pb.HistoryReply:
        self._redirect(address, request.stale)
        return pb.HistoryReply()

    def _redirect(self, address: str, stale: bool) -> None:
        self.asked.append(address)
        if address != self.leader and not stale:
            raise TryElsewhere(self.leader, "not the leader")


@dataclass
class FakeStream:
    store: FakeStore
    address: str
    closed: bool = False
    _answers: list[pb.OutcomeFrame] = field(default_factory=list)
    _lost: TryElsewhere | None = None

    async def send(self, frame: pb.CommandFrame) -> None:
        copy = pb.CommandFrame.FromString(frame.SerializeToString())
        try:
            answer = self.store.answer(self.address, copy)
        except NotSent:
            raise
        except TryElsewhere as lost:
            self._lost = lost
        else:
            # Twice: whatever carries frames may repeat an answer.
            self._answers += [answer, answer]

    async def receive(self) -> pb.OutcomeFrame:
        if self._lost:
            raise self._lost
        return self._answers.pop(0)

    def close(self) -> None:
        self.closed = True


def all_of(frame: pb.CommandFrame, outcome: pb.Outcome) -> pb.OutcomeFrame:
    """The same outcome for each of a frame's requests."""
    return pb.OutcomeFrame(frame=frame.frame, outcomes=[outcome] * len(frame.requests))
