"""Nodes that may not do everything: a fenced one is silent, one whose disk is nearly full takes no commands."""

import pytest

from raftstore.core.messages import AppendEntries, AppendReply, InstallSnapshot, RequestVote, SnapshotRef, TimeoutNow
from raftstore.core.raft import NotLeader
from raftstore.core.types import Entry, EntryKind, LogBase, Role

from .cluster import Cluster, payloads


def test_a_fenced_node_never_says_anything_again():
    cluster = Cluster()
    cluster.elect(1)
    cluster.deliver(1, 2, AppendEntries(1, 1, 1, (Entry(2, 1, EntryKind.COMMAND, b"a"),), 1, 0))
    cluster.raft(3).receive(1, 1_001, AppendEntries(1, 1, 1, (), 1, 0), cluster.now_ms)
    cluster.raft(3).fence()
    cluster.sync(3)
    for message in (
        RequestVote(9, 9, 9),
        RequestVote(9, 9, 9, pre=True),
        AppendEntries(9, 1, 1, (), 1, 0),
        TimeoutNow(1),
        InstallSnapshot(9, SnapshotRef(LogBase(9, 9), 1, b""), 0, b"x"),
    ):
        cluster.deliver(1, 3, message)
    cluster.advance(3, 5_000)
    cluster.sync(3)
    assert cluster.in_flight == []
    assert (cluster.raft(3).role, cluster.raft(3).term, cluster.raft(3).log.last_index) == (Role.FOLLOWER, 1, 1)
    assert cluster.raft(3).next_deadline_ms() > cluster.now_ms


def test_a_fenced_leader_leads_no_more_and_its_reads_are_lost():
    cluster = Cluster()
    cluster.elect(1)
    cluster.raft(1).read(7)
    cluster.raft(1).fence()
    cluster.pump(1)
    assert cluster.members[1].reads_lost == [7]
    for refused in (lambda: cluster.propose(1, b"a"), lambda: cluster.raft(1).read(8)):
        with pytest.raises(NotLeader):
            refused()
    cluster.run(2_000)
    assert cluster.leader in (2, 3)


def test_a_follower_that_takes_no_commands_answers_for_what_it_has_and_does_not_hold_up_the_others():
    cluster = Cluster()
    cluster.elect(1)
    cluster.raft(3).refuse_commands = True
    cluster.propose(1, b"a")
    cluster.run(500)
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.LEADER, 1)
    assert payloads(cluster.members[2].applied) == [b"a"]
    assert cluster.raft(3).log.last_index == 1
    assert cluster.raft(1).progress[3].match_index == 1
    cluster.raft(3).refuse_commands = False
    cluster.run(200)
    assert payloads(cluster.members[3].applied) == [b"a"]


def test_a_follower_that_takes_no_commands_cuts_nothing_off_for_one_either():
    cluster = Cluster()
    cluster.deliver(2, 1, AppendEntries(1, 0, 0, (Entry(1, 1, EntryKind.NOOP, b""),), 0, 0))
    cluster.sync(1)
    cluster.in_flight.clear()
    cluster.raft(1).refuse_commands = True
    cluster.deliver(3, 1, AppendEntries(2, 0, 0, (Entry(1, 2, EntryKind.COMMAND, b""),), 1, 0))
    cluster.sync(1)
    assert cluster.in_flight == [(1, 3, AppendReply(2, True, 0, 0, 0, 0, 0))]
    assert (cluster.raft(1).log.last_term, cluster.raft(1).commit_index) == (1, 0)


def test_with_a_majority_that_takes_no_commands_a_new_leader_answers_reads_and_members_change():
    cluster = Cluster()
    cluster.elect(1)
    cluster.run(60)
    cluster.raft(1).refuse_commands = cluster.raft(2).refuse_commands = True
    cluster.transfer(1, 3)
    cluster.settle()
    assert cluster.leader == 3
    cluster.propose(3, b"in vain")
    cluster.run(200)
    assert [cluster.raft(node).commit_index for node in (1, 2, 3)] == [2, 2, 2]
    for node in (1, 2, 3):
        cluster.read(node, node)
        cluster.settle()
        assert cluster.members[node].reads_ready == {node: 2}
    cluster.join(4)
    cluster.add_learner(3, 4)
    cluster.run(200)
    # It could not be committed without the command before it.
    assert [cluster.raft(node).commit_index for node in (1, 2, 3, 4)] == [4, 4, 4, 4]
    cluster.propose(3, b"in vain again")
    cluster.promote(3, 4)
    cluster.run(200)
    cluster.remove(3, 1)
    cluster.run(200)
    # Two of three have room now.
    cluster.propose(3, b"at last")
    cluster.run(200)
    assert payloads(cluster.members[4].applied) == [b"in vain", b"in vain again", b"at last"]
    assert payloads(cluster.members[2].applied) == [b"in vain", b"in vain again"]


def test_commands_that_others_have_committed_are_not_taken_for_the_sake_of_what_follows_them():
    cluster = Cluster()
    cluster.elect(1)
    cluster.run(60)
    cluster.raft(3).refuse_commands = True
    cluster.propose(1, b"a", b"b")
    cluster.run(60)
    cluster.join(4)
    cluster.add_learner(1, 4)
    cluster.run(200)
    assert (cluster.raft(2).log.last_index, cluster.raft(3).log.last_index) == (4, 1)


def test_commands_that_are_there_already_do_not_hide_what_follows_them():
    cluster = Cluster()
    known = (Entry(1, 1, EntryKind.NOOP, b""), Entry(2, 1, EntryKind.COMMAND, b"a"))
    cluster.deliver(2, 1, AppendEntries(1, 0, 0, known, 0, 0))
    cluster.sync(1)
    cluster.in_flight.clear()
    cluster.raft(1).refuse_commands = True
    append = AppendEntries(
        2, 0, 0, (*known, Entry(3, 2, EntryKind.NOOP, b""), Entry(4, 2, EntryKind.COMMAND, b"b")), 2, 0
    )
    cluster.deliver(3, 1, append)
    cluster.sync(1)
    assert cluster.in_flight == [(1, 3, AppendReply(2, True, 3, 0, 0, 0, 0))]
    assert cluster.raft(1).commit_index == 2


def test_a_follower_that_takes_no_commands_takes_no_snapshot():
    cluster = Cluster()
    cluster.raft(1).refuse_commands = True
    cluster.raft(1).receive(2, 1_002, InstallSnapshot(1, SnapshotRef(LogBase(9, 1), 9, b""), 0, b"x"), 0)
    assert cluster.raft(1).take_effects().chunk_received is None
