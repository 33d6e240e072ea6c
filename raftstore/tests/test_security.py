"""With TLS on nobody reaches anything without a certificate of ours, and each role reaches only what is its own."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from raftstore.errors import ConfigurationError
from raftstore.operate.authority import Authority
from raftstore.rpc import cluster_pb2, cluster_pb2_grpc, raft_pb2, raft_pb2_grpc, seatstore_pb2, seatstore_pb2_grpc
from raftstore.runtime.status import DiskState, NodeStatus
from raftstore.server.access import METHODS, SERVICES
from raftstore.server.serving import start_server
from raftstore.transport.channels import MESSAGE_LIMIT_BYTES, open_channel
from raftstore.transport.security import CertificateRole, Identity, Security, load_security
from tests.running.ports import free_port

from .certificates import APPLICATION, NODE_1, OPERATOR, security_for

LIMIT_S = 10

STATUS = NodeStatus(
    node=1, incarnation=7, cluster=7, address="127.0.0.1:1", role="leader", term=1, leader=1,
    leader_address="127.0.0.1:1", base_index=0, last_index=1, durable_index=1, commit_index=1, applied_index=1,
    checkpoint_index=1, snapshot_index=0, log_bytes=1, disk_free_bytes=1, time_ms=1, inventories=0, live_holds=0,
    sessions=0, chain="", hash_index=1, fenced="", disk=DiskState.OK, refused="", members=(),
    membership_committed=True, transferring=False,
)  # fmt: skip


class Reached:
    """Stands for the node behind the server: remembers what got through to it."""

    leader_address = "127.0.0.1:1"

    def __init__(self) -> None:
        self.raft = SimpleNamespace(leader=1)
        self.delivered: list[int] = []

    def status(self) -> NodeStatus:
        return STATUS

    def deliver(self, envelope: object) -> None:
        self.delivered.append(envelope.sender)  # type: ignore[attr-defined]

    async def answer(self, requests: list[seatstore_pb2.Request]) -> list[seatstore_pb2.Outcome]:
        return [seatstore_pb2.Outcome(confirmed="h") for _ in requests]

    async def transfer(self, to: int | None) -> None:
        pass


def unexpected(error: Exception) -> None:
    raise AssertionError("no disk fails here")


@pytest.fixture
def authority() -> Authority:
    return Authority.found(days=2)


@pytest.fixture
def node() -> Reached:
    return Reached()


@pytest.fixture
async def address(tmp_path: Path, authority: Authority, node: Reached) -> AsyncIterator[str]:
    """Where a server with node 1's certificate answers."""
    security = security_for(tmp_path / "server", authority, NODE_1)
    address = f"127.0.0.1:{free_port()}"
    server, _ = await start_server(node, address, security=security, fail=unexpected)  # type: ignore[arg-type]
    yield address
    await server.stop(None)


async def envelopes(sender: int) -> AsyncIterator[raft_pb2.Envelope]:
    yield raft_pb2.Envelope(
        cluster=7, sender=sender, incarnation=7, address="127.0.0.1:2", to=1, term=1, timeout_now=raft_pb2.TimeoutNow()
    )


async def deliver(channel: grpc.aio.Channel, sender: int = 1) -> None:
    await raft_pb2_grpc.RaftStub(channel).Deliver(envelopes(sender), timeout=LIMIT_S)


async def book(channel: grpc.aio.Channel) -> None:
    async def frames() -> AsyncIterator[seatstore_pb2.CommandFrame]:
        yield seatstore_pb2.CommandFrame(frame=1, requests=[seatstore_pb2.Request(request_id="r")])

    async for _ in seatstore_pb2_grpc.SeatStoreStub(channel).Session(frames(), timeout=LIMIT_S):
        return


async def look(channel: grpc.aio.Channel) -> None:
    await cluster_pb2_grpc.ClusterStub(channel).GetStatus(cluster_pb2.StatusRequest(), timeout=LIMIT_S)


async def change(channel: grpc.aio.Channel) -> None:
    request = cluster_pb2.TransferLeadershipRequest()
    await cluster_pb2_grpc.ClusterStub(channel).TransferLeadership(request, timeout=LIMIT_S)


async def check_health(channel: grpc.aio.Channel) -> None:
    await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest(), timeout=LIMIT_S)


async def watch_health(channel: grpc.aio.Channel) -> None:
    async for _ in health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=LIMIT_S):
        return


async def reflect(channel: grpc.aio.Channel) -> None:
    async def questions() -> AsyncIterator[reflection_pb2.ServerReflectionRequest]:
        yield reflection_pb2.ServerReflectionRequest(list_services="")

    stub = reflection_pb2_grpc.ServerReflectionStub(channel)
    async for _ in stub.ServerReflectionInfo(questions(), timeout=LIMIT_S):
        return


Call = Callable[[grpc.aio.Channel], Awaitable[None]]
CALLS: dict[Call, frozenset[Identity]] = {
    deliver: frozenset({NODE_1}),
    book: frozenset({APPLICATION, OPERATOR}),
    look: frozenset({NODE_1, APPLICATION, OPERATOR}),
    change: frozenset({OPERATOR}),
    check_health: frozenset({NODE_1, APPLICATION, OPERATOR}),
    watch_health: frozenset({NODE_1, APPLICATION, OPERATOR}),
    reflect: frozenset({OPERATOR}),
}


async def code_of(call: Call, address: str, security: Security | None) -> grpc.StatusCode:
    async with open_channel(address, security) as channel:
        try:
            await call(channel)
        except grpc.aio.AioRpcError as error:
            return error.code()
    return grpc.StatusCode.OK


@pytest.mark.parametrize("holder", [NODE_1, APPLICATION, OPERATOR], ids=lambda holder: holder.role)
@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
async def test_each_role_reaches_what_is_its_own_and_nothing_else(
    tmp_path: Path, authority: Authority, address: str, call: Call, holder: Identity
):
    security = security_for(tmp_path / "client", authority, holder)
    expected = grpc.StatusCode.OK if holder in CALLS[call] else grpc.StatusCode.PERMISSION_DENIED
    assert await code_of(call, address, security) is expected


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
async def test_nothing_is_reached_in_the_clear(address: str, call: Call):
    assert await code_of(call, address, None) is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
async def test_nothing_is_reached_without_a_certificate(authority: Authority, address: str, call: Call):
    credentials = grpc.ssl_channel_credentials(authority.issued.certificate)
    async with grpc.aio.secure_channel(address, credentials) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await call(channel)
    assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)
async def test_nothing_is_reached_with_another_authoritys_certificate(authority: Authority, address: str, call: Call):
    stranger = Authority.found(days=1).issue(OPERATOR, hosts=(), days=1)
    # It believes the server; only the server does not believe it.
    credentials = grpc.ssl_channel_credentials(authority.issued.certificate, stranger.key, stranger.certificate)
    async with grpc.aio.secure_channel(address, credentials) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await call(channel)
    assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE


async def test_a_server_that_another_authority_vouches_for_is_not_believed(tmp_path: Path, address: str):
    security = security_for(tmp_path / "client", Authority.found(days=1), OPERATOR)
    assert await code_of(look, address, security) is grpc.StatusCode.UNAVAILABLE


async def test_a_server_whose_certificate_names_another_host_is_not_believed(
    tmp_path: Path, authority: Authority, node: Reached
):
    elsewhere = security_for(tmp_path / "server", authority, NODE_1, hosts=("192.0.2.1",))
    address = f"127.0.0.1:{free_port()}"
    server, _ = await start_server(node, address, security=elsewhere, fail=unexpected)  # type: ignore[arg-type]
    security = security_for(tmp_path / "client", authority, OPERATOR)
    assert await code_of(look, address, security) is grpc.StatusCode.UNAVAILABLE
    await server.stop(None)


async def test_a_node_cannot_speak_for_another(tmp_path: Path, authority: Authority, address: str, node: Reached):
    security = security_for(tmp_path / "client", authority, Identity(CertificateRole.NODE, "2"))

    async def as_node_1(channel: grpc.aio.Channel) -> None:
        await deliver(channel, sender=1)

    async def as_node_2(channel: grpc.aio.Channel) -> None:
        await deliver(channel, sender=2)

    assert await code_of(as_node_1, address, security) is grpc.StatusCode.PERMISSION_DENIED
    assert await code_of(as_node_2, address, security) is grpc.StatusCode.OK
    assert node.delivered == [2]


async def test_a_message_beyond_the_limit_is_refused_over_tls_too(tmp_path: Path, authority: Authority, address: str):
    security = security_for(tmp_path / "client", authority, OPERATOR)
    huge = seatstore_pb2.HoldRequest(hold="x" * (MESSAGE_LIMIT_BYTES + 1))
    async with grpc.aio.secure_channel(
        address, security.channel_credentials(), options=[("grpc.max_send_message_length", -1)]
    ) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await seatstore_pb2_grpc.SeatStoreStub(channel).GetHold(huge, timeout=LIMIT_S)
    assert refusal.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


@pytest.mark.parametrize("address", ["192.0.2.1:50051", "0.0.0.0:50051", "store.example.com:50051", "[::]:50051"])
async def test_no_address_that_others_reach_is_served_without_tls(node: Reached, address: str):
    with pytest.raises(ConfigurationError, match="only loopback addresses are served without TLS"):
        await start_server(node, address, security=None, fail=unexpected)  # type: ignore[arg-type]


async def test_on_the_loopback_without_tls_everybody_may_do_everything(node: Reached):
    address = f"127.0.0.1:{free_port()}"
    server, _ = await start_server(node, address, security=None, fail=unexpected)  # type: ignore[arg-type]
    for call in CALLS:
        assert await code_of(call, address, None) is grpc.StatusCode.OK
    await server.stop(None)


def test_the_rules_name_only_services_and_methods_that_exist():
    services = {
        *(module.DESCRIPTOR.services_by_name[name] for module, name in (
            (raft_pb2, "Raft"), (seatstore_pb2, "SeatStore"), (cluster_pb2, "Cluster"),
            (health_pb2, "Health"), (reflection_pb2, "ServerReflection"),
        ))
    }  # fmt: skip
    assert {service.full_name for service in services} == SERVICES.keys()
    assert METHODS.keys() <= {f"{service.full_name}/{name}" for service in services for name in service.methods_by_name}


async def test_of_two_authorities_in_the_file_both_are_believed(tmp_path: Path, authority: Authority, node: Reached):
    successor = Authority.found(days=1)
    both = authority.issued.certificate + successor.issued.certificate
    server = security_for(tmp_path / "server", authority, NODE_1, believed=both)
    address = f"127.0.0.1:{free_port()}"
    running, _ = await start_server(node, address, security=server, fail=unexpected)  # type: ignore[arg-type]
    for issuer in (authority, successor):
        client = security_for(tmp_path / "client", issuer, OPERATOR, believed=both)
        assert await code_of(look, address, client) is grpc.StatusCode.OK
    await running.stop(None)


# --- Files ----------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path: Path, authority: Authority) -> Iterator[dict[str, Path]]:
    security_for(tmp_path, authority, OPERATOR)
    yield {"authority": tmp_path / "ca.pem", "certificate": tmp_path / "holder.pem", "key": tmp_path / "holder.key"}


@pytest.mark.parametrize("which", ["authority", "certificate", "key"])
def test_a_file_that_is_not_there_or_not_pem_is_named(files: dict[str, Path], which: str):
    files[which].write_text("nothing of the kind")
    with pytest.raises(ConfigurationError, match=files[which].name):
        load_security(**files)
    files[which].unlink()
    with pytest.raises(ConfigurationError, match=f"{files[which].name}: No such file"):
        load_security(**files)


def test_a_key_of_another_certificate_is_refused(files: dict[str, Path], authority: Authority):
    files["key"].write_bytes(authority.issue(OPERATOR, hosts=(), days=1).key)
    with pytest.raises(ConfigurationError, match="is not the key of"):
        load_security(**files)


def test_a_certificate_of_another_authority_is_refused(files: dict[str, Path]):
    files["authority"].write_bytes(Authority.found(days=1).issued.certificate)
    with pytest.raises(ConfigurationError, match="was not issued by the authority"):
        load_security(**files)


def test_a_certificate_that_ran_out_is_refused_and_says_when(tmp_path: Path, authority: Authority):
    with pytest.raises(ConfigurationError, match=r"ran out on 20.* renew it"):
        security_for(tmp_path, authority, OPERATOR, days=-1)


def test_a_certificate_for_something_else_is_refused(files: dict[str, Path], authority: Authority):
    # The authority's own certificate says OU=authority, which is no role.
    files["certificate"].write_bytes(authority.issued.certificate)
    files["key"].write_bytes(authority.issued.key)
    with pytest.raises(ConfigurationError, match=r"OU=node\|application\|operator"):
        load_security(**files)


def test_a_key_is_not_shown_when_security_is_printed(files: dict[str, Path]):
    assert "PRIVATE KEY" not in repr(load_security(**files))
