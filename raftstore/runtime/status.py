"""What a node says of itself, to operators and metrics."""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from raftstore.core.raft import Raft


class DiskState(StrEnum):
    OK = "ok"
    # A write has been under way for too long.
    STALLED = "stalled"
    # Less room than the reserve: reads are answered, writes are not.
    NEARLY_FULL = "nearly_full"


@dataclass(frozen=True, slots=True)
class MemberStatus:
    """A member as this node has it on record; `lag` is in entries, `differs` if its state was found to be another.

    Only a leader knows `match_index`, `lag` and `heard_ms_ago` of the others; of itself a node knows them always.
    """

    node: int
    address: str
    voter: bool
    incarnation: int
    match_index: int | None = None
    lag: int | None = None
    heard_ms_ago: int | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True)
class NodeStatus:
    """
    Args:
        cluster: 0 until the cluster is formed.
        membership_committed: whether `members` are known to be committed; until then the latest change may be undone.
        leader: 0 when this node knows of none.
        snapshot_index: of the snapshot file that is kept for followers, 0 if none is.
        chain: the rolling hash over every applied entry, as hexadecimal, as of `hash_index`.
        fenced: why this node takes no part any more; empty while it does.
        refused: why the cluster does not take this node in; empty if it does, or has not said.
    """

    node: int
    incarnation: int
    cluster: int
    address: str
    role: str
    term: int
    leader: int
    leader_address: str
    base_index: int
    last_index: int
    durable_index: int
    commit_index: int
    applied_index: int
    checkpoint_index: int
    snapshot_index: int
    log_bytes: int
    disk_free_bytes: int
    time_ms: int
    inventories: int
    live_holds: int
    sessions: int
    chain: str
    hash_index: int
    fenced: str
    disk: DiskState
    refused: str
    members: tuple[MemberStatus, ...]
    membership_committed: bool
    transferring: bool


def member_statuses(raft: Raft, now_ms: int, differing: Set[int]) -> tuple[MemberStatus, ...]:
    """
    Args:
        differing: members whose state was found to be another than this node's.
    """
    statuses = []
    for member in raft.membership.members:
        match_index = heard_ms_ago = None
        if member.node == raft.config.node:
            match_index, heard_ms_ago = raft.durable_index, 0
        elif progress := raft.progress.get(member.node):
            match_index, heard_ms_ago = progress.match_index, max(0, now_ms - progress.last_heard_ms)
        statuses.append(
            MemberStatus(
                node=member.node,
                address=member.address,
                voter=member.voter,
                incarnation=member.incarnation,
                match_index=match_index,
                lag=None if match_index is None else raft.log.last_index - match_index,
                heard_ms_ago=heard_ms_ago,
                differs=member.node in differing,
            )
        )
    return tuple(statuses)
