"""PreVote (diss. §9.6), stickiness (§6) and CheckQuorum (diss. §6.2): who cannot win disturbs nobody."""

import pytest

from raftstore.core.messages import AppendEntries, RequestVote, TimeoutNow, VoteReply
from raftstore.core.types import Entry, EntryKind, HardState, Role

from .cluster import Cluster


def states(cluster: Cluster) -> list[tuple[Role, int]]:
    return [(cluster.raft(node).role, cluster.raft(node).term) for node in sorted(cluster.ids)]


def test_a_node_that_was_cut_off_asks_beforehand_and_begins_no_term():
    cluster = Cluster()
    cluster.elect(1)
    for _ in range(10):
        cluster.advance(3, 400)
        cluster.settle(3)
    assert (cluster.raft(3).role, cluster.raft(3).term, cluster.members[3].hard_state.term) == (
        Role.PRE_CANDIDATE,
        1,
        1,
    )


def test_a_node_that_comes_back_from_a_partition_disturbs_nobody():
    cluster = Cluster()
    cluster.elect(1)
    for _ in range(5):
        cluster.run(300, 1, 2)
        cluster.advance(3, 0)
    cluster.run(1_000)
    assert states(cluster) == [(Role.LEADER, 1), (Role.FOLLOWER, 1), (Role.FOLLOWER, 1)]


def test_nobody_moves_to_the_term_of_a_pre_vote():
    cluster = Cluster()
    cluster.deliver(2, 1, RequestVote(9, 0, 0, pre=True))
    assert cluster.raft(1).term == 0
    assert cluster.in_flight == [(1, 2, VoteReply(9, granted=True, pre=True))]


def test_a_granted_pre_vote_is_no_promise_and_resets_no_timeout():
    cluster = Cluster()
    deadline_ms = cluster.raft(1).election_deadline_ms
    cluster.now_ms = 100
    cluster.deliver(2, 1, RequestVote(1, 0, 0, pre=True))
    cluster.deliver(3, 1, RequestVote(1, 0, 0, pre=True))
    assert [message.granted for _, _, message in cluster.in_flight] == [True, True]
    assert (cluster.raft(1).voted_for, cluster.raft(1).election_deadline_ms) == (None, deadline_ms)


@pytest.mark.parametrize(
    ("request_", "reply"),
    [
        pytest.param(RequestVote(4, 2, 3, pre=True), VoteReply(4, True, pre=True), id="as up to date, next term"),
        pytest.param(RequestVote(4, 1, 3, pre=True), VoteReply(3, False, pre=True), id="a shorter log"),
        pytest.param(RequestVote(3, 2, 3, pre=True), VoteReply(3, False, pre=True), id="a vote was given in this term"),
        pytest.param(RequestVote(2, 2, 3, pre=True), VoteReply(3, False, pre=True), id="the term is over"),
    ],
)
def test_a_pre_vote_is_granted_like_the_vote_would_be(request_, reply):
    cluster = Cluster()
    entries = [Entry(1, 1, EntryKind.NOOP, b""), Entry(2, 3, EntryKind.NOOP, b"")]
    cluster.boot(1, HardState(3, 3), entries)
    cluster.deliver(2, 1, request_)
    assert cluster.in_flight == [(1, 2, reply)]


def test_a_refused_pre_vote_tells_of_a_later_term():
    cluster = Cluster()
    cluster.advance(1, 1_000)
    cluster.deliver(2, 1, VoteReply(7, granted=False, pre=True))
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.FOLLOWER, 7)


def test_pre_votes_of_an_earlier_attempt_count_for_nothing():
    cluster = Cluster()
    cluster.boot(1, HardState(5, None), [])
    cluster.advance(1, 1_000)
    cluster.deliver(2, 1, VoteReply(5, granted=True, pre=True))
    cluster.deliver(2, 1, VoteReply(7, granted=True, pre=True))
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.PRE_CANDIDATE, 5)
    cluster.deliver(2, 1, VoteReply(6, granted=True, pre=True))
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.CANDIDATE, 6)


def test_a_pre_vote_is_no_vote():
    cluster = Cluster()
    cluster.stand(1)
    cluster.sync(1)
    cluster.deliver(2, 1, VoteReply(1, granted=True, pre=True))
    cluster.deliver(3, 1, VoteReply(2, granted=True, pre=True))
    assert cluster.raft(1).role is Role.CANDIDATE


def test_a_late_vote_of_a_candidacy_that_came_to_nothing_is_no_pre_vote():
    cluster = Cluster()
    cluster.stand(1)
    cluster.sync(1)
    cluster.advance(1, 1_000)
    cluster.deliver(2, 1, VoteReply(1, granted=True))
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.PRE_CANDIDATE, 1)


def test_a_pre_candidate_that_hears_the_leader_follows_it_again():
    cluster = Cluster()
    cluster.elect(1)
    cluster.advance(2, 200)
    assert cluster.raft(2).role is Role.PRE_CANDIDATE
    cluster.in_flight.clear()
    cluster.run(60)
    assert states(cluster) == [(Role.LEADER, 1), (Role.FOLLOWER, 1), (Role.FOLLOWER, 1)]


def test_who_hears_a_leader_helps_nobody_against_it():
    cluster = Cluster()
    cluster.elect(1)
    for request in (RequestVote(2, 9, 9, pre=True), RequestVote(2, 9, 9)):
        for node in (1, 2):
            cluster.deliver(3, node, request)
            cluster.sync(node)
    assert cluster.in_flight == []
    assert states(cluster)[:2] == [(Role.LEADER, 1), (Role.FOLLOWER, 1)]


def test_who_has_not_heard_the_leader_for_the_shortest_timeout_votes():
    cluster = Cluster()
    cluster.elect(1)
    cluster.now_ms += 150
    cluster.deliver(3, 2, RequestVote(2, 9, 9))
    cluster.sync(2)
    assert cluster.in_flight == [(2, 3, VoteReply(2, granted=True))]


def test_a_vote_that_the_leader_asked_for_is_given_by_those_who_hear_it():
    cluster = Cluster()
    cluster.elect(1)
    cluster.deliver(3, 2, RequestVote(2, 9, 9, transfer=True))
    cluster.sync(2)
    assert cluster.in_flight == [(2, 3, VoteReply(2, granted=True))]


def test_a_leader_that_no_majority_answers_steps_down_after_the_longest_timeout():
    cluster = Cluster()
    cluster.elect(1)
    cluster.run(300, 1)
    assert cluster.raft(1).role is Role.LEADER
    cluster.run(100, 1)
    assert (cluster.raft(1).role, cluster.raft(1).leader, cluster.raft(1).term) == (Role.FOLLOWER, None, 1)


def test_a_leader_that_a_majority_answers_stays():
    cluster = Cluster(size=5)
    cluster.elect(1)
    cluster.run(2_000, 1, 2, 3)
    assert cluster.raft(1).role is Role.LEADER


def test_an_only_voter_needs_nobodys_answer():
    cluster = Cluster(size=1)
    cluster.elect(1)
    cluster.run(2_000)
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.LEADER, 1)


def test_behind_a_leader_that_is_heard_but_hears_nobody_another_is_found():
    cluster = Cluster()
    cluster.elect(1)
    for _ in range(60):
        cluster.now_ms += 10
        for node in (1, 2, 3):
            cluster.advance(node, 0)
            cluster.sync(node)
        batch, cluster.in_flight = cluster.in_flight, []
        for sender, to, message in batch:
            if to != 1:
                cluster.deliver(sender, to, message)
    cluster.run(1_000)
    assert cluster.leader != 1 or cluster.raft(1).term > 1
    assert sum(role is Role.LEADER for role, _ in states(cluster)) == 1


def test_a_node_of_a_later_term_is_taken_back_though_its_log_is_behind():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"a")
    cluster.settle(1, 2)
    cluster.boot(3, HardState(9, 3), [])
    cluster.run(2_000)
    assert cluster.leader in (1, 2)
    assert {cluster.raft(node).term for node in (1, 2, 3)} == {cluster.raft(cluster.leader).term}
    assert cluster.members[3].applied == cluster.members[1].applied


def test_a_stranger_is_heard_only_as_a_leader_or_a_candidate():
    cluster = Cluster()
    cluster.elect(1)
    for message in (VoteReply(50, False), VoteReply(50, False, pre=True), TimeoutNow(1)):
        cluster.deliver(9, 1, message)
    assert states(cluster)[0] == (Role.LEADER, 1)
    cluster.deliver(9, 2, AppendEntries(2, 0, 0, (), 0, 0))
    assert (cluster.raft(2).term, cluster.raft(2).leader) == (2, 9)


def test_a_node_does_not_hear_itself():
    cluster = Cluster()
    cluster.deliver(1, 1, RequestVote(5, 9, 9))
    assert cluster.raft(1).term == 0


def test_a_node_whose_disk_is_behind_neither_asks_for_pre_votes_nor_grants_any():
    cluster = Cluster()
    cluster.deliver(2, 1, AppendEntries(1, 0, 0, (Entry(1, 1, EntryKind.NOOP, b""),), 0, 0))
    cluster.advance(1, 1_000)
    assert cluster.raft(1).role is Role.PRE_CANDIDATE
    cluster.deliver(3, 1, RequestVote(9, 9, 9, pre=True))
    assert cluster.in_flight == []
    cluster.sync(1)
    assert VoteReply(9, True, pre=True) in [message for _, _, message in cluster.in_flight]
