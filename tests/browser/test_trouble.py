"""What becomes of a purchase when its time runs out or the seat store breaks? Never is money taken without a seat."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.running.store_cluster import StoreCluster
from tests.running.web_server import WebServer

from .conftest import DECLINED_CARD, GOOD_CARD, Shop, fill_in_card, pay, seat, sign_up

pytestmark = pytest.mark.browser

# Long enough to open the page, short enough to wait for.
SHORT_HOLD_S = 10
_HOLD_FOR_A_MOMENT = """
from django.conf import settings
from accounts.models import User
from booking.models import Inventory
from booking.services import hold_seats
settings.HOLD_TTL_S = %d
order = hold_seats(
    customer=User.objects.get(email="%s"), inventory=Inventory.objects.get(pk="%s"), seats=("A-2", "B-1"),
    first_leg=0, end_leg=1, request_id="for-a-moment",
)
print(order.reference)
"""


def to_pay(page: Page, shop: Shop, name: str) -> None:
    """Hold a seat of the show and go to where it is paid."""
    page.goto(shop.show)
    seat(page, name).click()
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Pay").click()


def test_a_hold_that_runs_out_while_the_card_is_typed_costs_nothing_and_its_seats_are_chosen_again(
    visitor: Callable[..., Page], shop: Shop, web_server: WebServer
) -> None:
    page, other = visitor(), visitor()
    email = sign_up(page)
    other.goto(shop.show)
    expect(other.locator("[data-live]")).to_have_attribute("data-on", "yes", timeout=15_000)
    held = web_server.manage("shell", stdin=_HOLD_FOR_A_MOMENT % (SHORT_HOLD_S, email, shop.show_inventory))
    page.goto(f"/pay/{held.split()[-1]}/")
    fill_in_card(page, GOOD_CARD)

    # What is being typed is not taken away when the time is over, and the seats go to others at once.
    expect(page.locator("[data-left]")).to_have_text("time is over", timeout=30_000)
    expect(page.get_by_label("Card number")).to_have_value(GOOD_CARD)
    expect(seat(other, "A-2")).to_have_attribute("data-state", "free", timeout=30_000)

    page.get_by_role("button", name=re.compile("^Pay")).click()
    expect(page.get_by_role("alert")).to_contain_text("The time to pay has run out")
    expect(page.get_by_role("status").first).to_contain_text("Nothing was charged")
    page.get_by_role("link", name="Choose again").click()
    expect(seat(page, "A-2")).to_have_attribute("aria-selected", "true")
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Pay").click()
    pay(page, GOOD_CARD)
    expect(page.get_by_role("article")).to_contain_text("Confirmed")
    page.goto("/pay/history/")
    expect(page.get_by_text("Visa ending 4242")).to_have_count(1)


def test_the_visitors_clock_ends_no_hold(visitor: Callable[..., Page], shop: Shop) -> None:
    page = visitor()
    sign_up(page)
    page.clock.install()
    to_pay(page, shop, "B-2")
    page.get_by_role("link", name="Back to the order").click()
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^\d+:\d\d$"))
    page.evaluate("window.notReloaded = true")
    page.clock.fast_forward("11:00")
    page.clock.run_for(2_000)
    page.wait_for_function("window.notReloaded === undefined")
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^(10:00|\d:\d\d)$"))
    expect(page.get_by_role("link", name="Pay")).to_be_visible()


def test_a_payment_during_which_the_leader_dies_ends_with_a_ticket(
    visitor: Callable[..., Page], shop: Shop, store_cluster: StoreCluster
) -> None:
    page = visitor()
    sign_up(page)
    to_pay(page, shop, "A-1")
    killed: list[int] = []

    def kill_the_leader(route: Route) -> None:
        if route.request.method == "POST" and not killed:
            killed.append(store_cluster.leader())
            store_cluster.kill(*killed)
        route.continue_()

    page.route("**/pay/*/", kill_the_leader)
    try:
        pay(page, GOOD_CARD)
        expect(page.get_by_role("article")).to_contain_text("Confirmed", timeout=30_000)
        assert killed
    finally:
        for node in killed:
            store_cluster.start(node)
        store_cluster.wait_until_caught_up()
    page.goto("/pay/history/")
    expect(page.get_by_text("Visa ending 4242")).to_have_count(1)


def test_without_a_leader_nothing_is_charged_and_the_same_page_takes_the_payment_afterwards(
    visitor: Callable[..., Page], shop: Shop, store_cluster: StoreCluster
) -> None:
    page = visitor()
    sign_up(page)
    to_pay(page, shop, "A-3")
    killed = store_cluster.nodes[:2]
    store_cluster.kill(*killed)
    try:
        pay(page, GOOD_CARD)
        expect(page.get_by_role("alert")).to_contain_text("The seat store has no leader", timeout=30_000)
        expect(page.get_by_role("alert")).to_contain_text("Nothing was charged and your seats are kept")
        expect(page.get_by_label("Card number")).to_have_value(GOOD_CARD)
    finally:
        store_cluster.start(*killed)
        store_cluster.leader()
    pay(page, DECLINED_CARD)
    expect(page.get_by_role("alert")).to_contain_text("your seats are still held")
    pay(page, GOOD_CARD)
    expect(page.get_by_role("article")).to_contain_text("A-3")
