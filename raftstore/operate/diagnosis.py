"""What is wrong with the cluster, in words, and what to do: the sections are those of docs/runbook.md."""

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence

from raftstore.rpc.cluster_pb2 import MemberStatus, StatusReply

from .nodes import NodeReport, leader_among

# A follower this far behind does not just have messages on their way.
LAG_LIMIT_ENTRIES = 1_000
SILENCE_LIMIT_MS = 2_000
CERTIFICATE_WARNING_DAYS = 30


def warnings_of(reports: Sequence[NodeReport]) -> list[str]:
    """One sentence for each thing that is wrong, the worst first."""
    replies = [report.reply for report in reports if report.reply]
    leader = leader_among(reports)
    return [
        *_fenced(replies),
        *_different_hashes(replies),
        *_different_clusters(replies),
        *_without_leader(replies, leader),
        *_refused(replies),
        *_disks(replies),
        *_unreachable(reports, leader),
        *_lagging(leader),
        *_uncommitted(leader),
        *_without_spare(replies, leader),
        *_certificates(replies),
    ]


def _fenced(replies: Sequence[StatusReply]) -> Iterator[str]:
    for reply in replies:
        if reply.fenced:
            yield f"node {reply.node} has fenced itself: {reply.fenced}. See: A node differs from the others"


def _different_hashes(replies: Sequence[StatusReply]) -> Iterator[str]:
    """Nodes at the same index whose state differs, also if none of them has noticed yet."""
    by_index: dict[tuple[int, int], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for reply in replies:
        if reply.cluster and reply.hash_index:
            by_index[reply.cluster, reply.hash_index][reply.chain].append(reply.node)
    for (_, index), nodes_of in by_index.items():
        if len(nodes_of) > 1:
            groups = " against ".join(_names(nodes) for nodes in nodes_of.values())
            yield f"at index {index} the state differs: {groups}. See: A node differs from the others"
    for reply in replies:
        for member in reply.members:
            if member.differs:
                yield f"node {member.node} differs, says node {reply.node}. See: A node differs from the others"


def _different_clusters(replies: Sequence[StatusReply]) -> Iterator[str]:
    nodes_of: dict[int, list[int]] = defaultdict(list)
    for reply in replies:
        if reply.cluster:
            nodes_of[reply.cluster].append(reply.node)
    if len(nodes_of) > 1:
        groups = " and ".join(_names(nodes) for nodes in nodes_of.values())
        yield f"these are different clusters: {groups}. See: The majority is lost for ever"


def _without_leader(replies: Sequence[StatusReply], leader: StatusReply | None) -> Iterator[str]:
    if leader is not None:
        return
    if not replies:
        yield "no node answers. See: No leader"
        return
    best = max(replies, key=lambda reply: (bool(reply.cluster), reply.commit_index))
    voters = {member.node for member in best.members if member.voter}
    answering = voters & {reply.node for reply in replies}
    needed = len(voters) // 2 + 1 if best.cluster else len(voters)
    why = f"{len(answering)} of {len(voters)} voters answer, {needed} are needed"
    if not best.cluster and voters:
        why += ": the very first start needs all of them"
    yield f"nobody leads: {why}. See: No leader"


def _refused(replies: Sequence[StatusReply]) -> Iterator[str]:
    for reply in replies:
        if reply.refused:
            yield f"node {reply.node}: {reply.refused}. See: A node's disk is lost or damaged"


def _disks(replies: Sequence[StatusReply]) -> Iterator[str]:
    for reply in replies:
        if reply.disk == "nearly_full":
            yield f"node {reply.node}: its disk is nearly full, so it takes no writes. See: A disk is full"
        elif reply.disk == "stalled":
            yield f"node {reply.node}: a write to its disk does not end. See: A disk is slow or hangs"


def _unreachable(reports: Sequence[NodeReport], leader: StatusReply | None) -> Iterator[str]:
    node_at = {member.address: member.node for member in leader.members} if leader else {}
    for report in reports:
        if report.reply is None:
            name = (
                f"node {node_at[report.address]} at {report.address}" if report.address in node_at else report.address
            )
            yield f"{name}: {report.problem}. See: One node is down"


def _lagging(leader: StatusReply | None) -> Iterator[str]:
    for member in leader.members if leader else ():
        if leader is None or member.node == leader.node:
            continue
        if member.HasField("heard_ms_ago") and member.heard_ms_ago > SILENCE_LIMIT_MS:
            yield f"the leader has not heard node {member.node} for {member.heard_ms_ago / 1000:.0f} s"
        elif member.HasField("lag") and member.lag > LAG_LIMIT_ENTRIES:
            yield f"node {member.node} lacks {member.lag} entries; it is catching up, or too slow"


def _uncommitted(leader: StatusReply | None) -> Iterator[str]:
    if leader is not None and not leader.membership_committed:
        yield "the latest change of members is not committed yet and may be undone. See: Add and remove nodes"


def _without_spare(replies: Sequence[StatusReply], leader: StatusReply | None) -> Iterator[str]:
    """How many more voters may fail before nothing can be written."""
    if leader is None:
        return
    voters = [member for member in leader.members if member.voter]
    needed = len(voters) // 2 + 1
    unable = {reply.node for reply in replies if reply.fenced or reply.refused or reply.disk != "ok"}
    able = [member for member in voters if _is_heard(member, leader) and member.node not in unable]
    if len(able) < needed:
        yield f"nothing can be written: {len(able)} of {len(voters)} voters are up and well, {needed} are needed"
    elif len(voters) > 1 and len(able) == needed:
        yield f"no voter may fail any more: {len(able)} of {len(voters)} are up and well, {needed} are needed"
    elif len(voters) % 2 == 0:
        yield f"{len(voters)} voters bear no more failures than {len(voters) - 1}; add or remove one"


def _is_heard(member: MemberStatus, leader: StatusReply) -> bool:
    return member.node == leader.node or (member.HasField("heard_ms_ago") and member.heard_ms_ago <= SILENCE_LIMIT_MS)


def _certificates(replies: Sequence[StatusReply]) -> Iterator[str]:
    for reply in replies:
        days = (reply.certificate_expires_s - time.time()) / 86_400
        if reply.certificate_expires_s and days < CERTIFICATE_WARNING_DAYS:
            yield f"node {reply.node}: its certificate runs out in {max(0, days):.0f} days. See: Certificates"


def _names(nodes: Sequence[int]) -> str:
    return f"node{'s' if len(nodes) > 1 else ''} {', '.join(map(str, sorted(nodes)))}"
