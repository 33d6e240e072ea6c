"""Who waits for which entry of the log, and for proof of which read.

A waiter is keyed by index AND term: another leader's entry at the same index answers nobody (§8).
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from itertools import islice

from raftstore.core.types import Entry
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.seats.commands import Request
from raftstore.transport import codec
from raftstore.value import value

UNKNOWN = pb.Outcome(failure=pb.Failure(reason=pb.Failure.UNKNOWN))


def not_leader(address: str) -> pb.Outcome:
    return pb.Outcome(failure=pb.Failure(reason=pb.Failure.NOT_LEADER, leader_address=address))


def overloaded(retry_after_ms: int) -> pb.Outcome:
    return pb.Outcome(failure=pb.Failure(reason=pb.Failure.OVERLOADED, retry_after_ms=retry_after_ms))


def disk_full(retry_after_ms: int) -> pb.Outcome:
    return pb.Outcome(failure=pb.Failure(reason=pb.Failure.DISK_FULL, retry_after_ms=retry_after_ms))


# --- Commands -------------------------------------------------------------------------------------


@value
class Submission:
    """One client frame: requests that ride together, and the future that carries their outcomes back.

    Args:
        wires: the requests as they came, and `requests` as they were read.
    """

    wires: tuple[pb.Request, ...]
    requests: tuple[Request, ...]
    size_bytes: int
    outcomes: "asyncio.Future[list[pb.Outcome]]"

    def answer(self, outcomes: list[pb.Outcome]) -> None:
        if not self.outcomes.done():
            self.outcomes.set_result(outcomes)

    def answer_all(self, outcome: pb.Outcome) -> None:
        self.answer([outcome] * len(self.requests))


@value
class _Round:
    index: int
    term: int
    payload: codec.Payload
    submissions: tuple[Submission, ...]


class PendingCommands:
    """Submissions that gather for the next entry, and those whose entry is on its way."""

    def __init__(self, *, limit_requests: int, limit_bytes: int) -> None:
        self._limit_requests = limit_requests
        self._limit_bytes = limit_bytes
        self._waiting: deque[Submission] = deque()
        self._rounds: deque[_Round] = deque()
        self._request_count = 0
        self._size_bytes = 0

    @property
    def is_waiting(self) -> bool:
        return bool(self._waiting)

    @property
    def rounds_in_flight(self) -> int:
        return len(self._rounds)

    def add(self, submission: Submission) -> bool:
        """Queue it. Returns False, and takes nothing, when too much is queued already."""
        if self._request_count + len(submission.requests) > self._limit_requests:
            return False
        if self._size_bytes + submission.size_bytes > self._limit_bytes:
            return False
        self._request_count += len(submission.requests)
        self._size_bytes += submission.size_bytes
        self._waiting.append(submission)
        return True

    def gather(self, *, limit_requests: int, limit_bytes: int) -> list[Submission]:
        """Take what fits one entry, oldest first, at least one; without those who no longer wait for an answer."""
        gathered: list[Submission] = []
        requests = size = 0
        while self._waiting:
            following = self._waiting[0]
            if following.outcomes.done():
                self._leave(self._waiting.popleft())
                continue
            requests += len(following.requests)
            size += following.size_bytes
            if gathered and (requests > limit_requests or size > limit_bytes):
                break
            gathered.append(self._waiting.popleft())
        return gathered

    def proposed(self, index: int, term: int, payload: codec.Payload, submissions: list[Submission]) -> None:
        """The submissions are on their way as the entry at `index`, which holds `payload`."""
        self._rounds.append(_Round(index, term, payload, tuple(submissions)))

    def payload_of(self, entry: Entry) -> codec.Payload:
        """What is in a COMMAND entry; who proposed it knows that without reading it.

        Raises:
            MalformedMessage: another version wrote the entry; this one cannot go on.
        """
        if self._rounds and (self._rounds[0].index, self._rounds[0].term) == (entry.index, entry.term):
            return self._rounds[0].payload
        return codec.decode_payload(entry.data)

    def applied(self, index: int, term: int, outcomes: Iterable[pb.Outcome]) -> None:
        """Answer whoever waited for the entry at `index`, if it is theirs; `outcomes` are read only if somebody did."""
        while self._rounds and self._rounds[0].index <= index:
            oldest = self._rounds.popleft()
            if (oldest.index, oldest.term) != (index, term):
                self._answer_all(oldest.submissions, UNKNOWN)
                continue
            following = iter(outcomes)
            for submission in oldest.submissions:
                submission.answer(list(islice(following, len(submission.requests))))
                self._leave(submission)

    def passed(self, index: int) -> None:
        """The state up to `index` came as a whole: what was decided on the way there is not known."""
        while self._rounds and self._rounds[0].index <= index:
            self._answer_all(self._rounds.popleft().submissions, UNKNOWN)

    def deposed(self, leader_address: str) -> None:
        """Leadership is over: what was proposed may yet commit, what was not never will."""
        while self._rounds:
            self._answer_all(self._rounds.popleft().submissions, UNKNOWN)
        self.refuse_waiting(not_leader(leader_address))

    def refuse_waiting(self, outcome: pb.Outcome) -> None:
        """Answer so what was not proposed."""
        self._answer_all(tuple(self._waiting), outcome)
        self._waiting.clear()

    def _answer_all(self, submissions: tuple[Submission, ...], outcome: pb.Outcome) -> None:
        for submission in submissions:
            submission.answer_all(outcome)
            self._leave(submission)

    def _leave(self, submission: Submission) -> None:
        self._request_count -= len(submission.requests)
        self._size_bytes -= submission.size_bytes


# --- Changes of members ---------------------------------------------------------------------------


class ChangeUnknown(Exception):
    """The change was proposed, and may or may not come to be: look at the members before asking again."""


class PendingChanges:
    """Operators who wait for the CONFIG entry that they asked for; unlike commands they outlast a change of leader."""

    def __init__(self) -> None:
        self._waiting: dict[int, tuple[int, asyncio.Future[None]]] = {}

    def proposed(self, index: int, term: int) -> "asyncio.Future[None]":
        """The future ends when the entry is applied, or with ChangeUnknown when it cannot be told."""
        if index in self._waiting:
            self._end(index, ChangeUnknown("the change was lost with this node's leadership; it was not made"))
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[index] = (term, future)
        return future

    def applied(self, index: int, term: int) -> None:
        if index not in self._waiting:
            return
        is_own = self._waiting[index][0] == term
        self._end(index, None if is_own else ChangeUnknown("another leader's entry took its place; it was not made"))

    def passed(self, index: int) -> None:
        """The state up to `index` came as a whole: whether the change is part of it is not known."""
        for proposed in [proposed for proposed in self._waiting if proposed <= index]:
            self._end(proposed, ChangeUnknown("this node fell behind while the change was on its way"))

    def _end(self, index: int, failure: ChangeUnknown | None) -> None:
        _, future = self._waiting.pop(index)
        if future.done():
            return
        if failure is None:
            future.set_result(None)
        else:
            future.set_exception(failure)


# --- Reads ----------------------------------------------------------------------------------------


class ReadLost(Exception):
    """The node could not prove, in time, that what it would answer is the latest; ask again, or elsewhere."""


class PendingReads:
    """Reads on their way through the core, then waiting for their index to be applied."""

    def __init__(self, *, limit_reads: int) -> None:
        self._limit_reads = limit_reads
        self._next_id = 0
        self._unproven: dict[int, asyncio.Future[None]] = {}
        self._unapplied: list[tuple[int, asyncio.Future[None]]] = []

    def begin(self) -> "tuple[int, asyncio.Future[None]] | None":
        """A new read's id and future; None when too many wait already."""
        if len(self._unproven) + len(self._unapplied) >= self._limit_reads:
            return None
        self._next_id += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._unproven[self._next_id] = future
        return self._next_id, future

    def forget(self, read_id: int) -> None:
        """Nobody waits for it any more."""
        self._unproven.pop(read_id, None)

    def ready(self, read_id: int, index: int) -> None:
        if future := self._unproven.pop(read_id, None):
            self._unapplied.append((index, future))

    def lost(self, read_id: int) -> None:
        future = self._unproven.pop(read_id, None)
        if future and not future.done():
            future.set_exception(ReadLost())

    def lose_all(self) -> None:
        for read_id in list(self._unproven):
            self.lost(read_id)
        for _, future in self._unapplied:
            if not future.done():
                future.set_exception(ReadLost())
        self._unapplied.clear()

    def applied(self, index: int) -> None:
        if not self._unapplied:
            return
        still_waiting = []
        for wanted, future in self._unapplied:
            if future.done():
                continue
            if wanted > index:
                still_waiting.append((wanted, future))
            else:
                future.set_result(None)
        self._unapplied = still_waiting
