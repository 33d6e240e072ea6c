"""Linearizable reads by ReadIndex: dissertation §6.4."""

import pytest

from raftstore.core.messages import AppendEntries, AppendReply, VoteReply
from raftstore.core.raft import NotLeader
from raftstore.core.types import HardState

from .cluster import Cluster


def test_a_read_is_answered_at_the_commit_index_once_a_majority_confirms_the_leader():
    cluster = Cluster()
    cluster.elect(1)
    index = cluster.propose(1, b"a")
    cluster.settle()
    cluster.raft(1).read(7)
    cluster.pump(1)
    assert cluster.members[1].reads_ready == {}
    cluster.settle(1, 2)
    assert cluster.members[1].reads_ready == {7: index}


def test_one_round_serves_all_waiting_reads():
    cluster = Cluster()
    cluster.elect(1)
    for read_id in range(100):
        cluster.raft(1).read(read_id)
    cluster.pump(1)
    assert len(cluster.in_flight) == 2
    cluster.settle()
    assert len(cluster.members[1].reads_ready) == 100


def test_a_deposed_leader_that_nobody_told_answers_no_read():
    cluster = Cluster()
    cluster.elect(1)
    cluster.elect(2, 2, 3)
    cluster.raft(1).read(7)
    cluster.pump(1)
    cluster.settle(1)
    assert cluster.members[1].reads_ready == {}


def test_an_answer_to_an_earlier_round_proves_nothing():
    cluster = Cluster()
    cluster.elect(1)
    cluster.raft(1).read(1)
    cluster.settle()
    cluster.raft(1).read(2)
    cluster.pump(1)
    cluster.in_flight.clear()
    cluster.settle()
    assert cluster.members[1].reads_ready.keys() == {1}


def test_a_new_leader_answers_no_read_before_its_own_first_entry_is_committed():
    cluster = Cluster()
    cluster.advance(1, 1_000)
    cluster.sync(1)
    cluster.deliver(2, 1, VoteReply(1, granted=True))
    cluster.in_flight.clear()
    cluster.raft(1).read(7)
    cluster.pump(1)
    assert cluster.in_flight == []
    cluster.advance(1, 50)
    cluster.settle()
    assert cluster.members[1].reads_ready == {7: 1}


def test_an_answer_to_an_earlier_leadership_of_the_same_node_proves_nothing():
    cluster = Cluster()
    cluster.boot(1, HardState(5, None), [])
    cluster.deliver(2, 1, AppendEntries(term=3, prev_index=0, prev_term=0, entries=(), commit_index=0, read_round=9))
    cluster.sync(1)
    (_, _, refusal) = cluster.in_flight[0]
    assert isinstance(refusal, AppendReply)
    assert (refusal.term, refusal.accepted, refusal.rejected_index, refusal.read_round) == (5, False, 0, 0)


def test_reads_are_lost_with_the_leadership_and_said_to_be():
    cluster = Cluster()
    cluster.elect(1)
    cluster.raft(1).read(7)
    cluster.deliver(2, 1, VoteReply(9, granted=False))
    assert cluster.members[1].reads_lost == [7]
    with pytest.raises(NotLeader):
        cluster.raft(1).read(8)
