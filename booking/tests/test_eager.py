"""Does a coroutine that is begun at once do what it would do in a task of its own?"""

import asyncio

import pytest

from booking.live.eager import begin


async def test_what_need_not_wait_is_done_at_once_and_without_a_task():
    done = []

    async def work() -> None:
        async def deeper() -> None:
            done.append(1)

        await deeper()

    before = asyncio.all_tasks()
    assert begin(work()) is None
    assert (done, asyncio.all_tasks()) == ([1], before)


async def test_what_waits_goes_on_in_a_task_with_what_it_waited_for():
    done = []
    first, second = asyncio.get_running_loop().create_future(), asyncio.Event()

    async def work() -> None:
        done.append("begun")
        done.append(await first)
        await second.wait()
        done.append("ended")

    rest = begin(work())
    assert done == ["begun"]
    first.set_result("answer")
    await asyncio.sleep(0.01)
    assert done == ["begun", "answer"]
    second.set()
    await rest
    assert done == ["begun", "answer", "ended"]


async def test_what_fails_at_once_fails_in_the_callers_hands_and_what_fails_later_in_the_tasks():
    async def work(pause: bool) -> None:
        if pause:
            await asyncio.sleep(0)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        begin(work(pause=False))
    with pytest.raises(ConnectionResetError):
        await begin(work(pause=True))


async def test_an_error_that_it_waits_for_reaches_it():
    awaited = asyncio.get_running_loop().create_future()
    seen = []

    async def work() -> None:
        try:
            await awaited
        except OSError as error:
            seen.append(error)

    rest = begin(work())
    awaited.set_exception(OSError("gone"))
    await rest
    assert len(seen) == 1


async def test_to_cancel_the_task_is_to_cancel_it():
    ended = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    rest = begin(work())
    await asyncio.sleep(0)
    rest.cancel()
    with pytest.raises(asyncio.CancelledError):
        await rest
    assert ended == ["cancelled"]
