"""Log replication and commitment: §5.3, §5.4.2, Figures 7 and 8, and what is durable before what is said."""

import pytest

from raftstore.core.messages import AppendEntries, AppendReply, VoteReply
from raftstore.core.progress import Pace
from raftstore.core.raft import NotLeader
from raftstore.core.types import Entry, EntryKind, HardState, Role

from .cluster import Cluster, payloads


def log_of(*terms: int) -> list[Entry]:
    return [Entry(index, term, EntryKind.COMMAND, b"%d@%d" % (index, term)) for index, term in enumerate(terms, 1)]


def terms_of(cluster: Cluster, node: int) -> list[int]:
    log = cluster.raft(node).log
    return [entry.term for entry in log.between(1, log.last_index)]


def test_what_the_leader_takes_in_is_applied_everywhere_in_order():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"a", b"b")
    cluster.propose(1, b"c")
    cluster.settle()
    cluster.advance(1, 50)
    cluster.settle()
    assert [payloads(cluster.members[n].applied) for n in (1, 2, 3)] == [[b"a", b"b", b"c"]] * 3


def test_only_a_leader_takes_proposals_and_others_say_who_leads():
    cluster = Cluster()
    cluster.elect(1)
    with pytest.raises(NotLeader) as refusal:
        cluster.raft(2).propose([b"x"])
    assert refusal.value.leader == 1


def test_a_leader_replicates_while_its_own_disk_works_but_counts_itself_only_when_durable():
    cluster = Cluster()
    cluster.elect(1)
    index = cluster.propose(1, b"a")
    appends = [m for _, _, m in cluster.in_flight if isinstance(m, AppendEntries) and m.entries]
    assert len(appends) == 2
    cluster.in_flight.clear()
    cluster.deliver(2, 1, AppendReply(1, True, index, 0, 0, 0, 0))
    # One follower and the leader's own durable copy make the majority; the latter is missing yet.
    assert cluster.raft(1).commit_index == index - 1
    assert payloads(cluster.members[1].applied) == []
    cluster.sync(1)
    assert payloads(cluster.members[1].applied) == [b"a"]


def test_a_follower_acknowledges_only_what_is_durable():
    cluster = Cluster()
    cluster.deliver(2, 1, AppendEntries(1, 0, 0, tuple(log_of(1)), 0, 0))
    assert cluster.in_flight == []
    cluster.sync(1)
    assert cluster.in_flight == [(1, 2, AppendReply(1, True, 1, 0, 0, 0, 0))]
    assert cluster.members[1].stored == log_of(1)


def test_a_repeated_append_is_not_acknowledged_before_the_first_write_of_it_is_durable():
    cluster = Cluster()
    append = AppendEntries(1, 0, 0, tuple(log_of(1)), 0, 0)
    cluster.deliver(2, 1, append)
    cluster.deliver(2, 1, append)
    assert cluster.in_flight == []


@pytest.mark.parametrize(
    "follower",
    [
        pytest.param([1, 1, 1, 4, 4, 5, 5, 6, 6], id="a: lacks one"),
        pytest.param([1, 1, 1, 4], id="b: lacks many"),
        pytest.param([1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6], id="c: has one more"),
        pytest.param([1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7], id="d: has two of a later term"),
        pytest.param([1, 1, 1, 4, 4, 4, 4], id="e: lacks many, has others"),
        pytest.param([1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3], id="f: others throughout"),
    ],
)
def test_figure_7_every_follower_comes_to_agree_with_the_new_leader(follower):
    leader = [1, 1, 1, 4, 4, 5, 5, 6, 6, 6]
    cluster = Cluster()
    cluster.boot(1, HardState(7, None), log_of(*leader))
    cluster.boot(2, HardState(7, None), log_of(*follower))
    cluster.boot(3, HardState(7, None), log_of(*leader))
    cluster.elect(1)
    assert cluster.raft(1).role is Role.LEADER
    cluster.advance(1, 50)
    cluster.settle()
    assert terms_of(cluster, 2) == [*leader, 8]
    assert cluster.members[2].stored == cluster.members[1].stored


def test_a_conflict_over_many_entries_of_one_term_is_found_in_a_few_messages():
    cluster = Cluster(size=2)
    cluster.boot(1, HardState(9, None), log_of(*[1] * 5, *[9] * 5))
    cluster.boot(2, HardState(9, None), log_of(*[1] * 5, *[2] * 500))
    cluster.advance(1, 1_000)
    rounds = 0
    while terms_of(cluster, 2) != terms_of(cluster, 1):
        rounds += 1
        cluster.sync(1)
        cluster.sync(2)
        batch, cluster.in_flight = cluster.in_flight, []
        for sender, to, message in batch:
            cluster.deliver(sender, to, message)
        assert rounds < 20


def test_figure_8_an_entry_of_an_earlier_term_is_not_committed_by_counting_copies():
    cluster = Cluster(size=5)
    for node, terms in {1: (1, 2), 2: (1, 2), 3: (1,), 4: (1,), 5: (1, 3)}.items():
        cluster.boot(node, HardState(3, None), log_of(*terms))
    cluster.stand(1)
    cluster.sync(1)
    for voter in (2, 3, 4):
        cluster.deliver(voter, 1, VoteReply(4, granted=True))
    leader = cluster.raft(1)
    assert (leader.role, leader.term_start_index) == (Role.LEADER, 3)
    cluster.sync(1)
    # (c): entry 2, of term 2, is on a majority now, but node 5 could still win with its entry of term 3.
    for node in (2, 3):
        cluster.deliver(node, 1, AppendReply(4, True, 2, 0, 0, 0, 0))
    assert leader.commit_index == 0
    # (e): once an entry of the leader's own term is on a majority, everything before it is committed too.
    for node in (2, 3):
        cluster.deliver(node, 1, AppendReply(4, True, 3, 0, 0, 0, 0))
    assert leader.commit_index == 3


def test_a_delayed_append_does_not_take_back_what_later_ones_brought():
    cluster = Cluster()
    cluster.deliver(2, 1, AppendEntries(1, 0, 0, tuple(log_of(1, 1, 1)), 0, 0))
    cluster.deliver(2, 1, AppendEntries(1, 0, 0, tuple(log_of(1)), 0, 0))
    assert cluster.raft(1).log.last_index == 3


def test_a_follower_commits_no_further_than_its_log_is_known_to_match():
    cluster = Cluster()
    cluster.boot(1, HardState(1, None), log_of(1, 1, 1))
    cluster.deliver(2, 1, AppendEntries(2, 1, 1, (), commit_index=3, read_round=0))
    assert cluster.raft(1).commit_index == 1


def test_a_node_applies_an_entry_only_when_it_is_durable_there_too():
    cluster = Cluster()
    cluster.deliver(2, 1, AppendEntries(1, 0, 0, tuple(log_of(1)), commit_index=1, read_round=0))
    assert cluster.raft(1).commit_index == 1
    assert cluster.members[1].applied == []
    cluster.sync(1)
    assert cluster.members[1].applied == log_of(1)


def test_a_batch_that_was_replaced_before_it_was_synced_does_not_make_its_successor_durable():
    cluster = Cluster()
    cluster.deliver(2, 1, AppendEntries(1, 0, 0, tuple(log_of(1, 1)), 0, 0))
    first = cluster.members[1].unsynced[0]
    cluster.deliver(3, 1, AppendEntries(2, 0, 0, tuple(log_of(2, 2)), 0, 0))
    cluster.raft(1).persisted(first.seq, cluster.now_ms)
    assert cluster.raft(1).durable_index == 0


def test_an_append_lost_on_the_way_is_sent_again_after_the_next_heartbeat():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"lost")
    cluster.in_flight.clear()
    cluster.advance(1, 50)
    cluster.settle()
    assert payloads(cluster.members[1].applied) == [b"lost"]


def test_a_follower_that_was_away_catches_up():
    cluster = Cluster()
    cluster.elect(1)
    for number in range(50):
        cluster.propose(1, b"%d" % number)
        cluster.settle(1, 2)
    cluster.crash(3)
    for _ in range(3):
        cluster.advance(1, 400)
        cluster.settle()
    assert payloads(cluster.members[3].applied) == [b"%d" % number for number in range(50)]


def test_an_old_acknowledgement_never_moves_the_match_index_back():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"a", b"b", b"c")
    cluster.settle()
    progress = cluster.raft(1).progress[2]
    match_index = progress.match_index
    cluster.deliver(2, 1, AppendReply(1, True, 1, 0, 0, 0, 0))
    assert (progress.match_index, progress.next_index, progress.pace) == (match_index, match_index + 1, Pace.REPLICATE)


def test_a_late_refusal_never_moves_the_match_index_back():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"a", b"b", b"c")
    cluster.settle()
    progress = cluster.raft(1).progress[2]
    match_index = progress.match_index
    for rejected_index in range(match_index + 1):
        cluster.deliver(2, 1, AppendReply(1, False, 0, rejected_index, 0, 0, 0))
    assert (progress.match_index, progress.next_index, progress.pace) == (match_index, match_index + 1, Pace.REPLICATE)


def test_to_a_follower_that_does_not_answer_go_no_entries_until_it_does():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"a")
    cluster.settle(1, 3)
    to_silent = []
    for _ in range(20):
        cluster.advance(1, 50)
        to_silent += [m for _, to, m in cluster.in_flight if to == 2 and isinstance(m, AppendEntries)]
        cluster.settle(1, 3)
    assert sum(len(message.entries) for message in to_silent) <= 6
    assert not to_silent[-1].entries
    cluster.settle()
    cluster.advance(1, 50)
    cluster.settle()
    assert payloads(cluster.members[2].applied) == [b"a"]


def test_answers_to_heartbeats_do_not_widen_the_window():
    cluster = Cluster()
    cluster.elect(1)
    progress = cluster.raft(1).progress[2]
    for number in range(40):
        cluster.propose(1, b"%d" % number)
        cluster.deliver(2, 1, AppendReply(1, True, 1, 0, 0, 0, 0))
    assert len(progress.inflight) == cluster.raft(1).config.inflight_limit_messages


def test_a_deposed_leaders_uncommitted_entries_give_way_to_the_new_leaders():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"never committed")
    cluster.in_flight.clear()
    cluster.elect(2, 2, 3)
    cluster.propose(2, b"kept")
    cluster.settle(2, 3)
    for _ in range(3):
        cluster.advance(2, 400)
        cluster.settle()
    assert payloads(cluster.members[1].applied) == [b"kept"]
    assert cluster.members[1].stored == cluster.members[2].stored


def test_after_a_refusal_nothing_is_sent_again_that_was_acknowledged():
    cluster = Cluster()
    cluster.elect(1)
    cluster.propose(1, b"a", b"b", b"c")
    cluster.settle()
    cluster.propose(1, b"d")
    progress = cluster.raft(1).progress[2]
    cluster.deliver(2, 1, AppendReply(1, False, 0, progress.match_index + 1, 0, 0, 0))
    assert (progress.next_index, progress.pace) == (progress.match_index + 1, Pace.PROBE)
