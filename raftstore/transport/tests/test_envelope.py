"""What one node sends arrives the same at another; what no node can have sent is refused."""

import pytest

from raftstore.core import messages as m
from raftstore.core.membership import Membership
from raftstore.core.types import Entry, EntryKind, LogBase
from raftstore.errors import MalformedMessage
from raftstore.rpc import raft_pb2 as pb
from raftstore.transport.envelope import OVERHEAD_BYTES, Envelope, HashReport, decode_envelope, encode_envelope, size_of

SNAPSHOT = m.SnapshotRef(LogBase(7, 2), 1_000, bytes(range(32)))
MEMBERSHIP = Membership.unformed({1: "127.0.0.1:1", 2: "127.0.0.1:2"})
ENTRIES = (
    Entry(8, 2, EntryKind.COMMAND, b"\x00x"),
    Entry(9, 3, EntryKind.NOOP, b""),
    Entry(10, 3, EntryKind.CONFIG, MEMBERSHIP.encode()),
)
MESSAGES: list[m.Message | HashReport] = [
    m.RequestVote(3, 7, 2),
    m.RequestVote(3, 7, 2, pre=True),
    m.RequestVote(3, 7, 2, transfer=True),
    m.VoteReply(3, True),
    m.VoteReply(3, False, pre=True),
    m.AppendEntries(3, 7, 2, ENTRIES, commit_index=6, read_round=4),
    m.AppendReply(3, False, 0, 7, 5, 2, 4),
    m.InstallSnapshot(3, SNAPSHOT, 990, b"0123456789"),
    m.InstallSnapshot(3, SNAPSHOT, 0, b""),
    m.SnapshotReply(3, SNAPSHOT, 1_000, installed=True),
    m.TimeoutNow(3),
    m.ReadIndex(3, 5),
    m.ReadIndexReply(3, 5, 9, granted=True),
    HashReport(9, b"hash"),
]


def envelope(message: m.Message | HashReport) -> Envelope:
    return Envelope(77, 2, (1 << 63) - 1, "[::1]:50051", 1, 11, message)


def wire(**parts: object) -> pb.Envelope:
    parts = {"sender": 2, "incarnation": 22, "address": "node-2:50051", "to": 1, "term": 3, **parts}
    return pb.Envelope(**parts)  # type: ignore[arg-type]


def wire_snapshot(**fields: object) -> pb.SnapshotRef:
    fields = {"base_index": 7, "base_term": 2, "size_bytes": 10, "checksum": bytes(32), **fields}
    return pb.SnapshotRef(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_survives_the_wire_with_its_envelope(message):
    sent = envelope(message)
    assert decode_envelope(pb.Envelope.FromString(encode_envelope(sent).SerializeToString())) == sent


@pytest.mark.parametrize(
    "entries",
    [
        pytest.param([(9, 2, 1)], id="a gap"),
        pytest.param([(8, 1, 1)], id="a term that goes back"),
        pytest.param([(8, 4, 1)], id="a term the leader has not reached"),
        pytest.param([(8, 2, 9)], id="an unknown kind"),
        pytest.param([(8, 2, 2)], id="members that cannot be read"),
    ],
)
def test_entries_that_cannot_follow_each_other_are_refused(entries):
    append = pb.AppendEntries(
        prev_index=7, prev_term=2, entries=[pb.LogEntry(index=i, term=t, kind=k) for i, t, k in entries]
    )
    with pytest.raises(MalformedMessage):
        decode_envelope(wire(append_entries=append))


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param({}, id="no message"),
        pytest.param({"sender": 0, "timeout_now": pb.TimeoutNow()}, id="no sender"),
        pytest.param({"to": 0, "timeout_now": pb.TimeoutNow()}, id="no receiver"),
        pytest.param({"incarnation": 0, "timeout_now": pb.TimeoutNow()}, id="no incarnation"),
        pytest.param({"address": "", "timeout_now": pb.TimeoutNow()}, id="no address"),
        pytest.param({"address": "node-2", "timeout_now": pb.TimeoutNow()}, id="an address without a port"),
        pytest.param({"address": "n" * 300 + ":1", "timeout_now": pb.TimeoutNow()}, id="an endless address"),
        pytest.param({"term": 1 << 63, "timeout_now": pb.TimeoutNow()}, id="a term beyond counting"),
        pytest.param({"append_reply": pb.AppendReply(match_index=1 << 63)}, id="an index beyond counting"),
        pytest.param({"hash_report": pb.HashReport(index=1, hash=bytes(1_000))}, id="a hash that is none"),
        pytest.param(
            {"install_snapshot": pb.InstallSnapshot(snapshot=wire_snapshot(), offset=8, data=b"abc")},
            id="a chunk beyond its snapshot's end",
        ),
        pytest.param(
            {"install_snapshot": pb.InstallSnapshot(snapshot=wire_snapshot(base_term=4))},
            id="a snapshot of a term the leader has not reached",
        ),
        pytest.param(
            {"install_snapshot": pb.InstallSnapshot(snapshot=wire_snapshot(checksum=b""))},
            id="a snapshot without a checksum",
        ),
        pytest.param(
            {"snapshot_reply": pb.SnapshotReply(snapshot=wire_snapshot(), received_bytes=11)},
            id="more received than there is",
        ),
    ],
)
def test_what_no_node_can_have_sent_is_refused(parts):
    with pytest.raises(MalformedMessage):
        decode_envelope(wire(**parts))


def test_an_envelope_counts_with_the_bytes_it_keeps_in_memory():
    assert size_of(envelope(m.TimeoutNow(3))) == OVERHEAD_BYTES
    assert size_of(envelope(m.InstallSnapshot(3, SNAPSHOT, 0, bytes(500)))) == OVERHEAD_BYTES + 500
    append = m.AppendEntries(3, 7, 2, (Entry(8, 2, EntryKind.COMMAND, bytes(700)),), 6, 4)
    assert size_of(envelope(append)) == 2 * OVERHEAD_BYTES + 700
