"""Is a board the map that the store has, in whatever order it hears of it?"""

import json

import pytest

from booking.live.board import Board
from booking.seatstore import Availability, SeatChange

LOG, OTHER_LOG = "a1", "b2"


def a_map(index: int, log: str = LOG, **held: int) -> Availability:
    return Availability("train", index, True, 4, held, {}, log)


def change(index: int, seat: str, held: int, log: str = LOG) -> SeatChange:
    return SeatChange("train", index, seat, held, 0, log)


@pytest.fixture
def board():
    board = Board("train")
    board.take(a_map(10, A=1), asked_at=5.0)
    return board


def test_a_change_that_the_map_has_already_changes_nothing(board):
    board.hear([change(9, "A", 0), change(10, "B", 1)])
    assert (board.index, board.held) == (10, {"A": 1})


def test_a_board_is_not_trusted_before_it_was_read():
    board = Board("train")
    assert not board.trusted
    board.take(a_map(10), asked_at=5.0)
    assert (board.trusted, board.verified_at) == (True, 5.0)


def test_of_what_was_heard_during_the_reading_only_what_is_newer_counts():
    board = Board("train")
    board.hear([change(9, "A", 0), change(12, "B", 1), change(11, "C", 1)])
    board.hear([change(13, "C", 3), change(99, "D", 1, OTHER_LOG)])
    board.take(a_map(10, A=1), asked_at=5.0)
    assert (board.index, board.held) == (13, {"A": 1, "B": 1, "C": 3})


def test_a_reading_that_is_older_than_what_is_known_changes_nothing(board):
    board.hear([change(11, "B", 1)])
    board.take(a_map(10, A=1), asked_at=6.0)
    assert (board.index, board.held, board.verified_at) == (11, {"A": 1, "B": 1}, 6.0)


def test_a_reading_that_finds_nothing_new_is_no_change(board):
    board.take(a_map(500, A=1), asked_at=6.0)
    assert (board.index, board.verified_at) == (10, 6.0)
    assert board.news_since(10, LOG) is None


def test_a_board_that_lacks_something_is_not_helped_by_a_reading_from_before(board):
    board.distrust()
    board.take(a_map(9), asked_at=6.0)
    assert (board.trusted, board.held) == (False, {"A": 1})
    board.take(a_map(10, A=1), asked_at=7.0)
    assert board.trusted


def test_what_a_reading_finds_is_told_as_of_its_index(board):
    board.take(a_map(40, B=2), asked_at=6.0)
    news = json.loads(board.news_since(10, LOG))
    assert (news["index"], sorted(news["seats"])) == (40, [["A", "0", "0"], ["B", "2", "0"]])


def test_the_map_in_a_frame_is_made_anew_after_each_change_and_only_then(board):
    first = board.map_frame()
    assert board.map_frame() is first
    board.hear([change(11, "B", 1)])
    assert json.loads(board.map_frame())["held"] == {"A": "1", "B": "1"}
    board.take(a_map(3, OTHER_LOG), asked_at=6.0)
    assert json.loads(board.map_frame()) == {"type": "map", "log": OTHER_LOG, "index": 3, "held": {}, "sold": {}}
