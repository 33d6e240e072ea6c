"""Can somebody have other seats instead, in a real browser, on a small phone and without JavaScript?"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import DECLINED_CARD, GOOD_CARD, Shop, fill_in_card, pay, seat, sign_up

pytestmark = pytest.mark.browser


def assert_fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{page.url} scrolls sideways"


def buy(page: Page, shop: Shop, name: str) -> None:
    page.goto(shop.show)
    seat(page, name).click()
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Pay").click()
    pay(page, GOOD_CARD)
    expect(page.get_by_role("article")).to_contain_text("Confirmed")


def test_a_dearer_seat_is_chosen_on_the_map_and_paid_with_another_card_after_a_refusal(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    page = visitor(viewport={"width": 360, "height": 740})
    sign_up(page)
    buy(page, shop, "B-1")
    page.get_by_role("link", name="Exchange seats").click()
    assert_fits(page)
    page.get_by_role("link", name="Other seats at this performance").click()
    expect(page.locator("[data-live]")).to_have_attribute("data-on", "yes")
    assert_fits(page)
    # Who has it may keep it, beside others.
    expect(seat(page, "B-1")).to_have_attribute("data-state", "free")
    seat(page, "A-3").click()
    page.get_by_role("button", name="See what it costs").click()
    expect(page.get_by_text("To pay")).to_contain_text("₹200.00")
    assert_fits(page)
    exchange = page.get_by_role("button", name=re.compile("^Exchange and pay")).first
    fill_in_card(page, DECLINED_CARD)
    exchange.click()
    expect(page.get_by_role("alert")).to_contain_text("you have the seats that you had")
    for label, typed in (("Card number", DECLINED_CARD), ("Valid until", "08/30"), ("Security code", "123")):
        expect(page.get_by_label(label)).to_have_value(typed)
    page.get_by_label("Card number").fill(GOOD_CARD)
    exchange.click()
    expect(page.get_by_role("status").first).to_have_text("Your seats are exchanged. You paid ₹200.00.")
    expect(page.get_by_role("article")).to_contain_text("A-3")
    assert_fits(page)


def test_seats_are_exchanged_without_javascript(visitor: Callable[..., Page], shop: Shop) -> None:
    page = visitor()
    sign_up(page)
    buy(page, shop, "A-1")
    state = page.context.storage_state()
    plain = visitor(java_script_enabled=False, storage_state=state)
    plain.goto(page.url)
    plain.get_by_role("link", name="Exchange seats").click()
    plain.get_by_role("link", name="Other seats at this performance").click()
    plain.get_by_text("as a list").click()
    plain.get_by_role("checkbox", name="Seat 4, free, ₹300.00").check()
    plain.get_by_role("button", name="See what it costs").click()
    expect(plain.get_by_text("Paid back to you")).to_contain_text("₹200.00")
    plain.get_by_role("button", name="Exchange", exact=True).click()
    expect(plain.get_by_role("status").first).to_contain_text("₹200.00 goes back")
    expect(plain.get_by_role("article")).to_contain_text("B-4")
