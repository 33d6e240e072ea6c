"""How a follower takes in a snapshot, and what may come in between (§7, Figure 13)."""

import pytest

from raftstore.core.effects import InstallState, ReceiveChunk
from raftstore.core.invariants import InvariantViolation
from raftstore.core.membership import NO_MEMBERS
from raftstore.core.messages import (
    AppendEntries,
    AppendReply,
    InstallSnapshot,
    RequestVote,
    SnapshotRef,
    SnapshotReply,
    TimeoutNow,
    VoteReply,
)
from raftstore.core.types import Entry, EntryKind, HardState, LogBase, Role

from .cluster import Cluster

REF = SnapshotRef(LogBase(5, 2), 200, b"sum")


def entries(*terms: int, after: int = 0) -> tuple[Entry, ...]:
    return tuple(Entry(index, term, EntryKind.COMMAND, b"x") for index, term in enumerate(terms, after + 1))


def follower(*terms: int) -> Cluster:
    """Node 1 has a log of these terms, and follows node 2 in term 3."""
    cluster = Cluster()
    cluster.boot(1, HardState(3, None), list(entries(*terms)))
    cluster.deliver(2, 1, AppendEntries(3, 0, 0, (), 0, 0))
    cluster.in_flight.clear()
    return cluster


def installing(*terms: int) -> Cluster:
    """As `follower`, when the whole snapshot has come and is being made the state."""
    cluster = follower(*terms)
    raft = cluster.raft(1)
    raft.receive(2, 1_002, InstallSnapshot(3, REF, 100, b"x" * 100), cluster.now_ms)
    raft.take_effects()
    raft.chunk_received(2, REF, 200, cluster.now_ms)
    assert raft.take_effects().install == InstallState(2, REF)
    return cluster


def test_a_chunk_is_handed_to_the_driver_and_answered_when_it_is_written():
    cluster = follower(1)
    raft = cluster.raft(1)
    raft.receive(2, 1_002, InstallSnapshot(3, REF, 0, b"x" * 100), cluster.now_ms)
    effects = raft.take_effects()
    assert (effects.chunk_received, effects.sends) == (ReceiveChunk(2, REF, 0, b"x" * 100), ())
    raft.chunk_received(2, REF, 100, cluster.now_ms)
    effects = raft.take_effects()
    assert [(send.to, send.message) for send in effects.sends] == [(2, SnapshotReply(3, REF, 100, installed=False))]
    assert effects.install is None


def test_one_chunk_is_being_written_at_a_time():
    cluster = follower(1)
    raft = cluster.raft(1)
    for _ in range(3):
        raft.receive(2, 1_002, InstallSnapshot(3, REF, 0, b"x" * 100), cluster.now_ms)
    assert raft.take_effects().chunk_received is not None
    raft.receive(2, 1_002, InstallSnapshot(3, REF, 0, b"x" * 100), cluster.now_ms)
    assert raft.take_effects().chunk_received is None


def test_a_chunk_that_goes_beyond_the_end_is_ignored():
    cluster = follower(1)
    cluster.raft(1).receive(2, 1_002, InstallSnapshot(3, REF, 150, b"x" * 100), cluster.now_ms)
    assert cluster.raft(1).take_effects().chunk_received is None


def test_a_snapshot_counts_as_a_sign_of_the_leader():
    cluster = follower(1)
    cluster.now_ms += 100
    cluster.deliver(2, 1, InstallSnapshot(3, REF, 0, b""))
    assert cluster.raft(1).election_deadline_ms == cluster.now_ms + 160
    cluster.deliver(3, 1, RequestVote(9, 9, 9))
    assert cluster.raft(1).term == 3


def test_a_snapshot_of_an_earlier_term_is_refused_with_ours():
    cluster = follower(1)
    cluster.deliver(3, 1, InstallSnapshot(2, REF, 0, b""))
    assert cluster.in_flight == [(1, 3, SnapshotReply(3, REF, 0, installed=False))]
    assert cluster.raft(1).leader == 2


def test_a_snapshot_before_the_commit_index_is_answered_as_installed():
    cluster = follower(1, 1, 2, 2, 2, 2)
    cluster.deliver(2, 1, AppendEntries(3, 6, 2, (), 6, 0))
    cluster.in_flight.clear()
    cluster.deliver(2, 1, InstallSnapshot(3, SnapshotRef(LogBase(4, 2), 200, b"sum"), 0, b""))
    ((_, _, reply),) = cluster.in_flight
    assert reply.installed
    assert cluster.raft(1).log.last_index == 6


def test_a_snapshot_that_the_log_holds_the_last_entry_of_is_not_needed_and_the_rest_of_the_log_stays():
    cluster = follower(1, 1, 2, 2, 2, 2, 3)
    cluster.deliver(2, 1, InstallSnapshot(3, REF, 0, b""))
    cluster.sync(1)
    ((_, _, reply),) = cluster.in_flight
    assert reply == SnapshotReply(3, REF, 200, installed=True)
    raft = cluster.raft(1)
    assert (raft.commit_index, raft.log.last_index, raft.log.base.index) == (5, 7, 0)
    assert len(cluster.members[1].applied) == 5


def test_an_answer_that_a_snapshot_is_not_needed_waits_until_the_log_is_durable():
    cluster = follower(1)
    cluster.deliver(2, 1, AppendEntries(3, 1, 1, entries(1, 2, 2, 2, after=1), 0, 0))
    cluster.deliver(2, 1, InstallSnapshot(3, REF, 0, b""))
    assert cluster.in_flight == []
    cluster.sync(1)
    assert SnapshotReply(3, REF, 200, installed=True) in [message for _, _, message in cluster.in_flight]


@pytest.mark.parametrize("terms", [(1,), (1, 1, 1, 1, 1, 1, 1)], ids=["ends before", "differs there"])
def test_a_log_without_the_last_entry_of_the_snapshot_is_discarded(terms):
    cluster = installing(*terms)
    raft = cluster.raft(1)
    raft.snapshot_installed(REF, cluster.membership, cluster.now_ms)
    effects = raft.take_effects()
    assert effects.persist is not None
    assert (effects.persist.base, effects.persist.entries) == (REF.base, ())
    assert (raft.log.base, raft.log.last_index, raft.commit_index, raft.durable_index) == (REF.base, 5, 5, 5)
    assert effects.committed == ()
    (send,) = effects.sends
    assert (send.message, send.after) == (SnapshotReply(3, REF, 200, installed=True), effects.persist.seq)


def test_what_follows_the_snapshot_is_stored_and_handed_out_after_it():
    cluster = installing(1)
    raft = cluster.raft(1)
    raft.snapshot_installed(REF, cluster.membership, cluster.now_ms)
    raft.receive(2, 1_002, AppendEntries(3, 5, 2, entries(2, 3, after=5), 7, 0), cluster.now_ms)
    effects = raft.take_effects()
    assert effects.persist is not None
    assert (effects.persist.base, effects.persist.entries) == (REF.base, entries(2, 3, after=5))
    assert effects.committed == ()
    raft.persisted(effects.persist.seq, cluster.now_ms)
    assert [entry.index for entry in raft.take_effects().committed] == [6, 7]


def test_a_write_from_before_does_not_make_the_new_log_durable():
    cluster = installing(*[1] * 9)
    raft = cluster.raft(1)
    raft.receive(3, 1_003, RequestVote(4, 99, 9, transfer=True), cluster.now_ms)
    batch = raft.take_effects().persist
    assert batch is not None
    raft.snapshot_installed(REF, cluster.membership, cluster.now_ms)
    raft.persisted(batch.seq, cluster.now_ms)
    assert raft.durable_index == 5
    raft.take_effects()


def test_the_state_is_installed_only_when_the_disk_has_everything_it_was_given():
    cluster = follower(1)
    raft = cluster.raft(1)
    raft.receive(2, 1_002, AppendEntries(3, 1, 1, entries(1, after=1), 0, 0), cluster.now_ms)
    batch = raft.take_effects().persist
    assert batch is not None
    raft.chunk_received(2, REF, 200, cluster.now_ms)
    assert raft.take_effects().install is None
    raft.persisted(batch.seq, cluster.now_ms)
    assert raft.take_effects().install == InstallState(2, REF)
    assert raft.take_effects().install is None


def test_while_a_state_is_installed_the_log_stays_as_it_is_and_nothing_is_handed_out():
    cluster = follower(1, 1, 1)
    raft = cluster.raft(1)
    raft.receive(2, 1_002, AppendEntries(3, 1, 1, (), 1, 0), cluster.now_ms)
    raft.chunk_received(2, REF, 200, cluster.now_ms)
    assert raft.take_effects().committed == ()
    raft.receive(2, 1_002, AppendEntries(3, 1, 1, entries(2, 2, 2, 2, 3, after=1), 6, 0), cluster.now_ms)
    effects = raft.take_effects()
    assert (effects.persist, effects.committed, raft.log.last_index, raft.commit_index) == (None, (), 3, 1)
    assert [send.message for send in effects.sends] == [AppendReply(3, True, 1, 0, 0, 0, 0)]


def test_a_node_that_installs_a_state_neither_stands_nor_takes_over_but_votes():
    cluster = installing(1)
    raft = cluster.raft(1)
    cluster.deliver(2, 1, TimeoutNow(3))
    assert raft.role is Role.FOLLOWER
    cluster.advance(1, 1_000)
    assert (raft.role, raft.leader) == (Role.FOLLOWER, None)
    cluster.in_flight.clear()
    cluster.deliver(3, 1, RequestVote(4, 9, 3))
    cluster.sync(1)
    assert cluster.in_flight == [(1, 3, VoteReply(4, granted=True))]


def test_who_asks_while_a_state_is_installed_is_told_that_all_of_it_is_there_and_nothing_of_another():
    cluster = installing(1)
    cluster.deliver(2, 1, InstallSnapshot(3, SnapshotRef(LogBase(9, 3), 300, b"newer"), 0, b"x"))
    assert cluster.in_flight == []
    cluster.deliver(2, 1, InstallSnapshot(3, REF, 0, b""))
    cluster.sync(1)
    assert cluster.in_flight == [(1, 2, SnapshotReply(3, REF, 200, installed=False))]
    assert cluster.raft(1).take_effects().chunk_received is None


def test_the_new_leader_is_told_of_a_state_that_the_old_one_sent():
    cluster = installing(1)
    raft = cluster.raft(1)
    raft.receive(3, 1_003, AppendEntries(4, 0, 0, (), 0, 0), cluster.now_ms)
    raft.take_effects()
    raft.snapshot_installed(REF, cluster.membership, cluster.now_ms)
    (send,) = raft.take_effects().sends
    assert (send.to, send.message) == (3, SnapshotReply(4, REF, 200, installed=True))


def test_a_snapshot_that_is_not_what_it_should_be_is_fetched_again():
    cluster = installing(1, 1)
    raft = cluster.raft(1)
    raft.snapshot_refused(REF)
    assert raft.take_effects().sends == ()
    raft.receive(2, 1_002, AppendEntries(3, 2, 1, (), 2, 0), cluster.now_ms)
    assert len(raft.take_effects().committed) == 2
    raft.receive(2, 1_002, InstallSnapshot(3, REF, 0, b""), cluster.now_ms)
    assert raft.take_effects().chunk_received == ReceiveChunk(2, REF, 0, b"")


def test_a_result_that_was_not_asked_for_stops_the_node():
    cluster = follower(1)
    for result in (
        lambda: cluster.raft(1).snapshot_installed(REF, NO_MEMBERS, 0),
        lambda: cluster.raft(1).snapshot_refused(REF),
    ):
        with pytest.raises(InvariantViolation):
            result()


def test_a_snapshot_that_the_log_has_reached_meanwhile_is_not_installed():
    cluster = follower(1)
    raft = cluster.raft(1)
    raft.receive(2, 1_002, InstallSnapshot(3, REF, 100, b"x" * 100), cluster.now_ms)
    raft.take_effects()
    raft.receive(2, 1_002, AppendEntries(3, 1, 1, entries(1, 2, 2, 2, 3, after=1), 0, 0), cluster.now_ms)
    raft.chunk_received(2, REF, 200, cluster.now_ms)
    effects = raft.take_effects()
    assert effects.install is None
    assert SnapshotReply(3, REF, 200, installed=True) in [send.message for send in effects.sends]
    assert raft.log.last_index == 6


def test_a_written_chunk_of_a_deposed_leader_is_not_answered_to_it():
    cluster = follower(1)
    raft = cluster.raft(1)
    raft.receive(2, 1_002, InstallSnapshot(3, REF, 0, b"x" * 100), cluster.now_ms)
    raft.take_effects()
    raft.receive(3, 1_003, AppendEntries(4, 0, 0, (), 0, 0), cluster.now_ms)
    raft.take_effects()
    raft.chunk_received(2, REF, 100, cluster.now_ms)
    assert raft.take_effects().sends == ()


def test_a_candidate_leaves_a_complete_snapshot_where_it_is():
    cluster = follower(1)
    raft = cluster.raft(1)
    raft.receive(2, 1_002, InstallSnapshot(3, REF, 100, b"x" * 100), cluster.now_ms)
    raft.take_effects()
    cluster.advance(1, 1_000)
    assert raft.role is Role.PRE_CANDIDATE
    raft.chunk_received(2, REF, 200, cluster.now_ms)
    assert raft.take_effects().install is None
    assert not raft.installation.is_installing


def test_a_crash_in_the_middle_of_installing_begins_from_the_state_or_from_the_log():
    for installs in (False, True):
        cluster = Cluster()
        cluster.holds_installations = True
        cluster.elect(1)
        for number in range(5):
            cluster.propose(1, b"%d" % number)
            cluster.settle(1, 2)
        cluster.run(60, 1, 2)
        cluster.compact(1)
        cluster.run(300)
        assert cluster.members[3].to_install
        if installs:
            cluster.install(3)
        cluster.crash(3)
        cluster.holds_installations = False
        cluster.run(1_000)
        assert cluster.members[3].applied == cluster.members[1].applied


# --- Entries around the base ----------------------------------------------------------------------


def with_base_5() -> Cluster:
    cluster = installing(1)
    cluster.raft(1).snapshot_installed(REF, cluster.membership, cluster.now_ms)
    cluster.members[1].applied = list(entries(1, 1, 2, 2, 2))
    cluster.settle(1)
    return cluster


@pytest.mark.parametrize(
    ("prev_index", "terms", "match_index"),
    [
        pytest.param(0, (1, 1), 5, id="all before the base"),
        pytest.param(2, (1, 2, 2), 5, id="up to the base"),
        pytest.param(3, (2, 2, 2, 3), 7, id="across the base"),
        pytest.param(0, (), 5, id="a heartbeat from the beginning"),
        pytest.param(5, (2, 3), 7, id="after the base"),
    ],
)
def test_entries_at_or_before_the_base_are_known_to_be_committed(prev_index, terms, match_index):
    cluster = with_base_5()
    prev_term = 2 if prev_index == 5 else 1
    cluster.deliver(2, 1, AppendEntries(3, prev_index, prev_term, entries(*terms, after=prev_index), match_index, 0))
    cluster.sync(1)
    assert cluster.in_flight == [(1, 2, AppendReply(3, True, match_index, 0, 0, 0, 0))]
    assert (cluster.raft(1).log.base, cluster.raft(1).log.last_index) == (REF.base, match_index)
    assert cluster.raft(1).commit_index == match_index


def test_a_gap_after_the_base_is_refused_with_a_hint_at_it():
    cluster = with_base_5()
    cluster.deliver(2, 1, AppendEntries(3, 9, 3, (), 9, 0))
    cluster.sync(1)
    assert cluster.in_flight == [(1, 2, AppendReply(3, False, 0, 9, 5, 2, 0))]
