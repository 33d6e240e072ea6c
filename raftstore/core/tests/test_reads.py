"""Linearizable reads by ReadIndex: dissertation §6.4."""

import pytest

from raftstore.core.messages import AppendEntries, AppendReply, ReadIndex, ReadIndexReply, VoteReply
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


def test_a_read_that_nobody_waits_for_is_forgotten_though_it_cannot_be_answered():
    cluster = Cluster()
    cluster.stand(1)
    cluster.sync(1)
    cluster.deliver(2, 1, VoteReply(1, granted=True))
    for read_id in range(1_000):
        cluster.read(1, read_id)
        cluster.raft(1).forget_read(read_id)
    assert not cluster.raft(1).reads.unproven
    cluster.read(1, 1_000)
    cluster.settle()
    assert cluster.members[1].reads_ready.keys() == {1_000}
    cluster.raft(1).forget_read(1_000)


def test_a_new_leader_answers_no_read_before_its_own_first_entry_is_committed():
    cluster = Cluster()
    cluster.stand(1)
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


def test_a_leader_that_steps_down_loses_its_reads_and_refuses_those_of_its_followers():
    cluster = Cluster()
    cluster.elect(1)
    cluster.read(1, 7)
    cluster.deliver(2, 1, ReadIndex(1, 5))
    cluster.in_flight.clear()
    cluster.now_ms += 301
    cluster.advance(1, 0)
    assert cluster.members[1].reads_lost == [7]
    assert (1, 2, ReadIndexReply(1, 5, 0, granted=False)) in cluster.in_flight


# --- Through a follower ---------------------------------------------------------------------------


def test_a_follower_answers_at_the_index_that_its_leader_names():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"a")
    cluster.settle(1, 3)
    cluster.read(2, 7)
    assert cluster.members[2].reads_ready == {}
    cluster.settle()
    assert cluster.members[2].reads_ready == {7: 2}


def test_one_question_serves_all_who_wait_at_a_follower_and_those_who_come_later_have_their_own():
    cluster = Cluster()
    cluster.elect(1)
    for read_id in range(100):
        cluster.raft(2).read(read_id)
    cluster.pump(2)
    cluster.read(2, 100)
    ((_, to, question),) = cluster.in_flight
    assert (to, type(question)) == (1, ReadIndex)
    cluster.settle()
    assert len(cluster.members[2].reads_ready) == 101


def test_the_leader_answers_a_follower_only_once_a_majority_confirmed_it():
    cluster = Cluster()
    cluster.elect(1)
    cluster.read(2, 7)
    ((_, _, question),) = cluster.in_flight
    cluster.in_flight.clear()
    cluster.deliver(2, 1, question)
    assert not any(isinstance(message, ReadIndexReply) for _, _, message in cluster.in_flight)
    cluster.settle(1, 3)
    cluster.in_flight.clear()
    cluster.settle()
    assert cluster.members[2].reads_ready == {}


def test_a_leader_that_has_not_committed_in_its_term_keeps_a_followers_last_question_until_it_has():
    cluster = Cluster()
    cluster.stand(1)
    cluster.sync(1)
    cluster.deliver(2, 1, VoteReply(1, granted=True))
    cluster.deliver(2, 1, ReadIndex(1, 5))
    cluster.deliver(2, 1, ReadIndex(1, 6))
    cluster.sync(1)
    assert not any(isinstance(message, ReadIndexReply) for _, _, message in cluster.in_flight)
    cluster.deliver(3, 1, AppendReply(1, True, 1, 0, 0, 0, read_round=0))
    cluster.in_flight.clear()
    cluster.deliver(3, 1, AppendReply(1, True, 1, 0, 0, 0, read_round=1))
    assert cluster.in_flight == [(1, 2, ReadIndexReply(1, 6, 1, granted=True))]


def test_a_deposed_leader_that_nobody_told_answers_no_follower():
    cluster = Cluster(size=5)
    cluster.elect(1)
    cluster.elect(2, 2, 3, 4)
    cluster.propose(2, b"newer")
    cluster.settle(2, 3, 4)
    cluster.now_ms += 1
    assert cluster.raft(5).leader == 1
    cluster.read(5, 7)
    cluster.settle(1, 5)
    assert cluster.members[5].reads_ready == {}


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(lambda number: (2, ReadIndexReply(1, number, 1, granted=True)), id="not of the leader"),
        pytest.param(lambda number: (1, ReadIndexReply(0, number, 1, granted=True)), id="of an earlier term"),
        pytest.param(lambda number: (1, ReadIndexReply(1, number - 1, 1, granted=True)), id="to an earlier question"),
    ],
)
def test_no_other_answer_than_the_leaders_to_this_question_counts(reply):
    cluster = Cluster()
    cluster.elect(1)
    cluster.read(3, 7)
    ((_, _, question),) = cluster.in_flight
    sender, message = reply(question.batch)
    cluster.deliver(sender, 3, message)
    assert cluster.members[3].reads_ready == {}
    cluster.deliver(1, 3, ReadIndexReply(1, question.batch, 1, granted=True))
    assert cluster.members[3].reads_ready == {7: 1}


def test_a_repeated_answer_answers_nobody_who_came_later():
    cluster = Cluster()
    cluster.elect(1)
    cluster.read(3, 7)
    ((_, _, question),) = cluster.in_flight
    answer = ReadIndexReply(1, question.batch, 1, granted=True)
    cluster.deliver(1, 3, answer)
    cluster.propose(1, b"a")
    cluster.settle(1, 2)
    cluster.read(3, 8)
    cluster.deliver(1, 3, answer)
    assert cluster.members[3].reads_ready == {7: 1}


def test_questions_are_numbered_from_a_random_number_on_so_that_a_restart_repeats_none():
    numbers = iter(range(1_000, 2_000, 100))
    cluster = Cluster(draw=lambda low, high: next(numbers) if low == 0 else low)
    first = cluster.raft(3).forwarded_reads.number
    cluster.crash(3)
    assert cluster.raft(3).forwarded_reads.number != first


def test_a_followers_reads_are_lost_when_its_leader_changes():
    cluster = Cluster()
    cluster.elect(1)
    cluster.raft(3).read(7)
    cluster.pump(3)
    cluster.raft(3).read(8)
    cluster.deliver(2, 3, AppendEntries(2, 0, 0, (), 0, 0))
    assert cluster.members[3].reads_lost == [7, 8]


def test_a_followers_reads_are_lost_when_no_answer_comes_and_those_behind_are_asked_for():
    cluster = Cluster()
    cluster.elect(1)
    cluster.read(3, 7)
    cluster.read(3, 8)
    cluster.in_flight.clear()
    for _ in range(6):
        cluster.now_ms += 50
        cluster.deliver(1, 3, AppendEntries(1, 1, 1, (), 1, 0))
    assert cluster.raft(3).next_deadline_ms() <= cluster.now_ms
    cluster.advance(3, 0)
    assert cluster.members[3].reads_lost == [7]
    assert isinstance(cluster.in_flight[-1][2], ReadIndex)
    cluster.settle()
    assert cluster.members[3].reads_ready.keys() == {8}


def test_who_does_not_lead_in_the_followers_term_says_so_at_once():
    cluster = Cluster()
    cluster.elect(1)
    cluster.deliver(3, 2, ReadIndex(1, 5))
    assert cluster.in_flight == [(2, 3, ReadIndexReply(1, 5, 0, granted=False))]
    cluster.in_flight.clear()
    cluster.deliver(3, 1, ReadIndex(0, 5))
    assert cluster.in_flight == [(1, 3, ReadIndexReply(1, 5, 0, granted=False))]
    cluster.in_flight.clear()
    cluster.read(3, 7)
    ((_, _, question),) = cluster.in_flight
    cluster.deliver(1, 3, ReadIndexReply(1, question.batch, 0, granted=False))
    assert cluster.members[3].reads_lost == [7]


def test_a_node_that_knows_no_leader_takes_no_read():
    cluster = Cluster()
    with pytest.raises(NotLeader) as refusal:
        cluster.raft(1).read(1)
    assert refusal.value.leader is None


def test_a_leader_cut_off_answers_no_read_even_before_it_steps_down():
    cluster = Cluster()
    cluster.elect(1)
    cluster.read(1, 7)
    cluster.run(290, 1)
    cluster.read(1, 8)
    cluster.run(100, 1)
    assert (cluster.members[1].reads_ready, cluster.members[1].reads_lost) == ({}, [7, 8])


def test_an_only_node_answers_at_once():
    cluster = Cluster(size=1)
    cluster.elect(1)
    cluster.read(1, 7)
    assert cluster.members[1].reads_ready == {7: 1}
