"""The gRPC face, spoken to without the client: health, reflection, hints, bounds."""

import asyncio
import dataclasses
import uuid

import grpc
import pytest
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from raftstore.client import SeatStoreClient
from raftstore.rpc import cluster_pb2, cluster_pb2_grpc, raft_pb2, raft_pb2_grpc, seatstore_pb2, seatstore_pb2_grpc
from raftstore.runtime.status import NodeStatus
from raftstore.seats import commands as c
from raftstore.server import serving
from raftstore.transport.channels import LEADER_METADATA_KEY, MESSAGE_LIMIT_BYTES
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for

from .test_security import STATUS

LIMIT_S = 10


@pytest.fixture
def leader_channel(seat_store: StoreCluster):
    with grpc.insecure_channel(seat_store.addresses[seat_store.leader() - 1]) as channel:
        yield channel


@pytest.fixture
def follower_channel(seat_store: StoreCluster):
    follower = next(node for node in seat_store.nodes if node != seat_store.leader())
    with grpc.insecure_channel(seat_store.addresses[follower - 1]) as channel:
        yield channel


@pytest.mark.parametrize("service", ["", "raftstore.v1.SeatStore"])
def test_a_node_with_a_leader_is_healthy(leader_channel, service):
    def serving() -> bool:
        request = health_pb2.HealthCheckRequest(service=service)
        answer = health_pb2_grpc.HealthStub(leader_channel).Check(request, timeout=LIMIT_S)
        return answer.status == health_pb2.HealthCheckResponse.SERVING

    wait_for(serving, "the node to be healthy")


def test_a_node_alone_is_alive_but_its_seat_store_is_not_healthy(own_store_cluster: StoreCluster):
    own_store_cluster.start(1)
    wait_for(lambda: own_store_cluster.status(1), "the node to answer")
    with grpc.insecure_channel(own_store_cluster.addresses[0]) as channel:
        request = health_pb2.HealthCheckRequest(service="raftstore.v1.SeatStore")
        answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=LIMIT_S)
    assert answer.status == health_pb2.HealthCheckResponse.NOT_SERVING


def test_reflection_names_the_services(leader_channel):
    request = reflection_pb2.ServerReflectionRequest(list_services="")
    stub = reflection_pb2_grpc.ServerReflectionStub(leader_channel)
    reply = next(stub.ServerReflectionInfo(iter([request]), timeout=LIMIT_S))
    names = {service.name for service in reply.list_services_response.service}
    assert {"raftstore.v1.Raft", "raftstore.v1.SeatStore", "raftstore.v1.Cluster"} <= names


def test_a_follower_says_who_leads(seat_store: StoreCluster, follower_channel):
    leader_address = seat_store.addresses[seat_store.leader() - 1]
    with pytest.raises(grpc.RpcError) as refusal:
        cluster_pb2_grpc.ClusterStub(follower_channel).Remove(cluster_pb2.RemoveRequest(node=9), timeout=LIMIT_S)
    assert refusal.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert dict(refusal.value.trailing_metadata())[LEADER_METADATA_KEY] == leader_address
    frame = seatstore_pb2.CommandFrame(requests=[a_request("follower-says")])
    stub = seatstore_pb2_grpc.SeatStoreStub(follower_channel)
    outcome = next(stub.Session(iter([frame]), timeout=LIMIT_S)).outcomes[0]
    assert outcome.failure.reason == seatstore_pb2.Failure.NOT_LEADER
    assert outcome.failure.leader_address == leader_address


def test_a_change_that_the_cluster_refuses_says_why_and_names_no_leader(leader_channel):
    request = cluster_pb2.PromoteRequest(node=9)
    with pytest.raises(grpc.RpcError) as refusal:
        cluster_pb2_grpc.ClusterStub(leader_channel).Promote(request, timeout=LIMIT_S)
    assert refusal.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert refusal.value.details() == "node 9 is not a learner"
    assert LEADER_METADATA_KEY not in dict(refusal.value.trailing_metadata())


def test_a_follower_reads_linearizably_by_itself(seat_store: StoreCluster, follower_channel):
    client = SeatStoreClient(seat_store.addresses)
    inventory = f"follower-reads-{uuid.uuid4()}"
    client.execute(c.OpenInventory(inventory, ("A-1",), 1), request_id=inventory)
    client.close()
    stub = seatstore_pb2_grpc.SeatStoreStub(follower_channel)
    assert stub.GetSeatMap(seatstore_pb2.SeatMapRequest(inventory=inventory), timeout=LIMIT_S).found


def test_a_stale_read_is_answered_by_any_node_but_only_when_asked_for_by_name(follower_channel):
    stub = seatstore_pb2_grpc.SeatStoreStub(follower_channel)
    reply = stub.GetSeatMap(seatstore_pb2.SeatMapRequest(inventory="no such", stale=True), timeout=LIMIT_S)
    assert not reply.found


def test_requests_that_make_no_sense_are_refused_without_entering_the_log(seat_store: StoreCluster, leader_channel):
    before = seat_store.status(seat_store.leader()).last_index
    requests = [seatstore_pb2.Request(request_id="nothing in it"), a_request(""), a_request("x" * 129)]
    frame = seatstore_pb2.CommandFrame(requests=requests)
    stub = seatstore_pb2_grpc.SeatStoreStub(leader_channel)
    outcomes = next(stub.Session(iter([frame]), timeout=LIMIT_S)).outcomes
    assert [outcome.refused.code for outcome in outcomes] == ["invalid"] * 3
    # Only the passing of time for other tests' holds may have been written meanwhile.
    assert seat_store.status(seat_store.leader()).last_index - before < 10


def test_a_frame_beyond_the_limit_is_refused(leader_channel):
    frame = seatstore_pb2.CommandFrame(requests=[a_request(f"many-{n}") for n in range(1_025)])
    with pytest.raises(grpc.RpcError) as refusal:
        next(seatstore_pb2_grpc.SeatStoreStub(leader_channel).Session(iter([frame]), timeout=LIMIT_S))
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_stranger_cannot_disturb(seat_store: StoreCluster, leader_channel):
    before = seat_store.status(seat_store.leader())
    message = raft_pb2.Envelope(
        cluster=before.cluster + 1, sender=9, incarnation=1, address="127.0.0.1:9", to=before.node, term=1_000_000,
        request_vote=raft_pb2.RequestVote(transfer=True),
    )  # fmt: skip
    raft_pb2_grpc.RaftStub(leader_channel).Deliver(iter([message]), timeout=LIMIT_S)
    after = seat_store.status(before.node)
    assert (after.role, after.term) == ("leader", before.term)


def test_a_message_that_no_node_can_have_sent_ends_the_stream(leader_channel):
    message = raft_pb2.Envelope(cluster=1, sender=2, incarnation=1, address="127.0.0.1:9", to=1)
    with pytest.raises(grpc.RpcError) as refusal:
        raft_pb2_grpc.RaftStub(leader_channel).Deliver(iter([message]), timeout=LIMIT_S)
    assert refusal.value.code() is grpc.StatusCode.INVALID_ARGUMENT


def test_a_message_beyond_the_limit_is_refused(leader_channel):
    huge = seatstore_pb2.HoldRequest(hold="x" * (MESSAGE_LIMIT_BYTES + 1))
    with pytest.raises(grpc.RpcError) as refusal:
        seatstore_pb2_grpc.SeatStoreStub(leader_channel).GetHold(huge, timeout=LIMIT_S)
    assert refusal.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def a_request(request_id: str) -> seatstore_pb2.Request:
    return seatstore_pb2.Request(request_id=request_id, confirm=seatstore_pb2.Confirm(hold="nobody's"))


@pytest.mark.parametrize("trouble", [{"fenced": "differs"}, {"refused": "another disk"}, {"leader_address": ""}])
async def test_a_node_that_takes_no_part_is_not_healthy(monkeypatch: pytest.MonkeyPatch, trouble: dict[str, str]):
    class Node:
        changed = asyncio.Event()
        said = STATUS

        def status(self) -> NodeStatus:
            return self.said

    monkeypatch.setattr(serving, "HEALTH_INTERVAL_S", 0.01)
    node, servicer = Node(), health.aio.HealthServicer()
    reporting = asyncio.create_task(serving.report_health(node, servicer))  # type: ignore[arg-type]

    async def becomes(wanted: health_pb2.HealthCheckResponse.ServingStatus) -> None:
        request = health_pb2.HealthCheckRequest(service="raftstore.v1.SeatStore")
        async with asyncio.timeout(LIMIT_S):
            while True:
                answer = await servicer.Check(request, None)
                if answer.status == wanted:
                    return
                await asyncio.sleep(0)

    await asyncio.sleep(0)
    await becomes(health_pb2.HealthCheckResponse.SERVING)
    node.said = dataclasses.replace(STATUS, **trouble)
    await becomes(health_pb2.HealthCheckResponse.NOT_SERVING)
    reporting.cancel()
