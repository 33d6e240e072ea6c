"""An alarm rings, on the loop that the tests have and on the one that nodes have."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
import uvloop

from raftstore.runtime.alarm import Alarm

LIMIT_S = 30


@pytest.fixture(params=[asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    def on_that_loop(story: Coroutine[Any, Any, None]) -> None:
        with asyncio.Runner(loop_factory=request.param) as runner:
            runner.run(asyncio.wait_for(story, LIMIT_S))

    return on_that_loop


def test_it_rings_again_and_again_however_soon_it_is_due(run: Callable[[Coroutine[Any, Any, None]], None]) -> None:
    async def story() -> None:
        rung = asyncio.Event()
        alarm = Alarm(rung.set)
        for wait_ms in (0, 0, 1, 1, 0, 2, 0):
            rung.clear()
            alarm.set(wait_ms)
            await rung.wait()

    run(story())


def test_one_that_comes_sooner_stays_and_one_that_comes_later_is_brought_forward(
    run: Callable[[Coroutine[Any, Any, None]], None],
) -> None:
    async def story() -> None:
        rung: asyncio.Queue[None] = asyncio.Queue()
        alarm = Alarm(lambda: rung.put_nowait(None))
        alarm.set(1_000_000)
        alarm.set(5)
        alarm.set(1_000_000)
        await rung.get()
        alarm.set(1_000_000)
        alarm.set(1)
        await rung.get()
        assert rung.empty()

    run(story())


def test_a_stopped_one_is_silent_and_can_be_set_again(run: Callable[[Coroutine[Any, Any, None]], None]) -> None:
    async def story() -> None:
        rung: asyncio.Queue[str] = asyncio.Queue()
        stopped = Alarm(lambda: rung.put_nowait("stopped"))
        stopped.set(0)
        stopped.stop()
        other = Alarm(lambda: rung.put_nowait("other"))
        other.set(2)
        assert await rung.get() == "other"
        stopped.set(0)
        assert await rung.get() == "stopped"

    run(story())
