"""Each check sees the fault that it is there for: a small cluster is run well, and then made wrong from outside."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from raftstore.core.types import Entry, EntryKind, HardState, LogBase, Role
from raftstore.seats import commands as c
from raftstore.session import Session
from raftstore.sim import durable, member_checks, raft_checks, seat_checks
from raftstore.sim.cluster import Cluster
from raftstore.sim.durable import DurableLog
from raftstore.sim.host import Host
from raftstore.sim.journal import Journal, RuleBroken
from raftstore.sim.loop import VirtualLoop
from raftstore.sim.model import Model
from raftstore.sim.network import Weather
from raftstore.sim.plan import draw_plan
from raftstore.sim.streams import SimulatedConnector
from raftstore.storage.base import Recovered
from raftstore.transport import codec
from raftstore.transport.leader import LeaderFinder

CHAIN = bytes(16)


def quiet_cluster(loop: VirtualLoop) -> Cluster:
    plan = draw_plan(1, step_limit=1_000_000, safety_s=1)
    quiet = replace(plan, nodes=3, faults={}, chores={}, weather=Weather(), clock_drift=0.0)
    return Cluster(loop, quiet, Journal(loop.time))


async def booked(cluster: Cluster) -> None:
    """One leader, one inventory and one hold that everybody has applied."""
    cluster.start_all()
    connector = SimulatedConnector(cluster.loop, cluster.network, cluster.by_address, Random(1), "client-1:1")
    session = Session(connector, LeaderFinder(cluster.addresses(), Random(2)), Random(3))
    cluster.loop.start(session.run())
    for number, command in enumerate(
        (c.OpenInventory("train", ("1A", "1B"), 2), c.Hold("train", "h", ("1A",), 0, 1, 60_000))
    ):
        outcome = await session.submit(codec.encode_request(c.Request(f"r{number}", command)), 5)
        cluster.seats.acknowledged(f"r{number}", outcome)
    await asyncio.sleep(1)


def rule_broken_by(harm: Callable[[Cluster, Host, Host], None]) -> str:
    """The rule that a check finds broken after `harm` was done to the cluster; it gets a leader and a follower."""
    loop = VirtualLoop()
    cluster = quiet_cluster(loop)

    async def run() -> None:
        await booked(cluster)
        leader = cluster.leader()
        assert leader is not None
        follower = next(host for host in cluster.running() if host is not leader)
        harm(cluster, leader, follower)
        for host in (leader, follower):
            cluster.checks.observe(host)
            cluster.member_rules.observe(host)

    with pytest.raises(RuleBroken) as broken:
        loop.run(run())
    return broken.value.rule


def changed(host: Host) -> None:
    """A check looks closer only at a node that may have changed."""
    host.running_node.raft.journal.batch_seq += 1


# --- Raft -----------------------------------------------------------------------------------------


def test_two_leaders_of_one_term():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        follower.running_node.raft.role = Role.LEADER

    assert rule_broken_by(harm) == raft_checks.ONE_LEADER


def test_a_leader_without_a_committed_entry():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        raft = follower.running_node.raft
        raft.log.truncate_from(raft.log.last_index)
        raft.term += 1
        raft.role = Role.LEADER

    assert rule_broken_by(harm) == raft_checks.LEADER_COMPLETENESS


def test_an_entry_that_is_another_in_another_log():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        for host in (leader, follower):
            log = host.running_node.raft.log
            data = host.address.encode()
            log.append(Entry(log.last_index + 1, leader.running_node.raft.term, EntryKind.COMMAND, data))
            changed(host)

    assert rule_broken_by(harm) == raft_checks.LOG_MATCHING


def test_a_leader_that_drops_an_entry():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        log = leader.running_node.raft.log
        log.append(Entry(log.last_index + 1, leader.running_node.raft.term, EntryKind.COMMAND, b"new"))
        changed(leader)
        cluster.checks.observe(leader)
        log.truncate_from(log.last_index)
        changed(leader)

    assert rule_broken_by(harm) == raft_checks.LEADER_APPEND_ONLY


def test_an_entry_that_counts_as_committed_and_is_on_one_disk_only():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        raft = leader.running_node.raft
        raft.log.append(Entry(raft.log.last_index + 1, raft.term, EntryKind.COMMAND, b"new"))
        raft.commit_index += 1

    assert rule_broken_by(harm) == raft_checks.DURABLE_BEFORE_COMMIT


def test_a_term_that_goes_back():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        follower.running_node.raft.term -= 1

    assert rule_broken_by(harm) == raft_checks.MONOTONIC


def test_a_second_vote_in_one_term():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        follower.running_node.raft.voted_for = follower.number
        changed(follower)

    assert rule_broken_by(harm) == raft_checks.MONOTONIC


def test_a_state_that_did_not_come_from_the_log():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        machine = follower.running_node.machine
        machine.chain = bytes(16)
        machine.applied_index -= 1
        cluster.checks._views[follower.number].applied_index -= 2

    assert rule_broken_by(harm) == raft_checks.STATE_MACHINE_SAFETY


def test_more_handed_out_than_is_committed():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        follower.running_node.raft.handed_out_index += 1

    assert rule_broken_by(harm) == raft_checks.LADDER


# --- Members --------------------------------------------------------------------------------------


def propose(leader: Host, *nodes: int) -> None:
    """Changes of members that the core would refuse: each makes a voter more, or one less if it is one."""
    raft = leader.running_node.raft
    for node in nodes:
        members = raft.membership
        if node in members:
            members = members.without(node)
        else:
            members = members.with_learner(node, f"node-{node}:1", 77 + node).promoted(node)
        raft.append(EntryKind.CONFIG, members.encode())
        changed(leader)


def test_two_changes_of_members_at_once():
    assert rule_broken_by(lambda cluster, leader, follower: propose(leader, 8, 9)) == member_checks.ONE_CHANGE


def test_two_voters_changed_in_one_step():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        raft = leader.running_node.raft
        members = raft.membership.with_learner(8, "node-8:1", 85).promoted(8).with_learner(9, "node-9:1", 86)
        raft.append(EntryKind.CONFIG, members.promoted(9).encode())
        changed(leader)

    assert rule_broken_by(harm) == member_checks.ONE_CHANGE


def test_a_change_of_members_by_a_leader_that_has_committed_nothing_yet():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        leader.running_node.raft.term_start_index = leader.running_node.raft.commit_index + 1
        propose(leader, 8)

    assert rule_broken_by(harm) == member_checks.OWN_TERM_FIRST


def test_a_leader_that_was_removed_and_goes_on():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        raft = leader.running_node.raft
        propose(leader, leader.number)
        cluster.checks.observe(leader)
        cluster.member_rules.observe(leader)
        raft.commit_index = raft.log.last_index
        cluster.member_rules.observe(leader)

    assert rule_broken_by(harm) == member_checks.REMOVED_LEADER


# --- Disks ----------------------------------------------------------------------------------------

ENTRIES = tuple(Entry(index, 2, EntryKind.COMMAND, b"") for index in (1, 2, 3))


def disk() -> DurableLog:
    log = DurableLog()
    log.stored(HardState(2, 1), ENTRIES, None)
    return log


@pytest.mark.parametrize(
    "found",
    [
        Recovered(HardState(1, 1), LogBase(0, 0), ENTRIES, 0),
        Recovered(HardState(2, 3), LogBase(0, 0), ENTRIES, 0),
        Recovered(HardState(2, None), LogBase(0, 0), ENTRIES, 0),
        Recovered(HardState(2, 1), LogBase(0, 0), ENTRIES[:2], 0),
        Recovered(HardState(2, 1), LogBase(2, 2), (), 0),
    ],
    ids=["term", "other vote", "no vote", "entry", "entry after the base"],
)
def test_something_that_was_synced_is_gone(found: Recovered):
    with pytest.raises(RuleBroken) as broken:
        disk().compare(1, found)
    assert broken.value.rule == durable.RULE


@pytest.mark.parametrize(
    "found",
    [
        Recovered(HardState(2, 1), LogBase(0, 0), ENTRIES, 0),
        Recovered(HardState(3, None), LogBase(2, 2), ENTRIES[2:], 9),
        Recovered(HardState(2, 1), LogBase(9, 3), (), 0),
    ],
    ids=["the same", "compacted", "a snapshot installed"],
)
def test_what_a_disk_may_come_back_with(found: Recovered):
    disk().compare(1, found)


def test_what_a_write_that_was_under_way_replaces_may_be_there_or_not():
    replacing = (Entry(2, 3, EntryKind.COMMAND, b""),)
    for entries in (ENTRIES, (ENTRIES[0], *replacing), ENTRIES[:1]):
        log = disk()
        log.begin(replacing, None)
        log.compare(1, Recovered(HardState(2, 1), LogBase(0, 0), entries, 0))
    log = disk()
    log.begin(replacing, None)
    with pytest.raises(RuleBroken):
        log.compare(1, Recovered(HardState(2, 1), LogBase(0, 0), (), 0))


# --- Seats ----------------------------------------------------------------------------------------


def test_a_seat_that_is_another_s_than_the_log_says():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        machine = follower.running_node.machine
        machine._ledger.inventories["train"].held[1] = 1
        cluster.seats.model.touched["train"] = None
        cluster.seats._compare(follower.number, machine)

    assert rule_broken_by(harm) == seat_checks.AS_THE_MODEL


def test_a_leg_of_a_seat_with_two_holders():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        machine = follower.running_node.machine
        machine._ledger.inventories["train"].sold[0] = 1
        cluster.seats.model.touched["train"] = None
        cluster.seats._compare(follower.number, machine)

    assert rule_broken_by(harm) == seat_checks.TWO_HOLDERS


def test_a_hold_that_expires_at_another_time():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        cluster.seats.model.holds["h"].deadline_ms -= 1
        cluster.seats._compare(follower.number, follower.running_node.machine)

    assert rule_broken_by(harm) == seat_checks.EXPIRY


def test_an_answer_that_is_not_the_log_s():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        cluster.seats.acknowledged("r0", c.Closed("train"))

    assert rule_broken_by(harm) == seat_checks.ACKNOWLEDGED


def test_an_answer_to_what_is_not_in_the_log():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        cluster.seats.acknowledged("r99", c.Opened("train"))

    assert rule_broken_by(harm) == seat_checks.ACKNOWLEDGED


def test_nothing_happened_to_what_is_in_the_log():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        cluster.seats.nothing_happened("r1")

    assert rule_broken_by(harm) == seat_checks.NOTHING_HAPPENED


def test_a_read_of_the_past():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        view = leader.running_node.machine.seat_map("train")
        cluster.seats.read("train", view, floor_index=cluster.checks.committed_index)
        cluster.seats.read("train", view, floor_index=cluster.checks.committed_index + 1)

    assert rule_broken_by(harm) == seat_checks.FRESH_READ


def test_a_read_of_what_never_was():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        view = leader.running_node.machine.seat_map("train")
        assert view is not None
        cluster.seats.read("train", replace(view, held={}), floor_index=0)

    assert rule_broken_by(harm) == seat_checks.TRUE_READ


def test_replicated_time_that_runs_faster_than_true_time():
    loop = VirtualLoop()
    cluster = quiet_cluster(loop)

    async def run() -> None:
        await booked(cluster)
        leader = cluster.leader()
        assert leader is not None
        leader.clock.set_rate(10.0)
        await asyncio.sleep(3)

    with pytest.raises(RuleBroken) as broken:
        loop.run(run())
    assert broken.value.rule == seat_checks.TIME


def test_replicated_time_that_goes_on_while_nobody_leads():
    loop = VirtualLoop()
    cluster = quiet_cluster(loop)

    async def run() -> None:
        await booked(cluster)
        checks, entry = cluster.checks, cluster.checks.committed[-1]
        began_s = loop.time()
        await asyncio.sleep(10)
        # A leader of a later term, whose first command says that the ten seconds before it count too.
        for index, kind in ((entry.index + 1, EntryKind.NOOP), (entry.index + 2, EntryKind.COMMAND)):
            data = codec.encode_payload(cluster.seats.model.now_ms + 9_000, 0, []) if kind is EntryKind.COMMAND else b""
            late = Entry(index, entry.term + 1, kind, data)
            checks.created_s[index, late.term] = began_s + 10
            checks.chains.append(CHAIN)
            cluster.seats._follow(late, checks)

    with pytest.raises(RuleBroken) as broken:
        loop.run(run())
    assert broken.value.rule == seat_checks.TIME


def test_a_watcher_that_was_not_told_a_change():
    def harm(cluster: Cluster, leader: Host, follower: Host) -> None:
        index = cluster.checks.committed_index
        cluster.seats.watched("train", index, {"1A": 1}, {})
        cluster.seats.watched("train", index, {}, {})

    assert rule_broken_by(harm) == seat_checks.WATCH


# --- The model ------------------------------------------------------------------------------------


def test_the_model_carries_a_request_out_once_and_answers_it_alike():
    model = Model()
    opening = c.Request("open", c.OpenInventory("train", ("1A",), 1))
    hold = c.Request("hold", c.Hold("train", "h", ("1A",), 0, 1, 1_000))
    model.apply(1, 10, (opening, hold), chain=CHAIN)
    model.apply(2, 20, (c.Request("release", c.Release("h")), hold), chain=CHAIN)
    assert model.answers["hold"] == [("Held", "h", 1_010, 10)] * 2
    assert model.masks("train") == ({}, {})


def test_the_model_ends_holds_by_replicated_time_alone():
    model = Model()
    opening = c.Request("open", c.OpenInventory("train", ("1A",), 1))
    model.apply(1, 10, (opening, c.Request("hold", c.Hold("train", "h", ("1A",), 0, 1, 100))), chain=CHAIN)
    model.apply(2, 109, (), chain=CHAIN)
    assert model.masks("train") == ({"1A": 1}, {})
    model.apply(3, 110, (), chain=CHAIN)
    assert model.holds["h"].state is c.HoldState.EXPIRED
