"""What nodes say to each other, as values; transport/envelope.py puts them on the wire.

Figure 2 and Figure 13 of the paper; PreVote (diss. §9.6), TimeoutNow (§3.10) and ReadIndex (§6.4) of the dissertation.
"""

from raftstore.value import value

from .types import Entry, LogBase


@value
class RequestVote:
    """A candidate asks for a vote; its log is as good as (last_term, last_index) says (§5.4.1).

    With `pre` it only asks whether it would be elected in `term`, which has not begun: nobody's term changes.
    With `transfer` the leader itself told it to stand, so that those who still hear the leader answer too (§3.10).
    """

    term: int
    last_index: int
    last_term: int
    pre: bool = False
    transfer: bool = False


@value
class VoteReply:
    """To a pre-vote: `term` is the one asked for if it is granted, the voter's own if not."""

    term: int
    granted: bool
    pre: bool = False


@value
class AppendEntries:
    """Entries that follow (prev_index, prev_term); none of them makes it a heartbeat.

    `read_round` numbers the leader's rounds of proving that it still leads (diss. §6.4); replies echo it.
    """

    term: int
    prev_index: int
    prev_term: int
    entries: tuple[Entry, ...]
    commit_index: int
    read_round: int


@value
class AppendReply:
    """Accepted: the logs agree up to `match_index`, durably.

    Rejected: they differ at `rejected_index`, and cannot agree beyond (hint_index, hint_term): the last
    place of the follower's log that is not after `rejected_index` nor of a later term than the leader's
    entry there (the conflict hint of §5.3, which skips a term per round instead of an entry). Logs cannot differ at
    index 0, so `rejected_index == 0` means that the term was over, and nothing of the logs.
    """

    term: int
    accepted: bool
    match_index: int
    rejected_index: int
    hint_index: int
    hint_term: int
    read_round: int


@value
class SnapshotRef:
    """Names a snapshot: the state as of `base`, in a file of `size_bytes` whose SHA-256 is `checksum`."""

    base: LogBase
    size_bytes: int
    checksum: bytes


@value
class InstallSnapshot:
    """One chunk of a snapshot's file, from `offset` on (Figure 13). Without data it asks how much is there already."""

    term: int
    snapshot: SnapshotRef
    offset: int
    data: bytes


@value
class SnapshotReply:
    """The follower durably has the first `received_bytes` of the snapshot. `installed`: its log reaches that far."""

    term: int
    snapshot: SnapshotRef
    received_bytes: int
    installed: bool


@value
class TimeoutNow:
    """The leader hands over: stand for election at once (diss. §3.10)."""

    term: int


@value
class ReadIndex:
    """A follower asks the leader at which index the reads of its `batch` are linearizable (diss. §6.4)."""

    term: int
    batch: int


@value
class ReadIndexReply:
    """`granted` is False when the leader cannot say; then the follower's readers must ask elsewhere."""

    term: int
    batch: int
    index: int
    granted: bool


Message = (
    RequestVote
    | VoteReply
    | AppendEntries
    | AppendReply
    | InstallSnapshot
    | SnapshotReply
    | TimeoutNow
    | ReadIndex
    | ReadIndexReply
)
