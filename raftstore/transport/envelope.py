"""What one node sends another: a message in an envelope that says between which disks of which cluster; to the wire
(rpc/raft.proto) and back.

What comes from the wire is checked before anything believes it: numbers that no honest node can send are refused here,
so that the core may rely on what a message says of itself.
"""

from typing import assert_never

from raftstore.core import messages as m
from raftstore.core.membership import Membership, MembershipError
from raftstore.core.types import Entry, EntryKind, LogBase
from raftstore.errors import MalformedMessage
from raftstore.rpc import raft_pb2 as pb
from raftstore.value import value

MAX_ADDRESS_CHARS = 262
MAX_HASH_BYTES = 64
CHECKSUM_BYTES = 32
# Numbers that storage keeps are signed.
MAX_NUMBER = (1 << 63) - 1
# About what an envelope or an entry without content costs in memory.
OVERHEAD_BYTES = 256

_KINDS = frozenset(EntryKind)


@value
class HashReport:
    """What the sender's state hashes to as of `index`; equal on all nodes, or one of them differs (divergence.py)."""

    index: int
    hash: bytes


@value
class Envelope:
    """
    Args:
        cluster: the sender's cluster, 0 before it is formed.
        incarnation: of the sender's data directory.
        address: where the sender answers.
        to: the receiver's id; `to_incarnation` is what the sender's membership has on record for it, 0 if nothing.
    """

    cluster: int
    sender: int
    incarnation: int
    address: str
    to: int
    to_incarnation: int
    message: m.Message | HashReport


def size_of(envelope: Envelope) -> int:
    """About how many bytes of memory an envelope keeps."""
    match envelope.message:
        case m.AppendEntries(entries=entries):
            return OVERHEAD_BYTES + sum(OVERHEAD_BYTES + len(entry.data) for entry in entries)
        case m.InstallSnapshot(data=content):
            return OVERHEAD_BYTES + len(content)
        case _:
            return OVERHEAD_BYTES


# --- To the wire ----------------------------------------------------------------------------------


def encode_envelope(envelope: Envelope) -> pb.Envelope:
    wire = pb.Envelope(
        cluster=envelope.cluster,
        sender=envelope.sender,
        incarnation=envelope.incarnation,
        address=envelope.address,
        to=envelope.to,
        to_incarnation=envelope.to_incarnation,
    )
    message = envelope.message
    if isinstance(message, HashReport):
        wire.hash_report.CopyFrom(pb.HashReport(index=message.index, hash=message.hash))
    else:
        wire.term = message.term
        _encode_message(wire, message)
    return wire


def _encode_message(wire: pb.Envelope, message: m.Message) -> None:
    match message:
        case m.RequestVote(_, last_index, last_term, pre, transfer):
            wire.request_vote.CopyFrom(
                pb.RequestVote(last_index=last_index, last_term=last_term, pre=pre, transfer=transfer)
            )
        case m.VoteReply(_, granted, pre):
            wire.vote_reply.CopyFrom(pb.VoteReply(granted=granted, pre=pre))
        case m.AppendEntries():
            wire.append_entries.CopyFrom(_encode_append(message))
        case m.AppendReply():
            wire.append_reply.CopyFrom(
                pb.AppendReply(
                    accepted=message.accepted,
                    match_index=message.match_index,
                    rejected_index=message.rejected_index,
                    hint_index=message.hint_index,
                    hint_term=message.hint_term,
                    read_round=message.read_round,
                )
            )
        case m.InstallSnapshot(_, snapshot, offset, content):
            wire.install_snapshot.CopyFrom(
                pb.InstallSnapshot(snapshot=_encode_snapshot(snapshot), offset=offset, data=content)
            )
        case m.SnapshotReply(_, snapshot, received_bytes, installed):
            wire.snapshot_reply.CopyFrom(
                pb.SnapshotReply(
                    snapshot=_encode_snapshot(snapshot), received_bytes=received_bytes, installed=installed
                )
            )
        case m.TimeoutNow():
            wire.timeout_now.CopyFrom(pb.TimeoutNow())
        case m.ReadIndex(_, batch):
            wire.read_index.CopyFrom(pb.ReadIndex(batch=batch))
        case m.ReadIndexReply(_, batch, index, granted):
            wire.read_index_reply.CopyFrom(pb.ReadIndexReply(batch=batch, index=index, granted=granted))
        case _:
            assert_never(message)


def _encode_append(message: m.AppendEntries) -> pb.AppendEntries:
    return pb.AppendEntries(
        prev_index=message.prev_index,
        prev_term=message.prev_term,
        entries=[
            pb.LogEntry(index=entry.index, term=entry.term, kind=entry.kind, data=entry.data)
            for entry in message.entries
        ],
        commit_index=message.commit_index,
        read_round=message.read_round,
    )


def _encode_snapshot(snapshot: m.SnapshotRef) -> pb.SnapshotRef:
    return pb.SnapshotRef(
        base_index=snapshot.base.index,
        base_term=snapshot.base.term,
        size_bytes=snapshot.size_bytes,
        checksum=snapshot.checksum,
    )


# --- From the wire --------------------------------------------------------------------------------


def decode_envelope(wire: pb.Envelope) -> Envelope:
    """
    Raises:
        MalformedMessage: an unknown kind of message, or one that no node of this version can have sent.
    """
    if not wire.sender or not wire.to or not wire.incarnation:
        raise MalformedMessage("an envelope without sender, receiver or incarnation")
    host, colon, port = wire.address.rpartition(":")
    if not (host and colon and port.isdecimal() and len(wire.address) <= MAX_ADDRESS_CHARS):
        raise MalformedMessage(f"node {wire.sender} gave {wire.address[:MAX_ADDRESS_CHARS]!r} as its address")
    _check_number(wire.cluster, wire.incarnation, wire.to_incarnation, wire.term)
    return Envelope(
        wire.cluster,
        wire.sender,
        wire.incarnation,
        wire.address,
        wire.to,
        wire.to_incarnation,
        _decode_message(wire),
    )


def _check_number(*numbers: int) -> None:
    for number in numbers:
        if number > MAX_NUMBER:
            raise MalformedMessage(f"{number} is beyond any number that a node counts to")


def _decode_message(wire: pb.Envelope) -> m.Message | HashReport:
    term = wire.term
    match wire.WhichOneof("message"):
        case "append_entries":
            return _decode_append(term, wire.append_entries)
        case "append_reply":
            return _decode_append_reply(term, wire.append_reply)
        case "request_vote":
            vote = wire.request_vote
            _check_number(vote.last_index, vote.last_term)
            return m.RequestVote(term, vote.last_index, vote.last_term, vote.pre, vote.transfer)
        case "vote_reply":
            return m.VoteReply(term, wire.vote_reply.granted, wire.vote_reply.pre)
        case "install_snapshot":
            return _decode_chunk(term, wire.install_snapshot)
        case "snapshot_reply":
            return _decode_snapshot_reply(term, wire.snapshot_reply)
        case "timeout_now":
            return m.TimeoutNow(term)
        case "read_index":
            _check_number(wire.read_index.batch)
            return m.ReadIndex(term, wire.read_index.batch)
        case "read_index_reply":
            reply = wire.read_index_reply
            _check_number(reply.batch, reply.index)
            return m.ReadIndexReply(term, reply.batch, reply.index, reply.granted)
        case "hash_report":
            _check_number(wire.hash_report.index)
            if not 0 < len(wire.hash_report.hash) <= MAX_HASH_BYTES:
                raise MalformedMessage(f"node {wire.sender} sent a hash of {len(wire.hash_report.hash)} bytes")
            return HashReport(wire.hash_report.index, wire.hash_report.hash)
        case _:
            raise MalformedMessage(f"node {wire.sender} sent a message of a kind that this version does not know")


def _decode_append(term: int, wire: pb.AppendEntries) -> m.AppendEntries:
    _check_number(wire.prev_index, wire.prev_term, wire.commit_index, wire.read_round)
    entries = []
    last_term = wire.prev_term
    for offset, entry in enumerate(wire.entries, start=1):
        if entry.index != wire.prev_index + offset or not last_term <= entry.term <= term:
            raise MalformedMessage(f"entry {entry.index} of term {entry.term} does not follow the one before it")
        if entry.kind not in _KINDS:
            raise MalformedMessage(f"entry {entry.index} is of kind {entry.kind}, which this version does not know")
        if entry.kind == EntryKind.CONFIG:
            _check_membership(entry)
        last_term = entry.term
        entries.append(Entry(entry.index, entry.term, EntryKind(entry.kind), entry.data))
    return m.AppendEntries(term, wire.prev_index, wire.prev_term, tuple(entries), wire.commit_index, wire.read_round)


def _check_membership(entry: pb.LogEntry) -> None:
    """A membership is in force as soon as it is in the log, so it must be readable before it gets there."""
    try:
        Membership.decode(entry.data)
    except MembershipError as error:
        raise MalformedMessage(f"entry {entry.index} holds no membership: {error}") from error


def _decode_append_reply(term: int, wire: pb.AppendReply) -> m.AppendReply:
    _check_number(wire.match_index, wire.rejected_index, wire.hint_index, wire.hint_term, wire.read_round)
    return m.AppendReply(
        term,
        wire.accepted,
        wire.match_index,
        wire.rejected_index,
        wire.hint_index,
        wire.hint_term,
        wire.read_round,
    )


def _decode_snapshot(wire: pb.SnapshotRef) -> m.SnapshotRef:
    _check_number(wire.base_index, wire.base_term, wire.size_bytes)
    if not wire.base_index or not wire.size_bytes or len(wire.checksum) != CHECKSUM_BYTES:
        raise MalformedMessage("a snapshot of nothing, without bytes or without a checksum")
    return m.SnapshotRef(LogBase(wire.base_index, wire.base_term), wire.size_bytes, wire.checksum)


def _decode_chunk(term: int, wire: pb.InstallSnapshot) -> m.InstallSnapshot:
    snapshot = _decode_snapshot(wire.snapshot)
    if wire.offset + len(wire.data) > snapshot.size_bytes or snapshot.base.term > term:
        raise MalformedMessage(f"a chunk that snapshot {snapshot.base.index} of term {term} cannot have")
    return m.InstallSnapshot(term, snapshot, wire.offset, wire.data)


def _decode_snapshot_reply(term: int, wire: pb.SnapshotReply) -> m.SnapshotReply:
    snapshot = _decode_snapshot(wire.snapshot)
    if wire.received_bytes > snapshot.size_bytes:
        raise MalformedMessage(f"more received of snapshot {snapshot.base.index} than it has")
    return m.SnapshotReply(term, snapshot, wire.received_bytes, wire.installed)
