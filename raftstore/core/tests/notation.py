"""How scenarios write down what servers have and say: one notation, for what happens and for what is made to happen.

4@2          the entry at index 4 of term 2            4@2(x)     and what it holds, where that matters
t2           term 2                                    (members 1 2 3 learner 4)   a configuration
"""

import re
from collections.abc import Sequence

from raftstore.core.membership import NO_MEMBERS, Member, Membership
from raftstore.core.messages import (
    AppendEntries,
    AppendReply,
    InstallSnapshot,
    Message,
    ReadIndex,
    ReadIndexReply,
    RequestVote,
    SnapshotRef,
    SnapshotReply,
    TimeoutNow,
    VoteReply,
)
from raftstore.core.types import Entry, EntryKind, LogBase

CLUSTER = 77


class Unreadable(ValueError):
    """This is not written in the notation."""


# --- Members ------------------------------------------------------------------------------------------


def disk_of(node: int) -> int:
    """The incarnation of the disk that server `node` has from the beginning."""
    return 100 + node


def address_of(node: int) -> str:
    return f"server-{node}:7000"


def membership_of(voters: Sequence[int], learners: Sequence[int] = (), cluster: int = CLUSTER) -> Membership:
    """Formed, unless `cluster` is 0: then the disks are not on record."""
    members = tuple(
        Member(node, address_of(node), disk_of(node) if cluster else 0, voter=node in voters)
        for node in sorted({*voters, *learners})
    )
    return Membership(cluster, members, members[-1].node)


def write_members(membership: Membership) -> str:
    if membership == NO_MEMBERS:
        return "members none"
    words = ["members", *map(str, sorted(membership.voters))]
    if membership.learners:
        words += ["learner", *map(str, sorted(membership.learners))]
    return " ".join(words if membership.is_formed else [*words, "unformed"])


# --- Entries ------------------------------------------------------------------------------------------


def write_place(index: int, term: int) -> str:
    return f"{index}@{term}"


def write_entry(entry: Entry) -> str:
    match entry.kind:
        case EntryKind.NOOP:
            content = "noop"
        case EntryKind.CONFIG:
            content = write_members(Membership.decode(entry.data))
        case EntryKind.COMMAND:
            content = entry.data.decode()
    return write_place(entry.index, entry.term) + (f"({content})" if content else "")


def write_entries(entries: Sequence[Entry]) -> str:
    return " ".join(map(write_entry, entries))


def read_entries(text: str) -> tuple[Entry, ...]:
    if not re.fullmatch(r"(\d+@\d+(\([^)]*\))? ?)+", text):
        raise Unreadable(f"not entries such as '4@2 5@2(x)': {text!r}")
    return tuple(
        _entry(int(index), int(term), content)
        for index, term, content in re.findall(r"(\d+)@(\d+)(?:\(([^)]*)\))?", text)
    )


def _entry(index: int, term: int, content: str) -> Entry:
    if content == "noop":
        return Entry(index, term, EntryKind.NOOP, b"")
    if content.startswith("members "):
        voters, _, learners = content.removeprefix("members ").partition(" learner ")
        membership = membership_of(tuple(map(int, voters.split())), tuple(map(int, learners.split())))
        return Entry(index, term, EntryKind.CONFIG, membership.encode())
    return Entry(index, term, EntryKind.COMMAND, content.encode())


# --- Messages -----------------------------------------------------------------------------------------


def write_message(message: Message) -> str:
    match message:
        case RequestVote(term, index, log_term, pre, transfer):
            name = "PreVote" if pre else "RequestVote"
            return f"{name} t{term}, log ends {index}@{log_term}" + (", by transfer" if transfer else "")
        case VoteReply(term, granted, pre):
            return f"{'pre-vote' if pre else 'vote'} in t{term}: {'yes' if granted else 'no'}"
        case AppendEntries(term, index, log_term, entries, commit, read_round):
            place, rest = write_place(index, log_term), f", commit {commit}{_round(read_round)}"
            if not entries:
                return f"Heartbeat t{term} after {place}{rest}"
            return f"AppendEntries t{term} after {place}: {write_entries(entries)}{rest}"
        case AppendReply():
            return _write_append_reply(message)
        case InstallSnapshot(term, snapshot, offset, data):
            place = f"InstallSnapshot t{term} {write_place(snapshot.base.index, snapshot.base.term)}"
            if not data:
                return f"{place}, how much of {snapshot.size_bytes}?"
            return f"{place}, bytes {offset}-{offset + len(data)} of {snapshot.size_bytes}"
        case SnapshotReply(term, snapshot, received, installed):
            place = write_place(snapshot.base.index, snapshot.base.term)
            if installed:
                return f"snapshot {place} is in place in t{term}"
            return f"snapshot {place}: {received} of {snapshot.size_bytes} in t{term}"
        case TimeoutNow(term):
            return f"TimeoutNow t{term}"
        # Batches are numbered from a random beginning; which one is meant shows from what follows.
        case ReadIndex(term, _):
            return f"ReadIndex t{term}"
        case ReadIndexReply(term, _, index, granted):
            return f"read index in t{term}: {index if granted else 'none'}"


def _write_append_reply(reply: AppendReply) -> str:
    if reply.accepted:
        return f"match {reply.match_index} in t{reply.term}{_round(reply.read_round)}"
    if reply.rejected_index == 0:
        return f"too late, it is t{reply.term}{_round(reply.read_round)}"
    hint = write_place(reply.hint_index, reply.hint_term)
    return f"differ at {reply.rejected_index} in t{reply.term}, at most {hint}{_round(reply.read_round)}"


def _round(number: int) -> str:
    return f", round {number}" if number else ""


def read_message(text: str) -> Message:
    """The message that `write_message` writes like this.

    Raises:
        Unreadable: it writes none like this.
    """
    for pattern, build in _READERS:
        if found := re.fullmatch(pattern, text):
            return build(found)
    raise Unreadable(f"not a message: {text!r}")


def snapshot_of(index: int, term: int, size_bytes: int) -> SnapshotRef:
    return SnapshotRef(LogBase(index, term), size_bytes, f"{index}@{term}".encode().ljust(32))


def _ref(found: re.Match[str]) -> SnapshotRef:
    return snapshot_of(int(found["index"]), int(found["log_term"]), int(found["size"]))


def _number(found: re.Match[str], name: str) -> int:
    return int(found[name] or 0)


_TERM = r"t(?P<term>\d+)"
_PLACE = r"(?P<index>\d+)@(?P<log_term>\d+)"
_ROUND = r"(, round (?P<round>\d+))?"

_READERS = (
    (
        rf"(?P<name>RequestVote|PreVote) {_TERM}, log ends {_PLACE}(?P<transfer>, by transfer)?",
        lambda m: RequestVote(
            int(m["term"]), int(m["index"]), int(m["log_term"]), m["name"] == "PreVote", bool(m["transfer"])
        ),
    ),
    (
        rf"(?P<pre>pre-)?vote in {_TERM}: (?P<answer>yes|no)",
        lambda m: VoteReply(int(m["term"]), m["answer"] == "yes", bool(m["pre"])),
    ),
    (
        rf"(Heartbeat {_TERM} after {_PLACE}), commit (?P<commit>\d+){_ROUND}",
        lambda m: AppendEntries(
            int(m["term"]), int(m["index"]), int(m["log_term"]), (), int(m["commit"]), _number(m, "round")
        ),
    ),
    (
        rf"AppendEntries {_TERM} after {_PLACE}: (?P<entries>.+), commit (?P<commit>\d+){_ROUND}",
        lambda m: AppendEntries(
            int(m["term"]),
            int(m["index"]),
            int(m["log_term"]),
            read_entries(m["entries"]),
            int(m["commit"]),
            _number(m, "round"),
        ),
    ),
    (
        rf"match (?P<index>\d+) in {_TERM}{_ROUND}",
        lambda m: AppendReply(int(m["term"]), True, int(m["index"]), 0, 0, 0, _number(m, "round")),
    ),
    (
        rf"differ at (?P<at>\d+) in {_TERM}, at most {_PLACE}{_ROUND}",
        lambda m: AppendReply(
            int(m["term"]), False, 0, int(m["at"]), int(m["index"]), int(m["log_term"]), _number(m, "round")
        ),
    ),
    (rf"too late, it is {_TERM}", lambda m: AppendReply(int(m["term"]), False, 0, 0, 0, 0, 0)),
    (
        rf"InstallSnapshot {_TERM} {_PLACE}, how much of (?P<size>\d+)\?",
        lambda m: InstallSnapshot(int(m["term"]), _ref(m), 0, b""),
    ),
    (
        rf"InstallSnapshot {_TERM} {_PLACE}, bytes (?P<first>\d+)-(?P<end>\d+) of (?P<size>\d+)",
        lambda m: InstallSnapshot(int(m["term"]), _ref(m), int(m["first"]), bytes(int(m["end"]) - int(m["first"]))),
    ),
    (rf"TimeoutNow {_TERM}", lambda m: TimeoutNow(int(m["term"]))),
)
