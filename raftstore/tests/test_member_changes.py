"""What the commands that change members believe: the leader, and only once the change is committed."""

import pytest

from raftstore.errors import OutcomeUnknown
from raftstore.operate import members
from raftstore.operate.nodes import Nodes
from raftstore.rpc.cluster_pb2 import MemberStatus, StatusReply

from .trio import Trio, until

VIRTUAL_TIME = True


def leader_with(*nodes: int, committed: bool) -> StatusReply:
    known = [MemberStatus(node=node, address=f"n{node}:1", voter=True) for node in nodes]
    return StatusReply(node=1, role="leader", members=known, membership_committed=committed)


class Answers(Nodes):
    """The leader says these things of itself, one after another, then the last for ever; it makes no change."""

    def __init__(self, *replies: StatusReply) -> None:
        super().__init__([], None)
        self._replies = list(replies)
        self.changes = 0

    async def wait_for_leader(self) -> StatusReply:
        return self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]

    async def ask_leader(self, ask: object) -> None:  # type: ignore[override]
        self.changes += 1
        raise OutcomeUnknown("not committed within 10 s")


async def test_a_node_is_not_called_gone_before_its_removal_is_committed(capsys: pytest.CaptureFixture[str]):
    nodes = Answers(leader_with(1, 2, committed=False))
    with pytest.raises(OutcomeUnknown, match="not committed, so it may yet be undone"):
        await members._ensure_gone(nodes, 3)
    assert "no member" not in capsys.readouterr().out


async def test_a_change_that_is_under_way_is_waited_for_and_not_made_twice(capsys: pytest.CaptureFixture[str]):
    under_way, made = leader_with(1, 2, committed=False), leader_with(1, 2, committed=True)
    nodes = Answers(under_way, under_way, made)
    await members._ensure_gone(nodes, 3)
    assert nodes.changes == 0
    assert "node 3 is no member" in capsys.readouterr().out


async def test_a_change_that_a_new_leader_undid_is_made_again():
    before = leader_with(1, 2, 3, committed=True)
    nodes = Answers(leader_with(1, 2, committed=False), before, before)
    with pytest.raises(OutcomeUnknown):
        await members._ensure_gone(nodes, 3)
    assert nodes.changes == members.UNKNOWN_ATTEMPTS


async def test_a_leader_says_when_its_members_are_committed():
    trio = Trio()
    trio.start()
    await trio.open_train()
    leader = await trio.leader()
    gone = (await trio.followers())[0].config.node
    assert leader.status().membership_committed
    wanted = leader.raft.membership.without(gone)
    leader.raft.propose_membership(wanted, leader._clock.monotonic_ms())
    assert gone not in {member.node for member in leader.status().members}
    assert not leader.status().membership_committed
    await until(lambda: leader.status().membership_committed, "the change to be committed")
    assert leader.raft.membership == wanted
