"""Is what happens within a moment told at once, in one frame, and does nobody lack anything of it?"""

import asyncio

from booking.live.hub import WINDOW_LEAST_S, WINDOW_MOST_S
from booking.tests.following import LOG, Socket


async def test_changes_within_a_window_arrive_as_one_frame_with_the_last_of_each_seat(gathering, store, windows):
    socket = Socket(gathering)
    await socket.next()
    await windows.end()
    store.tell(("B1-1", 1))
    store.tell(("B1-2", 1), ("B1-1", 3))
    store.tell(("B1-3", 1))
    assert await socket.gets_nothing_more()
    await windows.end()
    seats = [["B1-2", "1", "0"], ["B1-1", "3", "0"], ["B1-3", "1", "0"]]
    assert await socket.next() == {"type": "changes", "log": LOG, "index": 14, "seats": seats}
    store.tell(("B1-1", 0))
    await windows.end()
    assert await socket.next() == {"type": "changes", "log": LOG, "index": 15, "seats": [["B1-1", "0", "0"]]}


async def test_whoever_comes_within_a_window_lacks_nothing_of_it(gathering, store, windows):
    first = Socket(gathering)
    await first.next()
    await windows.end()
    store.tell(("B1-1", 1))
    await asyncio.sleep(0.05)
    late, back = Socket(gathering), Socket(gathering, since=10, log=LOG)
    assert (await late.next())["held"] == {"B1-1": "1"}
    assert (await back.next())["seats"] == [["B1-1", "1", "0"]]
    store.tell(("B1-2", 1))
    await asyncio.sleep(0.05)
    await windows.end()
    for socket in (first, late, back):
        assert [seat for seat, *_ in (await socket.next())["seats"]] == ["B1-1", "B1-2"]


async def test_a_window_is_short_and_a_little_longer_for_a_crowd(gathering, store, windows):
    windows.wait = False
    sockets = [Socket(gathering)]
    await sockets[0].next()
    store.tell(("B1-1", 1))
    await sockets[0].next()
    alone = max(windows.lengths)
    sockets += [Socket(gathering) for _ in range(3_000)]
    for socket in sockets[1:]:
        await socket.next()
    store.tell(("B1-2", 1))
    for socket in sockets:
        await socket.next()
    assert WINDOW_LEAST_S <= alone < 1.1 * WINDOW_LEAST_S
    assert max(windows.lengths) == WINDOW_MOST_S
