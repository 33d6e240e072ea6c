"""The whole site with its demo data on sale, and customers who speak REST."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx2 as httpx
import pytest

from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for
from tests.running.web_server import WebServer

# Far above any honest answer; a request that takes this long is a failure, not a slow machine.
REQUEST_LIMIT_S = 60.0

_ISSUE_TOKENS = """
import json
from accounts.models import User
from accounts.tokens import issue_tokens
users = User.objects.bulk_create(User(email=f"{prefix}-{{n}}@example.com", password="!") for n in range({count}))
print(json.dumps([issue_tokens(user=user).access for user in users]))
"""


@dataclass(frozen=True)
class Site:
    server: WebServer
    store: StoreCluster

    def client(self, token: str = "") -> httpx.Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.Client(base_url=f"{self.server.url}/api/v1/", headers=headers, timeout=REQUEST_LIMIT_S)

    def async_client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=f"{self.server.url}/api/v1/",
            timeout=REQUEST_LIMIT_S,
            limits=httpx.Limits(max_connections=None),
        )

    def tokens(self, prefix: str, count: int) -> list[str]:
        """Access tokens of `count` new customers; registering so many by REST would test password hashing."""
        output = self.server.manage("shell", stdin=_ISSUE_TOKENS.format(prefix=prefix, count=count))
        tokens: list[str] = json.loads(output.strip().splitlines()[-1])
        return tokens


@pytest.fixture(scope="session")
def demo_site(
    tmp_path_factory: pytest.TempPathFactory, reaper: Reaper, store_cluster: StoreCluster, migrated_database: Path
) -> Iterator[Site]:
    """A web server of its own: the demo's stations and fares are not to meet those that other tests make up."""
    web_server = WebServer(tmp_path_factory.mktemp("demo"), reaper, store_cluster.addresses)
    shutil.copy(migrated_database, web_server.database)
    web_server.manage("load_demo")
    web_server.start()
    web_server.manage("worker", "--once")
    site = Site(web_server, store_cluster)

    def everything_is_on_sale() -> bool:
        left = web_server.manage(
            "shell",
            stdin="from booking.models import Inventory; print(Inventory.objects.exclude(state='open').count())",
        )
        return left.strip().splitlines()[-1] == "0" or not web_server.manage("worker", "--once")

    wait_for(everything_is_on_sale, "the demo data to be on sale", 120)
    yield site
    web_server.stop()


@pytest.fixture
def site(demo_site: Site, seat_store: StoreCluster) -> Site:
    return demo_site
