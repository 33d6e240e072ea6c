"""Leadership is handed over on purpose under 2,000/s of load: does a request fail, how long is nobody answered?"""

import statistics

import grpc

from raftstore.rpc.cluster_pb2 import TransferLeadershipRequest
from raftstore.rpc.cluster_pb2_grpc import ClusterStub
from tests.running.waiting import wait_for

from .measuring.benchmark import Benchmark, Findings, Row, Run, Setting
from .measuring.cpu import CpuShares
from .measuring.load_program import LoadProgram
from .measuring.outages import PER_S, Outage
from .measuring.store import customers_command, pids_of, running_store

HANDOVERS = 6
SEATS_PER_HANDOVER = 20_000
GAP_LIMIT_MS = 50
ASKING_LIMIT_S = 15.0


def measure(setting: Setting) -> Findings:
    runs = [run for turn in range(setting.runs) for run in handovers(setting, turn)]
    gaps_ms = [run.figures["gap_ms"] for run in runs]
    failed = sum(run.figures["failed"] for run in runs)
    row = Row(
        promise="planned hand-over of leadership under load",
        target=f"no failed request, longest gap at most {GAP_LIMIT_MS} ms",
        ours=f"{failed:.0f} failed in {len(runs)} hand-overs; gap: median {statistics.median(gaps_ms):.0f} ms, "
        f"longest {max(gaps_ms):.0f} ms",
        peer="",
        ratio="",
        reached=not failed and max(gaps_ms) <= GAP_LIMIT_MS,
    )
    return Findings([row], {"ours": runs})


def handovers(setting: Setting, turn: int) -> list[Run]:
    """Several on one cluster, each from whoever leads to whom that node chooses."""
    count = 1 if setting.quick else HANDOVERS
    with running_store(setting) as cluster:
        command = customers_command(
            cluster, "arriving_customers", f"turn-{turn}", per_second=PER_S, seats=count * SEATS_PER_HANDOVER
        )
        runs = []
        with LoadProgram(setting.reaper, command) as customers:
            customers.tell("go")
            for _ in range(count):
                leader = cluster.leader()
                with grpc.insecure_channel(cluster.address_of(leader)) as channel:
                    grpc.channel_ready_future(channel).result(ASKING_LIMIT_S)
                    outage, shares = Outage(customers), CpuShares(pids_of(cluster, [customers]))
                    ClusterStub(channel).TransferLeadership(TransferLeadershipRequest(), timeout=ASKING_LIMIT_S)
                    runs.append(Run(outage.figures(), shares.shares()))
                wait_for(lambda before=leader: cluster.leader() != before, "another leader")
        return runs


BENCHMARK = Benchmark("handover", "planned hand-over of leadership under load", measure)
