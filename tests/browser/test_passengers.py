"""The sum under a train's map is what will be charged, also for those who pay less."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import seat, sign_up
from tests.running.web_server import WebServer

pytestmark = pytest.mark.browser

_TRAIN = """
import json
from booking.models import PassengerType
from booking.tests.selling import a_train_on_sale
departure = a_train_on_sale().departure
for code, percent in (("child", 50), ("senior", 40)):
    PassengerType.objects.update_or_create(
        carrier=departure.train.carrier, code=code, defaults={"name": code.title(), "percent_off": percent}
    )
print(json.dumps(f"/trains/{departure.pk}/BBB/DDD/"))
"""


@pytest.fixture
def train(web_server: WebServer) -> str:
    address: str = json.loads(web_server.manage("shell", stdin=_TRAIN).strip().splitlines()[-1])
    return address


def test_the_sum_counts_children_and_seniors_as_the_order_will(visitor: Callable[..., Page], train: str) -> None:
    page = visitor(viewport={"width": 360, "height": 740})
    sign_up(page)
    page.goto(train)
    page.locator('[data-live][data-on="yes"]').wait_for()
    total, beside_the_map = page.locator("[data-total]"), page.locator("[data-seat-map]")
    child, senior = (beside_the_map.get_by_label(name) for name in ("Child, 50 % off", "Senior, 40 % off"))
    child.fill("1")
    expect(total).to_have_text("")
    seat(page, "C1-1").click()
    expect(total).to_have_text("₹125.00")
    seat(page, "C1-2").click()
    expect(total).to_have_text("₹375.00")
    senior.fill("1")
    expect(total).to_have_text("₹275.00")
    child.fill("0")
    expect(total).to_have_text("₹400.00")
    child.fill("1")
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]
    page.get_by_role("button", name="Hold seats").click()
    expect(page.locator("body")).to_contain_text("₹275.00")


def test_who_has_seats_chosen_says_what_they_may_cost_and_who_pays_less(
    visitor: Callable[..., Page], train: str
) -> None:
    page = visitor(viewport={"width": 360, "height": 740})
    sign_up(page)
    page.goto(train)
    page.get_by_text("Choose the best seats for me").click()
    chosen = page.locator("#best-seats")
    chosen.get_by_label("How many seats").fill("2")
    chosen.get_by_label("What a seat may cost").fill("249.99")
    chosen.get_by_label("Child, 50 % off").fill("1")
    widths = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]
    chosen.get_by_role("button", name="Hold the best seats").click()
    expect(page.locator("body")).to_contain_text("The cheapest seats of this kind cost 250.00 INR.")
    page.get_by_text("Choose the best seats for me").click()
    chosen.get_by_label("How many seats").fill("2")
    chosen.get_by_label("Child, 50 % off").fill("1")
    chosen.get_by_role("button", name="Hold the best seats").click()
    expect(page.locator("body")).to_contain_text("₹375.00")
