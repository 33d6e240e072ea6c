"""What a leader knows of one follower's log, and how fast it may send."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum

from .messages import SnapshotRef


class Pace(StrEnum):
    """PROBE: where the logs part is unknown, one message per answer or heartbeat. REPLICATE: pipelined.

    SNAPSHOT: the follower lacks entries that the log no longer holds; a snapshot must reach it first (§7).
    """

    PROBE = "probe"
    REPLICATE = "replicate"
    SNAPSHOT = "snapshot"


@dataclass(slots=True)
class Sending:
    """A snapshot on its way to one follower. One chunk, or the question how much is there, is under way at a time.

    `asking` while nothing is known of how much the follower has; then every answer tells, also that it has less.
    """

    snapshot: SnapshotRef
    received_bytes: int = 0
    asking: bool = True
    # When the last chunk or question left, and when the follower last had more than before.
    sent_ms: int = 0
    moved_ms: int = 0


@dataclass(slots=True)
class Progress:
    # match_index < next_index. match_index is what the follower has durably, as far as it said, and never falls: a
    # disk that forgot comes back as another incarnation, which nobody listens to (membership.py).
    # Unless in SNAPSHOT, next_index > the log's base: what is sent next is still there to be sent.
    match_index: int
    next_index: int
    pace: Pace = Pace.PROBE
    # Last index of each message with entries that is under way, oldest first.
    inflight: deque[int] = field(default_factory=deque)
    acked_read_round: int = 0
    last_heard_ms: int = 0
    sending: Sending | None = None

    def may_send(self, limit_messages: int) -> bool:
        if self.pace is Pace.SNAPSHOT:
            return False
        return len(self.inflight) < (1 if self.pace is Pace.PROBE else limit_messages)

    def sent(self, last_index: int) -> None:
        """Entries up to `last_index` are on their way; a pipelining leader goes on behind them."""
        self.inflight.append(last_index)
        if self.pace is Pace.REPLICATE:
            self.next_index = last_index + 1

    def accepted(self, match_index: int, base_index: int) -> bool:
        """The follower has everything up to `match_index`. Returns whether that is news.

        Args:
            base_index: the log's base; who needs a snapshot goes on from it as soon as it has as much.
        """
        if self.pace is Pace.SNAPSHOT and match_index < base_index:
            return False
        while self.inflight and self.inflight[0] <= match_index:
            self.inflight.popleft()
        news = match_index > self.match_index
        self.match_index = max(self.match_index, match_index)
        self.next_index = max(self.next_index, self.match_index + 1, *(last + 1 for last in self.inflight))
        self.pace = Pace.REPLICATE
        self.sending = None
        return news

    def rejected(self, rejected_index: int, agreement: int, base_index: int) -> bool:
        """The logs part at `rejected_index`, and agree at most up to `agreement`. Returns False for an old answer."""
        if self.pace is Pace.SNAPSHOT or rejected_index <= self.match_index:
            return False
        if self.pace is Pace.PROBE and rejected_index != self.next_index - 1:
            return False
        self.lost()
        self.next_index = max(min(agreement, rejected_index - 1), self.match_index) + 1
        self.pace = Pace.SNAPSHOT if self.next_index <= base_index else Pace.PROBE
        return True

    def lost(self) -> None:
        """What was under way will not be answered."""
        self.inflight.clear()

    def back_off(self, base_index: int) -> None:
        """Nothing was heard for long: start again from what is certain, or from as far back as the log goes.

        Whether it takes a snapshot to reach the follower shows when it answers; to a dead one none is sent.
        """
        self.lost()
        self.pace = Pace.PROBE
        self.next_index = max(self.match_index, base_index) + 1
        self.sending = None

    def compacted(self, base_index: int) -> None:
        """The log now begins after `base_index`."""
        if self.pace is not Pace.SNAPSHOT and self.next_index <= base_index:
            self.back_off(base_index)
