"""Members come and go one at a time; a disk that was lost is not taken for the one that made promises under its id."""

import asyncio

import pytest

from raftstore.core.refusals import ChangeRefused, NotLeader
from raftstore.core.types import Role
from raftstore.runtime.limits import Limits
from raftstore.runtime.pending import ChangeUnknown

from .trio import Trio, on_virtual_time, until


async def serving(limits: Limits | None = None) -> Trio:
    trio = Trio(limits=limits)
    trio.start()
    await trio.open_train()
    await trio.book(0, 1)
    return trio


async def join(trio: Trio, node: int) -> None:
    trio.start(node)
    await (await trio.leader()).add_learner(node, trio.address(node), trio.nodes[node].config.incarnation)


@on_virtual_time
async def test_a_cluster_is_formed_with_every_members_disk_on_record():
    trio = await serving()
    await trio.all_equal()
    for node in trio.nodes.values():
        assert node.raft.membership.is_formed
        assert {m.node: m.incarnation for m in node.raft.membership.members} == {
            n.config.node: n.config.incarnation for n in trio.nodes.values()
        }


@on_virtual_time
async def test_no_cluster_is_formed_while_a_member_is_missing():
    trio = Trio()
    trio.start(1, 2)
    await asyncio.sleep(10)
    assert all(node.raft.role is not Role.LEADER for node in trio.nodes.values())
    trio.start(3)
    await trio.leader()


@on_virtual_time
async def test_a_wiped_disk_that_comes_back_under_its_id_is_refused_and_says_so():
    trio = await serving()
    wiped = (await trio.followers())[0].config.node
    trio.wipe(wiped)
    await trio.book(2)
    trio.start(wiped)
    await until(lambda: trio.nodes[wiped].status().refused, "the refusal")
    await asyncio.sleep(10)
    assert trio.nodes[wiped].raft.log.last_index == 0
    assert trio.nodes[wiped].status().cluster == 0
    await trio.book(3)


@on_virtual_time
async def test_two_wiped_disks_do_not_form_a_cluster_with_the_one_that_is_left():
    trio = await serving()
    left = (await trio.leader()).config.node
    last_index = (await trio.leader()).raft.log.last_index
    for node in trio.nodes.keys() - {left}:
        trio.wipe(node)
        trio.start(node)
    await asyncio.sleep(20)
    assert all(node.raft.role is not Role.LEADER for node in trio.nodes.values())
    assert trio.nodes[left].raft.log.last_index == last_index


@on_virtual_time
async def test_a_dead_node_is_replaced_by_one_with_a_new_id():
    trio = await serving()
    dead = (await trio.followers())[0].config.node
    trio.kill(dead)
    leader = await trio.leader()
    await leader.snapshot_now()
    await join(trio, 4)
    await until(lambda: leader.raft.progress[4].match_index == leader.raft.log.last_index, "node 4 to catch up")
    await leader.promote(4)
    await leader.remove(dead)
    await trio.book(5)
    await trio.all_equal()
    assert trio.nodes[4].status().cluster == leader.status().cluster
    assert {member.node for member in leader.status().members} == {1, 2, 3, 4} - {dead}
    # The new node counts: without it and with one of the old ones there is no majority.
    (third,) = trio.nodes.keys() - {4, leader.config.node}
    trio.kill(third)
    await trio.book(6)


@on_virtual_time
async def test_a_node_that_waits_to_join_is_in_nobodys_way():
    trio = await serving()
    trio.start(4)
    term = (await trio.leader()).raft.term
    await asyncio.sleep(10)
    assert (await trio.leader()).raft.term == term
    assert trio.nodes[4].raft.role is Role.FOLLOWER
    assert trio.nodes[4].raft.term == 0


@on_virtual_time
async def test_a_learner_far_behind_is_not_promoted():
    trio = await serving()
    leader = await trio.leader()
    with pytest.raises(ChangeRefused, match="not a learner"):
        await leader.promote(2 if leader.config.node != 2 else 3)
    await leader.add_learner(4, trio.address(4), 44)
    with pytest.raises(ChangeRefused):
        await leader.promote(4)


@on_virtual_time
async def test_an_id_that_was_used_is_refused_and_the_leader_says_why():
    trio = await serving()
    with pytest.raises(ChangeRefused, match="id 3"):
        await (await trio.leader()).add_learner(3, "elsewhere:1", 33)


@on_virtual_time
async def test_only_the_leader_changes_members():
    trio = await serving()
    with pytest.raises(NotLeader):
        await (await trio.followers())[0].remove(1)


@on_virtual_time
async def test_a_leader_can_remove_itself_and_another_goes_on():
    trio = await serving()
    leader = await trio.leader()
    await leader.remove(leader.config.node)
    other = await until(
        lambda: next((n for n in trio.nodes.values() if n is not leader and n.raft.role is Role.LEADER), None),
        "another leader",
    )
    assert leader.config.node not in other.raft.membership
    await asyncio.sleep(5)
    assert leader.raft.role is not Role.LEADER
    trio.kill(leader.config.node)
    await trio.book(7)


@on_virtual_time
async def test_a_change_that_no_majority_hears_of_is_unknown_within_a_bound():
    trio = await serving(Limits(change_wait_ms=3_000))
    leader = await trio.leader()
    trio.cut_off(leader.config.node)
    with pytest.raises(ChangeUnknown):
        await leader.add_learner(4, trio.address(4), 44)
    trio.heal()
    await trio.book(8)
    await trio.all_equal()


@on_virtual_time
async def test_leadership_goes_where_the_operator_wants_it():
    trio = await serving()
    for wanted in (1, 2, 3):
        leader = await trio.leader()
        if leader.config.node != wanted:
            await leader.transfer(wanted)
            assert leader.raft.leader == wanted
        assert (await trio.leader()).config.node == wanted


@on_virtual_time
async def test_leadership_that_nobody_can_take_over_stays():
    trio = await serving()
    leader = await trio.leader()
    (first, second) = await trio.followers()
    trio.kill(first.config.node)
    with pytest.raises(ChangeRefused):
        await leader.transfer(first.config.node)
    assert leader.raft.role is Role.LEADER
    assert second.raft.leader == leader.config.node
    with pytest.raises(NotLeader):
        await second.transfer(None)


@on_virtual_time
async def test_a_leader_that_is_told_to_stop_hands_over_first_and_nobody_hears_of_a_failure():
    trio = await serving()
    leader = await trio.leader()
    term, applied_index = leader.raft.term, leader.machine.applied_index
    stopping = asyncio.create_task(leader.stop())
    await trio.book(9, 10, 11)
    await stopping
    assert leader.raft.role is Role.FOLLOWER
    assert leader.raft.leader != leader.config.node
    assert leader.raft.term == term + 1
    assert leader.status().checkpoint_index >= applied_index


@on_virtual_time
async def test_a_lonely_leader_stops_without_waiting_for_anybody():
    trio = Trio(size=1)
    trio.start()
    await trio.open_train()
    node = await trio.leader()
    async with asyncio.timeout(1):
        await node.stop()
    assert node.status().checkpoint_index == node.machine.applied_index
