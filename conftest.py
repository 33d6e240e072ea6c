"""Fixtures that every room's tests share: somewhere to write, real store nodes, a real web server."""

import fcntl
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from hypothesis import settings as hypothesis_settings

from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster
from tests.running.web_server import WebServer

ROOT = Path(__file__).parent
MIGRATING_LIMIT_S = 300
# Whole systems and simulated clusters: each file takes as long as a hundred others.
LONG_TESTS = (ROOT / "tests", ROOT / "raftstore" / "sim")

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
    """The order in which files are given to the processes that run them side by side.

    Long ones first, or one process would be left with them when the others have nothing to do. Browser tests last:
    Playwright's synchronous API leaves an event loop running that asyncio tests trip over.
    """
    for item in items:
        if "playwright" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
    items.sort(
        key=lambda item: (
            item.get_closest_marker("browser") is not None,
            not any(directory in item.path.parents for directory in LONG_TESTS),
        )
    )


@pytest.fixture(scope="session")
def undescribed_answers() -> Iterator[list[str]]:
    """Grows by a sentence for each answer of the REST interface that its published description does not have."""
    from rest_framework.views import APIView

    from tests.contract.answers import undescribed

    said: list[str] = []
    finalize = APIView.finalize_response

    def looked_at(view: Any, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = finalize(view, request, response, *args, **kwargs)
        if fault := undescribed(request, answer):
            said.append(fault)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(APIView, "finalize_response", looked_at)
        yield said


@pytest.fixture(autouse=True)
def answers_are_described(undescribed_answers: list[str]) -> Iterator[None]:
    undescribed_answers.clear()
    yield
    assert not undescribed_answers, "docs/openapi.json promises other answers"


@pytest.fixture(scope="session")
def migrated_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """SQLite with every table and nothing sold, to be copied: to migrate one anew takes as long as many tests do.

    Whichever of the processes that run side by side comes first makes it for all.
    """
    directory = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        directory = directory.parent
    finished = directory / "migrated.sqlite3"
    with (directory / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            making = directory / "making.sqlite3"
            environment = {**os.environ, "DATABASE_URL": f"sqlite:///{making}"}
            command = [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0", "--skip-checks"]
            subprocess.run(command, cwd=ROOT, env=environment, check=True, timeout=MIGRATING_LIMIT_S)
            with closing(sqlite3.connect(making)) as database:
                # What is copied is one file.
                database.execute("PRAGMA journal_mode=DELETE")
            making.rename(finished)
    return finished


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """A copy of the migrated database is taken as it is."""
    return django_db_keepdb or connections["default"].vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """A database file, as in production: an in-memory SQLite locks whole tables and knows no write-ahead log.

    Each process has one of its own; elsewhere the name of the process is part of the database's.
    """
    if connections["default"].vendor == "sqlite":
        file = tmp_path_factory.mktemp("database") / "tests.sqlite3"
        shutil.copy(request.getfixturevalue("migrated_database"), file)
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
    tmp_path_factory: pytest.TempPathFactory, reaper: Reaper, store_cluster: StoreCluster, migrated_database: Path
) -> Iterator[WebServer]:
    """The site on a port of its own, with an empty, migrated database; fill it with `web_server.manage(...)`."""
    server = WebServer(tmp_path_factory.mktemp("web"), reaper, store_cluster.addresses)
    shutil.copy(migrated_database, server.database)
    server.start()
    try:
        yield server
    finally:
        server.stop()
