"""A machine dies at any point, and comes back with what its disk is bound to have."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

import pytest

from raftstore.core.types import Role
from raftstore.errors import WriteFailed
from raftstore.runtime.watch import Told
from raftstore.seats.commands import EventKind, SeatEvent
from raftstore.sim.cluster import Cluster
from raftstore.sim.host import Condition
from raftstore.sim.journal import Journal, RuleBroken
from raftstore.sim.loop import VirtualLoop
from raftstore.sim.network import Weather
from raftstore.sim.plan import draw_plan
from raftstore.sim.watchers import WatchingProgram


class Town:
    """A cluster of three in good weather, that a test does harm to."""

    def __init__(self) -> None:
        self.loop = VirtualLoop()
        plan = draw_plan(3, step_limit=1_000_000, safety_s=1)
        plan = replace(plan, nodes=3, faults={}, chores={}, weather=Weather(), segment_bytes=65_536)
        self.cluster = Cluster(self.loop, plan, Journal(self.loop.time))

    def run(self, story: Coroutine[Any, Any, None]) -> None:
        self.loop.run(story)

    def kill_leader(self) -> None:
        """The others have a leader to elect, and that to write down."""
        leader = self.cluster.leader()
        assert leader is not None
        leader.die(power_cut=False)

    async def start(self) -> None:
        self.cluster.start_all()
        await asyncio.sleep(2)
        assert self.cluster.leader() is not None


def test_a_killed_node_says_nothing_more_and_comes_back_in_its_term():
    town = Town()

    async def story() -> None:
        await town.start()
        host = town.cluster.hosts[1]
        node, term = host.running_node, host.running_node.raft.term
        host.die(power_cut=True)
        assert host.condition is Condition.OFF
        sent = node.counters.messages_received
        await asyncio.sleep(0.01)
        assert node.counters.messages_received == sent
        town.cluster.start_all()
        assert host.running_node is not node
        assert host.running_node.raft.term >= term
        await asyncio.sleep(1)
        assert town.cluster.leader() is not None

    town.run(story())


def test_a_killed_node_tells_those_who_watch_nothing_more():
    town = Town()

    async def story() -> None:
        await town.start()
        town.loop.start(WatchingProgram(town.cluster, 1).run())
        await asyncio.sleep(0.01)
        counts = town.cluster.journal.counts
        assert counts["watches begun"] == 1
        nodes = [host.running_node for host in town.cluster.running()]
        for host in town.cluster.running():
            host.die(power_cut=False)
        for node in nodes:
            # As when it was stopped with a step still to do, which its end lets run.
            index = node.machine.applied_index + 1
            event = SeatEvent(index, 1, 0, 0, "t", "1A", EventKind.HELD, "h", 0, 1, held=1, sold=0)
            node.watch.publish(index, (event,))
        await asyncio.sleep(0.01)
        assert counts["changes watched"] == 0

    town.run(story())


def test_who_reads_the_maps_of_a_node_that_lags_behind_forgets_what_it_does_not_know_yet():
    town = Town()

    async def story() -> None:
        await town.start()
        program = WatchingProgram(town.cluster, 1)
        node = town.cluster.running()[0].running_node
        index = node.machine.applied_index
        event = SeatEvent(index + 5, 1, 0, 0, "t", "1A", EventKind.HELD, "h", 0, 1, held=1, sold=0)
        program.take_in(node, Told(index, ()))
        town.cluster.seats.watched = lambda *seen: None  # type: ignore[method-assign]
        program.take_in(node, Told(index + 5, (event,)))
        assert program.seats("t") == ({"1A": 1}, {"1A": 0})
        program.take_in(node, Told(index, (), reset=True))
        assert program.seats("t") == ({}, {})

    town.run(story())


def test_a_node_that_is_stopped_for_a_while_loses_its_lead_and_nothing_else():
    town = Town()

    async def story() -> None:
        await town.start()
        leader = town.cluster.leader()
        assert leader is not None
        town.loop.pause(leader)
        await asyncio.sleep(2)
        assert leader.running_node.raft.role is Role.LEADER
        town.loop.resume(leader)
        await asyncio.sleep(1)
        assert town.cluster.leader() is not leader

    town.run(story())


@pytest.mark.parametrize("operation", ["append", "sync", "commit", "note"])
def test_a_power_cut_comes_before_any_operation_of_the_disk(operation: str):
    town = Town()

    async def story() -> None:
        await town.start()
        town.kill_leader()
        for host in town.cluster.running():
            host.disk_weather.cut_soon(operation, 0)
        await asyncio.sleep(10)
        assert town.cluster.journal.counts[f"power cuts before: {operation}"] == 2
        assert town.cluster.leader() is not None

    town.run(story())


def test_a_node_whose_disk_fails_stops_and_its_supervisor_starts_it_again():
    town = Town()

    async def story() -> None:
        await town.start()
        town.kill_leader()
        for host in town.cluster.running():
            host.disk_weather.fail_next("sync")
        await asyncio.sleep(10)
        assert town.cluster.journal.counts["nodes stopped by their disk"] == 2
        assert len(town.cluster.running()) == 3

    town.run(story())


def test_a_disk_that_fails_at_what_an_operator_wanted_stops_the_node_as_well():
    town = Town()

    async def story() -> None:
        await town.start()
        host = town.cluster.hosts[1]
        host.disk_weather.fail_next("database sync")
        with pytest.raises(WriteFailed):
            await host.running_node.snapshot_now()
        await asyncio.sleep(0.01)
        assert not host.is_running

    town.run(story())


def test_a_damaged_log_is_refused_and_one_that_nobody_harmed_may_not_be():
    for is_damaged in (True, False):
        town = Town()

        async def story(town: Town = town, is_damaged: bool = is_damaged) -> None:
            await town.start()
            host = town.cluster.hosts[2]
            host.die(power_cut=False)
            name = f"log/{host.directory.names('log')[0]}"
            host.directory.flip_bit(name, 60)
            host.is_damaged = is_damaged
            host.start()
            assert host.condition is Condition.LOST

        if is_damaged:
            town.run(story())
        else:
            with pytest.raises(RuleBroken, match="nobody harmed the disk"):
                town.run(story())


def test_a_full_disk_has_as_much_room_as_it_was_left():
    town = Town()

    async def story() -> None:
        await town.start()
        host = town.cluster.hosts[3]
        host.leave_room(1_000)
        assert host.directory.free_bytes() == 1_000
        host.leave_room(None)
        assert host.directory.free_bytes() > 1 << 30

    town.run(story())
