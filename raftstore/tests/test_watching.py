"""What does a program that watches hear, from whichever node tells it?"""

from collections.abc import Sequence

import grpc
import pytest

from raftstore.rpc import seatstore_pb2 as pb
from raftstore.rpc.seatstore_pb2_grpc import SeatStoreStub
from raftstore.seats.commands import SeatEvent
from raftstore.watching import Known, pass_on
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for

LIMIT_S = 30
CLUSTER, OTHER = 7, 8


class Told:
    """(index, indexes of the events, reset) of each call."""

    def __init__(self) -> None:
        self.calls: list[tuple[int | None, list[int], bool]] = []
        self.clusters: list[int] = []

    def __call__(self, index: int | None, events: Sequence[SeatEvent], reset: bool, cluster: int) -> None:
        self.calls.append((index, [event.index for event in events], reset))
        self.clusters.append(cluster)


def frame(index: int, *events: int, reset: bool = False, cluster: int = CLUSTER) -> pb.WatchFrame:
    told = [pb.SeatEvent(index=event, ordinal=1, inventory="t", seat="A", kind="held", end_leg=1) for event in events]
    return pb.WatchFrame(index=index, events=told, reset=reset, cluster=cluster)


def test_a_watch_is_told_where_it_begins_and_then_what_is_news():
    told = Told()
    known = pass_on(frame(5), told, Known(None))
    known = pass_on(frame(5), told, known)
    known = pass_on(frame(6, 6), told, known)
    assert told.calls == [(5, [], False), (6, [6], False)]
    assert known == Known(6, CLUSTER)


def test_a_node_that_lags_tells_nothing_new():
    told = Told()
    known = pass_on(frame(6, 6), told, Known(9, CLUSTER))
    assert (told.calls, known) == ([], Known(9, CLUSTER))


def test_a_reset_is_passed_on_with_the_index_that_it_counts_from():
    told = Told()
    known = pass_on(frame(40, reset=True), told, Known(9, CLUSTER))
    assert (told.calls, known) == ([(40, [], True)], Known(40, CLUSTER))


@pytest.mark.parametrize("reset", [True, False])
@pytest.mark.parametrize("index", [4, 9, 40])
def test_another_cluster_begins_again_from_its_own_index_and_no_older_one_counts(index: int, reset: bool):
    told = Told()
    known = pass_on(frame(index, reset=reset, cluster=OTHER), told, Known(9, CLUSTER))
    known = pass_on(frame(index + 1, index + 1, cluster=OTHER), told, known)
    assert told.calls == [(None, [], True), (index + 1, [index + 1], False)]
    assert told.clusters == [OTHER, OTHER]
    assert known == Known(index + 1, OTHER)


def test_a_place_whose_cluster_is_not_known_yet_is_taken_for_the_first_one_that_answers():
    told = Told()
    assert pass_on(frame(9), told, Known(9)) == Known(9, CLUSTER)
    assert told.calls == []


# --- Nodes ----------------------------------------------------------------------------------------


def first_frame(address: str, request: pb.WatchRequest) -> pb.WatchFrame:
    with grpc.insecure_channel(address) as channel:
        return next(SeatStoreStub(channel).Watch(request, timeout=LIMIT_S))


def test_a_node_says_whose_index_it_tells_and_starts_watchers_of_another_cluster_afresh(seat_store: StoreCluster):
    status = seat_store.status(seat_store.leader())
    ahead = status.applied_index + 1_000
    same = first_frame(status.address, pb.WatchRequest(since_index=ahead, cluster=status.cluster))
    assert (same.reset, same.cluster) == (False, status.cluster)
    other = first_frame(status.address, pb.WatchRequest(since_index=ahead, cluster=status.cluster + 1))
    assert (other.reset, other.cluster, other.index < ahead) == (True, status.cluster, True)
    unknown = first_frame(status.address, pb.WatchRequest(since_index=ahead))
    assert not unknown.reset


def test_a_node_that_is_in_no_cluster_yet_tells_a_watcher_nothing(own_store_cluster: StoreCluster):
    own_store_cluster.start(1)
    wait_for(lambda: own_store_cluster.status(1), "the node to answer")
    with pytest.raises(grpc.RpcError) as refusal:
        first_frame(own_store_cluster.addresses[0], pb.WatchRequest(since_index=3, cluster=CLUSTER))
    assert refusal.value.code() is grpc.StatusCode.UNAVAILABLE
