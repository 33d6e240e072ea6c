"""The nouns of Raft: what a log entry is, and what a node must never forget."""

from enum import IntEnum, StrEnum

from raftstore.value import value


class Role(StrEnum):
    FOLLOWER = "follower"
    # Asks whether it could win before it begins a term (PreVote, diss. §9.6).
    PRE_CANDIDATE = "pre_candidate"
    CANDIDATE = "candidate"
    LEADER = "leader"


class EntryKind(IntEnum):
    NOOP = 0
    COMMAND = 1
    CONFIG = 2


@value
class HardState:
    """Current term and the vote given in it: one record, durable before any message that depends on it (Figure 2)."""

    term: int
    voted_for: int | None


@value
class Entry:
    """One slot of the log; `data` is opaque to the core."""

    index: int
    term: int
    kind: EntryKind
    data: bytes


@value
class LogBase:
    """Where a log begins: everything up to `index`, whose term was `term`, is in the state machine and its snapshot."""

    index: int
    term: int


EMPTY_BASE = LogBase(0, 0)


@value
class Config:
    """What a node is by itself, and its timings, in milliseconds. Who else is a member is in the log (membership.py).

    An election timeout is drawn from [election_min_ms, election_max_ms] each time it is set (§5.2), so
    `heartbeat_ms` must be well below `election_min_ms`.

    Args:
        incarnation: drawn at random when the node's data directory was made; a node whose disk was lost has another.

    Raises:
        ValueError: the timings contradict each other.
    """

    node: int
    incarnation: int = 0
    election_min_ms: int = 150
    election_max_ms: int = 300
    heartbeat_ms: int = 50
    append_limit_bytes: int = 1 << 20
    inflight_limit_messages: int = 16
    chunk_bytes: int = 256 << 10

    def __post_init__(self) -> None:
        if not 0 < self.heartbeat_ms < self.election_min_ms <= self.election_max_ms:
            raise ValueError(
                "timings must satisfy 0 < heartbeat < shortest election timeout <= longest election timeout; "
                f"got {self.heartbeat_ms}, {self.election_min_ms}, {self.election_max_ms} ms"
            )
