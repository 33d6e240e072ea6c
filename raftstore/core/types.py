"""The nouns of Raft: what a log entry is, and what a node must never forget."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Role(StrEnum):
    FOLLOWER = "follower"
    CANDIDATE = "candidate"
    LEADER = "leader"


class EntryKind(IntEnum):
    NOOP = 0
    COMMAND = 1
    CONFIG = 2


@dataclass(frozen=True, slots=True)
class HardState:
    """Current term and the vote given in it: one record, durable before any message that depends on it (Figure 2)."""

    term: int
    voted_for: int | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One slot of the log; `data` is opaque to the core."""

    index: int
    term: int
    kind: EntryKind
    data: bytes


@dataclass(frozen=True, slots=True)
class Config:
    """A node's place in its cluster and its timings, in milliseconds.

    An election timeout is drawn from [election_min_ms, election_max_ms] each time it is set (§5.2), so
    `heartbeat_ms` must be well below `election_min_ms`.

    Raises:
        ValueError: the node is not one of the members, or the timings contradict each other.
    """

    node: int
    members: frozenset[int]
    election_min_ms: int = 150
    election_max_ms: int = 300
    heartbeat_ms: int = 50
    append_limit_bytes: int = 1 << 20
    inflight_limit_messages: int = 16

    def __post_init__(self) -> None:
        if self.node not in self.members:
            raise ValueError(f"node {self.node} is not a member of the cluster {sorted(self.members)}")
        if not 0 < self.heartbeat_ms < self.election_min_ms <= self.election_max_ms:
            raise ValueError(
                "timings must satisfy 0 < heartbeat < shortest election timeout <= longest election timeout; "
                f"got {self.heartbeat_ms}, {self.election_min_ms}, {self.election_max_ms} ms"
            )

    @property
    def peers(self) -> tuple[int, ...]:
        return tuple(sorted(self.members - {self.node}))
