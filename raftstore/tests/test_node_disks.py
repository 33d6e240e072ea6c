"""A node whose disk hangs or is nearly full keeps nobody waiting, and comes back by itself."""

import asyncio

from raftstore.core.types import Role
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.runtime.limits import Limits
from raftstore.runtime.node import Node
from raftstore.runtime.pending import ReadLost
from raftstore.runtime.status import DiskState
from raftstore.seats import commands as c
from raftstore.transport import codec

from .trio import Trio, on_virtual_time, outcome_of, until

STALL_MS = 800
RESERVE = 1 << 20
LIMITS = Limits(disk_stall_ms=STALL_MS, disk_reserve_bytes=RESERVE)


async def serving() -> Trio:
    trio = Trio(limits=LIMITS)
    trio.start()
    await trio.open_train()
    return trio


async def ask(node: Node, name: str) -> pb.Outcome:
    request = codec.encode_request(c.Request(name, c.Hold("train", name, ("A-90",), 0, 1, 60_000)))
    (outcome,) = await node.answer([request])
    return outcome


@on_virtual_time
async def test_a_leader_whose_disk_hangs_steps_aside_within_a_bound_and_does_not_come_back_before_it_works():
    trio = await serving()
    stuck = await trio.leader()
    trio.disks[stuck.config.node].hang()
    asked_s = asyncio.get_running_loop().time()
    waiting = asyncio.create_task(ask(stuck, "h"))
    await until(lambda: stuck.raft.role is not Role.LEADER, "the leader to step aside")
    assert asyncio.get_running_loop().time() - asked_s < 2 * STALL_MS / 1_000 + 1
    assert stuck.status().disk is DiskState.STALLED
    await trio.book(1)
    assert (await waiting).WhichOneof("outcome") == "failure"
    await asyncio.sleep(20)
    assert stuck.raft.role is Role.FOLLOWER
    trio.disks[stuck.config.node].recover()
    await until(lambda: stuck.status().disk is DiskState.OK, "the disk to be well again")
    await trio.all_equal()
    await (await trio.leader()).transfer(stuck.config.node)
    assert stuck.counters.disk_stalls == 1


@on_virtual_time
async def test_an_idle_leader_with_a_hanging_disk_leads_on_until_it_has_something_to_write():
    trio = await serving()
    leader = await trio.leader()
    trio.disks[leader.config.node].hang()
    await asyncio.sleep(10)
    assert leader.raft.role is Role.LEADER


@on_virtual_time
async def test_a_process_that_was_stopped_for_a_while_does_not_take_its_disk_for_slow():
    trio = await serving()
    leader = await trio.leader()
    leader._writer.busy_since_ms = trio.monotonic_ms() - 10 * STALL_MS
    leader._disk_guard.look()
    leader._writer.busy_since_ms = None
    leader._disk_guard.look()
    assert leader.status().disk is DiskState.OK
    assert leader.counters.disk_stalls == 0


@on_virtual_time
async def test_a_leader_whose_disk_is_nearly_full_hands_over_and_takes_no_writes_until_there_is_room():
    trio = await serving()
    full = await trio.leader()
    trio.disks[full.config.node].free = RESERVE - 1
    await until(lambda: full.status().disk is DiskState.NEARLY_FULL, "the node to notice")
    await until(lambda: full.raft.role is not Role.LEADER and full.raft.leader, "the leader to hand over")
    await trio.book(1)
    assert full.machine.hold("h-1") is None
    full.refuse_if_fenced()
    # It cannot know the latest, and sends its readers elsewhere at once.
    asked_s = asyncio.get_running_loop().time()
    assert isinstance(await outcome_of(full.linearizable()), ReadLost)
    assert asyncio.get_running_loop().time() - asked_s < 0.5
    last_index = full.raft.log.last_index
    await asyncio.sleep(20)
    assert full.raft.role is Role.FOLLOWER
    assert full.raft.log.last_index == last_index
    # A little more than the reserve is wanted back.
    trio.disks[full.config.node].free = RESERVE + RESERVE // 8
    await asyncio.sleep(5)
    assert full.status().disk is DiskState.NEARLY_FULL
    trio.disks[full.config.node].free = 2 * RESERVE
    await trio.all_equal()
    assert full.status().disk is DiskState.OK


@on_virtual_time
async def test_leadership_goes_to_the_one_node_that_has_room():
    trio = await serving()
    leader = await trio.leader()
    for roomy in await trio.followers():
        trio.disks[roomy.config.node].free = RESERVE - 1
    await asyncio.sleep(2)
    trio.disks[leader.config.node].free = RESERVE - 1
    trio.disks[roomy.config.node].free = 2 * RESERVE
    await until(lambda: roomy.raft.role is Role.LEADER, "the node with room to lead")


@on_virtual_time
async def test_when_the_one_node_with_room_leads_reads_are_answered_and_full_nodes_can_be_replaced():
    trio = await serving()
    await trio.all_equal()
    leader = await trio.leader()
    roomy, other = await trio.followers()
    for full in (leader, other):
        trio.disks[full.config.node].free = RESERVE - 1
    await until(lambda: roomy.raft.role is Role.LEADER, "the node with room to lead")
    await asyncio.sleep(5)
    waiting = asyncio.create_task(ask(roomy, "h"))
    await asyncio.sleep(1)
    for node in trio.nodes.values():
        await node.linearizable()
    trio.start(4)
    await roomy.add_learner(4, trio.address(4), trio.nodes[4].config.incarnation)
    await until(lambda: roomy.raft.progress[4].match_index == roomy.raft.log.last_index, "node 4 to catch up")
    await roomy.promote(4)
    await roomy.remove(leader.config.node)
    await trio.book(1)
    await waiting


@on_virtual_time
async def test_reads_that_were_given_up_leave_nothing_behind():
    trio = await serving()
    leader = await trio.leader()
    leader.raft.term_start_index = leader.raft.log.last_index + 1
    answers = await asyncio.gather(*(outcome_of(leader.linearizable()) for _ in range(10)))
    assert {type(answer) for answer in answers} == {ReadLost}
    assert not leader.raft.reads.unproven


@on_virtual_time
async def test_when_all_disks_are_nearly_full_reads_are_answered_and_writes_are_refused_with_the_reason():
    trio = await serving()
    leader = await trio.leader()
    for node in trio.nodes.values():
        trio.disks[node.config.node].free = RESERVE - 1
    await until(lambda: all(n.status().disk is DiskState.NEARLY_FULL for n in trio.nodes.values()), "all to notice")
    await asyncio.sleep(30)
    assert leader.raft.role is Role.LEADER
    last_index = leader.raft.log.last_index
    outcome = await ask(leader, "h")
    assert outcome.failure.reason == pb.Failure.DISK_FULL
    for node in trio.nodes.values():
        await node.linearizable()
    assert leader.raft.log.last_index == last_index
    for node in trio.nodes.values():
        trio.disks[node.config.node].free = 2 * RESERVE
    await until(lambda: all(n.status().disk is DiskState.OK for n in trio.nodes.values()), "all to recover")
    await trio.book(1)
    await trio.all_equal()


@on_virtual_time
async def test_holds_do_not_expire_while_nobody_could_confirm_them():
    trio = await serving()
    await trio.do(c.Hold("train", "h", ("A-1",), 0, 1, 10_000))
    for node in trio.nodes.values():
        trio.disks[node.config.node].free = RESERVE - 1
    await asyncio.sleep(60)
    for node in trio.nodes.values():
        trio.disks[node.config.node].free = 2 * RESERVE
    await until(lambda: all(n.status().disk is DiskState.OK for n in trio.nodes.values()), "all to recover")
    (confirmed,) = await trio.do(c.Confirm("h"))
    assert confirmed == c.Confirmed("h")


@on_virtual_time
async def test_a_nearly_full_node_drops_what_it_can_of_its_log():
    trio = await serving()
    await trio.book(*range(10))
    node = (await trio.followers())[0]
    await trio.all_equal()
    assert node.raft.log.base.index == 0
    trio.disks[node.config.node].free = 0
    await until(lambda: node.raft.log.base.index == node.raft.log.last_index, "the log to be dropped")


@on_virtual_time
async def test_a_full_disk_that_lacks_a_snapshot_waits_for_room_and_then_gets_it():
    trio = await serving()
    behind = (await trio.followers())[0].config.node
    trio.kill(behind)
    await trio.book(*range(10))
    for node in trio.nodes.values():
        await node.snapshot_now()
    trio.start(behind)
    trio.disks[behind].free = 0
    await until(lambda: trio.nodes[behind].status().disk is DiskState.NEARLY_FULL, "the node to notice")
    trio.nodes[behind].counters.chunks_received = 0
    await asyncio.sleep(10)
    assert trio.nodes[behind].counters.snapshots_installed + trio.nodes[behind].counters.chunks_received <= 1
    trio.disks[behind].free = 2 * RESERVE
    await trio.all_equal()
