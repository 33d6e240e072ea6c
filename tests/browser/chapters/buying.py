"""What does somebody see who buys, is declined, changes their mind, looks back, and waits?"""

import re
from collections.abc import Iterator

from tests.browser.walking import Walk

GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 9999"
MISTYPED_CARD = "4242 4242 4242 4241"
SECOND_STEP_CARD = "4000 0000 0000 1000"


def paying(walk: Walk) -> Iterator[str]:
    page = walk.page
    reference = walk.hold(walk.sights.train, 2)
    yield "order-held"
    walk.to_map(walk.sights.train)
    yield "map-own-hold"
    yield walk.at("pay", f"/pay/{reference}/")
    walk.pay(MISTYPED_CARD)
    page.locator("[aria-invalid=true]").wait_for()
    yield "pay-mistyped"
    walk.pay(DECLINED_CARD)
    page.get_by_text("The payment was declined.").wait_for()
    yield "pay-declined"
    walk.pay(SECOND_STEP_CARD)
    page.get_by_role("link", name="Continue to your bank").wait_for()
    yield "pay-second-step"
    page.get_by_role("link", name="Continue to your bank").click()
    yield "bank"
    walk.press("Approve")
    page.get_by_role("article").wait_for()
    yield "order-confirmed"
    yield walk.at("tickets", f"/orders/{reference}/tickets/")


def changing_their_mind(walk: Walk) -> Iterator[str]:
    page = walk.page
    page.get_by_role("link", name="Back to the booking").click()
    booking = page.url
    page.get_by_role("link", name="Exchange seats").click()
    yield "exchange"
    page.locator("main .panel a.button").first.click()
    walk.to_map(page.url)
    yield "exchange-map"
    walk.choose(2)
    page.locator("[data-hold]").click()
    page.get_by_role("heading", name=re.compile("^Exchange these")).wait_for()
    yield "exchange-offer"
    page.goto(booking)
    page.get_by_role("link", name="Cancel seats").click()
    yield "cancel"
    for box in page.locator("input[name=seats]").all():
        box.uncheck()
    walk.press("See what is paid back")
    yield "cancel-nothing-chosen"
    page.locator("input[name=seats]").first.check()
    walk.press("See what is paid back")
    yield "cancel-offer"
    walk.press(re.compile("^Cancel this seat"))
    page.get_by_role("article").wait_for()
    yield "order-partly-cancelled"
    page.get_by_role("link", name="Cancel seats").click()
    walk.press("See what is paid back")
    walk.press(re.compile("^Cancel this seat"))
    page.get_by_text("This booking was cancelled.").wait_for()
    yield "order-cancelled"


def wanting_better_seats(walk: Walk) -> Iterator[str]:
    """The difference is paid as at the checkout."""
    page = walk.page
    walk.to_map(walk.sights.performance)
    walk.free_seats().last.click()
    walk.hold_chosen()
    page.get_by_role("link", name="Pay").click()
    walk.pay(GOOD_CARD)
    page.get_by_role("link", name="Exchange seats").click()
    page.get_by_role("link", name="Other seats at this performance").click()
    walk.to_map(page.url)
    walk.choose(1)
    page.locator("[data-hold]").click()
    page.get_by_role("heading", name=re.compile("^Exchange these")).wait_for()
    yield "exchange-offer-to-pay"
    walk.fill_in_card(DECLINED_CARD)
    page.get_by_role("button", name=re.compile("^Exchange and pay")).first.click()
    page.get_by_text("The payment was declined.").wait_for()
    yield "exchange-declined"


def looking_back(walk: Walk) -> Iterator[str]:
    reference = walk.hold(walk.sights.performance, 1)
    walk.press("Give the seats back")
    yield walk.at("order-given-back", f"/orders/{reference}/")
    yield walk.at("bookings", "/orders/")
    yield walk.at("payments", "/pay/history/")


def waiting(walk: Walk) -> Iterator[str]:
    page = walk.page
    walk.to_map(walk.sights.performance)
    page.locator("#waiting-list summary").click()
    walk.press("Wait for seats")
    yield walk.at("bookings-with-waiting-list", "/orders/")
    reference = walk.hold(walk.sights.performance, 1)
    page.goto(f"/pay/{reference}/")
    page.get_by_label("UPI id").fill("ignored@bank")
    walk.press(re.compile("on my phone"))
    page.get_by_role("heading", name="Waiting for your bank").wait_for()
    walk.stand_still()
    yield "pay-waiting"
    walk.press("Stop this payment and choose another way")
    yield "pay-again"
