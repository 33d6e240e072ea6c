"""How a leader brings a follower up whose next entry is no longer in the log (§7, Figure 13)."""

import pytest

from raftstore.core.effects import SendChunk
from raftstore.core.invariants import InvariantViolation
from raftstore.core.messages import AppendEntries, AppendReply, InstallSnapshot, SnapshotRef, SnapshotReply
from raftstore.core.progress import Pace
from raftstore.core.types import LogBase, Role

from .cluster import CHUNK_BYTES, Cluster, payloads


def one_behind(entries: int = 5) -> Cluster:
    """Node 3 was away while the others applied entries and forgot them again."""
    cluster = Cluster()
    cluster.elect(1)
    for number in range(entries):
        cluster.propose(1, b"%d" % number)
        cluster.settle(1, 2)
    cluster.run(60, 1, 2)
    cluster.compact(1)
    cluster.compact(2)
    return cluster


def probed(cluster: Cluster) -> SnapshotRef:
    """The leader has found out that node 3 needs a snapshot, and asks how much of it is there."""
    cluster.run(60, 1, 2)
    heartbeat = next(m for m in reversed(_sent_to_3(cluster)) if isinstance(m, AppendEntries))
    cluster.deliver(1, 3, heartbeat)
    cluster.sync(3)
    refusal = next(m for sender, _, m in cluster.in_flight if sender == 3)
    cluster.in_flight.clear()
    cluster.deliver(3, 1, refusal)
    (question,) = chunks(cluster)
    assert (question.offset, question.data) == (0, b"")
    cluster.in_flight.clear()
    return question.snapshot


def _sent_to_3(cluster: Cluster) -> list[object]:
    cluster.advance(1, 50)
    return [message for _, to, message in cluster.in_flight if to == 3]


def chunks(cluster: Cluster) -> list[InstallSnapshot]:
    return [message for _, _, message in cluster.in_flight if isinstance(message, InstallSnapshot)]


def test_a_follower_that_lacks_what_is_compacted_gets_a_snapshot_and_then_the_log():
    cluster = one_behind()
    cluster.propose(1, b"after")
    cluster.run(500)
    assert payloads(cluster.members[3].applied) == [b"0", b"1", b"2", b"3", b"4", b"after"]
    assert cluster.members[3].disk.base == LogBase(6, 1)
    progress = cluster.raft(1).progress[3]
    assert (progress.pace, progress.match_index, progress.sending) == (Pace.REPLICATE, 7, None)


def test_a_learner_that_joins_later_gets_a_snapshot_with_the_members_in_it():
    cluster = one_behind()
    cluster.join(4)
    cluster.add_learner(1, 4)
    cluster.run(300, 1, 2, 4)
    assert cluster.members[4].applied == cluster.members[1].applied
    assert cluster.raft(4).membership == cluster.raft(1).membership


def test_members_that_changed_before_the_snapshot_travel_in_it():
    cluster = Cluster(size=4)
    cluster.elect(1)
    cluster.remove(1, 4)
    cluster.run(60, 1, 2)
    cluster.compact(1)
    cluster.run(500, 1, 2, 3)
    assert cluster.raft(3).log.base.index > 1
    assert cluster.raft(3).membership.voters == {1, 2, 3}
    assert cluster.raft(3).take_effects().membership is None


def test_no_snapshot_is_made_for_a_follower_that_does_not_answer():
    cluster = one_behind()
    cluster.run(2_000, 1, 2)
    assert cluster.members[1].snapshot is None
    assert cluster.raft(1).progress[3].pace is Pace.PROBE


def test_the_wish_for_a_snapshot_is_repeated_until_there_is_one():
    cluster = one_behind()
    raft = cluster.raft(1)
    raft.receive(3, 1_003, AppendReply(1, False, 0, raft.progress[3].next_index - 1, 1, 1, 0), cluster.now_ms)
    assert raft.take_effects().snapshot_wanted
    assert not raft.take_effects().snapshot_wanted
    raft.tick(cluster.now_ms + 50)
    assert raft.take_effects().snapshot_wanted


def test_a_follower_that_receives_a_snapshot_hears_the_leader_meanwhile():
    cluster = one_behind()
    probed(cluster)
    cluster.advance(1, 50)
    assert (1, 3, AppendEntries(1, 0, 0, (), 6, 0)) in cluster.in_flight
    cluster.in_flight.clear()
    cluster.deliver(1, 3, AppendEntries(1, 0, 0, (), 6, 0))
    cluster.sync(3)
    assert cluster.in_flight == [(3, 1, AppendReply(1, True, 0, 0, 0, 0, 0))]
    cluster.deliver(3, 1, AppendReply(1, True, 0, 0, 0, 0, 0))
    assert cluster.raft(1).progress[3].pace is Pace.SNAPSHOT


def test_one_chunk_is_under_way_at_a_time_and_the_next_follows_the_answer():
    cluster = one_behind()
    snapshot = probed(cluster)
    for received in range(0, snapshot.size_bytes, CHUNK_BYTES):
        cluster.deliver(3, 1, SnapshotReply(1, snapshot, received, installed=False))
        (chunk,) = chunks(cluster)
        assert (chunk.offset, len(chunk.data)) == (received, CHUNK_BYTES)
        cluster.in_flight.clear()
    cluster.deliver(3, 1, SnapshotReply(1, snapshot, snapshot.size_bytes, installed=False))
    assert chunks(cluster) == []


def test_a_transfer_goes_on_where_it_stopped():
    cluster = one_behind()
    snapshot = probed(cluster)
    cluster.deliver(3, 1, SnapshotReply(1, snapshot, 2 * CHUNK_BYTES, installed=False))
    (chunk,) = chunks(cluster)
    assert chunk.offset == 2 * CHUNK_BYTES


def test_doubled_and_late_answers_send_no_second_chunk():
    cluster = one_behind()
    snapshot = probed(cluster)
    for received in (0, 0, CHUNK_BYTES, 0, CHUNK_BYTES, CHUNK_BYTES):
        cluster.deliver(3, 1, SnapshotReply(1, snapshot, received, installed=False))
    assert [chunk.offset for chunk in chunks(cluster)] == [0, CHUNK_BYTES]


def test_who_stays_silent_is_asked_again_and_may_have_less_than_before():
    cluster = one_behind()
    snapshot = probed(cluster)
    cluster.deliver(3, 1, SnapshotReply(1, snapshot, 2 * CHUNK_BYTES, installed=False))
    cluster.in_flight.clear()
    for _ in range(8):
        cluster.now_ms += 50
        for node in (2, 3):
            cluster.deliver(node, 1, AppendReply(1, True, 0, 0, 0, 0, 0))
        cluster.advance(1, 0)
    assert [(chunk.offset, chunk.data) for chunk in chunks(cluster)] == [(0, b"")]
    cluster.in_flight.clear()
    cluster.deliver(3, 1, SnapshotReply(1, snapshot, 0, installed=False))
    assert [(chunk.offset, len(chunk.data)) for chunk in chunks(cluster)] == [(0, CHUNK_BYTES)]


def test_a_follower_that_crashes_on_the_way_resumes():
    cluster = one_behind()
    snapshot = probed(cluster)
    cluster.members[3].disk.incoming = None
    cluster.deliver(1, 3, InstallSnapshot(1, snapshot, 0, b"x" * CHUNK_BYTES))
    cluster.crash(3)
    content = cluster.members[3].disk.incoming
    assert content is not None
    assert content[1] == b"x" * CHUNK_BYTES
    cluster.members[3].disk.incoming = None
    cluster.run(800)
    assert cluster.members[3].applied == cluster.members[1].applied


def test_an_answer_about_another_snapshot_is_ignored():
    cluster = one_behind()
    snapshot = probed(cluster)
    other = SnapshotRef(snapshot.base, snapshot.size_bytes, b"other")
    cluster.deliver(3, 1, SnapshotReply(1, other, 50, installed=False))
    assert chunks(cluster) == []


def test_an_answer_of_an_earlier_term_is_ignored_and_a_later_one_deposes():
    cluster = one_behind()
    snapshot = probed(cluster)
    cluster.deliver(3, 1, SnapshotReply(0, snapshot, 0, installed=False))
    assert chunks(cluster) == []
    cluster.deliver(3, 1, SnapshotReply(9, snapshot, 0, installed=False))
    assert (cluster.raft(1).role, cluster.raft(1).term) == (Role.FOLLOWER, 9)


def test_nobody_is_believed_to_have_installed_what_is_not_committed():
    cluster = one_behind()
    snapshot = probed(cluster)
    beyond = SnapshotRef(LogBase(99, 1), snapshot.size_bytes, snapshot.checksum)
    cluster.deliver(3, 1, SnapshotReply(1, beyond, 0, installed=True))
    assert (cluster.raft(1).progress[3].match_index, cluster.raft(1).progress[3].pace) == (1, Pace.SNAPSHOT)


def test_a_snapshot_that_is_gone_is_replaced_and_the_transfer_begins_again():
    cluster = one_behind()
    first = probed(cluster)
    cluster.propose(1, b"more")
    cluster.settle(1, 2)
    cluster.members[1].snapshot = None
    cluster.deliver(3, 1, SnapshotReply(1, first, 0, installed=False))
    assert cluster.raft(1).snapshot is None
    cluster.run(500)
    assert cluster.members[1].snapshot != first
    assert cluster.members[3].applied == cluster.members[1].applied


def test_the_log_behind_a_snapshot_under_way_is_kept():
    cluster = one_behind()
    snapshot = probed(cluster)
    cluster.deliver(3, 1, SnapshotReply(1, snapshot, CHUNK_BYTES, installed=False))
    cluster.propose(1, b"more")
    cluster.settle(1, 2)
    assert cluster.compact(1).index == snapshot.base.index


def test_but_not_for_ever_when_the_transfer_stands_still():
    cluster = one_behind()
    probed(cluster)
    cluster.propose(1, b"more")
    cluster.settle(1, 2)
    cluster.now_ms += 3_001
    cluster.deliver(2, 1, AppendReply(1, True, 7, 0, 0, 0, 0))
    assert cluster.compact(1).index == 7


def loading() -> Cluster:
    """Node 3 has all of the snapshot, and the log has grown since."""
    cluster = one_behind()
    snapshot = probed(cluster)
    cluster.deliver(3, 1, SnapshotReply(1, snapshot, snapshot.size_bytes, installed=False))
    cluster.propose(1, b"more")
    cluster.settle(1, 2)
    return cluster


def heartbeats(cluster: Cluster, milliseconds: int, *answering: int) -> None:
    for _ in range(milliseconds // 50):
        cluster.advance(1, 50)
        for node in answering:
            cluster.deliver(node, 1, AppendReply(1, True, 0, 0, 0, 0, 0))
    cluster.in_flight.clear()


def test_the_log_is_kept_for_minutes_behind_who_answers_while_it_loads_a_large_snapshot():
    cluster = loading()
    heartbeats(cluster, 60_000, 2, 3)
    assert cluster.compact(1).index == 6
    heartbeats(cluster, 240_100, 2, 3)
    assert cluster.compact(1).index == 7


def test_but_not_behind_who_falls_silent_over_it():
    cluster = loading()
    heartbeats(cluster, 1_000, 2)
    assert cluster.compact(1).index == 7


def test_who_threw_a_damaged_snapshot_away_is_sent_it_again_though_it_had_all_of_it():
    cluster = loading()
    heartbeats(cluster, 400, 2, 3)
    snapshot = cluster.members[1].snapshot
    assert snapshot is not None
    cluster.deliver(3, 1, SnapshotReply(1, snapshot, 0, installed=False))
    assert [(chunk.offset, len(chunk.data)) for chunk in chunks(cluster)] == [(0, CHUNK_BYTES)]


def test_a_snapshot_that_the_log_has_outrun_is_not_sent():
    cluster = one_behind()
    old = cluster.take_snapshot(1)
    cluster.propose(1, b"more")
    cluster.settle(1, 2)
    cluster.compact(1)
    cluster.run(500)
    assert cluster.members[1].snapshot != old
    assert cluster.members[3].applied == cluster.members[1].applied


def test_a_snapshot_that_is_good_enough_serves_the_next_follower_too():
    cluster = one_behind()
    snapshot = cluster.take_snapshot(1)
    cluster.propose(1, b"more")
    cluster.run(500)
    assert cluster.members[1].snapshot == snapshot
    assert cluster.members[3].applied == cluster.members[1].applied


def test_a_follower_within_the_log_is_sent_entries_though_they_are_the_last_that_are_left():
    cluster = one_behind()
    cluster.run(60)
    assert cluster.members[3].applied == cluster.members[1].applied
    taken = cluster.members[1].snapshot
    cluster.propose(1, b"a", b"b")
    cluster.settle(1, 2)
    cluster.compact(1, 6)
    cluster.run(60)
    assert payloads(cluster.members[3].applied)[-2:] == [b"a", b"b"]
    assert cluster.members[1].snapshot == taken


def test_only_what_was_handed_out_can_be_compacted():
    cluster = one_behind()
    cluster.propose(1, b"a")
    with pytest.raises(InvariantViolation):
        cluster.raft(1).compact(7)


def test_compacting_twice_changes_nothing():
    cluster = one_behind()
    base = cluster.raft(1).log.base
    assert cluster.raft(1).compact(2) == base == LogBase(6, 1)


def test_votes_compare_logs_that_are_compacted_to_the_end():
    cluster = one_behind()
    cluster.elect(3)
    assert cluster.raft(3).role is not Role.LEADER
    cluster.run(1_000)
    assert cluster.leader in (1, 2)


def test_a_node_starts_again_from_its_base_and_what_follows():
    cluster = one_behind()
    cluster.propose(1, b"tail")
    cluster.settle(1, 2)
    cluster.crash(2)
    raft = cluster.raft(2)
    assert (raft.log.base.index, raft.log.last_index, raft.commit_index, raft.handed_out_index) == (6, 7, 6, 6)
    cluster.run(100)
    assert payloads(cluster.members[2].applied)[-1] == b"tail"


def test_what_is_sent_names_the_term_in_which_it_was_asked_for():
    cluster = one_behind()
    snapshot = probed(cluster)
    raft = cluster.raft(1)
    raft.receive(3, 1_003, SnapshotReply(1, snapshot, 0, installed=False), cluster.now_ms)
    assert raft.take_effects().chunks_to_send == (SendChunk(3, 1, snapshot, 0, CHUNK_BYTES),)


def test_as_soon_as_the_snapshot_is_installed_the_entries_after_it_leave():
    cluster = one_behind()
    snapshot = probed(cluster)
    cluster.propose(1, b"more")
    cluster.in_flight.clear()
    cluster.deliver(3, 1, SnapshotReply(1, snapshot, snapshot.size_bytes, installed=True))
    ((_, to, append),) = cluster.in_flight
    assert (to, append.prev_index, [entry.data for entry in append.entries]) == (3, 6, [b"more"])


def test_a_follower_whose_next_entries_are_compacted_while_it_lags_gets_a_snapshot():
    cluster = Cluster()
    cluster.elect(1)
    for number in range(30):
        cluster.propose(1, b"%d" % number)
        cluster.settle(1, 2)
    assert cluster.raft(1).progress[3].next_index < 20
    cluster.compact(1)
    cluster.run(300)
    assert cluster.members[3].applied == cluster.members[1].applied


def test_a_late_refusal_does_not_end_a_transfer():
    cluster = one_behind()
    probed(cluster)
    cluster.deliver(3, 1, AppendReply(1, False, 0, 8, 7, 1, 0))
    assert cluster.raft(1).progress[3].pace is Pace.SNAPSHOT
