"""One gRPC server for everything a node answers, and the health that it reports."""

from collections.abc import Callable

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

from raftstore.errors import ConfigurationError, WriteFailed
from raftstore.rpc import (
    cluster_pb2,
    cluster_pb2_grpc,
    raft_pb2,
    raft_pb2_grpc,
    seatstore_pb2,
    seatstore_pb2_grpc,
)
from raftstore.runtime.node import Node
from raftstore.runtime.waiting import until_set
from raftstore.transport.channels import SERVER_OPTIONS
from raftstore.transport.security import Security

from .access import AccessControl
from .cluster_service import ClusterService
from .raft_service import RaftService
from .seat_service import SeatStoreService

LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "[::1]")
# Not everything that ends a node's usefulness is a change of its role.
HEALTH_INTERVAL_S = 1.0


def check_protected(address: str, security: Security | None) -> None:
    """
    Raises:
        ConfigurationError: other machines could reach `address`, and there is no TLS.
    """
    if security is None and address.rpartition(":")[0] not in LOOPBACK_HOSTS:
        raise ConfigurationError(
            f"{address}: only loopback addresses are served without TLS; give --tls-ca, --tls-cert and --tls-key"
        )


async def start_server(
    node: Node, address: str, *, security: Security | None, fail: Callable[[WriteFailed], None]
) -> tuple[grpc.aio.Server, health.aio.HealthServicer]:
    """Serve `node` on `address`; hand the health servicer to `report_health`.

    Args:
        fail: called when the disk fails while an operator's call is carried out: the node must end.

    Raises:
        ConfigurationError: the address cannot be bound, or must not be without TLS.
    """
    check_protected(address, security)
    server = grpc.aio.server(interceptors=[AccessControl()] if security else [], options=SERVER_OPTIONS)
    raft_pb2_grpc.add_RaftServicer_to_server(RaftService(node, authenticated=security is not None), server)
    seatstore_pb2_grpc.add_SeatStoreServicer_to_server(SeatStoreService(node), server)
    cluster_pb2_grpc.add_ClusterServicer_to_server(ClusterService(node, security, fail), server)
    health_servicer = health.aio.HealthServicer()
    health_pb2_grpc.add_HealthServicer_to_server(health_servicer, server)
    reflection.enable_server_reflection(
        [
            raft_pb2.DESCRIPTOR.services_by_name["Raft"].full_name,
            seatstore_pb2.DESCRIPTOR.services_by_name["SeatStore"].full_name,
            cluster_pb2.DESCRIPTOR.services_by_name["Cluster"].full_name,
            health.SERVICE_NAME,
            reflection.SERVICE_NAME,
        ],
        server,
    )
    try:
        if security:
            server.add_secure_port(address, security.server_credentials())
        else:
            server.add_insecure_port(address)
    except RuntimeError as error:
        raise ConfigurationError(f"cannot listen on {address}: is another process using it?") from error
    await server.start()
    return server, health_servicer


async def report_health(node: Node, servicer: health.aio.HealthServicer) -> None:
    """Keep the health service true: the process serves always, SeatStore while the node can answer or say who can."""
    service = seatstore_pb2.DESCRIPTOR.services_by_name["SeatStore"].full_name
    answers = health_pb2.HealthCheckResponse
    while True:
        node.changed.clear()
        status = node.status()
        well = status.leader_address and not status.fenced and not status.refused
        await servicer.set(service, answers.SERVING if well else answers.NOT_SERVING)
        await until_set(node.changed, 1000 * HEALTH_INTERVAL_S)
