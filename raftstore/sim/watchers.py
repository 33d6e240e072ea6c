"""What does somebody see who only watches? The seats of every inventory, kept up from the changes that nodes tell.

He goes from node to node as they fail, and reads the maps again when he is told that he missed something; else what he
has put together must be what the seats were at the index he has come to.
"""

import asyncio
from random import Random

from raftstore.runtime.node import Node
from raftstore.runtime.watch import Told, Watcher

from .cluster import Cluster
from .host import Host

# As long as nothing is told, the node may be dead: production's watchers are told something now and then (server/).
SILENCE_LIMIT_S = 1.0


class WatchingProgram:
    def __init__(self, cluster: Cluster, number: int) -> None:
        self._cluster = cluster
        self._random = Random(f"{cluster.plan.seed} watcher {number}")
        self._since_index: int | None = None
        # Held and sold leg masks of seats, as of the index before them, by inventory.
        self._maps: dict[str, tuple[int, dict[str, int], dict[str, int]]] = {}

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            host = self._cluster.pick()
            watcher = host.running_node.watch.subscribe(self._since_index) if host else None
            if host is not None and watcher is not None:
                node = host.running_node
                await self._follow(host, watcher, until_s=self._cluster.loop.time() + self._random.uniform(0.5, 3.0))
                node.watch.unsubscribe(watcher)
            await asyncio.sleep(0.25)

    async def _follow(self, host: Host, watcher: Watcher, *, until_s: float) -> None:
        node = host.running_node
        while self._cluster.loop.time() < until_s:
            try:
                async with asyncio.timeout(SILENCE_LIMIT_S):
                    told = await watcher.next()
            except TimeoutError:
                return
            if host.node is not node:
                # It died with what it had not told yet. What still runs of it may even go on for a step, unseen.
                return
            self.take_in(node, told)
            if self._random.random() < 0.02:
                # Busy with something else; more may gather than a node keeps for one watcher.
                await asyncio.sleep(0.5)

    def seats(self, inventory: str) -> tuple[dict[str, int], dict[str, int]]:
        """Held and sold leg masks, as far as he knows."""
        _, held, sold = self._maps.get(inventory, (0, {}, {}))
        return held, sold

    def take_in(self, node: Node, told: Told) -> None:
        """Believe what a node told."""
        if told.reset or self._since_index is None:
            self._cluster.journal.count("watches begun anew" if told.reset else "watches begun")
            self._read_maps(node)
            self._since_index = told.index
            return
        if told.index <= self._since_index:
            # A node that lags behind the one before it tells again what is known already, as client.py knows too.
            return
        self._cluster.journal.count("changes watched", len(told.events))
        for event in told.events:
            index, held, sold = self._maps.setdefault(event.inventory, (0, {}, {}))
            if event.index > index:
                held[event.seat], sold[event.seat] = event.held, event.sold
        self._since_index = told.index
        for inventory in {event.inventory: None for event in told.events}:
            index, held, sold = self._maps[inventory]
            if index <= self._since_index:
                self._cluster.seats.watched(inventory, self._since_index, held, sold)

    def _read_maps(self, node: Node) -> None:
        # Also of inventories that a node which lags behind does not know yet: it will tell of them from here on.
        self._maps.clear()
        for inventory in node.machine.inventories():
            view = node.machine.seat_map(inventory)
            if view is not None:
                self._maps[inventory] = (view.index, dict(view.held), dict(view.sold))
