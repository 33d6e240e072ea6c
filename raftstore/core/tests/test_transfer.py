"""Handing leadership over (diss. §3.10), and standing aside."""

import pytest

from raftstore.core.messages import AppendReply, RequestVote, TimeoutNow
from raftstore.core.raft import ChangeRefused, NotLeader
from raftstore.core.types import Role

from .cluster import Cluster


def told_to_stand(cluster: Cluster) -> list[int]:
    return [to for _, to, message in cluster.in_flight if isinstance(message, TimeoutNow)]


def test_leadership_goes_to_the_named_node_without_waiting_for_a_timeout():
    cluster = Cluster()
    cluster.elect(1)
    now_ms = cluster.now_ms
    cluster.transfer(1, 3)
    cluster.settle()
    assert (cluster.leader, cluster.raft(3).term, cluster.now_ms) == (3, 2, now_ms)
    assert not cluster.raft(1).transferring


def test_unnamed_it_goes_to_who_has_most_of_the_log():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"a")
    cluster.settle(1, 3)
    cluster.transfer(1)
    cluster.settle()
    assert cluster.leader == 3


def test_the_heir_stands_only_once_it_has_the_whole_log():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"a")
    cluster.in_flight.clear()
    cluster.transfer(1, 3)
    assert told_to_stand(cluster) == []
    cluster.sync(1)
    cluster.deliver(3, 1, AppendReply(1, True, 2, 0, 0, 0, 0))
    assert told_to_stand(cluster) == [3]


def test_nothing_is_proposed_while_leadership_is_on_its_way():
    cluster = Cluster()
    cluster.elect(1)
    cluster.transfer(1, 3)
    for propose in (
        lambda: cluster.propose(1, b"a"),
        lambda: cluster.remove(1, 2),
    ):
        with pytest.raises(NotLeader) as refusal:
            propose()
        assert refusal.value.leader == 3
    with pytest.raises(ChangeRefused, match="on its way to node 3"):
        cluster.transfer(1, 2)
    cluster.transfer(1, 3)


def test_a_transfer_to_a_node_that_does_not_take_over_is_given_up():
    cluster = Cluster()
    cluster.elect(1)
    cluster.transfer(1, 3)
    cluster.run(290, 1, 2)
    assert cluster.raft(1).transferring
    cluster.run(100, 1, 2)
    assert not cluster.raft(1).transferring
    assert cluster.propose(1, b"a") == 2


def test_the_word_to_stand_is_said_again_when_it_was_lost():
    cluster = Cluster()
    cluster.elect(1)
    cluster.transfer(1, 3)
    cluster.in_flight.clear()
    cluster.advance(1, 50)
    assert told_to_stand(cluster) == [3]


@pytest.mark.parametrize(("to", "reason"), [(1, "leads already"), (4, "does not vote"), (9, "does not vote")])
def test_only_another_voter_can_take_over(to, reason):
    cluster = Cluster()
    cluster.elect(1)
    cluster.join(4)
    cluster.add_learner(1, 4)
    cluster.settle()
    with pytest.raises(ChangeRefused, match=reason):
        cluster.transfer(1, to)


def test_nobody_takes_over_who_does_not_answer():
    cluster = Cluster()
    cluster.elect(1)
    cluster.run(400, 1, 2)
    with pytest.raises(ChangeRefused, match="node 3 does not answer"):
        cluster.transfer(1, 3)
    alone = Cluster(size=1)
    alone.elect(1)
    with pytest.raises(ChangeRefused, match="no other voter"):
        alone.transfer(1)
    with pytest.raises(NotLeader):
        cluster.transfer(2, 3)


def test_only_the_leader_of_this_term_can_tell_a_node_to_stand():
    cluster = Cluster()
    cluster.elect(1)
    for sender, term in ((2, 1), (1, 0)):
        cluster.deliver(sender, 3, TimeoutNow(term))
        assert cluster.raft(3).role is Role.FOLLOWER
    cluster.deliver(1, 3, TimeoutNow(1))
    cluster.deliver(1, 3, TimeoutNow(1))
    assert (cluster.raft(3).role, cluster.raft(3).term) == (Role.CANDIDATE, 2)
    cluster.sync(3)
    assert {type(message) for _, _, message in cluster.in_flight} == {RequestVote}
    assert all(message.transfer and not message.pre for _, _, message in cluster.in_flight)


def test_a_learner_and_a_node_without_a_membership_stand_for_nobody():
    cluster = Cluster()
    cluster.elect(1)
    cluster.join(4)
    cluster.deliver(1, 4, TimeoutNow(0))
    cluster.add_learner(1, 4)
    cluster.settle()
    cluster.deliver(1, 4, TimeoutNow(1))
    assert cluster.raft(4).role is Role.FOLLOWER


# --- Standing aside -------------------------------------------------------------------------------


def test_a_leader_that_steps_aside_hands_over():
    cluster = Cluster()
    cluster.elect(1)
    cluster.raft(1).step_aside(cluster.now_ms, on=True)
    cluster.settle()
    cluster.pump(1)
    cluster.settle()
    assert cluster.leader in (2, 3)
    assert cluster.raft(1).role is Role.FOLLOWER


def test_a_leader_that_steps_aside_stops_after_a_timeout_though_nobody_took_over():
    cluster = Cluster()
    cluster.elect(1)
    cluster.raft(2).step_aside(cluster.now_ms, on=True)
    cluster.raft(3).step_aside(cluster.now_ms, on=True)
    cluster.raft(1).step_aside(cluster.now_ms, on=True)
    cluster.run(290)
    assert cluster.raft(1).role is Role.LEADER
    cluster.run(300)
    assert {member.raft.role for member in cluster.members.values()} == {Role.FOLLOWER}
    assert {member.raft.leader for member in cluster.members.values()} == {None}


def test_who_stands_aside_never_stands_until_it_is_over():
    cluster = Cluster()
    for node in (1, 2, 3):
        cluster.raft(node).step_aside(cluster.now_ms, on=True)
    cluster.run(1_000)
    assert {member.raft.role for member in cluster.members.values()} == {Role.FOLLOWER}
    cluster.raft(3).step_aside(cluster.now_ms, on=False)
    cluster.run(1_000)
    assert cluster.leader == 3


def test_a_candidate_that_steps_aside_gives_up():
    cluster = Cluster()
    cluster.stand(1)
    cluster.raft(1).step_aside(cluster.now_ms, on=True)
    assert cluster.raft(1).role is Role.FOLLOWER


def test_an_only_voter_goes_on_leading_as_nobody_else_could():
    cluster = Cluster(size=1)
    cluster.raft(1).step_aside(cluster.now_ms, on=True)
    cluster.elect(1)
    cluster.run(1_000)
    assert cluster.raft(1).role is Role.LEADER
