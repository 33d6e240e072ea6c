"""Choosing on the drawing: neighbours, one zone or class alone, a hall too large for elements, and what others take."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Shop, seat, sign_up
from tests.running.web_server import WebServer

pytestmark = pytest.mark.browser

_ARENA = """
import json
from datetime import timedelta
from django.utils import timezone
from booking.halls.saving import save_drawing
from booking.halls.text import read_text
from booking.models import Hall, Performance, PerformancePrice, Show, Venue
from booking.selling.publishing import publish_performance
hall = Hall.objects.create(venue=Venue.objects.create(name="Arena", city="Pune"), name="Arena")
plan = ["zone ALL All", *(f"row R{n} ALL 1-70" for n in range(30))]
save_drawing(hall=hall, drawing=read_text("\\n".join(plan)), now=timezone.now())
show = Show.objects.create(title="Arena", slug="arena")
performance = Performance.objects.create(show=show, hall=hall, starts_at=timezone.now() + timedelta(days=3))
PerformancePrice.objects.create(performance=performance, zone=hall.zones.get(), amount=500)
print(json.dumps([f"/performances/{performance.pk}/", publish_performance(performance=performance).pk]))
"""

_TAKE = """
from uuid import uuid4
from booking.models import Inventory
from booking.services import hold_seats
from booking.tests.selling import a_customer
inventory = Inventory.objects.get(pk="%s")
hold_seats(
    customer=a_customer(), inventory=inventory, seats=["%s"], first_leg=0, end_leg=1, request_id=uuid4().hex
)
"""


@pytest.fixture(scope="module")
def arena(web_server: WebServer) -> tuple[str, str]:
    """A hall of 2,100 seats, R0-1 to R29-70: its map's address, and its inventory."""
    address, inventory = json.loads(web_server.manage("shell", stdin=_ARENA).strip().splitlines()[-1])
    return address, inventory


def names(page: Page) -> list[str]:
    """Of the seats that the form would send."""
    inputs = page.locator("[data-names] input")
    return [inputs.nth(number).input_value() for number in range(inputs.count())]


def click_at(page: Page, name: str) -> None:
    """Where a seat is painted; its cell lies over it and lets the mouse through."""
    box = seat(page, name).bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def test_seats_side_by_side_are_chosen_with_one_click_and_move_with_the_next(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    page = visitor()
    page.goto(shop.show)
    page.get_by_label("Side by side").select_option("3")
    seat(page, "A-1").click()
    expect(page.locator("[data-chosen]")).to_have_text("A-1, A-2, A-3")
    seat(page, "B-4").click()
    expect(page.locator("[data-chosen]")).to_have_text("B-2, B-3, B-4")
    page.get_by_label("Side by side").select_option("5")
    seat(page, "A-1").click()
    expect(page.locator("[data-chosen]")).to_have_text("There are no 5 free seats side by side here.")
    assert names(page) == ["B-2", "B-3", "B-4"]


def test_a_hall_too_large_for_elements_is_chosen_from_with_keys_and_mouse(
    visitor: Callable[..., Page], arena: tuple[str, str], web_server: WebServer
) -> None:
    address, inventory = arena
    page = visitor(viewport={"width": 360, "height": 740})
    sign_up(page)
    page.goto(address)
    expect(page.locator("[data-live]")).to_have_attribute("data-on", "yes")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0
    canvas = page.locator(".map-canvas canvas")
    expect(canvas).to_be_visible()

    # Only the row that is looked at has cells.
    expect(page.get_by_role("gridcell")).to_have_count(70)
    seat(page, "R0-1").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Space"):
        page.keyboard.press(key)
    focused = page.locator(":focus")
    expect(focused).to_have_accessible_name("Row R2, seat 2, free, ₹500.00")
    expect(focused).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-announce]")).to_have_text("R2-2 chosen. 1 seat, ₹500.00.")

    # Too small to be hit: the first click looks closer, the second one chooses.
    click_at(page, "R2-40")
    assert names(page) == ["R2-2"]
    click_at(page, "R2-40")
    expect(page.locator("[data-names] input")).to_have_count(2)

    web_server.manage("shell", stdin=_TAKE % (inventory, "R2-40"))
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("R2-40 was taken by somebody else a moment ago.")
    notice.get_by_role("button", name="instead").click()
    expect(notice).to_be_hidden()
    expect(page.locator("[data-names] input")).to_have_count(2)
    assert "R2-2" in names(page)
    assert "R2-40" not in names(page)
    page.get_by_role("button", name="Hold seats").click()
    expect(page.get_by_role("table")).to_contain_text("R2-2")


def test_when_a_part_of_the_script_does_not_come_seats_are_bought_from_the_list(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    page = visitor()
    sign_up(page)
    page.route("**/js/map/plan.js", lambda route: route.abort())
    page.goto(shop.show)
    page.get_by_role("checkbox", name="Seat 2, free, ₹500.00").check()
    expect(page.locator("#drawing")).to_be_hidden()
    page.get_by_role("button", name="Hold seats").click()
    expect(page.get_by_role("table")).to_contain_text("A-2")


def test_what_was_ticked_in_the_list_before_the_drawing_came_stays_chosen(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    page = visitor()
    late: list[Route] = []
    page.route("**/js/seatmap.js", lambda route: late.append(route))
    page.goto(shop.show, wait_until="commit")
    page.get_by_role("checkbox", name="Seat 2, free, ₹500.00").check()
    late[0].continue_()
    expect(seat(page, "A-2")).to_have_attribute("aria-selected", "true")
    assert names(page) == ["A-2"]
