"""Somebody without an account buys a ticket, finds it again by the link in the mail, and keeps it when signing up."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import GOOD_CARD, Shop, pay, seat, sign_up
from tests.running.waiting import wait_for
from tests.running.web_server import WebServer

pytestmark = pytest.mark.browser

_SEND_MAIL = """
from django.utils import timezone
from booking.tickets.outbox import send_due_mail
send_due_mail(now=timezone.now(), limit=20)
"""


def test_a_guest_buys_with_an_address_and_an_account_with_it_keeps_the_booking(
    visitor: Callable[..., Page], shop: Shop, web_server: WebServer
) -> None:
    page, email = visitor(), f"guest-of-{shop.show_inventory}@example.com".lower()
    page.goto(shop.show)
    seat(page, "A-3").click()
    page.get_by_role("button", name="Hold seats").click()
    expect(page.get_by_role("heading", name="Who is buying?")).to_be_visible()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_role("button", name="Go on as a guest").click()
    page.get_by_label("Seat A-3").fill("Ben")
    # Whoever forgets to save the name has not lost it.
    page.get_by_role("link", name="Pay", exact=True).click()
    expect(page.get_by_label("Card number")).to_be_visible()
    page.go_back()
    expect(page.get_by_label("Seat A-3")).to_have_value("Ben")
    page.get_by_role("button", name="Save the names and pay").click()
    pay(page, GOOD_CARD)
    reference = page.get_by_role("article").locator(".code").first.inner_text()

    web_server.manage("shell", stdin=_SEND_MAIL)
    wait_for(lambda: web_server.mail(email), "the guest's mail")
    link = re.search(r"/accounts/guest/\S+", web_server.mail(email)[-1].replace("=\n", "").replace("=3D", "="))
    assert link is not None
    elsewhere = visitor()
    elsewhere.goto(link[0])
    expect(elsewhere.get_by_text(reference).first).to_be_visible()

    sign_up(elsewhere, email)
    elsewhere.goto(f"/orders/{reference}/tickets/")
    expect(elsewhere.get_by_text("Ben").first).to_be_visible()
    page.goto(f"/orders/{reference}/")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
