"""What is different about this run? Everything that is not chance while it runs is drawn from its seed here.

Each run switches on some kinds of faults and leaves out the others (swarm testing): a mistake that needs a long quiet
under a single fault hides for ever when everything fails all the time.
"""

from dataclasses import dataclass
from enum import StrEnum
from random import Random

from raftstore.runtime.limits import Limits

from .network import Weather

# In other runs nothing of it is to be seen, so that what is known of their seeds stays true.
QUEUES_EVERY, QUEUES_FIRST = 12, 9


class Fault(StrEnum):
    """What may be done to a cluster; faults.py does it."""

    KILL = "kill"
    POWER_CUT = "power cut"
    POWER_CUT_OF_ALL = "power cut of all"
    CUT_IN_WRITE = "power cut in the middle of a write"
    PAUSE = "process stopped for a while"
    HALVES = "partition in two halves"
    ISOLATION = "one node isolated"
    ONE_WAY = "messages pass one way only"
    CUT_LINK = "one link cut"
    CLIENTS_CUT_OFF = "clients cut off"
    SLOW_DISK = "slow disk"
    STALLED_DISK = "disk hangs"
    FULL_DISK = "full disk"
    FAILED_SYNC = "failed write or sync"
    SNAPSHOT_FLIP = "bit flip in a snapshot"
    CLOCK_RATE = "clock runs at another rate"
    WALL_JUMP = "wall clock set"


class Chore(StrEnum):
    """What an operator does now and then; operator.py does it."""

    TRANSFER = "leadership transfer"
    SNAPSHOT = "snapshot"
    GROW = "member added"
    SHRINK = "member removed"
    WIPE = "disk lost, another under its id"
    BIT_FLIP = "bit flip on a disk"


@dataclass(frozen=True, slots=True)
class Plan:
    """
    Args:
        faults: how often each happens, in times a second; likewise `chores`.
        safety_s: how long faults go on.
        step_limit: callbacks after which the faults end in any case.
    """

    seed: int
    step_limit: int
    safety_s: float
    nodes: int
    clients: int
    client_pause_ms: float
    inventories: int
    seats: int
    legs: int
    faults: dict[Fault, float]
    chores: dict[Chore, float]
    weather: Weather
    disk_ms: float
    clock_drift: float
    wall_skew_ms: int
    # Whether customers leave the choice of seats to the store.
    chooses: bool
    # Whether visitors wait before the inventories, too.
    queues: bool
    limits: Limits
    segment_bytes: int
    chunk_bytes: int
    append_limit_bytes: int
    inflight_limit_messages: int
    heartbeat_ms: int

    @property
    def election_min_ms(self) -> int:
        return 3 * self.heartbeat_ms

    @property
    def election_max_ms(self) -> int:
        return 6 * self.heartbeat_ms


def draw_plan(seed: int, *, step_limit: int, safety_s: float) -> Plan:
    random = Random(f"{seed} plan")
    # The log is hardly longer than what is not yet committed, and that may be much: whoever was away for a moment
    # needs a snapshot, though his log is as long as the others'.
    forgetful = random.random() < 0.3
    chooses = Random(f"{seed} chooses").random() < 0.5
    return Plan(
        seed=seed,
        step_limit=step_limit,
        safety_s=safety_s * random.uniform(0.7, 1.3),
        nodes=random.choice((3, 3, 3, 4, 5)),
        clients=8 if forgetful else random.choice((2, 3)),
        client_pause_ms=random.choice((60, 150, 400) if forgetful else (20, 60, 150)),
        inventories=random.randint(1, 2),
        seats=random.randint(2, 6),
        # There is nothing to move anybody for on a leg or two.
        legs=max(random.randint(1, 4), 3 if chooses else 1),
        faults=_draw_faults(random),
        chores=_draw_chores(random),
        weather=_draw_weather(random),
        disk_ms=random.choice((0.3, 1.0, 5.0)),
        clock_drift=random.choice((0.0, 0.001, 0.05)),
        wall_skew_ms=random.choice((0, 1_000, 86_400_000)),
        chooses=chooses,
        queues=seed % QUEUES_EVERY == QUEUES_FIRST,
        limits=_draw_limits(random, forgetful=forgetful),
        segment_bytes=random.choice((1_024, 4_096, 65_536)),
        chunk_bytes=random.choice((2_048, 16_384, 1 << 20)),
        append_limit_bytes=random.choice((200, 2_000, 1 << 20)),
        inflight_limit_messages=random.choice((1, 2, 16)),
        heartbeat_ms=50,
    )


def _draw_faults(random: Random) -> dict[Fault, float]:
    """Perhaps none, perhaps all, mostly some; each on its own anywhere between rare and often."""
    share = random.choice((0.05, 0.15, 0.3, 0.3, 0.5, 1.0))
    rates = {fault: random.choice((0.2, 0.5, 1.0)) for fault in Fault if random.random() < share}
    # However many are on, the cluster must also get a chance to do something.
    excess = max(1.0, sum(rates.values()) / 2.0)
    return {fault: rate / excess for fault, rate in rates.items()}


def _draw_chores(random: Random) -> dict[Chore, float]:
    share = random.choice((0.0, 0.3, 0.6, 1.0))
    return {chore: random.choice((0.2, 0.4, 0.8)) for chore in Chore if random.random() < share}


def _draw_weather(random: Random) -> Weather:
    weather = Weather(on_wire=random.choice((0.05, 0.05, 0.05, 1.0)), in_order=random.random() < 0.5)
    if random.random() < 0.5:
        weather.loss = random.choice((0.01, 0.05, 0.2))
    if random.random() < 0.5:
        weather.doubling = random.choice((0.01, 0.1, 0.3))
    if random.random() < 0.5:
        weather.straggling = random.choice((0.01, 0.1))
        weather.straggler_max_ms = random.choice((100.0, 1_000.0, 5_000.0))
    weather.delay_max_ms = random.choice((1.0, 5.0, 30.0))
    weather.bytes_per_ms = random.choice((1e6, 1e6, 200.0, 40.0))
    return weather


def _draw_limits(random: Random, *, forgetful: bool) -> Limits:
    """Small, so that in a few seconds everything happens that takes weeks with the usual ones."""
    return Limits(
        pending_requests=random.choice((3, 10_000)),
        pending_reads=random.choice((2, 10_000)),
        read_wait_ms=1_000,
        rounds_in_flight=8 if forgetful else random.choice((1, 3, 8)),
        apply_requests_a_turn=random.choice((1, 2_000)),
        checkpoint_interval_ms=50 if forgetful else random.choice((50, 300)),
        tick_interval_ms=random.choice((200, 1_000)),
        watch_events=50,
        watch_frames=20,
        compact_after_entries=1 if forgetful else random.choice((10, 30, 100)),
        compact_after_bytes=random.choice((2_000, 1 << 20)),
        compact_keep_entries=0 if forgetful else random.choice((0, 5, 20)),
        compact_entries_a_turn=random.choice((3, 1_000)),
        snapshot_idle_ms=random.choice((300, 5_000)),
        chunks_waiting=random.choice((1, 8)),
        disk_stall_ms=600,
        disk_reserve_bytes=300_000,
        disk_check_interval_ms=50 if forgetful else random.choice((50, 200)),
        hash_report_interval_ms=500,
        hashes_remembered=1_024,
        change_wait_ms=2_000,
    )
