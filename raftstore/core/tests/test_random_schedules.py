"""Safety under random schedules: loss, delay, repetition, reordering, cut links, crashes that lose what was not synced,
while members change, leadership is handed over, logs are compacted and snapshots sent.

One seed is one run. `Cluster` checks after every step that no term has two leaders, that a leader lacks nothing that
was committed, that no two nodes apply different entries at one index, and that no read misses what was committed
before it was asked; here also that what was committed survives every crash.
"""

import contextlib
import random

import pytest

from raftstore.core.membership import MembershipError
from raftstore.core.raft import ChangeRefused, NotLeader
from raftstore.core.types import Role

from .cluster import Cluster, payloads

STEPS = 4_000
LIMIT_NODES = 8

STEADY = {"tick": 30, "propose": 10, "sync": 25, "crash": 0.3, "deliver": 60}
RESTLESS = STEADY | {
    "part": 0.2,
    "mend": 0.2,
    "read": 5,
    "compact": 2,
    "change": 2,
    "transfer": 0.5,
    "aside": 0.5,
    "full": 0.5,
    "install": 10,
}


class Schedule:
    """One run: what happens next is drawn by chance."""

    def __init__(self, seed: int, size: int, odds: dict[str, float], *, unformed: bool = False) -> None:
        self.chance = random.Random(seed)
        self.cluster = Cluster(size, draw=self.chance.randint, unformed=unformed)
        self.cluster.holds_installations = "install" in odds
        self.odds = odds
        self.cut: set[tuple[int, int]] = set()
        self.delayed: list[tuple[int, int, int, object]] = []
        self.numbers = 0
        self.happened: set[str] = set()

    def run(self) -> None:
        for _ in range(STEPS):
            self.cluster.now_ms += self.chance.randint(0, 3)
            node = self.chance.choice(sorted(self.cluster.ids))
            (event,) = self.chance.choices(list(self.odds), list(self.odds.values()))
            with contextlib.suppress(NotLeader, ChangeRefused, MembershipError):
                getattr(self, event)(node)
                self.happened.add(event)

    def tick(self, node: int) -> None:
        self.cluster.advance(node, 0)

    def propose(self, node: int) -> None:
        self.numbers += 1
        self.cluster.propose(node, b"%d" % self.numbers)

    def sync(self, node: int) -> None:
        self.cluster.sync(node)

    def crash(self, node: int) -> None:
        self.cluster.crash(node)

    def deliver(self, _: int) -> None:
        for sender, to, message in self.cluster.in_flight:
            copies = 0 if (sender, to) in self.cut else self.chance.choices([0, 1, 2], [10, 85, 5])[0]
            due_ms = self.cluster.now_ms + self.chance.randint(0, 20 if self.chance.random() < 0.9 else 300)
            self.delayed += [(due_ms, sender, to, message)] * copies
        self.cluster.in_flight.clear()
        due = [late for late in self.delayed if late[0] <= self.cluster.now_ms]
        self.delayed = [late for late in self.delayed if late[0] > self.cluster.now_ms]
        for _, sender, to, message in due:
            self.cluster.deliver(sender, to, message)

    def part(self, node: int) -> None:
        self.cut.add((node, self.chance.choice(sorted(self.cluster.ids))))

    def mend(self, _: int) -> None:
        self.cut.clear()

    def read(self, node: int) -> None:
        self.numbers += 1
        self.cluster.read(node, self.numbers)

    def compact(self, node: int) -> None:
        applied = len(self.cluster.members[node].applied)
        self.cluster.compact(node, max(0, applied - self.chance.randint(0, 20)))

    def change(self, node: int) -> None:
        raft = self.cluster.raft(node)
        match self.chance.choice(["add", "promote", "promote", "remove"]):
            case "add" if raft.role is Role.LEADER and len(self.cluster.ids) < LIMIT_NODES:
                new = max(self.cluster.ids) + 1
                self.cluster.join(new)
                self.cluster.add_learner(node, new)
            case "promote" if raft.membership.learners:
                self.cluster.promote(node, self.chance.choice(sorted(raft.membership.learners)))
            case "remove" if len(raft.membership.voters) > 2:
                self.cluster.remove(node, self.chance.choice(sorted(raft.membership.by_node)))

    def transfer(self, node: int) -> None:
        self.cluster.transfer(node)

    def aside(self, node: int) -> None:
        self.cluster.raft(node).step_aside(self.cluster.now_ms, on=self.chance.random() < 0.3)

    def full(self, node: int) -> None:
        self.cluster.raft(node).refuse_commands = self.chance.random() < 0.3

    def install(self, node: int) -> None:
        if self.cluster.members[node].to_install:
            self.cluster.install(node)

    def heal(self) -> None:
        """From here on everything works, and time goes by."""
        self.cluster.holds_installations = False
        for node, member in self.cluster.members.items():
            member.raft.step_aside(self.cluster.now_ms, on=False)
            member.raft.refuse_commands = False
            self.install(node)
        self.cluster.run(3_000)


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("size", [3, 5])
def test_no_schedule_breaks_safety_and_a_healed_cluster_agrees(seed, size):
    schedule = Schedule(seed, size, STEADY)
    schedule.run()
    committed = dict(schedule.cluster.history)
    assert len(committed) > 20, "the schedule made no progress, so it proves nothing"
    schedule.heal()
    members = schedule.cluster.members
    assert {index: schedule.cluster.history[index] for index in committed} == committed
    assert all(payloads(member.applied) == payloads(members[1].applied) for member in members.values())
    assert len(members[1].applied) >= len(committed)


@pytest.mark.parametrize("seed", range(30))
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_nor_does_any_while_members_change_and_logs_are_compacted(seed, size):
    schedule = Schedule(seed, size, RESTLESS, unformed=seed % 2 == 0)
    schedule.run()
    committed = dict(schedule.cluster.history)
    schedule.heal()
    cluster = schedule.cluster
    assert {index: cluster.history[index] for index in committed} == committed
    leader = cluster.leader
    last = cluster.propose(leader, b"after all")
    cluster.run(200)
    for node in cluster.raft(leader).membership.by_node:
        assert len(cluster.members[node].applied) == last
    assert all(index in cluster.history for index in range(1, last + 1))
