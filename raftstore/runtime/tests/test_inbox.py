"""What arrives faster than it is taken in costs a bounded amount of memory."""

from raftstore.core.messages import InstallSnapshot, SnapshotRef, TimeoutNow
from raftstore.core.types import LogBase
from raftstore.runtime.counters import Counters
from raftstore.runtime.inbox import Inbox
from raftstore.transport.envelope import OVERHEAD_BYTES, Envelope

REF = SnapshotRef(LogBase(1, 1), 1_000, bytes(32))


def small(term: int) -> Envelope:
    return Envelope(1, 2, 22, "b:1", 1, 11, TimeoutNow(term))


def large(offset: int) -> Envelope:
    return Envelope(1, 2, 22, "b:1", 1, 11, InstallSnapshot(1, REF, offset, bytes(100)))


def test_beyond_its_number_of_messages_the_oldest_are_lost():
    counters = Counters()
    inbox = Inbox(counters, limit_messages=3, limit_bytes=1 << 20)
    for term in range(1, 6):
        inbox.put(small(term))
    assert [envelope.message for envelope in inbox.take_all()] == [TimeoutNow(3), TimeoutNow(4), TimeoutNow(5)]
    assert (counters.messages_received, counters.messages_dropped) == (5, 2)
    assert inbox.size_bytes == 0


def test_beyond_its_bytes_the_oldest_are_lost():
    inbox = Inbox(Counters(), limit_messages=100, limit_bytes=2 * (OVERHEAD_BYTES + 100))
    for offset in (0, 100, 200):
        inbox.put(large(offset))
    assert [envelope.message.offset for envelope in inbox.take_all()] == [100, 200]
