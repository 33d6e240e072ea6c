"""The back office in a browser: what customers do shows at once, seats are chosen by click, and it fits a phone."""

import json
import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, seat
from tests.running.web_server import WebServer

pytestmark = pytest.mark.browser

_SELL = """
import json
from booking.tests.selling import a_performance_on_sale, a_train_on_sale
print(json.dumps([a_performance_on_sale().pk, a_train_on_sale().pk]))
"""
_BUY = """
from django.utils import timezone
from booking.models import Inventory
from booking.services import begin_confirming, confirm_in_store, hold_seats, mark_confirmed
from booking.tests.selling import a_customer
inventory = Inventory.objects.get(pk="{inventory}")
order = hold_seats(customer=a_customer(), inventory=inventory, seats=["{seat}"], first_leg=0, end_leg=1, request_id="r")
begin_confirming(order=order)
confirm_in_store(order=order)
mark_confirmed(order=order, now=timezone.now())
print(order.reference)
"""
_HIRE = """
from django.contrib.auth.models import Group
from accounts.models import User
from accounts.services import vouch_for
person = User.objects.create_user("{email}", "{password}", is_staff=True)
vouch_for(person=person)
person.groups.add(Group.objects.get(name="Administrator"))
"""

Buy = Callable[..., str]


@pytest.fixture
def runs(web_server: WebServer) -> list[str]:
    """A performance with A-1 to A-4 and B-1 to B-4, and a train with C1-1 to C1-6 from AAA to EEE."""
    addresses: list[str] = json.loads(web_server.manage("shell", stdin=_SELL).strip().splitlines()[-1])
    return addresses


@pytest.fixture
def buy(web_server: WebServer) -> Buy:
    """Somebody buys a seat elsewhere; gives the booking code."""

    def bought(inventory: str, name: str) -> str:
        answer = web_server.manage("shell", stdin=_BUY.format(inventory=inventory, seat=name))
        return answer.strip().splitlines()[-1]

    return bought


def log_in(page: Page, web_server: WebServer) -> None:
    email = f"{uuid4().hex}@example.com"
    web_server.manage("shell", stdin=_HIRE.format(email=email, password=PASSWORD))
    page.goto("/accounts/login/?next=/admin/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="What is for sale, and what was sold")).to_be_visible()


def has_state(page: Page, name: str, state: str) -> None:
    expect(seat(page, name)).to_have_attribute("data-state", state)


def test_what_a_customer_buys_shows_at_once_with_who_it_is(
    visitor: Callable[..., Page], web_server: WebServer, runs: list[str], buy: Buy
) -> None:
    page = visitor()
    log_in(page, web_server)
    page.goto(f"/admin/booking/inventory/{runs[0]}/seats/")
    expect(page.get_by_text("Live: changes show here at once.")).to_be_visible()
    has_state(page, "A-2", "free")
    reference = buy(runs[0], "A-2")
    has_state(page, "A-2", "sold")
    row = page.locator('[data-row="A-2"]')
    expect(row.get_by_role("link", name=reference)).to_be_visible()
    expect(row.get_by_text("Confirmed", exact=True)).to_be_visible()
    expect(page.locator('[data-count="sold"]')).to_have_text("1")


def test_seats_chosen_by_click_are_blocked_and_given_back_and_a_customer_is_moved(
    visitor: Callable[..., Page], web_server: WebServer, runs: list[str], buy: Buy
) -> None:
    reference = buy(runs[0], "B-1")
    page = visitor()
    log_in(page, web_server)
    page.goto(f"/admin/booking/inventory/{runs[0]}/seats/")
    for name in ("A-1", "A-3"):
        seat(page, name).click()
    block = page.locator("form", has=page.get_by_role("heading", name="Keep from sale"))
    expect(block.get_by_label("Seats")).to_have_value("A-1, A-3")
    block.get_by_label("Reason").fill("Sound desk")
    block.get_by_role("button", name="Block").click()
    expect(page.get_by_text("Blocked: A-1, A-3.")).to_be_visible()
    has_state(page, "A-3", "blocked")

    seat(page, "A-3").click()
    page.get_by_role("button", name="Give back").click()
    expect(page.get_by_text("On sale again: A-3.")).to_be_visible()
    has_state(page, "A-3", "free")

    page.get_by_role("row", name=re.compile(reference)).get_by_role("link", name="Move").click()
    seat(page, "A-4").click()
    expect(page.get_by_label("New seat")).to_have_value("A-4")
    move = page.locator("form", has=page.get_by_label("New seat"))
    move.get_by_label("Reason").fill("Broken seat")
    move.get_by_role("button", name="Move").click()
    expect(page.get_by_text(f"Moved {reference} from B-1 to A-4.")).to_be_visible()
    has_state(page, "A-4", "sold")
    has_state(page, "B-1", "free")


def test_the_pages_fit_a_phone(visitor: Callable[..., Page], web_server: WebServer, runs: list[str], buy: Buy) -> None:
    page = visitor(viewport={"width": 360, "height": 740})
    log_in(page, web_server)
    buy(runs[1], "C1-1")
    buy(runs[0], "A-1")
    for run in runs:
        for name in ("seats", "sales"):
            page.goto(f"/admin/booking/inventory/{run}/{name}/")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, (run, name)
