"""Raft's messages between values (core/messages.py) and the wire (rpc/raft.proto)."""

from typing import assert_never

from raftstore.core import messages as m
from raftstore.core.types import Entry, EntryKind
from raftstore.errors import MalformedMessage
from raftstore.rpc import raft_pb2 as pb


def encode_message(sender: int, message: m.Message) -> pb.RaftMessage:
    wire = pb.RaftMessage(sender=sender, term=message.term)
    match message:
        case m.RequestVote(_, last_index, last_term):
            wire.request_vote.CopyFrom(pb.RequestVote(last_index=last_index, last_term=last_term))
        case m.VoteReply(_, granted):
            wire.vote_reply.CopyFrom(pb.VoteReply(granted=granted))
        case m.AppendEntries():
            wire.append_entries.CopyFrom(
                pb.AppendEntries(
                    prev_index=message.prev_index,
                    prev_term=message.prev_term,
                    entries=[_encode_entry(entry) for entry in message.entries],
                    commit_index=message.commit_index,
                    read_round=message.read_round,
                )
            )
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
        case _:
            assert_never(message)
    return wire


def _encode_entry(entry: Entry) -> pb.LogEntry:
    return pb.LogEntry(index=entry.index, term=entry.term, kind=entry.kind, data=entry.data)


def decode_message(wire: pb.RaftMessage) -> m.Message:
    """
    Raises:
        MalformedMessage: an unknown kind, or entries that do not follow each other.
    """
    match wire.WhichOneof("body"):
        case "request_vote":
            return m.RequestVote(wire.term, wire.request_vote.last_index, wire.request_vote.last_term)
        case "vote_reply":
            return m.VoteReply(wire.term, wire.vote_reply.granted)
        case "append_entries":
            return _decode_append(wire.term, wire.append_entries)
        case "append_reply":
            reply = wire.append_reply
            return m.AppendReply(
                wire.term,
                reply.accepted,
                reply.match_index,
                reply.rejected_index,
                reply.hint_index,
                reply.hint_term,
                reply.read_round,
            )
        case _:
            raise MalformedMessage(f"node {wire.sender} sent a message of a kind this version does not know")


def _decode_append(term: int, wire: pb.AppendEntries) -> m.AppendEntries:
    entries = []
    last_term = wire.prev_term
    for offset, entry in enumerate(wire.entries, start=1):
        if entry.index != wire.prev_index + offset or not last_term <= entry.term <= term:
            raise MalformedMessage(f"entry {entry.index} of term {entry.term} does not follow the one before it")
        if entry.kind not in set(EntryKind):
            raise MalformedMessage(f"entry {entry.index} is of kind {entry.kind}, which this version does not know")
        last_term = entry.term
        entries.append(Entry(entry.index, entry.term, EntryKind(entry.kind), entry.data))
    return m.AppendEntries(term, wire.prev_index, wire.prev_term, tuple(entries), wire.commit_index, wire.read_round)
