"""What nodes say to each other (Figure 2), as values; transport/codec.py puts them on the wire."""

from dataclasses import dataclass

from .types import Entry


@dataclass(frozen=True, slots=True)
class RequestVote:
    """A candidate asks for a vote; its log is as good as (last_term, last_index) says (§5.4.1)."""

    term: int
    last_index: int
    last_term: int


@dataclass(frozen=True, slots=True)
class VoteReply:
    term: int
    granted: bool


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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


Message = RequestVote | VoteReply | AppendEntries | AppendReply
