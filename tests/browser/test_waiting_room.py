"""Fifty visitors before a sale, on two web processes: one order for all of them, live, and nobody is let in before."""

import hashlib
import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2 as httpx
import pytest
from playwright.sync_api import Page, expect

from booking.tests.queueing import solve
from tests.browser.conftest import sign_up
from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for
from tests.running.web_server import ROOT, WebServer

pytestmark = pytest.mark.browser

VISITORS = 50
REQUEST_LIMIT_S = 60.0
_ROOM = """
import json
from datetime import timedelta
from booking.tests.queueing import a_room
from booking.tests.selling import a_performance_on_sale
inventory = a_performance_on_sale()
a_room(inventory, opens_in=timedelta(minutes=30), most_per_minute=300)
print(json.dumps([inventory.pk, inventory.performance.pk]))
"""
_OPEN = """
from django.utils import timezone
from booking.models import WaitingRoom
WaitingRoom.objects.filter(inventory="{inventory}").update(opens_at=timezone.now())
"""


@pytest.fixture
def second_server(web_server: WebServer, store_cluster: StoreCluster, reaper: Reaper) -> Iterator[WebServer]:
    """Another web process on the same database."""
    server = WebServer(web_server.var_dir, reaper, store_cluster.addresses)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def worker(web_server: WebServer, reaper: Reaper) -> Iterator[None]:
    command = [sys.executable, "manage.py", "worker"]
    with (web_server.var_dir / "worker.log").open("ab") as log:
        process = reaper.start(
            command, cwd=ROOT, env=web_server.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    yield
    reaper.stop(process, signal.SIGTERM)


class Program:
    """A visitor without a browser, who does what the page's script does."""

    def __init__(self, server: WebServer, inventory: str) -> None:
        self._client = httpx.Client(base_url=server.url, timeout=REQUEST_LIMIT_S)
        self._room = f"/waiting-room/{inventory}/"
        self._look = f"/api/v1/waiting-rooms/{inventory}/"

    def join(self) -> None:
        page = self._client.get(self._room).text
        token, challenge = (
            re.search(rf'name="{name}" value="([^"]+)"', page) for name in ("csrfmiddlewaretoken", "challenge")
        )
        assert token, page
        assert challenge, page
        form = {"csrfmiddlewaretoken": token[1], "challenge": challenge[1], "answer": solve(challenge[1], 15)}
        sent = self._client.post(f"{self._room}join/", data=form, headers={"Referer": str(self._client.base_url)})
        assert sent.status_code == 302, sent.text

    def look(self) -> dict[str, object]:
        seen: dict[str, object] = self._client.get(self._look).json()
        return seen

    def you(self) -> dict[str, int | str]:
        you = self.look()["you"]
        assert isinstance(you, dict)
        return you


def test_fifty_visitors_are_let_in_in_the_order_that_was_drawn(
    visitor: Callable[..., Page], web_server: WebServer, second_server: WebServer, worker: None
) -> None:
    inventory, performance = json.loads(web_server.manage("shell", stdin=_ROOM).strip().splitlines()[-1])
    page, patient = visitor(), visitor(java_script_enabled=False, viewport={"width": 360, "height": 740})
    sign_up(page)
    page.goto(f"/performances/{performance}/?seats=A-1")
    expect(page.get_by_role("heading", name="Wait here for the sale to open")).to_be_visible()
    patient.goto(f"/performances/{performance}/")
    page.get_by_role("button", name="Join the line").click()
    expect(page.get_by_role("heading", name="You are in the draw")).to_be_visible()
    expect(page.locator("[data-live]")).to_have_attribute("data-on", "yes")

    programs = [Program((web_server, second_server)[number % 2], inventory) for number in range(VISITORS - 2)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Program.join, programs))
    expect(page.locator("[data-waiting]")).to_have_text(str(VISITORS - 1))

    def join_after_waiting() -> bool:
        patient.get_by_role("button", name="Join the line").click()
        return patient.get_by_role("heading", name="You are in the draw").is_visible()

    wait_for(join_after_waiting, "who has no JavaScript to be taken in", every_s=1)
    assert {program.you()["state"] for program in programs} == {"waiting"}

    web_server.manage("shell", stdin=_OPEN.format(inventory=inventory))
    expect(page.get_by_role("heading", name=re.compile("You have place|It is your turn"))).to_be_visible(timeout=60_000)
    places = [program.you() for program in programs]
    drawn = programs[0].look()
    published = httpx.get(f"{second_server.url}/api/v1/waiting-rooms/{inventory}/draw/", timeout=REQUEST_LIMIT_S).json()
    lots = [hashlib.sha256(f"{drawn['seed']}\n{of['visitor']}".encode()).hexdigest() for of in published["drawn"]]
    assert (len(lots), lots) == (VISITORS, sorted(lots))
    assert len({place["place"] for place in places}) == VISITORS - 2

    def all_before_the_front_are_in() -> bool:
        """Asked first who is in, then how far the line is: whoever is in must be before that."""
        seen = [program.you() for program in programs]
        front = programs[0].look()["front"]
        assert isinstance(front, int)
        inside = [int(you["place"]) for you in seen if you["state"] == "admitted"]
        assert all(place < front for place in inside), (inside, front)
        return front > VISITORS

    wait_for(all_before_the_front_are_in, "everybody to be let in", timeout_s=120, every_s=0.5)
    assert {program.you()["state"] for program in programs} == {"admitted"}
    assert "in the order that the seed gives" in web_server.manage("check_queue_order", inventory)

    expect(page.get_by_role("heading", name="It is your turn")).to_be_visible(timeout=30_000)
    page.get_by_role("link", name="Choose your seats").click()
    expect(page.locator("[data-chosen]")).to_contain_text("A-1")
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("button", name="Give the seats back").wait_for()
    patient.reload()
    expect(patient.get_by_role("heading", name="It is your turn")).to_be_visible()
    widths = patient.get_by_role("link", name="Choose your seats").bounding_box()
    assert widths is not None
    assert widths["x"] + widths["width"] <= 360
    # The same address in somebody else's browser is nobody's turn.
    stranger = visitor()
    stranger.goto(patient.get_by_role("link", name="Choose your seats").get_attribute("href") or "")
    expect(stranger.get_by_role("heading", name="Many people want these seats")).to_be_visible()
