"""Which nodes answer a client, and which of them leads? For people who look on; no call waits for it."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import grpc

from raftstore.rpc.cluster_pb2 import StatusReply, StatusRequest
from raftstore.rpc.cluster_pb2_grpc import ClusterStub

LEADER = "leader"


@dataclass(frozen=True, slots=True)
class NodeState:
    """What the node at an address says of itself; one that says nothing has no `role`.

    Args:
        node: its id; 0 if neither it nor another says which it is.
        role: follower, pre_candidate, candidate, leader or learner, as the node sees itself.
        term: in which it sees itself so; of two that think they lead, the one with the higher term does.
    """

    address: str
    node: int = 0
    role: str = ""
    term: int = 0
    applied_index: int = 0

    @property
    def answers(self) -> bool:
        return bool(self.role)


async def ask_nodes(
    channel_to: Callable[[str], grpc.aio.Channel], addresses: Sequence[str], limit_s: float
) -> list[NodeState]:
    """What each of these addresses says within `limit_s`, in their order. Never raises because one is away.

    Which node is silent at an address, those that answer know: they go by a membership that names it.
    """
    replies = await asyncio.gather(*(_ask(ClusterStub(channel_to(address)), limit_s) for address in addresses))
    members = {member.address: member.node for reply in replies if reply is not None for member in reply.members}
    return [
        NodeState(address, members.get(address, 0))
        if reply is None
        else NodeState(address, reply.node, reply.role, reply.term, reply.applied_index)
        for address, reply in zip(addresses, replies, strict=True)
    ]


def leader_of(nodes: Sequence[NodeState]) -> NodeState | None:
    """Who leads; None while nobody does."""
    return max((node for node in nodes if node.role == LEADER), key=lambda node: node.term, default=None)


async def _ask(stub: ClusterStub, limit_s: float) -> StatusReply | None:
    try:
        reply: StatusReply = await stub.GetStatus(StatusRequest(), timeout=limit_s)
    except grpc.aio.AioRpcError:
        return None
    return reply
