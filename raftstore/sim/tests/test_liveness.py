"""How many nodes a run may switch off at its end, and still demand that the others go on."""

import asyncio
from dataclasses import replace

from raftstore.sim.cluster import Cluster
from raftstore.sim.journal import Journal
from raftstore.sim.liveness import spare_voters
from raftstore.sim.loop import VirtualLoop
from raftstore.sim.network import Weather
from raftstore.sim.plan import draw_plan


def test_a_change_that_is_not_committed_needs_a_majority_of_its_own():
    loop = VirtualLoop()
    plan = draw_plan(3, step_limit=1_000_000, safety_s=1)
    plan = replace(plan, nodes=5, faults={}, chores={}, weather=Weather())
    cluster = Cluster(loop, plan, Journal(loop.time))

    async def story() -> None:
        cluster.start_all()
        await asyncio.sleep(2)
        leader = cluster.leader()
        assert leader is not None
        assert spare_voters(cluster) == 2
        others = [host for host in cluster.running() if host is not leader]
        for host in others:
            loop.pause(host)
        leader.spawn(leader.running_node.remove(others[0].number))
        await asyncio.sleep(0.01)
        assert len(cluster.members().voters) == 5
        assert spare_voters(cluster) == 1
        for host in others:
            loop.resume(host)
        await asyncio.sleep(1)
        assert len(cluster.members().voters) == 4
        assert spare_voters(cluster) == 1

    loop.run(story())
