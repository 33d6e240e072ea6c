"""Leader election: §5.2, §5.4.1 and the durability of terms and votes (Figure 2)."""

import pytest

from raftstore.core.messages import AppendEntries, RequestVote, VoteReply
from raftstore.core.types import Config, Entry, EntryKind, HardState, Role

from .cluster import Cluster


def test_a_node_that_hears_nothing_for_its_timeout_stands_and_a_majority_makes_it_leader():
    cluster = Cluster()
    cluster.elect(1)
    assert cluster.raft(1).role is Role.LEADER
    assert [cluster.raft(n).leader for n in (1, 2, 3)] == [1, 1, 1]
    assert {cluster.raft(n).term for n in (1, 2, 3)} == {1}


def test_a_node_does_not_stand_before_its_timeout():
    cluster = Cluster()
    cluster.advance(1, 150)
    assert cluster.raft(1).role is Role.FOLLOWER


def test_a_single_node_leads_only_once_its_own_vote_is_durable():
    cluster = Cluster(size=1)
    cluster.advance(1, 1_000)
    assert cluster.raft(1).role is Role.CANDIDATE
    cluster.sync(1)
    assert cluster.raft(1).role is Role.LEADER


def test_a_candidates_own_vote_does_not_count_while_only_earlier_writes_are_durable():
    cluster = Cluster()
    cluster.deliver(2, 1, RequestVote(5, 0, 0))
    cluster.stand(1)
    cluster.deliver(2, 1, AppendEntries(7, 0, 0, (), 0, 0))
    earlier = cluster.members[1].unsynced[0]
    cluster.advance(1, 1_000)
    cluster.deliver(2, 1, VoteReply(8, granted=True, pre=True))
    cluster.raft(1).persisted(earlier.seq, cluster.now_ms)
    assert cluster.raft(1).votes == {}
    assert cluster.raft(1).role is Role.CANDIDATE


def test_a_candidate_asks_for_votes_only_once_its_own_is_durable():
    cluster = Cluster()
    cluster.stand(1)
    assert cluster.in_flight == []
    cluster.sync(1)
    assert cluster.in_flight == [(1, 2, RequestVote(1, 0, 0)), (1, 3, RequestVote(1, 0, 0))]


def test_a_vote_leaves_only_once_it_is_durable():
    cluster = Cluster()
    cluster.deliver(2, 1, RequestVote(term=5, last_index=0, last_term=0))
    assert cluster.in_flight == []
    cluster.sync(1)
    assert cluster.in_flight == [(1, 2, VoteReply(5, granted=True))]
    assert cluster.members[1].hard_state == HardState(5, 2)


def test_a_vote_in_a_term_that_was_durable_before_is_durable_before_it_leaves():
    cluster = Cluster()
    cluster.boot(1, HardState(5, None), [])
    cluster.deliver(2, 1, RequestVote(term=5, last_index=0, last_term=0))
    assert cluster.in_flight == []
    cluster.sync(1)
    assert cluster.members[1].hard_state == HardState(5, 2)


def test_one_vote_a_term_even_across_a_crash():
    cluster = Cluster()
    cluster.deliver(2, 1, RequestVote(term=5, last_index=0, last_term=0))
    cluster.sync(1)
    cluster.crash(1)
    cluster.in_flight.clear()
    cluster.deliver(3, 1, RequestVote(term=5, last_index=9, last_term=4))
    cluster.deliver(2, 1, RequestVote(term=5, last_index=0, last_term=0))
    cluster.sync(1)
    assert [message for _, _, message in cluster.in_flight] == [VoteReply(5, False), VoteReply(5, True)]


@pytest.mark.parametrize(
    ("last_index", "last_term", "granted"),
    [(2, 1, False), (1, 2, False), (2, 2, True), (1, 3, True), (3, 2, True), (99, 1, False)],
)
def test_a_vote_goes_only_to_a_log_that_is_at_least_as_up_to_date(last_index, last_term, granted):
    cluster = Cluster()
    entries = [Entry(1, 1, EntryKind.NOOP, b""), Entry(2, 2, EntryKind.NOOP, b"")]
    cluster.boot(1, HardState(2, None), entries)
    cluster.deliver(2, 1, RequestVote(3, last_index, last_term))
    cluster.sync(1)
    assert cluster.in_flight == [(1, 2, VoteReply(3, granted))]


def test_a_vote_of_an_earlier_candidacy_counts_for_nothing():
    cluster = Cluster()
    for _ in range(2):
        cluster.stand(1)
        cluster.sync(1)
    cluster.deliver(2, 1, VoteReply(1, granted=True))
    assert cluster.raft(1).role is Role.CANDIDATE
    assert cluster.raft(1).term == 2


def test_a_higher_term_in_any_message_makes_a_leader_follow():
    cluster = Cluster()
    cluster.elect(1)
    cluster.deliver(2, 1, VoteReply(7, granted=False))
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.FOLLOWER, 7)


def test_a_deposed_leader_waits_a_whole_timeout_before_it_stands_again():
    cluster = Cluster()
    cluster.elect(1)
    cluster.now_ms += 5_000
    cluster.deliver(2, 1, VoteReply(7, granted=False))
    cluster.advance(1, 100)
    assert cluster.raft(1).role is Role.FOLLOWER


def test_a_candidate_that_hears_of_its_terms_leader_follows_it():
    cluster = Cluster()
    cluster.stand(1)
    cluster.deliver(2, 1, AppendEntries(1, 0, 0, (), 0, 0))
    assert (cluster.raft(1).role, cluster.raft(1).leader) == (Role.FOLLOWER, 2)


def test_a_disk_slower_than_the_election_timeout_does_not_keep_a_node_from_standing():
    cluster = Cluster()
    cluster.stand(1)
    for _ in range(10):
        cluster.advance(1, 400)
    cluster.now_ms += 400
    cluster.sync(1)
    cluster.advance(1, 100)
    assert cluster.raft(1).role is Role.CANDIDATE
    cluster.settle()
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.LEADER, 1)


def test_a_configuration_that_contradicts_itself_is_refused():
    with pytest.raises(ValueError, match="heartbeat"):
        Config(1, heartbeat_ms=200)
