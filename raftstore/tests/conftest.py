"""On which clock do the tests here run? On virtual time, where a module asks for it by `VIRTUAL_TIME = True`."""

import asyncio
from collections.abc import Callable

import pytest

from raftstore.sim.loop import VirtualLoop


def pytest_asyncio_loop_factories(item: pytest.Function) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    on_virtual_time = getattr(item.module, "VIRTUAL_TIME", False)
    return {"virtual time": VirtualLoop} if on_virtual_time else {"real time": asyncio.new_event_loop}
