"""Does the production profile in deploy/ serve everything under one address, and refuse clearly what it cannot?"""

import asyncio
import http.client
import json
import os
import shutil
import signal
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from websockets.asyncio.client import connect

from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for

from .production_site import HOST, NGINX, ProductionSite

pytestmark = pytest.mark.skipif(NGINX is None, reason="nginx is missing: apt-get install nginx-light")

_SOMETHING_TO_SELL = """
import json
from accounts.tokens import issue_tokens
from booking.tests.selling import a_customer, a_performance_on_sale
show = a_performance_on_sale()
print(json.dumps([show.pk, issue_tokens(user=a_customer()).access]))
"""


@pytest.fixture(scope="module")
def production(reaper: Reaper, store_cluster: StoreCluster, migrated_database: Path) -> Iterator[ProductionSite]:
    site = ProductionSite(reaper, store_cluster.addresses, WEB_WORKERS="2")
    shutil.copy(migrated_database, site.database)
    site.manage("collectstatic", "--no-input", "--verbosity", "0")
    try:
        site.start()
        yield site
        assert "Traceback" not in site.log(), site.log()
    finally:
        site.stop()


@pytest.fixture
def site(production: ProductionSite, seat_store: StoreCluster) -> ProductionSite:
    return production


def something_to_sell(site: ProductionSite) -> tuple[str, str]:
    """An inventory with seats A-1 to A-4 and B-1 to B-4, and a customer's token."""
    inventory, token = json.loads(site.manage("shell", stdin=_SOMETHING_TO_SELL).strip().splitlines()[-1])
    return inventory, token


def hold(site: ProductionSite, inventory: str, token: str, seat: str) -> int:
    body = json.dumps({"inventory": inventory, "seats": [seat]}).encode()
    status, _, _ = site.get(
        "/api/v1/holds/", body=body, Authorization=f"Bearer {token}", Content_Type="application/json"
    )
    return status


def test_pages_rest_and_files_have_one_address(site: ProductionSite) -> None:
    status, headers, page = site.get("/")
    assert (status, headers["Strict-Transport-Security"][:8]) == (200, "max-age=")
    style = page.decode().split('rel="stylesheet" href="')[1].split('"')[0]
    status, headers, _ = site.get(style)
    assert (status, headers["Content-Type"], headers["Cache-Control"]) == (
        200,
        "text/css",
        "public, max-age=31536000, immutable",
    )
    status, headers, _ = site.get("/api/v1/me/")
    assert (status, headers["Content-Type"]) == (401, "application/problem+json")


def test_who_comes_without_tls_is_sent_to_where_it_is(site: ProductionSite) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", site.plain_port, timeout=30)
    plain.request("GET", "/shows/", headers={"Host": HOST})
    answer = plain.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/shows/")


async def test_a_seat_held_by_rest_is_seen_on_the_socket_and_in_the_availability(site: ProductionSite) -> None:
    inventory, token = await asyncio.to_thread(something_to_sell, site)
    url = f"wss://{HOST}/ws/seat-maps/{inventory}/"
    there = {"host": "127.0.0.1", "port": site.port, "ssl": site.trust()}
    async with connect(url, origin=f"https://{HOST}", **there) as socket:
        assert json.loads(await socket.recv())["type"] == "map"
        assert await asyncio.to_thread(hold, site, inventory, token, "A-1") == 201
        async with asyncio.timeout(30):
            seats = json.loads(await socket.recv())["seats"]
    assert "A-1" in str(seats)
    status, _, body = await asyncio.to_thread(site.get, f"/api/v1/seat-maps/{inventory}/availability/")
    assert (status, [seat["seat"] for seat in json.loads(body)["seats"]]) == (200, ["A-1"])


def test_a_worker_that_dies_is_replaced_and_the_next_one_reaches_the_store_too(site: ProductionSite) -> None:
    inventory, token = something_to_sell(site)
    assert hold(site, inventory, token, "A-1") == 201
    parent = site.pid("http")
    before = children(parent)
    assert len(before) == 2
    for worker in before:
        os.kill(worker, signal.SIGKILL)
    wait_for(lambda: len(children(parent) - before) == 2, "two workers in place of those that died")
    with ThreadPoolExecutor(8) as crowd:
        seats = ["A-2", "A-3", "A-4", "B-1", "B-2", "B-3", "B-4"]
        answers = list(crowd.map(lambda seat: hold(site, inventory, token, seat), seats))
    assert answers == [201] * len(seats)


def children(pid: int) -> set[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return {int(child) for child in file.read().split()}


def test_when_the_line_is_full_the_next_one_is_told_at_once_to_come_again(
    reaper: Reaper, store_cluster, migrated_database
) -> None:
    site = ProductionSite(reaper, store_cluster.addresses, line=2)
    shutil.copy(migrated_database, site.database)
    site.start()
    try:
        os.killpg(site.pid("http"), signal.SIGSTOP)
        with ThreadPoolExecutor(3) as crowd:
            requests = [crowd.submit(site.get, "/api/v1/me/") for _ in range(3)]
            (refused,), waiting = wait(requests, return_when=FIRST_COMPLETED)
            os.killpg(site.pid("http"), signal.SIGCONT)
            status, headers, body = refused.result()
            assert (status, headers["Retry-After"], json.loads(body)["code"]) == (503, "1", "busy")
            assert headers["Content-Type"] == "application/problem+json"
            assert [request.result()[0] for request in waiting] == [401, 401]
    finally:
        site.stop()


def test_while_nobody_serves_people_and_programs_are_told_so_and_availability_goes_on(site: ProductionSite) -> None:
    inventory, _ = something_to_sell(site)
    site.stop_process("http")
    try:
        status, headers, body = site.get("/shows/")
        assert (status, headers["Retry-After"], headers["Content-Type"]) == (503, "1", "text/html")
        assert b"try again" in body
        status, headers, body = site.get(f"/api/v1/orders/{uuid.uuid4()}/")
        assert (status, headers["Retry-After"], json.loads(body)["code"]) == (503, "1", "busy")
        assert site.get(f"/api/v1/seat-maps/{inventory}/availability/")[0] == 200
    finally:
        site.start_process("http")
        wait_for(lambda: site.get("/healthz")[0] == 200, "the site to answer again")


def test_what_is_too_large_is_refused_before_anybody_reads_it(site: ProductionSite) -> None:
    status, _, body = site.get("/api/v1/holds/", body=b" " * (1024 * 1024 + 1), Content_Type="application/json")
    assert (status, json.loads(body)["code"]) == (413, "too-large")
