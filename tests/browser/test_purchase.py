"""Can somebody buy a seat, in a real browser, on any way they may choose: mouse, keyboard, without JavaScript?"""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .conftest import DECLINED_CARD, GOOD_CARD, SECOND_STEP_CARD, Shop, pay, seat, sign_up, sign_up_here

pytestmark = pytest.mark.browser


def test_a_train_seat_and_a_show_seat_are_bought_with_a_declined_card_on_the_way(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    page = visitor()
    sign_up(page)
    page.goto("/")
    page.get_by_label("From").fill("BBB Junction (BBB)")
    page.get_by_label("To").fill("ddd")
    page.get_by_label("Date").fill(shop.date)
    page.get_by_role("button", name="Find trains").click()
    result = page.locator("li", has_text=shop.train_number)
    expect(result).to_contain_text("AC 2 Tier")
    expect(result).to_contain_text("₹250.00")
    expect(result).to_contain_text("6 left")
    expect(result).to_contain_text("IST")

    page.get_by_role("link", name=re.compile(shop.train_number)).click()
    page.get_by_role("gridcell", name="Coach C1, seat 1, window, free, ₹250.00").click()
    seat(page, "C1-3").click()
    expect(page.get_by_role("region", name="Your choice")).to_contain_text("₹500.00")
    page.get_by_role("button", name="Hold seats").click()
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^(10:00|9:\d\d)$"))

    page.get_by_role("link", name="Pay").click()
    pay(page, DECLINED_CARD)
    expect(page.get_by_role("alert")).to_contain_text("The payment was declined.")
    expect(page.get_by_role("alert")).to_contain_text("your seats are still held")
    expect(page.get_by_label("Card number")).to_have_value(DECLINED_CARD)
    pay(page, GOOD_CARD)
    ticket = page.get_by_role("article")
    expect(ticket).to_contain_text("Confirmed")
    for text in ("C1-1", "C1-3", "AC 2 Tier", "₹500.00", "BBB Junction", "DDD Junction", "IST", "Visa ending 4242"):
        expect(ticket).to_contain_text(text)
    code = ticket.locator(".code").inner_text()

    page.goto(shop.show_page)
    page.get_by_role("link", name=re.compile("IST")).click()
    seat(page, "A-2").click()
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Pay").click()
    pay(page, GOOD_CARD)
    expect(page.get_by_role("article")).to_contain_text("Zone A")

    page.get_by_role("link", name="My bookings").first.click()
    expect(page.get_by_text("Confirmed", exact=True)).to_have_count(2)
    page.locator("li", has_text=code).get_by_role("link").click()
    page.get_by_role("link", name="Cancel seats").click()
    page.get_by_label("C1-3").uncheck()
    page.get_by_role("button", name="See what is paid back").click()
    page.get_by_role("button", name="Cancel this seat").click()
    expect(page.get_by_role("status").first).to_have_text("Cancelled. ₹250.00 was paid back to Visa ending 4242.")


def test_seats_are_chosen_and_held_with_the_keyboard_alone(visitor: Callable[..., Page], shop: Shop) -> None:
    page = visitor()
    sign_up(page)
    page.goto(shop.train)
    expect(page.locator("[data-live]")).to_have_attribute("data-on", "yes")
    press_tab_until(page, "document.activeElement.dataset.seat === 'C1-1'")
    for key in ("ArrowRight", "Space", "ArrowDown", "Enter", "Home", "End"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.dataset.seat") == "C1-6"
    expect(seat(page, "C1-3")).to_have_attribute("aria-selected", "true")
    expect(seat(page, "C1-4")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-announce]")).to_have_text("C1-4 chosen. 2 seats, ₹500.00.")
    press_tab_until(page, "'hold' in document.activeElement.dataset")
    page.keyboard.press("Enter")
    expect(page.get_by_role("table")).to_contain_text("C1-3")
    expect(page.get_by_role("table")).to_contain_text("C1-4")


def press_tab_until(page: Page, reached: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(reached):
            return
    raise AssertionError(f"Tab never came to where {reached}")


def test_everything_can_be_bought_without_javascript(visitor: Callable[..., Page], shop: Shop) -> None:
    page = visitor(java_script_enabled=False)
    page.goto(shop.show)
    page.get_by_text("as a list").click()
    page.get_by_role("checkbox", name="Seat 2, free, ₹300.00").check()
    page.get_by_role("button", name="Hold seats").click()
    expect(page.get_by_text("Your choice is kept")).to_be_visible()

    page.get_by_role("link", name="Sign up").last.click()
    sign_up_here(page)
    page.get_by_text("as a list").click()
    expect(page.locator("input[value=B-2]")).to_be_checked()
    page.get_by_role("button", name="Hold seats").click()
    expect(page.locator(".countdown")).to_contain_text(re.compile(r"until \d\d:\d\d IST"))
    page.get_by_role("link", name="Pay").click()
    pay(page, GOOD_CARD)
    expect(page.get_by_role("article")).to_contain_text("B-2")
    page.get_by_role("link", name="Cancel seats").click()
    page.get_by_role("button", name="See what is paid back").click()
    page.get_by_role("button", name="Cancel this seat").click()
    expect(page.get_by_text("This booking was cancelled.")).to_be_visible()


def test_nothing_scrolls_sideways_on_a_small_phone(
    visitor: Callable[..., Page], shop: Shop, wide_maps: list[str]
) -> None:
    page = visitor(viewport={"width": 360, "height": 740})
    sign_up(page)
    search = f"/trains/?from=BBB&to=DDD&date={shop.date}"
    for address in ("/", search, "/trains/?from=x&to=y", shop.train, "/shows/", shop.show_page, *wide_maps, "/nowhere"):
        page.goto(address)
        assert_no_sideways_scroll(page)
    seat(page_at(page, shop.show), "A-1").click()
    page.get_by_role("button", name="Hold seats").click()
    assert_no_sideways_scroll(page)
    page.get_by_role("link", name="Pay").click()
    assert_no_sideways_scroll(page)
    pay(page, GOOD_CARD)
    assert_no_sideways_scroll(page)
    page.get_by_role("link", name="Cancel seats").click()
    assert_no_sideways_scroll(page)
    page.goto("/orders/")
    assert_no_sideways_scroll(page)


def page_at(page: Page, address: str) -> Page:
    page.goto(address)
    return page


def assert_no_sideways_scroll(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, f"{page.url} is {wide} px wider than the screen"


def test_a_second_step_at_the_bank_and_a_request_on_the_phone_both_end_with_a_ticket(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    page = visitor(viewport={"width": 360, "height": 740})
    sign_up(page)
    page.goto(shop.show)
    seat(page, "A-3").click()
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Pay").click()
    pay(page, SECOND_STEP_CARD)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("link", name="Continue to your bank").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_role("article")).to_contain_text("Confirmed")

    page.goto(shop.show)
    seat(page, "A-4").click()
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Pay").click()
    page.get_by_label("UPI id").fill("success@bank")
    page.get_by_role("button", name=re.compile("on my phone")).click()
    expect(page.get_by_role("status")).to_contain_text("approve the request on your phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The page looks again by itself.
    expect(page.get_by_role("article")).to_contain_text("UPI su…@bank")

    page.get_by_role("link", name="My bookings").first.click()
    page.get_by_role("link", name="Payments and refunds").click()
    expect(page.get_by_text("Visa ending 1000")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
