"""Messages leave when they may, to where their receiver is, in an envelope that says between which disks."""

from raftstore.core.effects import Send
from raftstore.core.membership import Membership
from raftstore.core.messages import TimeoutNow, VoteReply
from raftstore.core.types import Config
from raftstore.runtime.outbox import Outbox
from raftstore.transport.envelope import Envelope

MEMBERSHIP = Membership.unformed({1: "a:1", 2: "b:1"}).formed(7, {1: 11, 2: 22})


class Wire:
    def __init__(self) -> None:
        self.sent: list[tuple[str, Envelope]] = []

    def send(self, address: str, envelope: Envelope) -> None:
        self.sent.append((address, envelope))

    def messages(self) -> list[object]:
        return [envelope.message for _, envelope in self.sent]


def outbox(wire: Wire, limit_strangers: int = 2, limit_promises: int = 100) -> Outbox:
    return Outbox(
        Config(1, 11), "a:1", MEMBERSHIP, wire, limit_strangers=limit_strangers, limit_promises=limit_promises
    )


def from_stranger(node: int, address: str) -> Envelope:
    return Envelope(7, node, node * 11, address, 1, 11, TimeoutNow(1))


def test_a_promise_waits_for_its_batch_and_everything_else_leaves_at_once():
    wire = Wire()
    box = outbox(wire)
    box.add([Send(2, VoteReply(1, True), after=3), Send(2, TimeoutNow(1), after=0)], durable_seq=2)
    assert wire.messages() == [TimeoutNow(1)]
    box.send_what_is_due(2)
    assert wire.messages() == [TimeoutNow(1)]
    box.send_what_is_due(3)
    assert wire.messages() == [TimeoutNow(1), VoteReply(1, True)]
    box.send_what_is_due(4)
    assert len(wire.sent) == 2


def test_promises_leave_in_the_order_in_which_they_were_made():
    wire = Wire()
    box = outbox(wire)
    box.add([Send(2, TimeoutNow(term), after=seq) for term, seq in ((1, 4), (2, 4), (3, 5))], durable_seq=0)
    box.send_what_is_due(4)
    assert wire.messages() == [TimeoutNow(1), TimeoutNow(2)]
    box.send_what_is_due(5)
    assert wire.messages() == [TimeoutNow(1), TimeoutNow(2), TimeoutNow(3)]


def test_while_the_disk_hangs_only_the_latest_promises_are_kept():
    wire = Wire()
    box = outbox(wire, limit_promises=3)
    for term in range(1, 1_001):
        box.add([Send(2, TimeoutNow(term), after=1)], durable_seq=0)
    box.send_what_is_due(1)
    assert wire.messages() == [TimeoutNow(998), TimeoutNow(999), TimeoutNow(1_000)]


def test_only_what_may_leave_is_looked_at():
    looks = []

    class Watched(int):
        def __le__(self, other: int) -> bool:
            looks.append(other)
            return int(self) <= other

    box = outbox(Wire())
    box.add([Send(2, TimeoutNow(term), after=Watched(9)) for term in range(50)], durable_seq=0)
    looks.clear()
    box.send_what_is_due(8)
    assert len(looks) == 1


def test_the_envelope_names_both_disks_and_the_cluster():
    wire = Wire()
    outbox(wire).post(2, TimeoutNow(1))
    assert wire.sent == [("b:1", Envelope(7, 1, 11, "a:1", 2, 22, TimeoutNow(1)))]


def test_a_stranger_is_answered_where_it_said_it_is_and_a_member_where_its_membership_says():
    wire = Wire()
    box = outbox(wire)
    box.post(9, TimeoutNow(1))
    assert wire.sent == []
    box.heard_from(from_stranger(9, "x:1"))
    box.heard_from(from_stranger(2, "elsewhere:1"))
    box.post(9, TimeoutNow(1))
    box.post(2, TimeoutNow(1))
    assert [(address, envelope.to_incarnation) for address, envelope in wire.sent] == [("x:1", 0), ("b:1", 22)]


def test_only_so_many_strangers_are_remembered():
    box = outbox(Wire(), limit_strangers=2)
    for node in (7, 8, 9):
        box.heard_from(from_stranger(node, f"x:{node}"))
    assert [box.address_of(node) for node in (7, 8, 9)] == ["", "x:8", "x:9"]
    # Members take none of their room.
    box.heard_from(from_stranger(2, "elsewhere:1"))
    assert [box.address_of(node) for node in (8, 9)] == ["x:8", "x:9"]


def test_nobody_writes_to_himself():
    wire = Wire()
    box = outbox(wire)
    box.post(1, TimeoutNow(1))
    assert wire.sent == []
