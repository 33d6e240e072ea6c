"""What the other nodes say: envelopes in, nothing out; answers travel on the receiver's own stream."""

from collections.abc import AsyncIterator

import grpc

from raftstore.errors import MalformedMessage
from raftstore.rpc import raft_pb2, raft_pb2_grpc
from raftstore.runtime.node import Node
from raftstore.transport.envelope import decode_envelope
from raftstore.transport.security import peer_identity


class RaftService(raft_pb2_grpc.RaftServicer):
    """
    Args:
        authenticated: a sender's id must be the name in its certificate, so that no node can speak for another.
    """

    def __init__(self, node: Node, *, authenticated: bool) -> None:
        self._node = node
        self._authenticated = authenticated

    async def Deliver(
        self, request_iterator: AsyncIterator[raft_pb2.Envelope], context: grpc.aio.ServicerContext
    ) -> raft_pb2.DeliverSummary:
        identity = peer_identity(context.auth_context())
        name = identity.name if identity else ""
        count = 0
        async for wire in request_iterator:
            if self._authenticated and str(wire.sender) != name:
                await context.abort(
                    grpc.StatusCode.PERMISSION_DENIED, f"the certificate is node {name}'s, the sender is {wire.sender}"
                )
            try:
                self._node.deliver(decode_envelope(wire))
            except MalformedMessage as error:
                await context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
            count += 1
        return raft_pb2.DeliverSummary(messages=count)
