"""The node's loop, turned by hand: its clock, disk and network are the test's."""

import asyncio

import pytest

from raftstore.core import messages as m
from raftstore.core.membership import Membership
from raftstore.core.types import EMPTY_BASE, Config, HardState, LogBase, Role
from raftstore.rpc import seatstore_pb2 as pb
from raftstore.runtime.limits import Limits
from raftstore.runtime.node import Node
from raftstore.seats import commands as c
from raftstore.seats.machine import Changes, SeatMachine
from raftstore.storage.base import Recovered
from raftstore.transport import codec
from raftstore.transport.envelope import Envelope

TURN_MS = 10
ADDRESSES = {1: "127.0.0.1:1", 2: "127.0.0.1:2", 3: "127.0.0.1:3"}
INCARNATIONS = {1: 11, 2: 22, 3: 33}


class Hand:
    """A node whose followers answer everything: 2 while `majority` holds, 3 only until the cluster is formed."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.now_ms = 1_000
        self.majority = True
        self.sent: list[Envelope] = []
        self.saved: list[Changes] = []
        self.free = 1 << 30
        self.log_bytes = 0
        self.compacted: LogBase | None = None
        self.node = Node(
            Config(1, INCARNATIONS[1]),
            recovered=Recovered(HardState(0, None), EMPTY_BASE, (), 0),
            machine=SeatMachine(),
            fenced="",
            bootstrap=Membership.unformed(ADDRESSES),
            address=ADDRESSES[1],
            clock=self,
            disk=self,
            checkpoints=self,
            network=self,
            draw_timeout_ms=lambda shortest, longest: longest,
            limits=limits,
        )

    def monotonic_ms(self) -> int:
        return self.now_ms

    def wall_ms(self) -> int:
        return 1_000_000 + self.now_ms

    def send(self, address: str, envelope: Envelope) -> None:
        assert address == ADDRESSES[envelope.to]
        self.sent.append(envelope)

    async def append(self, hard_state, entries, base) -> None:
        return

    async def save(self, changes: Changes) -> None:
        self.saved.append(changes)

    async def history(self, inventory: str, seat: str, limit: int) -> list[c.SeatEvent]:
        return []

    async def make_durable(self) -> LogBase:
        return LogBase(self.saved[-1].applied_index, self.saved[-1].applied_term)

    async def compact(self, base: LogBase) -> None:
        self.compacted = base

    def free_bytes(self) -> int:
        return self.free

    async def run_for(self, milliseconds: int) -> None:
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(self.node._writer.run())
            for _ in range(milliseconds // TURN_MS):
                self.now_ms += TURN_MS
                self.node._disk_guard.look()
                self.node._turns.take_in(self.now_ms)
                self.node._turns.apply(self.now_ms)
                await asyncio.sleep(0)
                self._answer()
            writer.cancel()

    def _answer(self) -> None:
        is_formed = self.node.raft.membership.is_formed
        for envelope in self.sent:
            if (envelope.to == 3 and is_formed) or not self.majority:
                continue
            match envelope.message:
                case m.RequestVote(term, pre=pre):
                    self.deliver(envelope.to, m.VoteReply(term, True, pre))
                case m.AppendEntries(term, prev_index, _, entries, _, read_round):
                    self.deliver(envelope.to, m.AppendReply(term, True, prev_index + len(entries), 0, 0, 0, read_round))
        self.sent.clear()

    def deliver(self, sender: int, message: m.Message) -> None:
        cluster = self.node.raft.membership.cluster
        self.node.deliver(Envelope(cluster, sender, INCARNATIONS[sender], ADDRESSES[sender], 1, 0, message))

    async def do(self, *commands: c.Command) -> list[object]:
        requests = [codec.encode_request(c.Request(f"{command}", command)) for command in commands]
        answer = asyncio.ensure_future(self.node.answer(requests))
        await self.run_for(200)
        return [codec.decode_outcome(outcome) for outcome in answer.result()]


async def leading_with_a_hold(ttl_ms: int) -> Hand:
    hand = Hand()
    await hand.run_for(1_000)
    assert hand.node.raft.role is Role.LEADER
    outcomes = await hand.do(c.OpenInventory("train", ("A-1",), 1), c.Hold("train", "h", ("A-1",), 0, 1, ttl_ms))
    assert isinstance(outcomes[1], c.Held)
    return hand


def state_of(hand: Hand) -> c.HoldState:
    view = hand.node.machine.hold("h")
    assert view is not None
    return view.state


async def test_a_hold_expires_on_time_though_nobody_buys_meanwhile():
    # Half-way between two of the entries that are written once a second while a hold is open.
    hand = await leading_with_a_hold(ttl_ms=8_500)
    await hand.run_for(8_200 - 200)
    assert state_of(hand) is c.HoldState.HELD
    await hand.run_for(500)
    assert state_of(hand) is c.HoldState.EXPIRED


async def test_a_hold_does_not_expire_because_a_majority_was_away():
    hand = await leading_with_a_hold(ttl_ms=8_000)
    hand.majority = False
    await hand.run_for(12_000)
    hand.majority = True
    await hand.run_for(2_000)
    assert hand.node.raft.role is Role.LEADER
    assert state_of(hand) is c.HoldState.HELD
    await hand.run_for(8_000)
    assert state_of(hand) is c.HoldState.EXPIRED


@pytest.mark.parametrize("moment_ms", range(0, 1_050, 50))
async def test_a_hold_does_not_expire_because_everybody_stood_still(moment_ms):
    hand = await leading_with_a_hold(ttl_ms=60_000)
    await hand.run_for(2_000 + moment_ms)
    # An answer was under way when all processes were stopped; it is the first thing that is heard afterwards.
    hand.deliver(2, m.AppendReply(hand.node.raft.term, True, hand.node.raft.log.last_index, 0, 0, 0, 0))
    hand.now_ms += 600_000
    await hand.run_for(5_000)
    assert hand.node.raft.role is Role.LEADER
    assert state_of(hand) is c.HoldState.HELD
    await hand.run_for(60_000)
    assert state_of(hand) is c.HoldState.EXPIRED


async def test_time_is_written_down_while_holds_are_open_and_nothing_while_none_is():
    hand = await leading_with_a_hold(ttl_ms=3_000)
    before = hand.node.raft.log.last_index
    await hand.run_for(2_500)
    assert 2 <= hand.node.raft.log.last_index - before <= 4
    await hand.run_for(1_000)
    before = hand.node.raft.log.last_index
    await hand.run_for(10_000)
    assert hand.node.raft.log.last_index == before


async def test_more_requests_than_the_bound_are_told_to_come_back():
    hand = await leading_with_a_hold(ttl_ms=8_000)
    hand.majority = False
    request = codec.encode_request(c.Request("r", c.Confirm("h")))
    answers = [asyncio.ensure_future(hand.node.answer((request,) * 1_000)) for _ in range(11)]
    await asyncio.sleep(0.01)
    refused = [answer.result()[0].failure for answer in answers if answer.done()]
    assert [(failure.reason, failure.retry_after_ms > 0) for failure in refused] == [(2, True)]


async def test_what_the_state_machine_could_not_read_never_enters_the_log():
    hand = await leading_with_a_hold(ttl_ms=60_000)
    good = codec.encode_request(c.Request("good", c.Confirm("h")))
    unreadable = [pb.Request(request_id="no command"), pb.Request(), pb.Request(request_id="x" * 200)]
    unreadable[2].confirm.CopyFrom(pb.Confirm(hold="h"))
    last_index = hand.node.raft.log.last_index
    assert [o.refused.code for o in await hand.node.answer(unreadable)] == ["invalid"] * 3
    assert hand.node.raft.log.last_index == last_index
    answering = asyncio.create_task(hand.node.answer([unreadable[0], good, unreadable[1]]))
    await hand.run_for(200)
    assert [o.WhichOneof("outcome") for o in answering.result()] == ["refused", "confirmed", "refused"]
    (entry,) = hand.node.raft.log.between(last_index + 1, last_index + 1)
    assert len(codec.decode_payload(entry.data).requests) == 1


async def test_what_would_not_fit_a_message_between_nodes_never_enters_the_log():
    hand = await leading_with_a_hold(ttl_ms=60_000)
    seats = tuple(f"A-{seat:0100}" for seat in range(50_000))
    requests = [codec.encode_request(c.Request("large", c.OpenInventory("large", seats, 1)))]
    last_index = hand.node.raft.log.last_index
    assert [o.refused.code for o in await hand.node.answer(requests)] == ["invalid"]
    assert hand.node.raft.log.last_index == last_index


async def test_a_node_that_does_not_lead_says_who_does():
    hand = Hand()
    await hand.run_for(1_000)
    hand.deliver(2, m.AppendEntries(9, 0, 0, (), 0, 0))
    await hand.run_for(50)
    (outcome,) = await hand.node.answer([codec.encode_request(c.Request("r", c.Confirm("h")))])
    assert (outcome.failure.reason, outcome.failure.leader_address) == (pb.Failure.NOT_LEADER, ADDRESSES[2])


async def test_messages_that_are_not_let_in_are_counted_and_change_nothing():
    hand = Hand()
    await hand.run_for(1_000)
    term = hand.node.raft.term
    hand.node.deliver(Envelope(5, 2, INCARNATIONS[2], ADDRESSES[2], 1, 0, m.AppendEntries(99, 0, 0, (), 0, 0)))
    await hand.run_for(50)
    assert hand.node.raft.term == term
    assert hand.node.counters.messages_refused == 1


async def test_what_a_durable_checkpoint_holds_is_dropped_from_the_log_also_on_disk():
    hand = await leading_with_a_hold(ttl_ms=60_000)
    applied_index = hand.node.machine.applied_index
    base = await hand.node.snapshot_now()
    assert base == hand.node.raft.log.base == hand.compacted
    assert base.index == applied_index == hand.saved[-1].applied_index


async def test_a_log_with_nothing_to_drop_is_left_alone():
    hand = await leading_with_a_hold(ttl_ms=60_000)
    await hand.node.snapshot_now()
    hand.compacted = None
    assert await hand.node.snapshot_now() == hand.node.raft.log.base
    assert hand.compacted is None


async def test_a_node_says_what_it_is_and_what_it_knows_of_the_others():
    hand = await leading_with_a_hold(ttl_ms=60_000)
    status, last_index = hand.node.status(), hand.node.raft.log.last_index
    assert (status.node, status.incarnation, status.address) == (1, INCARNATIONS[1], ADDRESSES[1])
    assert (status.role, status.leader, status.leader_address) == ("leader", 1, ADDRESSES[1])
    assert status.cluster == INCARNATIONS[1]
    assert status.base_index <= status.applied_index <= status.commit_index <= status.durable_index <= status.last_index
    assert (status.inventories, status.live_holds) == (1, 1)
    assert status.chain == hand.node.machine.chain.hex()
    assert (status.fenced, status.refused, status.disk, status.transferring) == ("", "", "ok", False)
    known = {member.node: (member.match_index, member.lag) for member in status.members}
    assert known == {1: (last_index, 0), 2: (last_index, 0), 3: (0, last_index)}
    hand.deliver(2, m.AppendEntries(9, 0, 0, (), 0, 0))
    await hand.run_for(50)
    follows = hand.node.status()
    assert (follows.role, follows.leader, follows.term) == ("follower", 2, 9)
    assert [member.match_index is None for member in follows.members] == [False, True, True]
