"""A hub between a store, windows and sockets that a test moves by hand."""

import asyncio

import pytest

from booking.live import hub as hub_module
from booking.live.hub import Hub
from booking.tests.following import Clock, Store, Windows


@pytest.fixture
def store():
    return Store()


@pytest.fixture
def windows():
    return Windows()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def hub(store, clock, monkeypatch):
    """A hub whose windows have no length."""
    monkeypatch.setattr(hub_module, "RETRY_PAUSE_S", 0.01)
    hub = Hub(watch=store.watch, read_map=store.read_map, pause=lambda seconds: asyncio.sleep(0), now_s=clock)
    yield hub
    store.may_answer.set()
    await hub.close()


@pytest.fixture
async def gathering(store, windows, monkeypatch):
    """A hub whose windows the test ends."""
    monkeypatch.setattr(hub_module, "RETRY_PAUSE_S", 0.01)
    hub = Hub(watch=store.watch, read_map=store.read_map, pause=windows.pause)
    yield hub
    windows.end_all()
    await hub.close()
