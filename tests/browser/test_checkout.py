"""Does the checkout keep what somebody has typed, whatever becomes of it?"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import DECLINED_CARD, GOOD_CARD, Shop, pay, seat, sign_up

pytestmark = pytest.mark.browser

# A number as long as a card's whose last digit is wrong.
MISTYPED = "4242 4242 4242 4241"


def test_a_mistake_and_a_refusal_leave_all_that_was_typed_and_say_what_is_wrong_where_it_is(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    page = visitor()
    sign_up(page)
    at_the_payment(page, shop)
    page.evaluate("window.notReloaded = true")
    page.get_by_label("Card number").fill(MISTYPED)
    page.get_by_label("Valid until").fill("08/30")
    page.get_by_label("Security code").fill("123")
    page.get_by_role("button", name=re.compile("^Pay")).click()
    number = page.get_by_label("Card number")
    expect(number).to_have_attribute("aria-invalid", "true")
    expect(number).to_be_focused()
    expect(number).to_have_accessible_description(re.compile("number"))
    expect(number).to_have_value(MISTYPED)

    number.fill(DECLINED_CARD)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("alert")).to_contain_text("The payment was declined.")
    expect(number).not_to_have_attribute("aria-invalid", "true")
    for label, typed in (("Card number", DECLINED_CARD), ("Valid until", "08/30"), ("Security code", "123")):
        expect(page.get_by_label(label)).to_have_value(typed)
    assert page.evaluate("window.notReloaded")

    number.fill(GOOD_CARD)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("article")).to_contain_text("Visa ending 4242")


def test_a_connection_that_is_lost_says_so_and_loses_nothing(visitor: Callable[..., Page], shop: Shop) -> None:
    page = visitor()
    sign_up(page)
    at_the_payment(page, shop)
    page.context.set_offline(True)
    pay(page, GOOD_CARD)
    expect(page.get_by_role("alert")).to_contain_text("What you typed is still here.")
    page.context.set_offline(False)
    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("article")).to_contain_text("Confirmed")


def at_the_payment(page: Page, shop: Shop) -> None:
    page.goto(shop.train)
    seat(page, "C1-1").click()
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Pay").click()
    page.get_by_label("Card number").wait_for()
