"""Safety under random schedules: loss, delay, repetition, reordering, crashes that lose what was not synced.

One seed is one run. `Cluster` checks after every step that no term has two leaders and that no two nodes apply
different entries at one index; here also that what was committed survives every crash.
"""

import random

import pytest

from raftstore.core.types import Role

from .cluster import Cluster, payloads

STEPS = 4_000


def run(seed: int, size: int) -> Cluster:
    chance = random.Random(seed)
    cluster = Cluster(size, draw=chance.randint)
    nodes = sorted(cluster.ids)
    delayed: list[tuple[int, int, int, object]] = []
    proposals = 0
    for _ in range(STEPS):
        cluster.now_ms += chance.randint(0, 3)
        node = chance.choice(nodes)
        match chance.choices(["tick", "propose", "sync", "crash", "deliver"], [30, 10, 25, 0.3, 60])[0]:
            case "tick":
                cluster.advance(node, 0)
            case "propose" if cluster.raft(node).role is Role.LEADER:
                proposals += 1
                cluster.propose(node, b"%d" % proposals)
            case "sync":
                cluster.sync(node)
            case "crash":
                cluster.crash(node)
            case "deliver":
                for sender, to, message in cluster.in_flight:
                    copies = chance.choices([0, 1, 2], [10, 85, 5])[0]
                    due_ms = cluster.now_ms + chance.randint(0, 20 if chance.random() < 0.9 else 300)
                    delayed += [(due_ms, sender, to, message)] * copies
                cluster.in_flight.clear()
                due = [late for late in delayed if late[0] <= cluster.now_ms]
                delayed = [late for late in delayed if late[0] > cluster.now_ms]
                for _, sender, to, message in due:
                    cluster.deliver(sender, to, message)
    return cluster


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("size", [3, 5])
def test_no_schedule_breaks_safety_and_a_healed_cluster_agrees(seed, size):
    cluster = run(seed, size)
    committed = dict(cluster.history)
    assert len(committed) > 20, "the schedule made no progress, so it proves nothing"
    for _ in range(20):
        cluster.now_ms += 60
        for node in sorted(cluster.ids):
            cluster.advance(node, 0)
        cluster.settle()
    longest = max(len(member.applied) for member in cluster.members.values())
    assert {index: cluster.history[index] for index in committed} == committed
    assert all(payloads(m.applied) == payloads(cluster.members[1].applied) for m in cluster.members.values())
    assert longest >= len(committed)
