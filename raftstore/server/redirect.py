"""How does a node say that another one leads?"""

from typing import NoReturn

import grpc

from raftstore.runtime.node import Node
from raftstore.transport.channels import LEADER_METADATA_KEY


async def send_to_leader(node: Node, context: grpc.aio.ServicerContext) -> NoReturn:
    """End the call; the leader's address, empty if unknown, rides in the trailing metadata."""
    metadata = ((LEADER_METADATA_KEY, node.leader_address),)
    await context.abort(grpc.StatusCode.FAILED_PRECONDITION, "this node does not lead", trailing_metadata=metadata)
