"""One process's stream of commands to the leader: frames out, outcomes back, retries in between.

One frame is under way at a time; what gathers meanwhile rides in the next, so a busy process sends fewer, fuller
frames by itself, without a timer. Requests are numbered in a session that the store keeps (diss. §6.3), and a retry
carries the same number: whatever became of the frames before, the store carries a request out once.

Lives on one event loop, whatever carries the frames (transport/connector.py); client.py is the front that threads use.
"""

import asyncio
import random
from collections import deque
from dataclasses import dataclass

from raftstore.errors import (
    ClientClosed,
    MalformedMessage,
    OutcomeUnknown,
    RequestTooLarge,
    StoreOverloaded,
    StoreUnavailable,
)
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats.commands import OpenSession, Outcome, RefusalCode, Refused, Request, SessionOpened
from raftstore.transport import codec
from raftstore.transport.connector import Connector, FrameStream, NotSent, TryElsewhere
from raftstore.transport.leader import LeaderFinder

FRAME_LIMIT_REQUESTS = 1_024
FRAME_LIMIT_BYTES = 4 << 20
# What a session, a sequence and an acknowledgement add at most to a request that has none yet: a tag and 64 bits each.
NUMBERING_LIMIT_BYTES = 3 * (1 + 10)
# With a frame under way, well below what the store keeps for a session (seats/limits.py).
OUTBOX_LIMIT_REQUESTS = 10_000
ATTEMPT_LIMIT_S = 1.5

# The store does not know what became of this number: its session has ended, or was told that nobody waits for it.
_FORGOTTEN = (RefusalCode.SESSION_EXPIRED, RefusalCode.SEQUENCE_ACKNOWLEDGED)


@dataclass(slots=True, eq=False)
class _Call:
    request: pb.Request
    answer: asyncio.Future[Outcome]
    # Whether some node may have it in its log: then a deadline that passes says nothing about what happened.
    may_have_happened: bool = False


class _Numbers:
    """The session that is open, and which of its numbers still wait for an answer."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        # 0 until one is open.
        self.session = 0
        self._next_sequence = 1
        # In order of their numbers; those that were answered, or have given up, leave when they come to the front.
        self._waiting: deque[_Call] = deque()
        self.opening = self._draw_opening()

    def _draw_opening(self) -> pb.Request:
        """What opens the next session; it stays the same until it has, so that its retries open only one."""
        return codec.encode_request(Request(f"{self._chance.getrandbits(128):032x}", OpenSession()))

    def begin(self, session: int) -> None:
        self.session = session
        self._next_sequence = 1
        self._waiting.clear()

    def end(self, session: int) -> None:
        """The store has forgotten `session`; if that is the one in use, another must be opened."""
        if session == self.session:
            self.session = 0
            self.opening = self._draw_opening()

    def number(self, calls: list[_Call]) -> None:
        """Give numbers to those that have none, and let all acknowledge what needs no answer any more.

        A call whose number is of an earlier session keeps it: only that session could tell what became of it.
        """
        for call in calls:
            if not call.request.session:
                call.request.session, call.request.sequence = self.session, self._next_sequence
                self._next_sequence += 1
                self._waiting.append(call)
        while self._waiting and self._waiting[0].answer.done():
            self._waiting.popleft()
        acknowledged_below = self._waiting[0].request.sequence if self._waiting else self._next_sequence
        for call in calls:
            if call.request.session == self.session:
                call.request.acknowledged_below = acknowledged_below


class Session:
    """Commands in, outcomes out; see `submit`.

    Args:
        chance: draws the ids under which sessions are opened; no two processes may draw the same.
    """

    def __init__(self, connector: Connector, leader: LeaderFinder, chance: random.Random) -> None:
        self._connector = connector
        self._leader = leader
        self._numbers = _Numbers(chance)
        self._outbox: deque[_Call] = deque()
        self._under_way: list[_Call] = []
        self._arrived = asyncio.Event()
        self._stream: FrameStream | None = None
        self._stream_address = ""
        self._frame = 0

    def submit(self, request: pb.Request, deadline_s: float) -> "asyncio.Future[Outcome]":
        """Have the state machine decide `request`, whoever leads. It is the session's from now on, which numbers it.

        The future ends with the outcome, or with StoreUnavailable or StoreOverloaded when nothing happened, or with
        OutcomeUnknown when it may or may not have happened; the same request id will tell.

        Raises:
            RequestTooLarge, StoreOverloaded: nothing happened.
        """
        limit_bytes = FRAME_LIMIT_BYTES - NUMBERING_LIMIT_BYTES
        if request.ByteSize() > limit_bytes:
            raise RequestTooLarge(f"a request may have {limit_bytes} bytes, not {request.ByteSize()}")
        if len(self._outbox) >= OUTBOX_LIMIT_REQUESTS:
            raise StoreOverloaded("too many commands wait in this process", retry_after_ms=1_000)
        loop = asyncio.get_running_loop()
        call = _Call(request, loop.create_future())
        limit = loop.call_later(deadline_s, _give_up, call, deadline_s)
        call.answer.add_done_callback(lambda answer: limit.cancel())
        self._outbox.append(call)
        self._arrived.set()
        return call.answer

    async def run(self) -> None:
        """Carry frames until cancelled."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._somebody_waits():
                address = self._leader.address
                self._under_way = []
                try:
                    stream = await self._connect()
                    if not self._numbers.session:
                        await self._open_session(stream)
                    # Only now: a caller whose deadline passed while we connected was told that nothing happened.
                    self._under_way = self._gather()
                    await self._carry(stream, self._under_way)
                except TryElsewhere as elsewhere:
                    self._put_back(self._under_way)
                    await self._leader.look_elsewhere(address, elsewhere.address)

    def refuse_all(self, reason: str) -> None:
        """Nothing is carried any more: whoever still waits is told so, by ClientClosed."""
        for call in (*self._outbox, *self._under_way):
            _refuse(call, ClientClosed(reason))

    # --- Who waits ----------------------------------------------------------------------------------

    def _somebody_waits(self) -> bool:
        while self._outbox and self._outbox[0].answer.done():
            self._outbox.popleft()
        return bool(self._outbox)

    def _put_back(self, calls: list[_Call]) -> None:
        self._outbox.extendleft(reversed([call for call in calls if not call.answer.done()]))

    def _gather(self) -> list[_Call]:
        """What fits one frame, oldest first, at least one; without those who have given up."""
        calls: list[_Call] = []
        size = 0
        while self._somebody_waits() and len(calls) < FRAME_LIMIT_REQUESTS:
            # A frame is measured as it arrives, with its numbers; one that is too large is refused as a whole.
            size += self._outbox[0].request.ByteSize() + NUMBERING_LIMIT_BYTES
            if calls and size > FRAME_LIMIT_BYTES:
                break
            calls.append(self._outbox.popleft())
        self._numbers.number(calls)
        return calls

    # --- Frames -------------------------------------------------------------------------------------

    async def _connect(self) -> FrameStream:
        """The stream to the address that we believe leads.

        Raises:
            TryElsewhere: it cannot be reached.
        """
        if self._stream is None or self._stream.closed or self._stream_address != self._leader.address:
            self._drop_stream()
            address = self._leader.address
            try:
                async with asyncio.timeout(ATTEMPT_LIMIT_S):
                    self._stream = await self._connector.connect(address)
            except TimeoutError as error:
                raise TryElsewhere(reason="it cannot be reached") from error
            self._stream_address = address
        return self._stream

    def _drop_stream(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    async def _exchange(self, stream: FrameStream, requests: list[pb.Request]) -> pb.OutcomeFrame:
        """Send one frame and receive its answer.

        Raises:
            TryElsewhere: there is none; the frame may have arrived all the same.
        """
        self._frame += 1
        try:
            async with asyncio.timeout(ATTEMPT_LIMIT_S):
                await stream.send(pb.CommandFrame(frame=self._frame, requests=requests))
                reply = await stream.receive()
                while reply.frame < self._frame:
                    reply = await stream.receive()
        except TimeoutError as error:
            self._drop_stream()
            raise TryElsewhere(reason="it does not answer") from error
        except TryElsewhere:
            self._drop_stream()
            raise
        if reply.frame != self._frame or len(reply.outcomes) != len(requests):
            self._drop_stream()
            raise TryElsewhere(reason="its answer is another frame's")
        return reply

    async def _open_session(self, stream: FrameStream) -> None:
        """Open a session, in a frame of its own: a number is worth nothing before its session is known.

        Raises:
            TryElsewhere: it is not open yet, as far as we know.
        """
        reply = await self._exchange(stream, [self._numbers.opening])
        outcome = _decoded(reply.outcomes[0])
        if isinstance(outcome, SessionOpened):
            self._numbers.begin(outcome.session)
            return
        if not isinstance(outcome, pb.Failure):
            raise TryElsewhere(reason=f"it answered {outcome} when a session was to be opened")
        if outcome.reason == pb.Failure.OVERLOADED:
            for call in self._outbox:
                if not call.may_have_happened:
                    _refuse(call, _overloaded(outcome))
        raise TryElsewhere(outcome.leader_address)

    async def _carry(self, stream: FrameStream, calls: list[_Call]) -> None:
        """Send one frame and deal out its answers.

        Raises:
            TryElsewhere: some of the calls still have no answer.
        """
        if not calls:
            return
        before = [call.may_have_happened for call in calls]
        for call in calls:
            call.may_have_happened = True
        try:
            reply = await self._exchange(stream, [call.request for call in calls])
        except NotSent:
            for call, may_have_happened_before in zip(calls, before, strict=True):
                call.may_have_happened = may_have_happened_before
            raise
        self._deal_out(calls, before, [_decoded(wire) for wire in reply.outcomes])

    def _deal_out(self, calls: list[_Call], before: list[bool], outcomes: list[Outcome | pb.Failure]) -> None:
        again: list[_Call] = []
        failures: list[pb.Failure] = []
        for call, may_have_happened_before, outcome in zip(calls, before, outcomes, strict=True):
            if isinstance(outcome, pb.Failure):
                if outcome.reason != pb.Failure.UNKNOWN:
                    call.may_have_happened = may_have_happened_before
                if outcome.reason == pb.Failure.OVERLOADED and not call.may_have_happened:
                    _refuse(call, _overloaded(outcome))
                else:
                    failures.append(outcome)
            elif isinstance(outcome, Refused) and outcome.code in _FORGOTTEN:
                self._numbers.end(call.request.session)
                if may_have_happened_before:
                    _refuse(call, _unknown(call, "its session ended before it was answered"))
                else:
                    # This was the only time it was sent, so nothing happened: it may go again, with a new number.
                    call.may_have_happened = False
                    call.request.session = call.request.sequence = call.request.acknowledged_below = 0
                    again.append(call)
            elif not call.answer.done():
                call.answer.set_result(outcome)
        if failures:
            raise TryElsewhere(next((failure.leader_address for failure in failures if failure.leader_address), ""))
        self._put_back(again)
        self._leader.answered()


def _decoded(wire: pb.Outcome) -> Outcome | pb.Failure:
    """An outcome of a later version says as much as none; the frame's others are none the worse for it."""
    try:
        return codec.decode_outcome(wire)
    except MalformedMessage:
        return pb.Failure(reason=pb.Failure.UNKNOWN)


def _give_up(call: _Call, deadline_s: float) -> None:
    if call.may_have_happened:
        _refuse(call, _unknown(call, f"no answer within {deadline_s:g} s"))
    else:
        _refuse(call, StoreUnavailable(f"no leader could be reached within {deadline_s:g} s; nothing happened"))


def _refuse(call: _Call, error: Exception) -> None:
    if not call.answer.done():
        call.answer.set_exception(error)


def _overloaded(failure: pb.Failure) -> StoreOverloaded:
    return StoreOverloaded("the seat store has too much waiting", retry_after_ms=failure.retry_after_ms)


def _unknown(call: _Call, why: str) -> OutcomeUnknown:
    return OutcomeUnknown(f"{why}; ask again with request id {call.request.request_id!r}")
