"""Who leads, and how long the logs are: `transfer` and `snapshot`."""

import argparse
import json

import grpc

from raftstore.errors import RaftstoreError
from raftstore.rpc.cluster_pb2 import TakeSnapshotRequest, TransferLeadershipRequest

from .arguments import add_json, add_nodes, addresses_from, awaiting, security_from
from .nodes import CALL_LIMIT_S, Nodes, refusal_of


def add_commands(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    transfer = commands.add_parser(
        "transfer",
        help="hand leadership over, to a node or to whoever is best prepared",
        description="Hands leadership over and returns when another node leads. Nothing is lost and nobody notices.",
    )
    transfer.add_argument("--to", type=int, default=0, metavar="N", help="to this node (default: the best prepared)")
    add_nodes(transfer)
    transfer.set_defaults(run=awaiting(transfer_leadership))

    snapshot = commands.add_parser(
        "snapshot",
        help="shorten the nodes' logs now instead of when they are long",
        description="Has every node make its checkpoint durable and drop the log behind it. Nodes do so by themselves; "
        "by hand it makes room on a disk that is nearly full.",
    )
    snapshot.add_argument("--node", type=int, metavar="N", help="only this node")
    add_json(snapshot)
    add_nodes(snapshot)
    snapshot.set_defaults(run=awaiting(take_snapshots))


async def transfer_leadership(arguments: argparse.Namespace) -> int:
    async with Nodes(addresses_from(arguments), security_from(arguments)) as nodes:
        if arguments.to and (await nodes.wait_for_leader()).node == arguments.to:
            print(f"node {arguments.to} leads already")
            return 0
        request = TransferLeadershipRequest(to=arguments.to)
        await nodes.ask_leader(lambda stub: stub.TransferLeadership(request, timeout=CALL_LIMIT_S))
        print(f"node {(await nodes.wait_for_leader()).node} leads")
    return 0


async def take_snapshots(arguments: argparse.Namespace) -> int:
    """Returns 1 if a node could not, also if others could."""
    rows: list[dict[str, object]] = []
    async with Nodes(addresses_from(arguments), security_from(arguments)) as nodes:
        replies = [report.reply for report in await nodes.reports() if report.reply]
        chosen = [reply for reply in replies if arguments.node in (None, reply.node)]
        for reply in chosen:
            row: dict[str, object] = {"node": reply.node, "base": None, "problem": ""}
            try:
                answer = await nodes.stub(reply.address).TakeSnapshot(TakeSnapshotRequest(), timeout=CALL_LIMIT_S)
                row["base"] = answer.base_index
            except grpc.aio.AioRpcError as error:
                row["problem"] = str(refusal_of(error))
            rows.append(row)
    if not rows:
        raise RaftstoreError(f"node {arguments.node} does not answer" if arguments.node else "no node answers")
    if arguments.json:
        print(json.dumps(rows, indent=2))
    else:
        for row in rows:
            print(f"node {row['node']}: " + (str(row["problem"]) or f"the log begins after index {row['base']}"))
    return 1 if any(row["problem"] for row in rows) else 0
