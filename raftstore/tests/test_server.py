"""The gRPC face, spoken to without the client: health, reflection, hints, bounds."""

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from raftstore.rpc import raft_pb2, raft_pb2_grpc, seatstore_pb2, seatstore_pb2_grpc
from raftstore.transport.channels import LEADER_METADATA_KEY
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for

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
    stub = seatstore_pb2_grpc.SeatStoreStub(follower_channel)
    with pytest.raises(grpc.RpcError) as refusal:
        stub.GetSeatMap(seatstore_pb2.SeatMapRequest(inventory="x"), timeout=LIMIT_S)
    assert refusal.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert dict(refusal.value.trailing_metadata())[LEADER_METADATA_KEY] == leader_address
    frame = seatstore_pb2.CommandFrame(requests=[a_request("follower-says")])
    outcome = next(stub.Session(iter([frame]), timeout=LIMIT_S)).outcomes[0]
    assert outcome.failure.reason == seatstore_pb2.Failure.NOT_LEADER
    assert outcome.failure.leader_address == leader_address


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


def test_a_stranger_cannot_take_part_in_raft(leader_channel):
    message = raft_pb2.RaftMessage(sender=9, term=1_000_000, request_vote=raft_pb2.RequestVote())
    with pytest.raises(grpc.RpcError) as refusal:
        raft_pb2_grpc.RaftStub(leader_channel).Deliver(iter([message]), timeout=LIMIT_S)
    assert refusal.value.code() is grpc.StatusCode.PERMISSION_DENIED


def a_request(request_id: str) -> seatstore_pb2.Request:
    return seatstore_pb2.Request(request_id=request_id, confirm=seatstore_pb2.Confirm(hold="nobody's"))
