"""Does a cluster that has nothing to do grow? An hour of its life: what it keeps in its log, on its disk and in memory.

Somebody holds a seat all the while and keeps it alive, so that replicated time must go on and entries are written.
"""

import asyncio
import gc
from dataclasses import dataclass, fields, replace
from random import Random
from time import process_time

from raftstore.runtime.limits import Limits
from raftstore.seats import commands as c
from raftstore.session import Session
from raftstore.transport import codec
from raftstore.transport.leader import LeaderFinder

from .cluster import Cluster
from .journal import Journal
from .loop import VirtualLoop
from .network import Weather
from .plan import Plan, draw_plan
from .streams import SimulatedConnector

HOUR_S = 3_600.0
# After this the node has reached the size that it must keep.
WARM_UP_S = 600.0
EXTEND_EVERY_S = 300.0
COMPACT_AFTER_ENTRIES = 200
GROWTH_ALLOWED = 1.15


@dataclass(frozen=True, slots=True)
class Size:
    """The largest of any node's, and Python objects altogether."""

    log_entries: int
    log_bytes: int
    disk_bytes: int
    objects: int


def simulate_idle_hour(seconds: float = HOUR_S, warm_up_s: float = WARM_UP_S) -> tuple[list[str], bool]:
    """Returns what was measured, for people, and whether all of it stayed as it was after the first minutes."""
    loop = VirtualLoop()
    plan = _quiet_plan()
    # What the checks remember of every entry is not the store's.
    cluster = Cluster(loop, plan, Journal(loop.time), is_checked=False)
    began_s = process_time()
    before, after = loop.run(_idle(cluster, seconds, warm_up_s))
    cpu_s = process_time() - began_s
    names = [field.name for field in fields(Size)]
    lines = [
        f"{name}: {getattr(before, name):,} after {warm_up_s:,.0f} s, {getattr(after, name):,} after {seconds:,.0f} s"
        for name in names
    ]
    share = cpu_s / seconds / plan.nodes
    lines.append(f"one node kept a core busy for {share:.2%} of the time, the simulation of it included")
    return lines, all(getattr(after, name) <= GROWTH_ALLOWED * getattr(before, name) for name in names)


def _quiet_plan() -> Plan:
    plan = draw_plan(0, step_limit=0, safety_s=0.0)
    return replace(
        plan,
        nodes=3,
        faults={},
        chores={},
        weather=Weather(on_wire=0.0),
        disk_ms=1.0,
        clock_drift=0.0,
        wall_skew_ms=0,
        limits=Limits(compact_after_entries=COMPACT_AFTER_ENTRIES, compact_keep_entries=COMPACT_AFTER_ENTRIES // 10),
        segment_bytes=4_096,
        chunk_bytes=1 << 18,
        append_limit_bytes=1 << 20,
        inflight_limit_messages=16,
        heartbeat_ms=50,
    )


async def _idle(cluster: Cluster, seconds: float, warm_up_s: float) -> tuple[Size, Size]:
    loop = cluster.loop
    cluster.start_all()
    connector = SimulatedConnector(loop, cluster.network, cluster.by_address, Random("way"), "client-1:1")
    session = Session(connector, LeaderFinder(cluster.addresses(), Random("leader")), Random("session"))
    loop.start(session.run())
    keeping = loop.start(_keep_a_hold(session))
    await asyncio.sleep(warm_up_s)
    before = _measure(cluster)
    await asyncio.sleep(seconds - warm_up_s)
    after = _measure(cluster)
    keeping.cancel()
    return before, after


async def _keep_a_hold(session: Session) -> None:
    commands: list[c.Command] = [
        c.OpenInventory("train", ("1A",), 1),
        c.Hold("train", "h", ("1A",), 0, 1, int(2 * EXTEND_EVERY_S * 1_000)),
    ]
    number = 0
    while True:
        for command in commands:
            number += 1
            await session.submit(codec.encode_request(c.Request(f"r{number}", command)), 5.0)
        commands = [c.Extend("h", int(2 * EXTEND_EVERY_S * 1_000))]
        await asyncio.sleep(EXTEND_EVERY_S)


def _measure(cluster: Cluster) -> Size:
    gc.collect()
    nodes = [host.running_node for host in cluster.running()]
    return Size(
        log_entries=max(node.raft.log.last_index - node.raft.log.base.index for node in nodes),
        log_bytes=max(node.status().log_bytes for node in nodes),
        disk_bytes=max(host.disk_bytes() for host in cluster.running()),
        objects=len(gc.get_objects()),
    )
