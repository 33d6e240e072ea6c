"""What operators ask: how the node is, changes of members, a new leader, a shorter log, a backup."""

import contextlib
from collections.abc import AsyncIterator, Callable

import grpc

from raftstore.core.refusals import ChangeRefused, NotLeader
from raftstore.errors import RaftstoreError, WriteFailed
from raftstore.rpc import cluster_pb2 as pb
from raftstore.rpc import cluster_pb2_grpc
from raftstore.runtime.node import Node
from raftstore.runtime.pending import ChangeUnknown
from raftstore.runtime.status import MemberStatus
from raftstore.transport.security import Security

from .redirect import send_to_leader


class ClusterService(cluster_pb2_grpc.ClusterServicer):
    """
    Args:
        fail: told of a disk that failed; nobody knows what is on it then, so the node must end.
    """

    def __init__(self, node: Node, security: Security | None, fail: Callable[[WriteFailed], None]) -> None:
        self._node = node
        self._fail = fail
        self._certificate_expires_s = int(security.expires_at.timestamp()) if security else 0

    async def GetStatus(self, request: pb.StatusRequest, context: grpc.aio.ServicerContext) -> pb.StatusReply:
        status = self._node.status()
        return pb.StatusReply(
            node=status.node,
            incarnation=status.incarnation,
            cluster=status.cluster,
            address=status.address,
            role=status.role,
            term=status.term,
            leader=status.leader,
            leader_address=status.leader_address,
            base_index=status.base_index,
            last_index=status.last_index,
            durable_index=status.durable_index,
            commit_index=status.commit_index,
            applied_index=status.applied_index,
            checkpoint_index=status.checkpoint_index,
            snapshot_index=status.snapshot_index,
            log_bytes=status.log_bytes,
            disk_free_bytes=status.disk_free_bytes,
            time_ms=status.time_ms,
            inventories=status.inventories,
            live_holds=status.live_holds,
            sessions=status.sessions,
            chain=status.chain,
            hash_index=status.hash_index,
            fenced=status.fenced,
            disk=status.disk,
            refused=status.refused,
            membership_committed=status.membership_committed,
            transferring=status.transferring,
            members=[_member(member) for member in status.members],
            certificate_expires_s=self._certificate_expires_s,
        )

    async def AddLearner(self, request: pb.AddLearnerRequest, context: grpc.aio.ServicerContext) -> pb.ChangeReply:
        async with self._refusals(context):
            await self._node.add_learner(request.node, request.address, request.incarnation)
        return pb.ChangeReply()

    async def Promote(self, request: pb.PromoteRequest, context: grpc.aio.ServicerContext) -> pb.ChangeReply:
        async with self._refusals(context):
            await self._node.promote(request.node)
        return pb.ChangeReply()

    async def Remove(self, request: pb.RemoveRequest, context: grpc.aio.ServicerContext) -> pb.ChangeReply:
        async with self._refusals(context):
            await self._node.remove(request.node)
        return pb.ChangeReply()

    async def TransferLeadership(
        self, request: pb.TransferLeadershipRequest, context: grpc.aio.ServicerContext
    ) -> pb.TransferLeadershipReply:
        async with self._refusals(context):
            await self._node.transfer(request.to or None)
        return pb.TransferLeadershipReply(leader=self._node.raft.leader or 0)

    async def TakeSnapshot(
        self, request: pb.TakeSnapshotRequest, context: grpc.aio.ServicerContext
    ) -> pb.TakeSnapshotReply:
        async with self._refusals(context):
            base = await self._node.snapshot_now()
        return pb.TakeSnapshotReply(base_index=base.index, base_term=base.term)

    async def Backup(
        self, request: pb.BackupRequest, context: grpc.aio.ServicerContext
    ) -> AsyncIterator[pb.BackupChunk]:
        async with self._refusals(context):
            snapshot, chunks = await self._node.backup()
            yield pb.BackupChunk(
                description=pb.BackupDescription(
                    index=snapshot.base.index,
                    term=snapshot.base.term,
                    size_bytes=snapshot.size_bytes,
                    sha256=snapshot.checksum,
                )
            )
            async for content in chunks:
                yield pb.BackupChunk(content=content)

    @contextlib.asynccontextmanager
    async def _refusals(self, context: grpc.aio.ServicerContext) -> AsyncIterator[None]:
        """End the call with the status that rpc/cluster.proto promises when the node says no."""
        try:
            yield
        except NotLeader:
            await send_to_leader(self._node, context)
        except ChangeRefused as refused:
            await context.abort(grpc.StatusCode.FAILED_PRECONDITION, refused.reason)
        except ChangeUnknown as unknown:
            await context.abort(grpc.StatusCode.ABORTED, str(unknown))
        except WriteFailed as failed:
            self._fail(failed)
            await context.abort(grpc.StatusCode.INTERNAL, str(failed))
        except RaftstoreError as error:
            await context.abort(grpc.StatusCode.INTERNAL, str(error))


def _member(member: MemberStatus) -> pb.MemberStatus:
    return pb.MemberStatus(
        node=member.node,
        address=member.address,
        voter=member.voter,
        incarnation=member.incarnation,
        match_index=member.match_index,
        lag=member.lag,
        heard_ms_ago=member.heard_ms_ago,
        differs=member.differs,
    )
