"""Can a journey be bought from the search to the ticket with the keyboard alone, and with a finger on a small phone?"""

import re
from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from .conftest import GOOD_CARD, Shop, fill_in_card, seat, sign_up

pytestmark = pytest.mark.browser

# WCAG 2.2, 2.4.11: what has the focus is not hidden, neither outside the window nor by something that lies over it.
_IN_SIGHT = """() => {
    const element = document.activeElement;
    if (element === document.body) return true;
    const box = element.getBoundingClientRect();
    const across = [0.5, 0.1, 0.9].map((part) => box.left + part * box.width);
    const down = [0.5, 0.1, 0.9].map((part) => box.top + part * box.height);
    return across.some((x) => down.some((y) => {
        const there = document.elementFromPoint(x, y);
        return there && (element.contains(there) || there.contains(element) || element.labels?.[0]?.contains(there));
    }));
}"""


def tab_to(page: Page, condition: str) -> None:
    """Press Tab until `condition` holds of the element `it` that has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        assert page.evaluate(_IN_SIGHT), page.evaluate("`${location}: ${document.activeElement.outerHTML} is hidden`")
        if page.evaluate(f"(it => {condition})(document.activeElement)"):
            return
    raise AssertionError(f"on {page.url} Tab never came to where {condition}")


def test_a_ticket_is_bought_with_the_keyboard_alone(visitor: Callable[..., Page], shop: Shop) -> None:
    page = visitor()
    sign_up(page)
    page.goto("/")
    tab_to(page, "it.name === 'from'")
    page.keyboard.type("BBB")
    tab_to(page, "it.name === 'to'")
    page.keyboard.type("DDD")
    tab_to(page, "it.name === 'date'")
    page.keyboard.type(f"{date.fromisoformat(shop.date):%m%d%Y}")
    page.keyboard.press("Enter")
    page.wait_for_url("**/trains/?*")
    tab_to(page, f"it.tagName === 'A' && it.textContent.includes('{shop.train_number}')")
    page.keyboard.press("Enter")
    expect(page.locator("[data-live]")).to_have_attribute("data-on", "yes", timeout=15_000)
    tab_to(page, "'seat' in it.dataset")
    page.keyboard.press("Space")
    tab_to(page, "'hold' in it.dataset")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/*/")
    tab_to(page, "it.tagName === 'A' && it.textContent.trim() === 'Pay'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay/*/")
    tab_to(page, "it.name === 'number'")
    page.keyboard.type(GOOD_CARD)
    page.keyboard.press("Tab")
    page.keyboard.type("08/30")
    page.keyboard.press("Tab")
    page.keyboard.type("123")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article")).to_contain_text("Confirmed")
    tab_to(page, "it.textContent.trim() === 'Show tickets'")


def test_a_ticket_is_bought_with_a_finger_on_a_small_phone(visitor: Callable[..., Page], shop: Shop) -> None:
    page = visitor(viewport={"width": 360, "height": 640}, has_touch=True, is_mobile=True, device_scale_factor=2)
    sign_up(page)

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= 360 && visualViewport.scale === 1"), page.url

    page.goto("/")
    fits()
    page.get_by_label("From").fill("BBB Junction (BBB)")
    page.get_by_label("To").fill("DDD")
    page.get_by_label("Date").fill(shop.date)
    page.get_by_role("button", name="Find trains").tap()
    page.get_by_role("link", name=re.compile(shop.train_number)).tap()
    expect(page.locator("[data-live]")).to_have_attribute("data-on", "yes", timeout=15_000)
    fits()
    seat(page, "C1-2").tap()
    seat(page, "C1-4").tap()
    expect(page.get_by_role("region", name="Your choice")).to_contain_text("₹500.00")
    page.get_by_role("button", name="Hold seats").tap()
    page.get_by_role("link", name="Pay").tap()
    page.wait_for_url("**/pay/*/")
    fits()
    fill_in_card(page, GOOD_CARD)
    page.get_by_role("button", name=re.compile("^Pay")).tap()
    expect(page.get_by_role("article")).to_contain_text("C1-4")
    fits()
    page.get_by_role("link", name="Show tickets").tap()
    page.wait_for_url("**/tickets/")
    fits()
