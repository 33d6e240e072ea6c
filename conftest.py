"""Fixtures that every room's tests share: somewhere to write, real store nodes, a real web server."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from hypothesis import settings as hypothesis_settings

from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster
from tests.running.web_server import WebServer

BROWSER_TESTS = Path(__file__).parent / "tests" / "browser"

# No example is too slow: how long one takes says more about the machine than about the code.
hypothesis_settings.register_profile("ticketsite", deadline=None)
hypothesis_settings.load_profile("ticketsite")


def pytest_configure(config: pytest.Config) -> None:
    """Keep tests away from the data of a site that runs on this machine, whichever way pytest was started."""
    var_dir = tempfile.TemporaryDirectory(prefix="ticketsite-tests-")
    config.add_cleanup(var_dir.cleanup)
    os.environ["TICKETSITE_VAR"] = var_dir.name
    settings.VAR_DIR = Path(var_dir.name)
    settings.EMAIL_FILE_PATH = settings.VAR_DIR / "mail"
    # What a test changes counts at once.
    settings.SALE_FACTS_FRESH_S = 0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's synchronous API leaves an event loop running that asyncio tests trip over."""
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A database file, as in production: an in-memory SQLite locks whole tables and knows no write-ahead log."""
    if connections["default"].vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "tests.sqlite3"
        connections["default"].settings_dict["TEST"]["NAME"] = str(file)


@pytest.fixture(scope="session")
def reaper() -> Iterator[Reaper]:
    """Starts servers and kills what is left of them when the run ends, however it ends."""
    with Reaper() as reaper:
        yield reaper


@pytest.fixture(scope="session")
def store_cluster(tmp_path_factory: pytest.TempPathFactory, reaper: Reaper) -> Iterator[StoreCluster]:
    """Three store nodes with a leader, for the whole run. A test that kills one starts it again before it ends."""
    cluster = StoreCluster(tmp_path_factory.mktemp("store"), reaper)
    settings.SEAT_STORE_ADDRESSES = cluster.addresses
    cluster.start()
    try:
        cluster.leader()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def seat_store(store_cluster: StoreCluster) -> StoreCluster:
    """The site's settings point at a store that answers. It is shared: a test uses inventory names of its own."""
    for node in store_cluster.nodes:
        if not store_cluster.is_running(node):
            store_cluster.start(node)
    store_cluster.leader()
    return store_cluster


@pytest.fixture
def own_store_cluster(tmp_path: Path, reaper: Reaper) -> Iterator[StoreCluster]:
    """A cluster that this test alone uses, for tests that break it. Not started."""
    cluster = StoreCluster(tmp_path / "store", reaper)
    try:
        yield cluster
    finally:
        cluster.kill()


@pytest.fixture(scope="session")
def web_server(
    tmp_path_factory: pytest.TempPathFactory, reaper: Reaper, store_cluster: StoreCluster
) -> Iterator[WebServer]:
    """The site on a port of its own, with an empty, migrated database; fill it with `web_server.manage(...)`."""
    server = WebServer(tmp_path_factory.mktemp("web"), reaper, store_cluster.addresses)
    server.manage("migrate", "--no-input", timeout_s=300)
    server.start()
    try:
        yield server
    finally:
        server.stop()
