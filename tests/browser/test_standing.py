"""Room to stand is bought by number in a browser, and its count follows what others take."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import seat, sign_up
from tests.running.web_server import WebServer

pytestmark = pytest.mark.browser

_PIT = """
import json
from booking.tests.selling import a_pit_on_sale
print(json.dumps(f"/performances/{a_pit_on_sale(room=3).performance.pk}/"))
"""


@pytest.fixture
def pit(web_server: WebServer) -> str:
    address: str = json.loads(web_server.manage("shell", stdin=_PIT).strip().splitlines()[-1])
    return address


def test_a_seat_and_places_to_stand_are_summed_and_held_and_others_see_the_count_fall(
    visitor: Callable[..., Page], pit: str
) -> None:
    buyer, other = visitor(viewport={"width": 360, "height": 740}), visitor()
    for page in (buyer, other):
        sign_up(page)
        page.goto(pit)
        page.locator('[data-live][data-on="yes"]').wait_for()
    number = other.get_by_label("How many in The pit?")
    number.fill("3")
    expect(other.locator("[data-total]")).to_have_text("₹900.00")
    buyer.get_by_label("How many in The pit?").fill("2")
    seat(buyer, "A-2").click()
    expect(buyer.locator("[data-chosen]")).to_have_text("A-2, 2 × The pit")
    expect(buyer.locator("[data-total]")).to_have_text("₹1,100.00")
    widths = buyer.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]
    buyer.get_by_role("button", name="Hold seats").click()
    expect(buyer.get_by_role("row", name="PIT-")).to_have_count(2)
    expect(other.locator("[data-area-free]")).to_have_text("1 of 3 places free")
    expect(other.locator("[data-lost]")).to_have_text("Only 1 left in The pit: others were faster.")
    expect(number).to_have_value("1")
    expect(other.locator("[data-total]")).to_have_text("₹300.00")
