"""How is the cluster? A line for each node, and in words whatever is wrong."""

import argparse
import json
from collections.abc import Sequence

from raftstore.rpc.cluster_pb2 import StatusReply

from .arguments import add_json, add_nodes, addresses_from, awaiting, security_from
from .diagnosis import warnings_of
from .nodes import NodeReport, Nodes, leader_among
from .tables import print_table, size_of

NO_LEADER = 1
COLUMNS = ("node", "address", "role", "term", "commit", "applied", "lag", "log", "free", "disk", "hash")


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "status",
        help="what each node says of itself, and what is wrong",
        description="Shows a line for each node and, in words, whatever is wrong. "
        "Exits with 0 when a node leads, with 1 when none does.",
    )
    add_json(parser)
    add_nodes(parser)
    parser.set_defaults(run=awaiting(print_status))


async def print_status(arguments: argparse.Namespace) -> int:
    """Returns 0 when some node leads, 1 when none of those that answered does."""
    async with Nodes(addresses_from(arguments), security_from(arguments)) as nodes:
        reports = await nodes.reports()
    leader = leader_among(reports)
    warnings = warnings_of(reports)
    if arguments.json:
        document = {
            "leader": leader.node if leader else None,
            "nodes": [_document(report, leader) for report in reports],
            "warnings": warnings,
        }
        print(json.dumps(document, indent=2))
    else:
        print_table(COLUMNS, [_row(report, leader) for report in reports])
        print(_summary(reports, leader))
        for warning in warnings:
            print(f"! {warning}")
    return 0 if leader else NO_LEADER


def _document(report: NodeReport, leader: StatusReply | None) -> dict[str, object]:
    reply = report.reply
    if reply is None:
        return {"address": report.address, "node": None, "role": "unreachable", "problem": report.problem}
    return {
        "address": reply.address,
        "node": reply.node,
        "role": reply.role,
        "voter": _is_voter(reply),
        "term": reply.term,
        "leader": reply.leader or None,
        "cluster": reply.cluster,
        "incarnation": reply.incarnation,
        "base": reply.base_index,
        "last": reply.last_index,
        "durable": reply.durable_index,
        "commit": reply.commit_index,
        "applied": reply.applied_index,
        "checkpoint": reply.checkpoint_index,
        "snapshot": reply.snapshot_index,
        "lag": _lag(reply, leader),
        "log_bytes": reply.log_bytes,
        "disk": reply.disk,
        "disk_free_bytes": reply.disk_free_bytes,
        "chain": reply.chain,
        "hash_index": reply.hash_index,
        "fenced": reply.fenced,
        "refused": reply.refused,
        "membership_committed": reply.membership_committed,
        "transferring": reply.transferring,
        "time_ms": reply.time_ms,
        "inventories": reply.inventories,
        "live_holds": reply.live_holds,
        "sessions": reply.sessions,
        "certificate_expires_s": reply.certificate_expires_s or None,
        "members": [member_document(reply, member.node) for member in reply.members],
    }


def member_document(reply: StatusReply, node: int) -> dict[str, object]:
    """A member as `reply`'s node knows it."""
    member = next(member for member in reply.members if member.node == node)
    return {
        "node": member.node,
        "address": member.address,
        "voter": member.voter,
        "incarnation": member.incarnation,
        "match": member.match_index if member.HasField("match_index") else None,
        "lag": member.lag if member.HasField("lag") else None,
        "heard_ms_ago": member.heard_ms_ago if member.HasField("heard_ms_ago") else None,
        "differs": member.differs,
    }


def _row(report: NodeReport, leader: StatusReply | None) -> dict[str, str]:
    reply = report.reply
    if reply is None:
        return {"address": report.address, "role": "unreachable"}
    lag = _lag(reply, leader)
    return {
        "node": str(reply.node),
        "address": reply.address,
        "role": _role(reply),
        "term": str(reply.term),
        "commit": str(reply.commit_index),
        "applied": str(reply.applied_index),
        "lag": "" if lag is None else str(lag),
        "log": size_of(reply.log_bytes),
        "free": size_of(reply.disk_free_bytes),
        "disk": reply.disk.replace("_", " "),
        "hash": f"{reply.chain[:8]}@{reply.hash_index}" if reply.hash_index else "",
    }


def _role(reply: StatusReply) -> str:
    if reply.fenced:
        return "fenced"
    if reply.refused:
        return "refused"
    if not reply.cluster:
        return "joining" if not reply.members else "forming"
    return reply.role.replace("_", "-") if _is_voter(reply) or reply.role == "leader" else "learner"


def _is_voter(reply: StatusReply) -> bool:
    return any(member.node == reply.node and member.voter for member in reply.members)


def _lag(reply: StatusReply, leader: StatusReply | None) -> int | None:
    """How many committed entries the node has not applied; asked one after another, so about."""
    return None if leader is None else max(0, leader.commit_index - reply.applied_index)


def _summary(reports: Sequence[NodeReport], leader: StatusReply | None) -> str:
    if leader is None:
        return "no leader"
    voters = [member for member in leader.members if member.voter]
    learners = len(leader.members) - len(voters)
    handing_over = ", handing over" if leader.transferring else ""
    return (
        f"node {leader.node} leads{handing_over}; {len(voters)} voters, {len(voters) // 2 + 1} needed"
        + (f", {learners} learners" if learners else "")
        + f"; {leader.inventories} inventories, {leader.live_holds} live holds, {leader.sessions} client sessions"
    )
