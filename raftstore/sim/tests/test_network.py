"""Messages are late, lost, doubled and overtaken, as the weather has it, and nothing else."""

import asyncio
from random import Random

from raftstore.core.messages import TimeoutNow
from raftstore.sim.journal import Journal
from raftstore.sim.loop import VirtualLoop
from raftstore.sim.network import Port, SimulatedNetwork, Weather
from raftstore.transport.envelope import Envelope

HERE, THERE = "node-1:1", "node-2:1"
COUNT = 500


class Sky:
    """A network between two nodes, and what arrives at the second."""

    def __init__(self, weather: Weather) -> None:
        self.loop = VirtualLoop()
        self.journal = Journal(self.loop.time)
        self.network = SimulatedNetwork(self.loop, Random(7), weather, self.journal)
        self.network.listen(THERE, self._deliver)
        self.arrived: list[int] = []
        self.latest_s = 0.0

    def send(self, count: int = COUNT) -> None:
        for number in range(1, count + 1):
            self.network.send(HERE, THERE, envelope(number))

    def run(self) -> list[int]:
        """Wait for all; which messages arrived, in order."""
        self.loop.run(asyncio.sleep(60))
        return self.arrived

    def _deliver(self, received: Envelope) -> None:
        assert received == envelope(received.message.term)
        self.arrived.append(received.message.term)
        self.latest_s = self.loop.time()


def envelope(number: int) -> Envelope:
    return Envelope(0, 1, 11, HERE, 2, 0, TimeoutNow(number))


def test_in_good_weather_everything_arrives_once_and_soon():
    sky = Sky(Weather(on_wire=1.0))
    sky.send()
    assert sorted(sky.run()) == list(range(1, COUNT + 1))
    assert sky.latest_s <= 0.002
    assert sky.journal.counts["messages through bytes"] == COUNT


def test_some_are_lost():
    sky = Sky(Weather(loss=0.2))
    sky.send()
    assert 0.7 * COUNT < len(sky.run()) < 0.9 * COUNT


def test_some_come_twice():
    sky = Sky(Weather(doubling=0.2))
    sky.send()
    arrived = sky.run()
    assert len(set(arrived)) == COUNT
    assert 1.1 * COUNT < len(arrived) < 1.3 * COUNT


def test_some_overtake_others_unless_they_keep_their_order():
    for in_order in (False, True):
        sky = Sky(Weather(in_order=in_order))
        sky.send()
        arrived = sky.run()
        assert (arrived == sorted(arrived)) is in_order


def test_some_come_much_later():
    sky = Sky(Weather(straggling=0.1, straggler_max_ms=5_000))
    sky.send()
    assert len(sky.run()) == COUNT
    assert sky.latest_s > 2


def test_a_blocked_way_lets_nothing_pass_and_the_way_back_is_another():
    sky = Sky(Weather())
    sky.network.block([HERE], [THERE])
    sky.send()
    assert not sky.network.passes(HERE, THERE)
    assert sky.network.passes(THERE, HERE)
    assert sky.run() == []


def test_what_is_under_way_when_the_way_is_blocked_is_lost():
    sky = Sky(Weather())
    sky.send()
    sky.network.block([HERE], [THERE])
    assert sky.run() == []


def test_a_dead_node_says_nothing():
    sky = Sky(Weather())
    told: list[Envelope] = []
    port = Port(sky.network, HERE, told.append)
    port.send(THERE, envelope(1))
    port.is_open = False
    port.send(THERE, envelope(2))
    assert (sky.run(), told) == ([1], [envelope(1)])
