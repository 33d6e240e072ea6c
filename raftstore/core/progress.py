"""What a leader knows of one follower's log, and how fast it may send."""

from collections import deque
from dataclasses import dataclass, field
from enum import StrEnum


class Pace(StrEnum):
    """PROBE: where the logs part is unknown, one message per answer or heartbeat. REPLICATE: pipelined."""

    PROBE = "probe"
    REPLICATE = "replicate"


@dataclass(slots=True)
class Progress:
    # match_index < next_index. match_index is what the follower has durably, as far as it said. It falls only when the
    # follower itself says that it has less, having lost its disk; what was committed with its help stays committed.
    match_index: int
    next_index: int
    pace: Pace = Pace.PROBE
    # Last index of each message with entries that is under way, oldest first.
    inflight: deque[int] = field(default_factory=deque)
    acked_read_round: int = 0
    last_heard_ms: int = 0

    def may_send(self, limit_messages: int) -> bool:
        return len(self.inflight) < (1 if self.pace is Pace.PROBE else limit_messages)

    def sent(self, last_index: int) -> None:
        """Entries up to `last_index` are on their way; a pipelining leader goes on behind them."""
        self.inflight.append(last_index)
        if self.pace is Pace.REPLICATE:
            self.next_index = last_index + 1

    def accepted(self, match_index: int) -> bool:
        """The follower has everything up to `match_index`. Returns whether that is news."""
        while self.inflight and self.inflight[0] <= match_index:
            self.inflight.popleft()
        news = match_index > self.match_index
        self.match_index = max(self.match_index, match_index)
        self.next_index = max(self.next_index, self.match_index + 1, *(last + 1 for last in self.inflight))
        self.pace = Pace.REPLICATE
        return news

    def rejected(self, rejected_index: int, agreement: int) -> bool:
        """The logs part at `rejected_index`, and agree at most up to `agreement`. Returns False for an old answer."""
        if rejected_index == 0:
            return False
        agreement = min(agreement, rejected_index - 1)
        if agreement >= self.match_index and self.pace is Pace.PROBE and rejected_index != self.next_index - 1:
            return False
        self.lost()
        self.pace = Pace.PROBE
        # Should this be an old answer after all, it costs a round trip; to insist on match_index could cost the log.
        self.match_index = min(self.match_index, agreement)
        self.next_index = agreement + 1
        return True

    def lost(self) -> None:
        """What was under way will not be answered."""
        self.inflight.clear()

    def back_off(self) -> None:
        """Nothing was heard for long: start again from what is certain."""
        self.lost()
        self.pace = Pace.PROBE
        self.next_index = self.match_index + 1
