"""The log in memory, with and without a base (§5.3, §7)."""

import pytest

from raftstore.core.invariants import InvariantViolation
from raftstore.core.log import Log
from raftstore.core.types import Entry, EntryKind, LogBase


def entries(*terms: int, after: int = 0) -> list[Entry]:
    return [Entry(index, term, EntryKind.COMMAND, b"xx") for index, term in enumerate(terms, after + 1)]


def log() -> Log:
    return Log(LogBase(10, 3), entries(3, 4, 4, 6, after=10))


def test_a_log_with_a_base_knows_the_terms_from_there_on():
    assert (log().last_index, log().last_term) == (14, 6)
    assert [log().term_at(index) for index in range(9, 16)] == [None, 3, 3, 4, 4, 6, None]


def test_an_empty_log_ends_at_its_base():
    empty = Log(LogBase(10, 3))
    assert (empty.last_index, empty.last_term, empty.term_at(10)) == (10, 3, 3)


def test_compaction_forgets_up_to_the_new_base_and_nothing_else():
    compacted = log()
    compacted.compact(12)
    assert compacted.base == LogBase(12, 4)
    assert [entry.index for entry in compacted.between(13, 14)] == [13, 14]
    assert (compacted.term_at(11), compacted.term_at(12), compacted.last_index) == (None, 4, 14)


def test_what_is_not_in_the_log_can_neither_become_its_base_nor_be_cut_off():
    for change in (lambda: log().compact(15), lambda: log().compact(9), lambda: log().truncate_from(10)):
        with pytest.raises(InvariantViolation):
            change()


def test_an_entry_that_leaves_a_gap_or_goes_back_in_term_is_refused():
    for entry in (Entry(16, 6, EntryKind.NOOP, b""), Entry(15, 5, EntryKind.NOOP, b"")):
        with pytest.raises(InvariantViolation):
            log().append(entry)


def test_cutting_off_and_starting_again():
    changed = log()
    changed.truncate_from(12)
    assert (changed.last_index, changed.last_term) == (11, 3)
    changed.reset(LogBase(50, 9))
    assert (changed.base, changed.last_index, changed.last_term) == (LogBase(50, 9), 50, 9)


def test_a_batch_holds_what_fits_and_at_least_one_entry():
    assert [len(log().batch_from(11, limit)) for limit in (0, 2, 3, 4, 100)] == [1, 1, 1, 2, 4]
    assert log().batch_from(15, 100) == ()


@pytest.mark.parametrize(
    ("index", "term", "agreement"),
    [(99, 9, 14), (14, 5, 13), (13, 4, 13), (14, 3, 11), (11, 9, 11), (10, 3, 10), (14, 2, 9), (7, 1, 7)],
)
def test_the_last_possible_agreement_is_not_after_the_conflict_nor_of_a_later_term(index, term, agreement):
    assert log().last_agreement(index, term) == agreement
