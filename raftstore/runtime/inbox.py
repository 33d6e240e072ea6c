"""Messages that have arrived and wait for the next turn, bounded in number and in bytes."""

from collections import deque
from collections.abc import Iterator

from raftstore.transport.envelope import Envelope, size_of

from .counters import Counters


class Inbox:
    def __init__(self, counters: Counters, *, limit_messages: int, limit_bytes: int) -> None:
        self._counters = counters
        self._limit_messages = limit_messages
        self._limit_bytes = limit_bytes
        self._envelopes: deque[tuple[Envelope, int]] = deque()
        self.size_bytes = 0

    def __len__(self) -> int:
        return len(self._envelopes)

    def put(self, envelope: Envelope) -> None:
        """Take it in. When there is no room the oldest are lost, as Raft allows: newer ones say more."""
        self._counters.messages_received += 1
        size = size_of(envelope)
        self._envelopes.append((envelope, size))
        self.size_bytes += size
        while len(self._envelopes) > self._limit_messages or self.size_bytes > self._limit_bytes:
            self._pop()
            self._counters.messages_dropped += 1

    def take_all(self) -> Iterator[Envelope]:
        while self._envelopes:
            yield self._pop()

    def _pop(self) -> Envelope:
        envelope, size = self._envelopes.popleft()
        self.size_bytes -= size
        return envelope
