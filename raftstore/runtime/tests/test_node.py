"""The node's loop, turned by hand: its clock, disk and network are the test's."""

import asyncio

from raftstore.core.messages import AppendEntries, AppendReply, Message, RequestVote, VoteReply
from raftstore.core.types import Config, HardState, Role
from raftstore.runtime.node import Node
from raftstore.seats import commands as c
from raftstore.seats.machine import Changes, SeatMachine
from raftstore.transport import codec

TURN_MS = 10


class Hand:
    """A node whose follower 2 answers everything while `majority` holds; follower 3 is never there."""

    def __init__(self) -> None:
        self.now_ms = 1_000
        self.majority = True
        self.sent: list[tuple[int, Message]] = []
        self.saved: list[Changes] = []
        self.node = Node(
            Config(1, frozenset({1, 2, 3})),
            hard_state=HardState(0, None),
            entries=(),
            machine=SeatMachine(),
            addresses={1: "127.0.0.1:1", 2: "127.0.0.1:2", 3: "127.0.0.1:3"},
            clock=self,
            disk=self,
            checkpoints=self,
            network=self,
            draw_timeout_ms=lambda shortest, longest: longest,
        )

    def monotonic_ms(self) -> int:
        return self.now_ms

    def wall_ms(self) -> int:
        return 1_000_000 + self.now_ms

    def send(self, to: int, message: Message) -> None:
        self.sent.append((to, message))

    async def append(self, hard_state, entries) -> None:
        return

    async def save(self, changes: Changes) -> None:
        self.saved.append(changes)

    async def history(self, inventory: str, seat: str, limit: int) -> list[c.SeatEvent]:
        return []

    async def run_for(self, milliseconds: int) -> None:
        async with asyncio.TaskGroup() as tasks:
            writer = tasks.create_task(self.node._write_loop())
            for _ in range(milliseconds // TURN_MS):
                self.now_ms += TURN_MS
                self.node._turn(self.now_ms)
                await asyncio.sleep(0)
                self._answer()
            writer.cancel()

    def _answer(self) -> None:
        for to, message in self.sent:
            if to != 2 or not self.majority:
                continue
            match message:
                case RequestVote():
                    self.node.deliver(2, VoteReply(message.term, True))
                case AppendEntries():
                    last = message.prev_index + len(message.entries)
                    self.node.deliver(2, AppendReply(message.term, True, last, 0, 0, 0, message.read_round))
        self.sent.clear()

    async def do(self, *commands: c.Command) -> list[object]:
        requests = [codec.encode_request(c.Request(f"{command}", command)) for command in commands]
        answer = self.node.submit(tuple(requests))
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
    answers = [hand.node.submit((request,) * 1_000) for _ in range(11)]
    refused = [answer.result()[0].failure for answer in answers if answer.done()]
    assert [(failure.reason, failure.retry_after_ms > 0) for failure in refused] == [(2, True)]
