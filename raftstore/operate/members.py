"""Who belongs to the cluster: list, add, promote, remove, replace.

A command that was interrupted, or whose outcome is not known, is simply given again: each looks at what is done already
and goes on from there.
"""

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

from raftstore.errors import OperationRefused, OutcomeUnknown, RaftstoreError, StoreUnavailable
from raftstore.rpc.cluster_pb2 import AddLearnerRequest, MemberStatus, PromoteRequest, RemoveRequest, StatusReply
from raftstore.rpc.cluster_pb2_grpc import ClusterStub

from .arguments import NamedNode, add_json, add_nodes, addresses_from, awaiting, parse_node, security_from
from .nodes import CALL_LIMIT_S, Nodes, leader_among
from .status import member_document
from .tables import print_table

# A refusal may be about the moment only: another change not committed yet, a leader that has just begun.
REFUSAL_PATIENCE_S = 3.0
UNKNOWN_ATTEMPTS = 3
# A change that is in force on the leader may not have reached a majority yet, and never will if too few take it in.
COMMIT_PATIENCE_S = 10.0
POLL_S = 0.5
CATCH_UP_LIMIT_S = 3_600

Ask = Callable[[ClusterStub], Awaitable[object]]


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    members = commands.add_parser(
        "members",
        help="who belongs to the cluster: list, add, promote, remove, replace",
        description="Shows and changes who belongs to the cluster, one node at a time, while it serves. "
        "A command that was interrupted can be given again.",
    )
    actions = members.add_subparsers(dest="action", required=True)

    listing = actions.add_parser("list", help="all members, as the leader knows them")
    add_json(listing)
    listing.set_defaults(run=awaiting(print_members))

    add = actions.add_parser(
        "add",
        help="take in a node that was started with `serve --join`",
        description="Takes in a node that was started with `serve --join`: adds it as a learner, waits until it has "
        "the log, and gives it a vote. Its id must be higher than any that was ever used.",
    )
    add.add_argument("member", metavar="N=HOST:PORT", help="the new node's id and address")
    add.add_argument("--learner", action="store_true", help="do not give it a vote")
    _add_patience(add)
    add.set_defaults(run=awaiting(add_member))

    promote = actions.add_parser("promote", help="give a learner a vote, once it has caught up")
    promote.add_argument("node", type=int, metavar="N")
    _add_patience(promote)
    promote.set_defaults(run=awaiting(promote_member))

    remove = actions.add_parser(
        "remove",
        help="let a node go, dead or alive; its id is never used again",
        description="Lets a node go, dead or alive, also the leader; stop it afterwards. Its id is never used again.",
    )
    remove.add_argument("node", type=int, metavar="N")
    remove.set_defaults(run=awaiting(remove_member))

    replace = actions.add_parser(
        "replace",
        help="a new node in place of one that is lost",
        description="Takes in NEW, which was started with `serve --join`, waits until it has the log, gives it a vote "
        "and lets OLD go. If NEW answers at OLD's address, OLD goes first.",
    )
    replace.add_argument("old", type=int, metavar="OLD", help="the id of the node to let go")
    replace.add_argument("member", metavar="NEW=HOST:PORT", help="the new node's id and address")
    _add_patience(replace)
    replace.set_defaults(run=awaiting(replace_member))

    for action in (listing, add, promote, remove, replace):
        add_nodes(action)


def _add_patience(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--timeout-s",
        type=float,
        default=CATCH_UP_LIMIT_S,
        metavar="S",
        help="how long to wait until the node has caught up (%(default)s); after that, give the command again",
    )


# --- Commands -------------------------------------------------------------------------------------


async def print_members(arguments: argparse.Namespace) -> int:
    """As the leader knows them, or, when nobody leads, as the node that knows most does."""
    async with Nodes(addresses_from(arguments), security_from(arguments)) as nodes:
        reports = await nodes.reports()
    replies = [report.reply for report in reports if report.reply]
    if not replies:
        raise StoreUnavailable(f"no node answers ({'; '.join(f'{r.address}: {r.problem}' for r in reports)})")
    source = leader_among(reports) or max(replies, key=lambda reply: reply.commit_index)
    documents = [member_document(source, member.node) for member in source.members]
    if arguments.json:
        print(json.dumps(documents, indent=2))
        return 0
    if source.role != "leader":
        print(f"nobody leads; this is what node {source.node} knows:")
    rows = []
    for member in source.members:
        itself = member.node == source.node
        heard = "itself" if itself else f"{member.heard_ms_ago} ms ago" if member.HasField("heard_ms_ago") else ""
        rows.append(
            {
                "node": str(member.node),
                "address": member.address,
                "member": "voter" if member.voter else "learner",
                "lag": str(member.lag) if member.HasField("lag") else "",
                "heard": heard,
                "disk": f"{member.incarnation:x}",
            }
        )
    print_table(("node", "address", "member", "lag", "heard", "disk"), rows)
    return 0


async def add_member(arguments: argparse.Namespace) -> int:
    new = parse_node(arguments.member, "members add")
    async with Nodes(addresses_from(arguments), security_from(arguments)) as nodes:
        await _ensure_learner(nodes, new)
        if not arguments.learner:
            await _ensure_voter(nodes, new.node, arguments.timeout_s)
    return 0


async def promote_member(arguments: argparse.Namespace) -> int:
    async with Nodes(addresses_from(arguments), security_from(arguments)) as nodes:
        await _ensure_voter(nodes, arguments.node, arguments.timeout_s)
    return 0


async def remove_member(arguments: argparse.Namespace) -> int:
    async with Nodes(addresses_from(arguments), security_from(arguments)) as nodes:
        await _ensure_gone(nodes, arguments.node)
    return 0


async def replace_member(arguments: argparse.Namespace) -> int:
    new = parse_node(arguments.member, "members replace")
    if new.node == arguments.old:
        raise OperationRefused(f"an id is never used twice: give the new node another one than {new.node}")
    async with Nodes(addresses_from(arguments), security_from(arguments)) as nodes:
        await _answering(nodes, new)
        old = _member(await nodes.wait_for_leader(), arguments.old)
        if old is not None and old.address == new.address:
            # Two members cannot have one address; whoever answers there now, it is not the old node.
            await _ensure_gone(nodes, arguments.old)
        await _ensure_learner(nodes, new)
        await _ensure_voter(nodes, new.node, arguments.timeout_s)
        await _ensure_gone(nodes, arguments.old)
    return 0


# --- Steps: each does nothing where it is done already --------------------------------------------


async def _answering(nodes: Nodes, new: NamedNode) -> StatusReply:
    """What the new node says of itself.

    Raises:
        RaftstoreError: it does not answer at its address, or another node does.
    """
    report = await nodes.report(new.address)
    if report.reply is None:
        raise RaftstoreError(
            f"node {new.node} does not answer at {new.address} ({report.problem}); "
            f"start it first: raftstore serve --node {new.node} --join --address {new.address} --data DIRECTORY"
        )
    if report.reply.node != new.node:
        raise OperationRefused(f"at {new.address} node {report.reply.node} answers, not node {new.node}")
    return report.reply


async def _ensure_learner(nodes: Nodes, new: NamedNode) -> None:
    reply = await _answering(nodes, new)
    leader = await nodes.wait_for_leader()
    if reply.cluster not in (0, leader.cluster):
        raise OperationRefused(f"node {new.node} belongs to another cluster; start it with an empty data directory")

    def is_done(leader: StatusReply) -> bool:
        member = _member(leader, new.node)
        if member is None:
            return False
        if (member.address, member.incarnation) != (new.address, reply.incarnation):
            raise OperationRefused(
                f"node {new.node} is a member already, at {member.address} and with another disk; give a new id"
            )
        return True

    request = AddLearnerRequest(node=new.node, address=new.address, incarnation=reply.incarnation)
    await _ensure(nodes, is_done, lambda stub: stub.AddLearner(request, timeout=CALL_LIMIT_S))
    print(f"node {new.node} is a member", flush=True)


async def _ensure_voter(nodes: Nodes, node: int, timeout_s: float) -> None:
    """Wait until the node has caught up, and give it a vote."""

    def is_done(leader: StatusReply) -> bool:
        member = _member(leader, node)
        if member is None:
            raise OperationRefused(f"node {node} is not a member; see members list")
        return member.voter

    deadline_s = _now_s() + timeout_s
    request = PromoteRequest(node=node)
    told = ""
    while True:
        try:
            await _ensure(nodes, is_done, lambda stub: stub.Promote(request, timeout=CALL_LIMIT_S), patience_s=0)
            break
        except OperationRefused as refused:
            if _member(await nodes.wait_for_leader(), node) is None or _now_s() > deadline_s:
                raise
            if str(refused) != told:
                told = str(refused)
                print(f"waiting: {told}", file=sys.stderr, flush=True)
        await asyncio.sleep(POLL_S)
    print(f"node {node} has a vote", flush=True)


async def _ensure_gone(nodes: Nodes, node: int) -> None:
    request = RemoveRequest(node=node)
    await _ensure(
        nodes,
        lambda leader: _member(leader, node) is None,
        lambda stub: stub.Remove(request, timeout=CALL_LIMIT_S),
    )
    print(f"node {node} is no member", flush=True)


async def _ensure(
    nodes: Nodes, is_done: Callable[[StatusReply], bool], ask: Ask, *, patience_s: float = REFUSAL_PATIENCE_S
) -> None:
    """Have the leader make a change, unless it is made already, and wait until it is committed.

    Raises:
        OperationRefused: the cluster will not, and not only at this moment.
        OutcomeUnknown: several times nobody could say what became of it, or it is not committed in time.
        StoreUnavailable: nobody leads.
    """
    deadline_s = _now_s() + patience_s
    attempts = 0
    while not is_done(await _committed(nodes)):
        try:
            await nodes.ask_leader(ask)
        except OperationRefused:
            if _now_s() >= deadline_s:
                raise
        except OutcomeUnknown:
            attempts += 1
            if attempts == UNKNOWN_ATTEMPTS:
                raise
        await asyncio.sleep(POLL_S)


async def _committed(nodes: Nodes) -> StatusReply:
    """What the leader says once the members that it goes by are committed: a new leader may undo what is not.

    Raises:
        OutcomeUnknown: they are not in time.
        StoreUnavailable: nobody leads.
    """
    deadline_s = _now_s() + COMMIT_PATIENCE_S
    while not (leader := await nodes.wait_for_leader()).membership_committed:
        if _now_s() >= deadline_s:
            raise OutcomeUnknown(
                "the latest change of members is under way but not committed, so it may yet be undone: too few voters "
                "take it in. Stop no node and destroy no data; look at status, then give the command again"
            )
        await asyncio.sleep(POLL_S)
    return leader


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _member(leader: StatusReply, node: int) -> MemberStatus | None:
    return next((member for member in leader.members if member.node == node), None)
