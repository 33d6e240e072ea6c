"""A node whose state is not the others' finds out, takes itself out, and the others know which it was."""

import asyncio
import dataclasses

import pytest

from raftstore.core.refusals import ChangeRefused, NotLeader
from raftstore.core.types import Role
from raftstore.runtime.node import Node
from raftstore.runtime.pending import ReadLost
from raftstore.storage.memory import Operation
from raftstore.transport.envelope import Envelope, HashReport

from .trio import Trio, on_virtual_time, outcome_of, until


async def serving() -> Trio:
    trio = Trio()
    trio.start()
    await trio.open_train()
    await trio.all_equal()
    return trio


def harm(node: Node) -> None:
    """Something happened to its state that happened to no other's."""
    node.machine.trace = bytes(len(node.machine.trace))


@on_virtual_time
async def test_a_follower_that_differs_is_fenced_and_the_others_go_on():
    trio = await serving()
    wrong, right = await trio.followers()
    harm(wrong)
    await trio.book(1)
    await until(lambda: wrong.status().fenced, "the node to be fenced")
    assert [m.node for m in (await trio.leader()).status().members if m.differs] == [wrong.config.node]
    await trio.book(2)
    await asyncio.sleep(5)
    assert not right.status().fenced
    assert not (await trio.leader()).status().fenced


@on_virtual_time
async def test_a_leader_that_differs_is_fenced_and_another_leads():
    trio = await serving()
    wrong = await trio.leader()
    harm(wrong)
    await trio.book(1)
    await until(lambda: wrong.status().fenced, "the leader to be fenced")
    await until(
        lambda: any(n.raft.role is Role.LEADER and n is not wrong for n in trio.nodes.values()), "another leader"
    )
    await trio.book(2)
    assert wrong.raft.role is Role.FOLLOWER


@on_virtual_time
async def test_a_fenced_node_answers_no_reads_and_proposes_nothing():
    trio = await serving()
    wrong, right = await trio.followers()
    harm(wrong)
    await trio.book(1)
    await until(lambda: wrong.status().fenced, "the node to be fenced")
    with pytest.raises(ReadLost):
        await wrong.linearizable()
    with pytest.raises(ReadLost):
        wrong.refuse_if_fenced()
    assert isinstance(await outcome_of(wrong.transfer(None)), NotLeader | ChangeRefused)
    # Without it there is no majority, for it acknowledges nothing.
    trio.kill(right.config.node)
    leader = next(iter(n for n in trio.nodes.values() if n is not wrong))
    last_commit = leader.raft.commit_index
    await asyncio.sleep(10)
    assert leader.raft.commit_index == last_commit
    assert wrong.raft.role is Role.FOLLOWER


@on_virtual_time
async def test_nodes_in_the_same_state_never_accuse_each_other_and_say_little_when_nothing_happens():
    trio = await serving()
    await trio.book(*range(20))
    await trio.all_equal()
    await asyncio.sleep(5)
    said = [node.counters.hash_reports_sent for node in trio.nodes.values()]
    assert min(said) > 0
    await asyncio.sleep(30)
    assert [
        node.counters.hash_reports_sent - before for node, before in zip(trio.nodes.values(), said, strict=True)
    ] == [3, 3, 3]
    assert all(not node.status().fenced for node in trio.nodes.values())


@on_virtual_time
async def test_a_fenced_node_stays_fenced_when_it_is_started_again():
    trio = await serving()
    wrong, right = await trio.followers()
    number = wrong.config.node
    harm(wrong)
    await trio.book(1)
    reason = await until(lambda: wrong.status().fenced, "the node to be fenced")
    await asyncio.sleep(0.1)
    # Alone and with the other, who has no majority without it.
    trio.kill(number, right.config.node)
    trio.start(number)
    again = trio.nodes[number]
    assert again.status().fenced == reason
    with pytest.raises(ReadLost):
        again.refuse_if_fenced()
    await asyncio.sleep(10)
    assert isinstance(await outcome_of(again.linearizable()), ReadLost)
    assert again.raft.role is Role.FOLLOWER


@on_virtual_time
async def test_what_the_disk_does_not_take_of_a_fence_is_tried_again():
    trio = await serving()
    wrong = (await trio.followers())[0]
    number = wrong.config.node
    before = trio.directory(number).before

    def refuse(operation: Operation, name: str) -> None:
        if name == "fenced":
            raise OSError("no")

    trio.directory(number).before = refuse
    harm(wrong)
    await trio.book(1)
    await until(lambda: wrong.status().fenced, "the node to be fenced")
    await asyncio.sleep(5)
    assert "fenced" not in trio.directory(number).names()
    trio.directory(number).before = before
    await until(lambda: "fenced" in trio.directory(number).names(), "the fence to be kept")


@on_virtual_time
async def test_a_wrong_state_that_was_not_found_out_before_a_restart_is_found_out_though_nothing_happens():
    trio = await serving()
    await asyncio.sleep(3)
    wrong = (await trio.followers())[0]
    number = wrong.config.node
    machine = wrong.machine
    machine.trace = bytes(len(machine.trace))
    # Its checkpoint has it, and the reports of before are gone.
    await trio.disks[number].save(dataclasses.replace(machine.take_changes(), trace=machine.trace))
    trio.kill(number)
    trio.start(number)
    assert not trio.nodes[number].status().fenced
    await until(lambda: trio.nodes[number].status().fenced, "the node to be fenced")


@on_virtual_time
async def test_of_two_nodes_that_differ_neither_is_believed_and_both_say_so():
    trio = Trio(size=2)
    trio.start()
    await trio.open_train()
    await trio.all_equal()
    harm((await trio.followers())[0])
    await trio.book(1)
    await until(lambda: all(n.counters.hash_differences for n in trio.nodes.values()), "both to notice")
    assert all(not node.status().fenced for node in trio.nodes.values())


@on_virtual_time
async def test_what_a_node_says_that_is_no_member_is_not_compared():
    trio = await serving()
    leader = await trio.leader()
    report = HashReport(leader.machine.applied_index, b"another")
    leader.deliver(Envelope(leader.status().cluster, 9, 99, "node-9:1", leader.config.node, 0, report))
    await trio.book(1)
    await asyncio.sleep(5)
    assert leader.counters.messages_refused == 0
    assert leader.counters.hash_differences == 0
