"""Who differs is found by comparing hashes as of one index, and only a majority can say who is wrong."""

from raftstore.runtime.divergence import INDICES_COMPARED, Finding, HashBoard
from raftstore.transport.envelope import HashReport

VOTERS = frozenset({1, 2, 3})
GOOD, BAD, UGLY = b"good", b"bad", b"ugly"


def board(limit_hashes: int = 10) -> HashBoard:
    return HashBoard(1, limit_hashes=limit_hashes)


def test_equal_hashes_are_no_finding():
    one = board()
    one.applied(5, GOOD)
    for node in (2, 3):
        one.heard(node, HashReport(5, GOOD))
    assert one.take_answers() == [HashReport(5, GOOD)]
    assert one.compare(VOTERS) is None


def test_who_differs_from_a_majority_is_named_also_if_it_is_the_node_itself():
    for own, others, wrong in ((GOOD, {2: GOOD, 3: BAD}, 3), (BAD, {2: GOOD, 3: GOOD}, 1)):
        one = board()
        one.applied(5, own)
        for node, said in others.items():
            one.heard(node, HashReport(5, said))
        one.take_answers()
        assert one.compare(VOTERS) == Finding(5, frozenset({wrong}), has_majority=True)


def test_two_that_differ_are_not_judged_before_the_third_has_spoken():
    one = board()
    one.applied(5, GOOD)
    one.heard(2, HashReport(5, BAD))
    one.take_answers()
    assert one.compare(VOTERS) is None
    one.heard(3, HashReport(5, BAD))
    assert one.compare(VOTERS) == Finding(5, frozenset({1}), has_majority=True)


def test_without_a_majority_all_are_named_and_none_is_believed():
    one = board()
    one.applied(5, GOOD)
    one.heard(2, HashReport(5, BAD))
    one.heard(3, HashReport(5, UGLY))
    one.take_answers()
    assert one.compare(VOTERS) == Finding(5, VOTERS, has_majority=False)


def test_learners_are_compared_and_do_not_count():
    one = board()
    one.applied(5, GOOD)
    one.heard(2, HashReport(5, GOOD))
    for learner in (4, 5, 6):
        one.heard(learner, HashReport(5, BAD))
    one.take_answers()
    assert one.compare(VOTERS) == Finding(5, frozenset({4, 5, 6}), has_majority=True)


def test_a_report_is_answered_as_soon_as_its_index_is_applied_and_once():
    one = board()
    one.heard(2, HashReport(5, GOOD))
    assert one.take_answers() == []
    one.applied(5, GOOD)
    assert one.take_answers() == [HashReport(5, GOOD)]
    assert one.take_answers() == []
    assert one.say(5) is None


def test_what_was_said_is_said_again_when_somebody_needs_it_again():
    one = board()
    one.applied(5, GOOD)
    assert not one.heard(2, HashReport(5, GOOD))
    assert one.take_answers() == [HashReport(5, GOOD)]
    assert one.heard(2, HashReport(5, GOOD))
    assert one.take_answers() == []
    one.forget_said(5)
    assert one.take_answers() == [HashReport(5, GOOD)]


def test_what_is_not_remembered_any_more_is_not_answered():
    one = board(limit_hashes=3)
    for index in range(1, 6):
        one.applied(index, GOOD)
    one.heard(2, HashReport(2, GOOD))
    one.heard(2, HashReport(3, GOOD))
    assert one.take_answers() == [HashReport(3, GOOD)]


def test_reports_about_many_indices_take_a_bounded_room():
    one = board()
    for index in range(1_000):
        one.heard(2, HashReport(index, GOOD))
    assert len(one._reported) == INDICES_COMPARED
