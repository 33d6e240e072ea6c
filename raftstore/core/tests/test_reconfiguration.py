"""Members come and go one at a time (§6, diss. chapter 4)."""

import pytest

from raftstore.core.membership import Membership
from raftstore.core.messages import AppendEntries, AppendReply, RequestVote, TimeoutNow, VoteReply
from raftstore.core.progress import Pace
from raftstore.core.raft import ChangeRefused, NotLeader
from raftstore.core.reconfiguration import LIMIT_LAG_ENTRIES
from raftstore.core.types import Entry, EntryKind, HardState, Role

from .cluster import Cluster, formed, payloads


def led_by_1(size: int = 3) -> Cluster:
    cluster = Cluster(size)
    cluster.elect(1)
    return cluster


def with_learner_4() -> Cluster:
    cluster = led_by_1()
    cluster.propose(1, b"a", b"b")
    cluster.settle()
    cluster.join(4)
    cluster.add_learner(1, 4)
    cluster.run(100)
    return cluster


def test_a_learner_receives_the_log_and_learns_who_belongs_to_the_cluster():
    cluster = with_learner_4()
    assert payloads(cluster.members[4].applied) == [b"a", b"b"]
    assert cluster.raft(4).membership.learners == {4}


def test_learners_do_not_count():
    cluster = with_learner_4()
    cluster.join(5)
    cluster.add_learner(1, 5)
    cluster.run(100)
    committed = cluster.raft(1).commit_index
    cluster.propose(1, b"c")
    cluster.settle(1, 4, 5)
    assert cluster.raft(1).commit_index == committed
    cluster.read(1, 7)
    cluster.settle(1, 4, 5)
    assert cluster.members[1].reads_ready == {}
    cluster.run(500, 1, 4, 5)
    assert cluster.raft(1).role is not Role.LEADER


def test_a_learners_vote_does_not_count():
    cluster = with_learner_4()
    cluster.now_ms += 1_000
    cluster.stand(2)
    cluster.sync(2)
    assert 4 not in [to for _, to, _ in cluster.in_flight]
    cluster.deliver(4, 2, VoteReply(2, granted=True))
    assert cluster.raft(2).role is Role.CANDIDATE


def test_a_learner_never_stands():
    cluster = with_learner_4()
    cluster.run(2_000, 4)
    assert (cluster.raft(4).role, cluster.raft(4).term, cluster.raft(4).leader) == (Role.FOLLOWER, 1, None)


def test_a_learner_that_has_caught_up_is_promoted_and_counts_from_then_on():
    cluster = with_learner_4()
    cluster.promote(1, 4)
    assert cluster.raft(1).membership.voters == {1, 2, 3, 4}
    cluster.settle(1, 2)
    assert cluster.raft(1).membership_index > cluster.raft(1).commit_index
    cluster.run(60, 1, 2, 4)
    assert cluster.raft(1).membership_index <= cluster.raft(1).commit_index


def test_a_learner_that_lags_is_not_promoted():
    cluster = with_learner_4()
    for _ in range(LIMIT_LAG_ENTRIES + 1):
        cluster.propose(1, b"x")
        cluster.settle(1, 2, 3)
    with pytest.raises(ChangeRefused, match="still lacks 257 entries"):
        cluster.promote(1, 4)


def test_a_learner_that_does_not_answer_is_not_promoted():
    cluster = with_learner_4()
    cluster.run(400, 1, 2, 3)
    with pytest.raises(ChangeRefused, match="does not answer"):
        cluster.promote(1, 4)


def test_a_change_is_in_force_as_soon_as_it_is_in_the_log():
    cluster = with_learner_4()
    cluster.promote(1, 4)
    cluster.settle(1, 3)
    assert cluster.raft(3).membership.voters == {1, 2, 3, 4}
    assert cluster.raft(3).membership_index > cluster.raft(3).commit_index
    cluster.now_ms += 1_000
    cluster.in_flight.clear()
    cluster.stand(3)
    cluster.sync(3)
    assert sorted(to for _, to, _ in cluster.in_flight) == [1, 2, 4]
    cluster.deliver(2, 3, VoteReply(2, granted=True))
    assert cluster.raft(3).role is Role.CANDIDATE


def test_a_change_that_is_cut_off_is_undone():
    cluster = with_learner_4()
    before = cluster.raft(3).membership
    cluster.promote(1, 4)
    cluster.settle(1, 3)
    config = cluster.raft(3).membership_index
    effects = cluster.raft(3).take_effects()
    assert effects.membership is None
    cluster.deliver(2, 3, AppendEntries(5, config - 1, 1, (Entry(config, 5, EntryKind.NOOP, b""),), 0, 0))
    assert cluster.raft(3).membership == before
    assert cluster.raft(3).membership_index < config


def test_the_driver_is_told_of_every_membership_that_comes_in_force():
    cluster = led_by_1()
    wanted = cluster.raft(1).membership.without(3)
    cluster.raft(1).propose_membership(wanted, cluster.now_ms)
    assert cluster.raft(1).take_effects().membership == wanted
    assert cluster.raft(1).take_effects().membership is None


def test_one_change_must_be_committed_before_the_next():
    cluster = led_by_1()
    cluster.join(4)
    cluster.add_learner(1, 4)
    with pytest.raises(ChangeRefused, match="not committed yet"):
        cluster.remove(1, 3)
    cluster.settle()
    cluster.remove(1, 3)


def test_a_leader_changes_members_only_once_it_has_committed_in_its_own_term():
    cluster = Cluster()
    cluster.stand(1)
    cluster.sync(1)
    cluster.deliver(2, 1, VoteReply(1, granted=True))
    with pytest.raises(ChangeRefused, match="own term"):
        cluster.remove(1, 3)


def test_only_a_leader_changes_members():
    cluster = led_by_1()
    with pytest.raises(NotLeader) as refusal:
        cluster.remove(2, 3)
    assert refusal.value.leader == 1


def test_what_is_no_single_change_is_refused():
    cluster = led_by_1()
    with pytest.raises(ChangeRefused, match="one at a time"):
        cluster.change(1, cluster.membership.without(2).without(3))


def test_a_log_is_taken_up_again_with_the_membership_that_its_end_brings():
    wanted = formed([1, 2, 3]).without(3)
    entries = [Entry(1, 1, EntryKind.NOOP, b""), Entry(2, 1, EntryKind.CONFIG, wanted.encode())]
    cluster = Cluster()
    raft = cluster.boot(1, HardState(1, None), entries)
    assert (raft.membership, raft.membership_index) == (wanted, 2)
    assert raft.take_effects().membership == wanted


def test_entries_whose_membership_cannot_be_read_are_not_acknowledged():
    cluster = led_by_1()
    append = AppendEntries(1, 1, 1, (Entry(2, 1, EntryKind.CONFIG, b"?"),), 1, 0)
    cluster.deliver(1, 2, append)
    cluster.sync(2)
    assert (cluster.raft(2).log.last_index, cluster.in_flight) == (1, [])


# --- Those who go ---------------------------------------------------------------------------------


def test_a_removed_node_learns_of_its_removal_and_never_stands_again():
    cluster = led_by_1()
    cluster.remove(1, 3)
    cluster.run(100)
    assert 3 not in cluster.raft(3).membership
    assert 3 not in cluster.raft(1).progress
    assert cluster.members[3].applied == cluster.members[1].applied
    cluster.run(2_000, 3)
    assert (cluster.raft(3).role, cluster.raft(3).term) == (Role.FOLLOWER, 1)


def test_a_removed_node_that_did_not_learn_of_it_disturbs_nobody():
    cluster = led_by_1()
    cluster.remove(1, 3)
    cluster.run(400, 1, 2)
    cluster.run(2_000)
    assert cluster.raft(3).role is Role.PRE_CANDIDATE
    assert (cluster.raft(1).role, cluster.raft(1).term, cluster.raft(2).term) == (Role.LEADER, 1, 1)


def test_who_is_needed_while_another_does_not_answer_is_not_removed_and_the_cluster_goes_on():
    cluster = led_by_1()
    cluster.run(400, 1, 2)
    with pytest.raises(ChangeRefused, match="start node 3 and let it catch up, or remove that first"):
        cluster.remove(1, 2)
    with pytest.raises(ChangeRefused, match="too few answer"):
        cluster.remove(1, 1)
    cluster.remove(1, 3)
    cluster.run(100, 1, 2)
    cluster.propose(1, b"a")
    cluster.settle(1, 2)
    assert payloads(cluster.members[1].applied) == [b"a"]


def test_a_new_leader_does_not_suppose_that_those_answer_whom_it_has_not_heard_yet():
    cluster = led_by_1()
    cluster.run(400, 1, 2)
    cluster.transfer(1, 2)
    cluster.settle(1, 2)
    assert cluster.leader == 2
    with pytest.raises(ChangeRefused, match="too few answer"):
        cluster.remove(2, 1)


def test_a_removed_node_of_a_later_term_does_not_depose_the_leader_that_still_serves_it():
    cluster = led_by_1()
    cluster.remove(1, 3)
    cluster.deliver(3, 1, AppendReply(9, False, 0, 0, 0, 0, 0))
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.LEADER, 1)


def test_a_removed_voter_no_longer_counts_though_it_has_the_entry():
    cluster = led_by_1()
    index = cluster.remove(1, 3)
    cluster.settle(1, 3)
    assert cluster.raft(1).commit_index < index
    cluster.run(100, 1, 2)
    assert cluster.raft(1).commit_index >= index


def test_of_two_nodes_one_can_be_removed():
    cluster = led_by_1(size=2)
    cluster.remove(1, 2)
    cluster.settle(1)
    assert cluster.raft(1).membership.voters == {1}
    cluster.propose(1, b"alone")
    cluster.settle(1)
    assert payloads(cluster.members[1].applied) == [b"alone"]


def test_a_leader_that_removes_itself_leads_until_that_is_committed_without_counting_itself():
    cluster = led_by_1()
    index = cluster.remove(1, 1)
    cluster.settle(1)
    assert (cluster.raft(1).role, cluster.raft(1).commit_index) == (Role.LEADER, index - 1)
    cluster.deliver(2, 1, AppendReply(1, True, index, 0, 0, 0, 0))
    assert (cluster.raft(1).role, cluster.raft(1).commit_index) == (Role.LEADER, index - 1)
    cluster.deliver(3, 1, AppendReply(1, True, index, 0, 0, 0, 0))
    assert (cluster.raft(1).role, cluster.raft(1).commit_index) == (Role.FOLLOWER, index)
    assert [to for _, to, message in cluster.in_flight if isinstance(message, TimeoutNow)] == [2]


def test_after_a_leader_removed_itself_another_leads_at_once_and_it_stays_quiet():
    cluster = led_by_1()
    cluster.remove(1, 1)
    now_ms = cluster.now_ms
    cluster.settle()
    assert (cluster.leader, cluster.now_ms) == (2, now_ms)
    cluster.run(2_000)
    assert (cluster.leader, cluster.raft(2).term, cluster.raft(1).role) == (2, 2, Role.FOLLOWER)


def test_a_leader_that_removed_itself_may_lead_once_more_if_nobody_else_has_the_entry():
    cluster = led_by_1(size=2)
    index = cluster.remove(1, 1)
    cluster.run(400, 1)
    assert (cluster.raft(1).role, cluster.raft(1).commit_index) != (Role.LEADER, index)
    cluster.run(2_000)
    assert cluster.leader == 2
    assert cluster.raft(2).membership.voters == {2}
    assert cluster.members[2].applied[index - 1].kind is EntryKind.CONFIG
    cluster.propose(2, b"alone")
    cluster.settle(2)
    assert payloads(cluster.members[2].applied) == [b"alone"]


def test_a_leader_that_is_being_removed_can_hand_over_and_both_come_to_an_end():
    cluster = led_by_1()
    index = cluster.remove(1, 1)
    cluster.transfer(1, 3)
    cluster.settle()
    assert cluster.leader == 3
    assert cluster.raft(3).commit_index >= index
    assert not cluster.raft(1).transferring
    assert cluster.raft(1).role is Role.FOLLOWER


def test_a_dead_node_is_replaced_by_a_new_one_under_another_id():
    cluster = led_by_1()
    cluster.propose(1, b"a")
    cluster.settle()
    cluster.join(4)
    for change in (cluster.add_learner, cluster.promote, cluster.remove):
        change(1, 3 if change == cluster.remove else 4)
        cluster.run(200, 1, 2, 4)
    assert cluster.raft(1).membership.voters == {1, 2, 4}
    cluster.run(2_000, 1, 4)
    assert cluster.leader in (1, 4)
    assert payloads(cluster.members[4].applied) == [b"a"]


def test_a_vote_is_given_to_a_candidate_that_the_voter_does_not_know_yet():
    cluster = Cluster()
    cluster.deliver(4, 1, RequestVote(1, 0, 0))
    cluster.sync(1)
    assert cluster.in_flight == [(1, 4, VoteReply(1, granted=True))]


def test_a_new_member_is_sent_the_log_at_once():
    cluster = led_by_1()
    cluster.join(4)
    cluster.add_learner(1, 4)
    assert [to for _, to, message in cluster.in_flight if message.entries].count(4) == 1
    assert cluster.raft(1).progress[4].pace is Pace.PROBE


def test_an_id_that_was_given_before_is_refused():
    cluster = led_by_1()
    cluster.remove(1, 3)
    cluster.settle()
    now = cluster.raft(1).membership
    again = Membership(now.cluster, (*now.members, cluster.membership.get(3)), now.highest_node)
    with pytest.raises(ChangeRefused, match="id above 3"):
        cluster.change(1, again)


def test_one_node_becomes_two_and_two_become_one_again():
    cluster = led_by_1(size=1)
    cluster.join(2)
    for change in (cluster.add_learner, cluster.promote):
        change(1, 2)
        cluster.run(100)
    cluster.propose(1, b"both")
    cluster.settle()
    cluster.transfer(1)
    cluster.settle()
    assert cluster.leader == 2
    cluster.remove(2, 1)
    cluster.run(100)
    cluster.propose(2, b"alone")
    cluster.settle(2)
    assert payloads(cluster.members[2].applied) == [b"both", b"alone"]


def test_of_two_nodes_neither_leads_without_the_other():
    cluster = led_by_1(size=2)
    cluster.run(2_000, 2)
    assert cluster.raft(2).role is Role.PRE_CANDIDATE
    cluster.run(2_000, 1)
    assert cluster.raft(1).role is Role.PRE_CANDIDATE
    cluster.run(1_000)
    assert cluster.leader in (1, 2)


def test_a_learner_alone_is_left_without_a_leader_and_takes_no_reads():
    cluster = with_learner_4()
    cluster.run(2_000, 4)
    with pytest.raises(NotLeader):
        cluster.read(4, 7)
    cluster.run(1_000)
    cluster.read(4, 8)
    cluster.settle()
    assert cluster.members[4].reads_ready.keys() == {8}


def test_doubled_and_late_answers_of_a_removed_node_change_nothing():
    cluster = led_by_1()
    index = cluster.remove(1, 3)
    cluster.run(100)
    for _ in range(2):
        cluster.deliver(3, 1, AppendReply(1, True, index, 0, 0, 0, 0))
        cluster.deliver(3, 1, AppendReply(1, False, 0, index, 0, 0, 0))
        cluster.deliver(3, 1, VoteReply(9, granted=True))
    assert (cluster.raft(1).role, cluster.raft(1).term, cluster.raft(1).progress.keys()) == (Role.LEADER, 1, {2})
