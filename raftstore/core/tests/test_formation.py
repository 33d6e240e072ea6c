"""How a cluster is formed, once, and why a disk that was lost cannot come back under its old id."""

import pytest

from raftstore.core.membership import NO_MEMBERS
from raftstore.core.messages import AppendEntries, RequestVote, VoteReply
from raftstore.core.raft import Raft
from raftstore.core.types import EMPTY_BASE, Config, Entry, EntryKind, HardState, Role

from .cluster import Cluster


def test_the_first_leader_records_everybodys_disk_in_its_first_entry():
    cluster = Cluster(unformed=True)
    cluster.elect(1)
    cluster.run(100)
    for node in (1, 2, 3):
        membership = cluster.raft(node).membership
        assert membership.cluster == 1_001
        assert [member.incarnation for member in membership.members] == [1_001, 1_002, 1_003]
    assert [entry.kind for entry in cluster.members[3].applied] == [EntryKind.CONFIG]


def test_a_majority_is_not_enough_to_form_a_cluster():
    cluster = Cluster(unformed=True)
    cluster.elect(1, 1, 2)
    cluster.run(1_000, 1, 2)
    assert cluster.raft(1).term == 0
    cluster.run(1_000)
    assert cluster.leader in (1, 2, 3)


def test_everybodys_pre_votes_are_not_enough_either():
    cluster = Cluster(unformed=True)
    cluster.stand(1)
    cluster.sync(1)
    cluster.deliver(2, 1, VoteReply(1, granted=True))
    assert cluster.raft(1).role is Role.CANDIDATE
    cluster.deliver(3, 1, VoteReply(1, granted=True))
    assert cluster.raft(1).role is Role.LEADER


def test_once_formed_a_majority_is_enough():
    cluster = Cluster(unformed=True)
    cluster.elect(1)
    cluster.run(100)
    cluster.run(2_000, 2, 3)
    assert cluster.leader in (2, 3)
    cluster.propose(cluster.leader, b"a")
    cluster.settle(2, 3)
    assert [entry.kind for entry in cluster.members[2].applied][:2] == [EntryKind.CONFIG, EntryKind.NOOP]


def test_a_record_that_reached_some_only_is_completed_by_them():
    cluster = Cluster(unformed=True)
    cluster.stand(1)
    cluster.sync(1)
    for voter in (2, 3):
        cluster.deliver(voter, 1, VoteReply(1, granted=True))
    record = next(m for _, to, m in cluster.in_flight if to == 2 and isinstance(m, AppendEntries))
    cluster.in_flight.clear()
    cluster.deliver(1, 2, record)
    cluster.run(2_000, 2, 3)
    assert cluster.leader == 2
    assert cluster.raft(3).membership.cluster == 1_001


def test_a_disk_that_was_lost_is_not_listened_to_under_its_old_id():
    cluster = Cluster(unformed=True)
    cluster.elect(1)
    cluster.propose(1, b"a")
    cluster.settle()
    cluster.wipe(2)
    cluster.run(2_000, 1, 2)
    assert all(entry.data != b"b" for entry in cluster.history.values())
    assert cluster.raft(1).role is not Role.LEADER
    cluster.run(2_000, 1, 3)
    assert cluster.leader in (1, 3)


def test_who_does_not_say_which_disk_it_is_does_not_count():
    cluster = Cluster(unformed=True)
    cluster.stand(1)
    cluster.sync(1)
    cluster.raft(1).receive(2, 0, VoteReply(1, granted=True), cluster.now_ms)
    cluster.deliver(3, 1, VoteReply(1, granted=True))
    assert cluster.raft(1).role is Role.CANDIDATE


def test_a_single_node_forms_its_cluster_alone():
    cluster = Cluster(size=1, unformed=True)
    cluster.elect(1)
    assert cluster.raft(1).role is Role.LEADER
    assert cluster.raft(1).membership.get(1).incarnation == 1_001


def test_nobody_forms_a_cluster_without_an_incarnation():
    with pytest.raises(ValueError, match="incarnation"):
        Raft(
            Config(1),
            hard_state=HardState(0, None),
            base=EMPTY_BASE,
            entries=[],
            applied_index=0,
            membership=Cluster(size=1, unformed=True).membership,
            draw_timeout_ms=lambda low, high: low,
            now_ms=0,
        )


def test_a_node_that_is_to_join_never_stands_and_follows_whoever_leads():
    cluster = Cluster()
    cluster.join(4)
    cluster.run(2_000, 4)
    assert (cluster.raft(4).role, cluster.raft(4).term, cluster.raft(4).membership) == (Role.FOLLOWER, 0, NO_MEMBERS)
    cluster.deliver(1, 4, AppendEntries(3, 0, 0, (Entry(1, 3, EntryKind.NOOP, b""),), 0, 0))
    assert (cluster.raft(4).leader, cluster.raft(4).log.last_index) == (1, 1)


def test_a_node_that_is_to_join_votes_when_it_is_asked():
    cluster = Cluster()
    cluster.join(4)
    cluster.deliver(1, 4, RequestVote(1, 0, 0))
    cluster.sync(4)
    assert cluster.in_flight == [(4, 1, VoteReply(1, granted=True))]
