"""How does one of our nodes bear what makes work beside the customers': checkpoints, snapshots, its own death?"""

import threading
import time
from collections.abc import Callable

import grpc

from raftstore.rpc.cluster_pb2 import BackupRequest, StatusRequest, TakeSnapshotRequest
from raftstore.rpc.cluster_pb2_grpc import ClusterStub
from tests.running.store_cluster import StoreCluster

from .benchmark import BenchmarkFailed, Run, Setting
from .load_program import LoadProgram
from .outages import PER_S
from .store import customers_command

MS_PER_S = 1_000
ASKING_LIMIT_S = 60.0
ASKING_PAUSE_S = 0.003
APPLIED_LIMIT_S = 60.0
# Each lasts this long: the node is left alone, then copied and shortened all the time.
WATCHED_S, QUICK_WATCHED_S = 10.0, 0.5


def restart_s(cluster: StoreCluster) -> float:
    """From the start of a follower that was killed with kill -9 until it has applied all that was committed.

    Raises:
        BenchmarkFailed: it takes too long.
    """
    leader = cluster.leader()
    status = cluster.status(leader)
    assert status is not None
    follower = next(node for node in cluster.nodes if node != leader)
    cluster.kill(follower)
    started_s = time.monotonic()
    cluster.start(follower)
    while cluster.is_running(follower) and time.monotonic() < started_s + APPLIED_LIMIT_S:
        answer = cluster.status(follower)
        if answer is not None and answer.applied_index >= status.commit_index:
            return round(time.monotonic() - started_s, 2)
        time.sleep(ASKING_PAUSE_S)
    raise BenchmarkFailed(f"node {follower} has ended, or not caught up {APPLIED_LIMIT_S:g} s after its start")


def stalls(setting: Setting, cluster: StoreCluster) -> Run:
    """The longest time that the leader's loop lets a question wait, under a load of 2,000/s.

    Asked over gRPC every few milliseconds, so what is told is the stall and the question's own way: at most so long did
    the loop stand still. First while nothing is asked for but what a node does by itself (a checkpoint is saved three
    times a second), then while its state is copied for a backup and its log shortened, again and again.
    """
    watched_s = QUICK_WATCHED_S if setting.quick else WATCHED_S
    seats = int(PER_S * (2 * watched_s + ASKING_LIMIT_S))
    command = customers_command(cluster, "arriving_customers", "stalls", per_second=PER_S, seats=seats)
    address = cluster.address_of(cluster.leader())
    with LoadProgram(setting.reaper, command) as customers, grpc.insecure_channel(address) as channel:
        stub = ClusterStub(channel)
        customers.tell("go")
        otherwise = longest_ms(stub, lambda: time.sleep(ASKING_PAUSE_S), watched_s)
        copies = 0

        def copy_and_shorten() -> None:
            nonlocal copies
            stub.TakeSnapshot(TakeSnapshotRequest(), timeout=ASKING_LIMIT_S)
            for _ in stub.Backup(BackupRequest(), timeout=ASKING_LIMIT_S):
                pass
            copies += 1

        meanwhile = longest_ms(stub, copy_and_shorten, watched_s)
    return Run({"longest_ms": meanwhile, "longest_otherwise_ms": otherwise, "copies": copies})


def longest_ms(stub: ClusterStub, beside: Callable[[], None], seconds: float) -> float:
    """The longest that a question took while something is done again and again, and lasts as long as that."""
    over = threading.Event()
    failure: list[BaseException] = []

    def again_and_again() -> None:
        end_s = time.monotonic() + seconds
        try:
            while time.monotonic() < end_s:
                beside()
        except grpc.RpcError as error:
            failure.append(error)
        over.set()

    thread = threading.Thread(target=again_and_again)
    thread.start()
    longest_s = 0.0
    while not over.is_set():
        asked_s = time.monotonic()
        stub.GetStatus(StatusRequest(), timeout=ASKING_LIMIT_S)
        longest_s = max(longest_s, time.monotonic() - asked_s)
        time.sleep(ASKING_PAUSE_S)
    thread.join()
    if failure:
        raise BenchmarkFailed(f"the node made no copy: {failure[0]}")
    return round(longest_s * MS_PER_S, 1)
