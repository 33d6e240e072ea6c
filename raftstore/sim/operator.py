"""What does an operator do meanwhile? Moves leadership, takes snapshots, changes members, and replaces dead disks.

He takes care as the runbook tells him to: never is a second disk lost before the first has been replaced, because no
store could survive a majority of its disks.
"""

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any

from raftstore.core.membership import Membership
from raftstore.core.refusals import ChangeRefused, NotLeader
from raftstore.errors import WriteFailed
from raftstore.runtime.node import Node
from raftstore.runtime.pending import ChangeUnknown

from .cluster import Cluster
from .host import Condition, Host
from .plan import Chore

NOBODY = Membership(0, (), 0)
FEWEST_VOTERS, MOST_MEMBERS = 3, 5
PATIENCE_S = 4.0
COLLEAGUE_TOO = 0.5
NEVER_WIPED = 1


class Operator:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._journal = cluster.journal
        self._random = Random(f"{cluster.plan.seed} operator")
        # Started, and not yet a voter.
        self._newcomer: Host | None = None
        # Lost, and still a member.
        self.dead: Host | None = None
        # Those under whose number another disk runs, which the cluster must not take in.
        self.impostors: list[Host] = []
        self._doing: dict[Chore, Callable[[], Coroutine[Any, Any, None]]] = {
            Chore.TRANSFER: self._transfer,
            Chore.SNAPSHOT: self._take_snapshot,
            Chore.GROW: self._grow,
            Chore.SHRINK: self._shrink,
            Chore.WIPE: self._lose_disk,
            Chore.BIT_FLIP: self._flip_bit,
        }

    async def run(self) -> None:
        """Work until cancelled."""
        rates = self._cluster.plan.chores
        while rates:
            await asyncio.sleep(self._random.expovariate(sum(rates.values())))
            if self.dead is not None:
                await self.replace_dead()
            else:
                chore = self._random.choices(list(rates), list(rates.values()))[0]
                self._journal.note("chore", chore.value)
                await self._doing[chore]()

    # --- Chores -------------------------------------------------------------------------------------

    async def _transfer(self) -> None:
        voters = sorted(self._cluster.members().voters)
        to = self._random.choice([None, *voters])
        await self._ask_leader("leadership transferred", lambda node: node.transfer(to))

    async def _take_snapshot(self) -> None:
        host = self._cluster.pick()
        if host is not None and await self._ask(host, lambda node: node.snapshot_now()):
            self._journal.count("snapshots taken by the operator")

    async def _grow(self) -> None:
        room = MOST_MEMBERS - len(self._cluster.members().members)
        if room > 1 and self._random.random() < COLLEAGUE_TOO:
            # Somebody else wants a learner at the same moment; one of the two has to wait.
            other = self._start_host()
            self._cluster.loop.start(self._add_learner(other))
        if room > 0:
            await self._add_member()

    async def _shrink(self) -> None:
        voters = sorted(self._cluster.members().voters)
        if len(voters) > FEWEST_VOTERS:
            await self._remove(self._random.choice(voters))

    async def _add_member(self) -> bool:
        """A new node, added as a learner and promoted once it has caught up. What is not done now goes on next time."""
        cluster = self._cluster
        host = self._newcomer = self._newcomer or self._start_host()
        deadline_s = cluster.loop.time() + PATIENCE_S
        while cluster.loop.time() < deadline_s:
            member = cluster.members().get(host.number)
            if member is None:
                await self._add_learner(host)
            elif not member.voter:
                await self._ask_leader("learners promoted", lambda node: node.promote(host.number))
            else:
                self._newcomer = None
                return True
            await asyncio.sleep(0.1)
        return False

    async def _add_learner(self, host: Host) -> bool:
        return await self._ask_leader(
            "learners added", lambda node: node.add_learner(host.number, host.address, host.incarnation)
        )

    def _start_host(self) -> Host:
        host = self._cluster.add_host(max(self._cluster.hosts) + 1, NOBODY)
        host.start()
        return host

    async def _remove(self, number: int) -> bool:
        if not await self._ask_leader("members removed", lambda node: node.remove(number)):
            return False
        self._retire_later(self._cluster.hosts[number])
        return True

    def _retire_later(self, host: Host) -> None:
        """It may go on for a while and try to be elected: nobody may mind."""
        self._cluster.loop.call_later(self._random.uniform(0, 3), self._retire, host)

    def _retire(self, host: Host) -> None:
        self._cluster.retired.add(host.number)
        self._cluster.kept_off.add(host.number)
        host.die(power_cut=False)

    # --- Lost disks -----------------------------------------------------------------------------------

    async def _lose_disk(self) -> None:
        """An empty disk comes back under the old number, as if nothing had happened.

        To one founder that never happens: with all of them empty there would be nothing that tells them from a cluster
        that begins.
        """
        host = self._pick_victim()
        if host is None or host.number == NEVER_WIPED:
            return
        self._journal.note("disk lost", host.number)
        self._journal.count("disks lost")
        self.dead = host
        host.die(power_cut=True)
        host.wipe()
        self._cluster.checks.wiped(host)
        self.impostors.append(host)
        host.start()

    async def _flip_bit(self) -> None:
        """While the node is down a bit of its log or checkpoint changes; it must notice, unless it does not matter."""
        host = self._pick_victim()
        if host is None:
            return
        host.die(power_cut=False)
        logs, others = [f"log/{name}" for name in host.directory.names("log")], host.directory.names()
        names = [name for name in self._random.choice((logs, others)) if host.directory.size_bytes(name)]
        name = self._random.choice(names)
        offset = self._random.randrange(host.directory.size_bytes(name))
        self._journal.note("bit flip", host.number, name, offset)
        self._journal.count("bits flipped")
        host.is_damaged = True
        host.directory.flip_bit(name, offset, self._random.randrange(8))
        if not host.start() and host.condition is Condition.LOST:
            self._journal.count("bit flips that a node refused to start with")
            self.dead = host

    def _pick_victim(self) -> Host | None:
        """Somebody whose disk the cluster can do without: all others are well, and no change is under way."""
        cluster = self._cluster
        leader = cluster.leader()
        if leader is None:
            return None
        raft = leader.running_node.raft
        members = raft.membership
        settled = raft.membership_index <= raft.commit_index and raft.commit_index >= raft.term_start_index > 0
        well = [cluster.hosts[number] for number in sorted(members.voters) if cluster.hosts[number].is_running]
        if not members.is_formed or not settled or len(well) < max(FEWEST_VOTERS, len(members.voters)):
            return None
        if any(host.is_damaged or host.is_replaced for host in well):
            return None
        return self._random.choice(well)

    async def replace_dead(self) -> bool:
        """Add a new node and remove the dead one. Returns whether that is done."""
        assert self.dead is not None
        dead = self.dead
        needed = dead.number in self._cluster.members() and len(self._cluster.members().voters) <= FEWEST_VOTERS
        if needed and not await self._add_member():
            return False
        if dead.number in self._cluster.members() and not await self._remove(dead.number):
            return False
        self._retire_later(dead)
        self._journal.count("dead nodes replaced")
        self.dead = None
        return True

    # --- Asking -------------------------------------------------------------------------------------

    async def _ask_leader(self, what: str, wish: Callable[[Node], Coroutine[Any, Any, None]]) -> bool:
        """Returns whether it is done; if not, it may be all the same."""
        leader = self._cluster.leader()
        if leader is None or not await self._ask(leader, wish):
            return False
        self._journal.count(what)
        return True

    async def _ask(self, host: Host, wish: Callable[[Node], Coroutine[Any, Any, object]]) -> bool:
        node = host.running_node

        async def carry_out() -> bool:
            try:
                await wish(node)
            except (NotLeader, ChangeRefused, ChangeUnknown, WriteFailed) as refused:
                self._journal.note("refused", type(refused).__name__, str(refused))
                return False
            return True

        task = host.spawn(carry_out())
        await asyncio.wait((task,), timeout=PATIENCE_S)
        if not task.done():
            task.cancel()
            return False
        return not task.cancelled() and task.result()
