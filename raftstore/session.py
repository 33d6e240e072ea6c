"""One process's stream of commands to the leader: frames out, outcomes back, retries in between.

One frame is under way at a time; what gathers meanwhile rides in the next, so a busy process sends fewer, fuller
frames by itself, without a timer. Lives on one event loop; client.py is the front that threads use.
"""

import asyncio
import random
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import grpc

from raftstore.errors import MalformedMessage, OutcomeUnknown, RequestTooLarge, StoreOverloaded, StoreUnavailable
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.rpc.seatstore_pb2_grpc import SeatStoreStub
from raftstore.seats.commands import Outcome
from raftstore.transport import codec
from raftstore.transport.channels import CHANNEL_OPTIONS

FRAME_LIMIT_REQUESTS = 512
FRAME_LIMIT_BYTES = 4 << 20
OUTBOX_LIMIT_REQUESTS = 10_000
ATTEMPT_LIMIT_S = 1.5
RETRY_PAUSE_MIN_S = 0.010
RETRY_PAUSE_MAX_S = 0.050

Stream = grpc.aio.StreamStreamCall[pb.CommandFrame, pb.OutcomeFrame]


class TryElsewhere(Exception):
    """This node cannot answer now; `address` is a better one, if it knows one."""

    def __init__(self, address: str = "") -> None:
        super().__init__(address)
        self.address = address


class LeaderFinder:
    """Which address to talk to, and a channel to each."""

    def __init__(self, addresses: Sequence[str]) -> None:
        self._addresses = list(addresses)
        self.address = random.choice(self._addresses)
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._pause_s = RETRY_PAUSE_MIN_S

    def stub(self) -> SeatStoreStub:
        return SeatStoreStub(self.channel_to(self.address))

    def channel_to(self, address: str) -> grpc.aio.Channel:
        if address not in self._channels:
            self._channels[address] = grpc.aio.insecure_channel(address, options=CHANNEL_OPTIONS)
        return self._channels[address]

    def answered(self) -> None:
        self._pause_s = RETRY_PAUSE_MIN_S

    async def look_elsewhere(self, failed: str, hint: str) -> None:
        """Turn to the hinted address, or go round; with a growing pause, for an election takes its time."""
        if self.address == failed:
            here = self._addresses.index(failed)
            better = hint in self._addresses and hint != failed
            self.address = hint if better else self._addresses[(here + 1) % len(self._addresses)]
        await asyncio.sleep(self._pause_s * random.uniform(0.5, 1.0))
        self._pause_s = min(RETRY_PAUSE_MAX_S, self._pause_s * 1.5)

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()


@dataclass(slots=True, eq=False)
class _Call:
    request: pb.Request
    answer: asyncio.Future[Outcome]
    # Whether some node may have it in its log: then a deadline that passes says nothing about what happened.
    may_have_happened: bool = False


class Session:
    """Commands in, outcomes out; see `execute`."""

    def __init__(self, leader: LeaderFinder) -> None:
        self._leader = leader
        self._outbox: deque[_Call] = deque()
        self._arrived = asyncio.Event()
        self._stream: Stream | None = None
        self._stream_address = ""
        self._frame = 0

    async def execute(self, request: pb.Request, deadline_s: float) -> Outcome:
        """Have the state machine decide `request`, whoever leads.

        Raises:
            RequestTooLarge, StoreUnavailable, StoreOverloaded: nothing happened.
            OutcomeUnknown: it may or may not have happened; the same request id will tell.
        """
        if request.ByteSize() > FRAME_LIMIT_BYTES:
            raise RequestTooLarge(f"a request may have {FRAME_LIMIT_BYTES} bytes, not {request.ByteSize()}")
        if len(self._outbox) >= OUTBOX_LIMIT_REQUESTS:
            raise StoreOverloaded("too many commands wait in this process", retry_after_ms=1_000)
        call = _Call(request, asyncio.get_running_loop().create_future())
        self._outbox.append(call)
        self._arrived.set()
        try:
            async with asyncio.timeout(deadline_s):
                return await call.answer
        except TimeoutError:
            if call.may_have_happened:
                raise OutcomeUnknown(
                    f"no answer within {deadline_s:g} s; ask again with request id {request.request_id!r}"
                ) from None
            raise StoreUnavailable(f"no leader could be reached within {deadline_s:g} s; nothing happened") from None

    async def run(self) -> None:
        """Carry frames until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._somebody_waits():
                address = self._leader.address
                calls: list[_Call] = []
                try:
                    stream = await self._open_stream()
                    # Only now: a caller whose deadline passed while we connected was told that nothing happened.
                    calls = self._gather()
                    await self._carry(stream, calls)
                except TryElsewhere as elsewhere:
                    self._outbox.extendleft(reversed([call for call in calls if not call.answer.done()]))
                    await self._leader.look_elsewhere(address, elsewhere.address)

    def _somebody_waits(self) -> bool:
        while self._outbox and self._outbox[0].answer.done():
            self._outbox.popleft()
        return bool(self._outbox)

    def _gather(self) -> list[_Call]:
        """What fits one frame, oldest first, at least one; without those who have given up."""
        calls: list[_Call] = []
        size = 0
        while self._somebody_waits() and len(calls) < FRAME_LIMIT_REQUESTS:
            size += self._outbox[0].request.ByteSize()
            if calls and size > FRAME_LIMIT_BYTES:
                break
            calls.append(self._outbox.popleft())
        return calls

    async def _carry(self, stream: Stream, calls: list[_Call]) -> None:
        """Send one frame and deal out its answers.

        Raises:
            TryElsewhere: some of the calls still have no answer.
        """
        if not calls:
            return
        self._frame += 1
        frame = pb.CommandFrame(frame=self._frame, requests=[call.request for call in calls])
        before = [call.may_have_happened for call in calls]
        for call in calls:
            call.may_have_happened = True
        try:
            async with asyncio.timeout(ATTEMPT_LIMIT_S):
                await stream.write(frame)
                reply = await stream.read()
        except (TimeoutError, grpc.aio.AioRpcError, asyncio.InvalidStateError) as error:
            self._drop_stream()
            raise TryElsewhere from error
        if not isinstance(reply, pb.OutcomeFrame) or len(reply.outcomes) != len(calls):
            self._drop_stream()
            raise TryElsewhere
        self._deal_out(calls, before, reply)

    def _deal_out(self, calls: list[_Call], before: list[bool], reply: pb.OutcomeFrame) -> None:
        unanswered = False
        hint = ""
        for call, may_have_happened_before, wire in zip(calls, before, reply.outcomes, strict=True):
            try:
                outcome = codec.decode_outcome(wire)
            except MalformedMessage as error:
                raise TryElsewhere from error
            if not isinstance(outcome, pb.Failure):
                if not call.answer.done():
                    call.answer.set_result(outcome)
                continue
            if outcome.reason != pb.Failure.UNKNOWN:
                call.may_have_happened = may_have_happened_before
            if outcome.reason == pb.Failure.OVERLOADED and not call.may_have_happened and not call.answer.done():
                call.answer.set_exception(
                    StoreOverloaded("the seat store has too much waiting", retry_after_ms=outcome.retry_after_ms)
                )
                continue
            unanswered = True
            hint = hint or outcome.leader_address
        if unanswered:
            raise TryElsewhere(hint)
        self._leader.answered()

    async def _open_stream(self) -> Stream:
        """The stream to the address that we believe leads.

        Raises:
            TryElsewhere: it cannot be reached.
        """
        if self._stream is None or self._stream.done() or self._stream_address != self._leader.address:
            self._drop_stream()
            self._stream = self._leader.stub().Session()
            self._stream_address = self._leader.address
            try:
                async with asyncio.timeout(ATTEMPT_LIMIT_S):
                    await self._stream.wait_for_connection()
            except (TimeoutError, grpc.aio.AioRpcError) as error:
                self._drop_stream()
                raise TryElsewhere from error
        return self._stream

    def _drop_stream(self) -> None:
        if self._stream is not None:
            self._stream.cancel()
            self._stream = None
