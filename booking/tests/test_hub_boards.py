"""What does the hub say of a map to somebody who asks, and when does it rather say nothing?"""

from booking.live.board import Board
from booking.live.hub import Hub
from booking.seatstore import SeatStoreRefused, StoreUnavailable, WatchReset
from booking.tests.following import LOG, TRAIN, Socket, until


async def board_of(hub: Hub) -> Board:
    await until(lambda: hub.board(TRAIN) is not None)
    return hub.board(TRAIN)


async def test_a_map_that_is_kept_follows_the_store_without_any_socket(hub, store):
    hub.keep(TRAIN)
    board = await board_of(hub)
    store.tell(("B1-1", 1))
    await until(lambda: board.index == 11)
    assert board.held == {"B1-1": 1}
    hub.let_go(TRAIN)
    assert hub.board(TRAIN) is None


async def test_the_first_socket_on_a_map_that_is_kept_gets_it_once(hub, store):
    hub.keep(TRAIN)
    await board_of(hub)
    store.tell(("B1-1", 1))
    await until(lambda: hub.board(TRAIN).index == 11)
    socket = Socket(hub)
    assert (await socket.next())["type"] == "map"
    store.tell(("B1-2", 1))
    assert await socket.next() == {"type": "changes", "log": LOG, "index": 12, "seats": [["B1-2", "1", "0"]]}


async def test_a_map_that_is_kept_is_read_once_more_if_something_was_missed_during_its_first_reading(hub, store):
    store.may_answer.clear()
    hub.keep(TRAIN)
    await until(lambda: store.reads == 1)
    store.index, store.held = 40, {"B1-9": 2}
    store.news.put_nowait(WatchReset(38, LOG))
    await until(lambda: store.news.empty())
    store.may_answer.set()
    assert (await board_of(hub)).held == {"B1-9": 2}


async def test_a_map_that_lacks_something_is_no_board_for_anybody(hub, store):
    hub.keep(TRAIN)
    await board_of(hub)
    store.news.put_nowait(WatchReset(40, LOG))
    await until(lambda: hub.board(TRAIN) is None)


async def test_a_map_that_is_kept_stays_while_sockets_come_and_go_and_ends_with_the_last(hub, store):
    socket = Socket(hub)
    await socket.next()
    hub.keep(TRAIN)
    await socket.disconnect()
    assert hub.board(TRAIN) is not None
    late = Socket(hub)
    hub.let_go(TRAIN)
    assert hub.board(TRAIN) is not None
    await late.disconnect()
    assert hub.board(TRAIN) is None


async def test_verifying_finds_what_the_watch_did_not_tell(hub, store, clock):
    socket = Socket(hub)
    await socket.next()
    board = await board_of(hub)
    before = board.verified_at
    store.change(("B1-4", 1))
    clock.now += 1
    hub.verify(TRAIN)
    assert await socket.next() == {"type": "changes", "log": LOG, "index": 11, "seats": [["B1-4", "1", "0"]]}
    assert board.verified_at > before


async def test_verifying_against_a_store_that_does_not_answer_leaves_the_board_as_it_was(hub, store):
    hub.keep(TRAIN)
    board = await board_of(hub)
    before = board.verified_at
    store.errors.append(StoreUnavailable("no leader"))
    hub.verify(TRAIN)
    await until(lambda: store.reads == 2 and not store.errors)
    assert (hub.board(TRAIN), board.verified_at) == (board, before)


async def test_verifying_an_inventory_that_is_gone_ends_its_board(hub, store):
    hub.keep(TRAIN)
    await board_of(hub)
    store.errors.append(SeatStoreRefused("unknown_inventory", "There is none."))
    hub.verify(TRAIN)
    await until(lambda: hub.board(TRAIN) is None)
