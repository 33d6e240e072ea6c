"""Virtual time: nothing waits, nothing hangs, and a machine can be held up."""

import asyncio
import itertools
import time

import pytest

from raftstore.sim.loop import Machine, NothingLeftToDo, TimeStandsStill, VirtualLoop


def test_an_hour_passes_in_no_time():
    async def sleep() -> float:
        await asyncio.sleep(3_600)
        return asyncio.get_running_loop().time()

    began = time.monotonic()
    assert VirtualLoop().run(sleep()) == 3_600
    assert time.monotonic() - began < 5


def test_who_waits_for_what_nobody_will_do_is_an_error():
    async def wait() -> None:
        await asyncio.Event().wait()

    with pytest.raises(NothingLeftToDo):
        VirtualLoop().run(wait())


def test_an_instant_that_never_ends_is_an_error():
    async def spin() -> None:
        for _ in itertools.count():
            await asyncio.sleep(0)

    with pytest.raises(TimeStandsStill):
        VirtualLoop().run(spin())


def test_what_any_task_raises_ends_the_run():
    loop = VirtualLoop()

    async def fail() -> None:
        await asyncio.sleep(1)
        raise LookupError("gone")

    async def wait() -> None:
        loop.start(fail())
        await asyncio.sleep(5)

    with pytest.raises(LookupError, match="gone"):
        loop.run(wait())


def test_a_paused_machine_does_nothing_until_it_is_resumed_and_then_all_in_order():
    loop, machine = VirtualLoop(), Machine()
    ticks: list[tuple[str, float]] = []

    async def tick(name: str) -> None:
        while True:
            await asyncio.sleep(1)
            ticks.append((name, loop.time()))

    async def watch() -> None:
        loop.start(tick("stopped"), on=machine)
        loop.start(tick("running"))
        await asyncio.sleep(1.5)
        loop.pause(machine)
        await asyncio.sleep(3)
        loop.resume(machine)
        await asyncio.sleep(1.2)

    loop.run(watch())
    assert [at for name, at in ticks if name == "running"] == [1, 2, 3, 4, 5]
    assert [at for name, at in ticks if name == "stopped"] == [1, 4.5, 5.5]


def test_tasks_in_a_set_are_met_in_the_order_in_which_they_were_made():
    loop = VirtualLoop()

    async def rest() -> None:
        await asyncio.sleep(1)

    async def make() -> list[int]:
        tasks = {loop.create_task(rest()) for _ in range(50)}
        return [hash(task) for task in tasks]

    order = loop.run(make())
    assert order == sorted(order)
