"""A linearizable read tells the latest from any node, or within a bound that it cannot."""

import asyncio

import pytest

from raftstore.core.refusals import NotLeader
from raftstore.core.types import Role
from raftstore.errors import CheckpointUnreadable
from raftstore.runtime.limits import Limits
from raftstore.runtime.pending import ReadLost

from .trio import Trio, on_virtual_time, outcome_of, until


async def serving(limits: Limits | None = None) -> Trio:
    trio = Trio(limits=limits)
    trio.start()
    await trio.open_train()
    return trio


@on_virtual_time
async def test_every_node_reads_what_was_acknowledged_before():
    trio = await serving()
    for seat in range(20):
        await trio.book(seat)
        for node in trio.nodes.values():
            await node.linearizable()
            assert f"A-{seat}" in node.machine.seat_map("train").sold


@on_virtual_time
async def test_reads_that_come_together_share_their_proof():
    trio = await serving()
    node = (await trio.followers())[0]
    sent = []
    wire, node._outbox._network = node._outbox._network, None
    node._outbox._network = type("Counting", (), {"send": lambda _, a, e: (sent.append(e), wire.send(a, e))})()
    await asyncio.gather(*(node.linearizable() for _ in range(100)))
    assert len([e for e in sent if type(e.message).__name__ == "ReadIndex"]) <= 2


@on_virtual_time
async def test_a_node_that_is_cut_off_answers_no_read_and_says_so_in_time():
    trio = await serving(Limits(read_wait_ms=2_000))
    for node in (await trio.leader(), (await trio.followers())[0]):
        trio.cut_off(node.config.node)
        async with asyncio.timeout(3):
            assert isinstance(await outcome_of(node.linearizable()), ReadLost | NotLeader)
        trio.heal()
        await until(lambda: any(n.raft.role is Role.LEADER for n in trio.nodes.values()), "a leader")
    await trio.book(1)


@on_virtual_time
async def test_a_read_whose_entries_never_come_is_given_up_in_time():
    trio = await serving(Limits(read_wait_ms=2_000))
    node = (await trio.followers())[0]
    # It hears the leader, and takes in nothing.
    node.raft.refuse_commands = True
    await trio.book(1)
    async with asyncio.timeout(3):
        with pytest.raises(ReadLost):
            await node.linearizable()


@on_virtual_time
async def test_reads_beyond_the_bound_are_refused_at_once():
    trio = await serving(Limits(pending_reads=3))
    node = await trio.leader()
    results = await asyncio.gather(*(outcome_of(node.linearizable()) for _ in range(5)))
    assert [isinstance(result, ReadLost) for result in results] == [False] * 3 + [True] * 2


@on_virtual_time
async def test_a_history_that_the_disk_does_not_give_is_given_up_in_time():
    trio = await serving(Limits(read_wait_ms=1_000))
    node = await trio.leader()
    trio.disks[node.config.node].hang()
    async with asyncio.timeout(2):
        with pytest.raises(ReadLost):
            await node.history("train", "A-1", 10)


@on_virtual_time
async def test_a_history_that_is_damaged_on_one_disk_is_asked_for_elsewhere():
    trio = await serving()
    await trio.book(1)

    async def damaged(inventory, seat, limit):
        raise CheckpointUnreadable("a row is not what was written")

    node, other = (await trio.followers())[0], await trio.leader()
    node._keeper._checkpoints.history = damaged
    assert isinstance(await outcome_of(node.history("train", "A-1", 10)), ReadLost)
    assert await other.history("train", "A-1", 10)
