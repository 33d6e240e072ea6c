"""What a leader knows of one follower's log, and how fast it may send."""

from dataclasses import dataclass
from enum import StrEnum


class Pace(StrEnum):
    """PROBE: where the logs part is unknown, one message per answer or heartbeat. REPLICATE: pipelined."""

    PROBE = "probe"
    REPLICATE = "replicate"


@dataclass(slots=True)
class Progress:
    # match_index < next_index; match_index never falls within a term: it is what the follower has durably.
    match_index: int
    next_index: int
    pace: Pace = Pace.PROBE
    inflight_messages: int = 0
    acked_read_round: int = 0
    last_heard_ms: int = 0

    def may_send(self, limit_messages: int) -> bool:
        return self.inflight_messages < (1 if self.pace is Pace.PROBE else limit_messages)

    def sent(self, last_index: int) -> None:
        """Entries up to `last_index` are on their way; a pipelining leader goes on behind them."""
        self.inflight_messages += 1
        if self.pace is Pace.REPLICATE:
            self.next_index = last_index + 1

    def accepted(self, match_index: int) -> bool:
        """The follower has everything up to `match_index`. Returns whether that is news."""
        self.inflight_messages = max(0, self.inflight_messages - 1)
        self.pace = Pace.REPLICATE
        news = match_index > self.match_index
        self.match_index = max(self.match_index, match_index)
        self.next_index = max(self.next_index, self.match_index + 1)
        return news

    def rejected(self, rejected_index: int, agreement: int) -> bool:
        """The logs part at `rejected_index`, and may agree at `agreement`. Returns False for an old answer."""
        if rejected_index <= self.match_index or rejected_index >= self.next_index:
            return False
        if self.pace is Pace.PROBE and rejected_index != self.next_index - 1:
            return False
        self.pace = Pace.PROBE
        self.inflight_messages = 0
        self.next_index = max(self.match_index, min(agreement, rejected_index - 1)) + 1
        return True

    def back_off(self) -> None:
        """Nothing was heard for long: what was in flight is lost, start again from what is certain."""
        self.pace = Pace.PROBE
        self.inflight_messages = 0
        self.next_index = self.match_index + 1
