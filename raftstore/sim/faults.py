"""What goes wrong, when, and until when? The faults of a plan, one after another and over one another."""

import asyncio
from collections.abc import Callable
from random import Random

from .cluster import CLOCK_RATES, Cluster
from .host import Host
from .plan import Fault

# Crashes in the middle of a write come before one of these, or before any operation.
_CUT_BEFORE = tuple(",append,sync,sync,rename,create,remove,commit,database sync,note,truncate".split(","))
_FAILING = ("append", "sync", "sync", "create", "rename", "remove", "commit", "database sync", "truncate")


class Faults:
    def __init__(self, cluster: Cluster, client_addresses: list[str]) -> None:
        self._cluster = cluster
        self._clients = client_addresses
        self._random = Random(f"{cluster.plan.seed} faults")
        # The number of the last one.
        self._partition = 0
        self._actions: dict[Fault, Callable[[], bool]] = {
            Fault.KILL: self._kill,
            Fault.POWER_CUT: self._cut_power,
            Fault.POWER_CUT_OF_ALL: self._cut_all,
            Fault.CUT_IN_WRITE: self._cut_in_write,
            Fault.PAUSE: self._pause,
            Fault.HALVES: self._split,
            Fault.ISOLATION: self._isolate,
            Fault.ONE_WAY: self._one_way,
            Fault.CUT_LINK: self._cut_link,
            Fault.CLIENTS_CUT_OFF: self._cut_clients_off,
            Fault.SLOW_DISK: self._slow_disk,
            Fault.STALLED_DISK: self._stall_disk,
            Fault.FULL_DISK: self._fill_disk,
            Fault.FAILED_SYNC: self._fail_write,
            Fault.SNAPSHOT_FLIP: self._damage_snapshot,
            Fault.CLOCK_RATE: self._change_rate,
            Fault.WALL_JUMP: self._set_wall,
        }

    async def run(self) -> None:
        """Do harm until cancelled."""
        rates = self._cluster.plan.faults
        if not rates:
            return
        while True:
            await asyncio.sleep(self._random.expovariate(sum(rates.values())))
            fault = self._random.choices(list(rates), list(rates.values()))[0]
            if self._actions[fault]():
                self._cluster.journal.count(f"fault: {fault}")

    def end(self) -> None:
        """Undo everything that does not end by itself."""
        cluster = self._cluster
        cluster.network.unblock_all()
        cluster.network.weather.calm()
        for host in cluster.hosts.values():
            self._resume(host)
            host.disk_weather.calm()
            host.leave_room(None)

    # --- Nodes --------------------------------------------------------------------------------------

    def _kill(self) -> bool:
        if (host := self._pick()) is None:
            return False
        host.die(power_cut=False)
        return True

    def _cut_power(self) -> bool:
        if (host := self._pick()) is None:
            return False
        host.die(power_cut=True)
        return True

    def _cut_all(self) -> bool:
        for host in self._cluster.running():
            host.die(power_cut=True)
        return True

    def _cut_in_write(self) -> bool:
        if (host := self._pick()) is None:
            return False
        host.disk_weather.cut_soon(self._random.choice(_CUT_BEFORE), self._random.choice((0, 0, 1, 2, 5, 20)))
        return True

    def _pause(self) -> bool:
        host = self._pick()
        if host is None or host.paused:
            return False
        self._cluster.journal.note("pause", host.number)
        self._cluster.loop.pause(host)
        self._later(self._duration_s(), lambda: self._resume(host))
        return True

    def _resume(self, host: Host) -> None:
        if host.paused:
            self._cluster.loop.resume(host)

    # --- Network ------------------------------------------------------------------------------------

    def _split(self) -> bool:
        addresses = self._addresses()
        self._random.shuffle(addresses)
        one, other = addresses[: len(addresses) // 2], addresses[len(addresses) // 2 :]
        return self._block((one, other), (other, one))

    def _isolate(self) -> bool:
        """Clients still reach it: most of all a leader that does not know yet that it is deposed."""
        host = self._cluster.leader() if self._random.random() < 0.6 else self._pick()
        if host is None:
            return False
        others = [address for address in self._addresses() if address != host.address]
        return self._block(([host.address], others), (others, [host.address]))

    def _one_way(self) -> bool:
        if (host := self._pick()) is None:
            return False
        others = [address for address in self._addresses() if address != host.address]
        if self._random.random() < 0.5:
            return self._block(([host.address], others))
        return self._block((others, [host.address]))

    def _cut_link(self) -> bool:
        addresses = self._addresses()
        one, other = self._random.sample(addresses, 2)
        return self._block(([one], [other]), ([other], [one]))

    def _cut_clients_off(self) -> bool:
        clients = self._random.sample(self._clients, self._random.randint(1, len(self._clients)))
        nodes = self._random.sample(self._addresses(), self._random.randint(1, len(self._addresses())))
        return self._block((clients, nodes), (nodes, clients))

    def _block(self, *ways: tuple[list[str], list[str]]) -> bool:
        """One partition at a time: another replaces it, or heals it."""
        network = self._cluster.network
        network.unblock_all()
        for sources, targets in ways:
            network.block(sources, targets)
            self._cluster.journal.note("blocked", *sources, "->", *targets)
        self._partition = partition = self._partition + 1
        self._later(self._duration_s(), lambda: self._heal(partition))
        return True

    def _heal(self, partition: int) -> None:
        if partition == self._partition:
            self._cluster.network.unblock_all()

    # --- Disks --------------------------------------------------------------------------------------

    def _slow_disk(self) -> bool:
        if (host := self._pick()) is None:
            return False
        weather = host.disk_weather
        weather.longest_ms = self._random.choice((50.0, 200.0))
        self._later(self._duration_s(), weather.calm)
        return True

    def _stall_disk(self) -> bool:
        if (host := self._pick()) is None:
            return False
        host.disk_weather.stalled_until_s = self._cluster.loop.time() + self._duration_s()
        return True

    def _fill_disk(self) -> bool:
        """Nearly, or wholly; after a while somebody makes room."""
        if (host := self._pick()) is None:
            return False
        room_bytes = self._random.choice((0, 0, 50_000, self._cluster.plan.limits.disk_reserve_bytes * 2 // 3))
        host.leave_room(room_bytes)
        self._later(self._duration_s(), lambda: host.leave_room(None))
        return True

    def _fail_write(self) -> bool:
        if (host := self._pick()) is None:
            return False
        host.disk_weather.fail_next(self._random.choice(_FAILING))
        return True

    def _damage_snapshot(self, tries: int = 100) -> bool:
        """The next one that is sent or received: it must not become anybody's state."""
        for host in self._cluster.running():
            names = [f"snapshots/{name}" for name in host.directory.names("snapshots") if "-" in name]
            if names and (size_bytes := host.directory.size_bytes(names[0])):
                host.directory.flip_bit(names[0], self._random.randrange(size_bytes), self._random.randrange(8))
                self._cluster.journal.note("bit flip", host.number, names[0])
                self._cluster.journal.count("bits flipped in snapshots")
                return True
        if tries:
            self._later(0.02, lambda: self._damage_snapshot(tries - 1))
        return True

    # --- Clocks -------------------------------------------------------------------------------------

    def _change_rate(self) -> bool:
        if (host := self._pick()) is None:
            return False
        host.clock.set_rate(self._random.uniform(*CLOCK_RATES))
        return True

    def _set_wall(self) -> bool:
        if (host := self._pick()) is None:
            return False
        host.clock.set_wall(self._random.choice((-86_400_000, -5_000, 5_000, 3_600_000, 10**10)))
        return True

    # --- Chance -------------------------------------------------------------------------------------

    def _pick(self) -> Host | None:
        return self._cluster.pick()

    def _addresses(self) -> list[str]:
        return list(self._cluster.by_address)

    def _duration_s(self) -> float:
        return self._random.choice((0.1, 0.4, 0.7, 1.0, 2.5)) * self._random.uniform(0.5, 1.5)

    def _later(self, delay_s: float, undo: Callable[[], object]) -> None:
        self._cluster.loop.call_later(delay_s, undo)
