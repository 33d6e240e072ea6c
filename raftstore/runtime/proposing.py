"""What may enter the log, and when: clients' requests, gathered into entries, and the passing of time."""

import asyncio
from collections.abc import Sequence

from raftstore.core.types import Entry, Role
from raftstore.errors import MalformedMessage
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats.commands import RefusalCode, Request
from raftstore.transport import codec

from .applying import Applier
from .clock import ReplicatedClock
from .pending import PendingCommands, Submission, disk_full, not_leader, overloaded
from .shared import Shared


def refusal_of_size(requests: Sequence[pb.Request], *, limit_bytes: int) -> pb.Outcome | None:
    """Why requests that came together may not be proposed, if they may not: what is in the log must fit a message."""
    size_bytes = sum(request.ByteSize() for request in requests)
    if size_bytes <= limit_bytes:
        return None
    return _invalid(f"requests that are sent together may have {limit_bytes} bytes, not {size_bytes}")


def read_request(wire: pb.Request) -> Request | pb.Outcome:
    """A client's request, or why it may not be proposed: every node must be able to read what is in the log."""
    if not 1 <= len(wire.request_id) <= 128:
        return _invalid("a request id has 1 to 128 characters")
    try:
        return codec.decode_request(wire)
    except MalformedMessage as error:
        return _invalid(str(error))


def _invalid(detail: str) -> pb.Outcome:
    return pb.Outcome(refused=pb.Refused(code=RefusalCode.INVALID, detail=detail))


class Proposer:
    """The leader's side of a command's way into the log; on a follower it only says who leads."""

    def __init__(self, shared: Shared, applier: Applier, commands: PendingCommands) -> None:
        self._raft = shared.raft
        self._clock = shared.clock
        self._limits = shared.limits
        self._counters = shared.counters
        self._applier = applier
        self._commands = commands
        self._replicated_clock = ReplicatedClock()
        self._last_proposal_ms = 0
        self._last_turn_ms = 0
        # Set while the disk is nearly full: no command may enter the log through this node.
        self.is_closed = False

    def submit(
        self, wires: Sequence[pb.Request], requests: Sequence[Request], leader_address: str
    ) -> "asyncio.Future[list[pb.Outcome]]":
        """Queue requests for the log, given as they came and as they were read; the future carries one outcome for
        each, in order.
        """
        future: asyncio.Future[list[pb.Outcome]] = asyncio.get_running_loop().create_future()
        size_bytes = sum([wire.ByteSize() for wire in wires])
        submission = Submission(tuple(wires), tuple(requests), size_bytes, future)
        if self._raft.role is not Role.LEADER:
            submission.answer_all(not_leader(leader_address))
        elif self.is_closed:
            self._counters.refused_disk_full += len(requests)
            submission.answer_all(disk_full(self._limits.disk_check_interval_ms))
        elif not self._commands.add(submission):
            self._counters.overloads += len(requests)
            submission.answer_all(overloaded(self._limits.overload_retry_ms))
        return future

    def close(self) -> None:
        """Let nothing more into the log, and say so to those who wait for that."""
        self.is_closed = True
        self._commands.refuse_waiting(disk_full(self._limits.disk_check_interval_ms))

    def open(self, now_ms: int) -> None:
        """Go on. Time stood still meanwhile: nobody could confirm what he holds."""
        self.is_closed = False
        self._start_time(now_ms)

    def propose(self, now_ms: int) -> None:
        """Turn what has gathered into one entry, if the rounds in flight allow another. Called in every turn."""
        if now_ms - self._last_turn_ms > self._raft.config.election_max_ms:
            # This process stood still, and perhaps all of them did: nobody could confirm what he holds.
            self._start_time(now_ms)
        self._last_turn_ms = now_ms
        if not self._may_propose() or self._commands.rounds_in_flight >= self._limits.rounds_in_flight:
            return
        if not self._commands.is_waiting and not self._time_must_pass(now_ms):
            return
        gathered = self._commands.gather(
            limit_requests=self._limits.entry_requests, limit_bytes=self._limits.entry_bytes
        )
        wires = [wire for submission in gathered for wire in submission.wires]
        requests = tuple([request for submission in gathered for request in submission.requests])
        payload = codec.Payload(self._replicated_clock.now_ms(now_ms), self._clock.wall_ms(), requests)
        index = self._raft.propose([codec.encode_payload(payload.time_ms, payload.wall_ms, wires)])
        self._commands.proposed(index, self._raft.term, payload, gathered)
        self._last_proposal_ms = now_ms

    def applied(self, entry: Entry, now_ms: int) -> None:
        """Start replicated time with the term, and again after a majority was away for a while."""
        raft = self._raft
        if raft.role is not Role.LEADER:
            return
        stalled = entry.term == raft.term and now_ms - self._last_proposal_ms > raft.config.election_max_ms
        if stalled or entry.index == raft.term_start_index:
            self._start_time(now_ms)

    def _start_time(self, now_ms: int) -> None:
        self._replicated_clock.start(
            applied_time_ms=self._applier.machine.time_ms, wall_ms=self._clock.wall_ms(), monotonic_ms=now_ms
        )
        self._last_proposal_ms = now_ms

    def _may_propose(self) -> bool:
        """A leader that hands over keeps new commands back until it is known who answers them."""
        raft = self._raft
        if raft.role is not Role.LEADER or raft.transferring or self.is_closed or self._applier.is_held:
            return False
        return self._applier.machine.applied_index >= raft.term_start_index

    def _time_must_pass(self, now_ms: int) -> bool:
        """Whether an entry is due for time's sake alone: a hold expires, or time must not be lost with the leader."""
        expiry_ms = self._applier.machine.next_expiry_ms()
        if expiry_ms is None:
            return False
        overdue = self._replicated_clock.now_ms(now_ms) >= expiry_ms
        return overdue or now_ms - self._last_proposal_ms >= self._limits.tick_interval_ms
