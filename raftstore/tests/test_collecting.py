"""When is garbage looked for, and in how much of what lives?"""

import asyncio
import gc
from collections.abc import Iterator

import pytest

from raftstore import collecting
from raftstore.collecting import collect_garbage


class Collections:
    """The generations up to which was collected, 2 for everything."""

    def __init__(self) -> None:
        self.seen: list[int] = []
        self._added = asyncio.Event()

    def add(self, generation: int) -> None:
        self.seen.append(generation)
        self._added.set()

    async def more(self) -> None:
        self._added.clear()
        await self._added.wait()


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()
    assert gc.isenabled()


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> Collections:
    seen = Collections()
    monkeypatch.setattr(collecting, "YOUNG_INTERVAL_S", 0.001)
    monkeypatch.setattr(gc, "collect", lambda generation=2: seen.add(generation))
    return seen


async def run_until(collected: Collections, count: int, *, is_leading: bool) -> None:
    task = asyncio.ensure_future(collect_garbage(lambda: is_leading))
    async with asyncio.timeout(30):
        while len(collected.seen) < count:
            await collected.more()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_only_what_is_new_is_looked_through_again_and_again(collected: Collections) -> None:
    await run_until(collected, 5, is_leading=False)
    assert collected.seen[:5] == [1, 1, 1, 1, 1]


@pytest.mark.parametrize(("is_leading", "generation"), [(True, 1), (False, 2)])
async def test_everything_is_looked_through_now_and_then_but_not_by_a_leader(
    collected: Collections, monkeypatch: pytest.MonkeyPatch, is_leading: bool, generation: int
) -> None:
    monkeypatch.setattr(collecting, "EVERYTHING_INTERVAL_S", 0.0)
    await run_until(collected, 2, is_leading=is_leading)
    assert collected.seen[:2] == [generation, generation]
