"""Does an open seat map show what others do, say so when it cannot, and never pretend?"""

import json
from collections.abc import Callable
from itertools import pairwise

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.running.store_cluster import StoreCluster

from .conftest import Shop, seat, sign_up

pytestmark = pytest.mark.browser


def test_a_seat_held_in_one_browser_changes_in_the_other_without_reloading(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    buyer, watcher = visitor(), visitor()
    sign_up(buyer)
    for page in (buyer, watcher):
        page.goto(shop.train)
        expect(page.locator("[data-live]")).to_have_attribute("data-on", "yes")
    watcher.evaluate("window.notReloaded = true")

    seat(watcher, "C1-1").click()
    seat(watcher, "C1-5").click()
    seat(buyer, "C1-1").click()
    buyer.get_by_role("button", name="Hold seats").click()

    expect(seat(watcher, "C1-1")).to_have_attribute("data-state", "held")
    expect(seat(watcher, "C1-1")).to_have_accessible_name("Coach C1, seat 1, window, being bought, ₹250.00")
    expect(watcher.get_by_role("alert")).to_contain_text("C1-1 was taken by somebody else a moment ago.")
    expect(watcher.get_by_role("region", name="Your choice").locator("p")).to_have_text(["C1-5", "₹250.00"])
    expect(seat(watcher, "C1-1")).to_have_attribute("aria-selected", "false")
    expect(watcher.get_by_role("heading", level=2)).to_contain_text("5 of 6 seats free")

    buyer.get_by_role("button", name="Give the seats back").click()
    expect(seat(watcher, "C1-1")).to_have_attribute("data-state", "free")
    assert watcher.evaluate("window.notReloaded")


def test_a_seat_on_other_legs_stays_free_on_the_map(visitor: Callable[..., Page], shop: Shop) -> None:
    buyer, watcher = visitor(), visitor()
    sign_up(buyer)
    watcher.goto(shop.train.replace("BBB/DDD", "DDD/EEE"))
    expect(watcher.locator("[data-live]")).to_have_attribute("data-on", "yes")
    buyer.goto(shop.train)
    seat(buyer, "C1-1").click()
    buyer.get_by_role("button", name="Hold seats").click()
    buyer.goto(shop.train.replace("BBB/DDD", "CCC/EEE"))
    seat(buyer, "C1-2").click()
    buyer.get_by_role("button", name="Hold seats").click()
    expect(seat(watcher, "C1-2")).to_have_attribute("data-state", "held")
    expect(seat(watcher, "C1-1")).to_have_attribute("data-state", "free")


def test_whoever_comes_a_moment_too_late_keeps_the_rest_of_the_choice(visitor: Callable[..., Page], shop: Shop) -> None:
    first, late = visitor(), visitor(java_script_enabled=False)
    sign_up(first)
    sign_up(late)
    late.goto(shop.train)
    first.goto(shop.train)
    seat(first, "C1-1").click()
    first.get_by_role("button", name="Hold seats").click()
    first.get_by_role("link", name="Pay").wait_for()

    late.locator("input[value=C1-1]").check()
    late.locator("input[value=C1-4]").check()
    late.get_by_role("button", name="Hold seats").click()
    expect(late.get_by_role("alert")).to_contain_text("C1-1 was taken a moment ago")
    expect(late.locator("input[type=checkbox][value=C1-4]")).to_be_checked()
    expect(late.locator("input[type=checkbox][value=C1-1]")).to_be_disabled()


def test_without_a_leader_the_map_says_so_keeps_the_hold_and_recovers_by_itself(
    visitor: Callable[..., Page], shop: Shop, store_cluster: StoreCluster
) -> None:
    page = visitor()
    sign_up(page)
    page.goto(shop.train)
    seat(page, "C1-1").click()
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Pay").wait_for()
    order = page.url
    killed = store_cluster.nodes[:2]
    store_cluster.kill(*killed)
    try:
        page.goto(shop.train)
        expect(page.get_by_text("The seat store has no leader at the moment.")).to_be_visible()
        expect(page.get_by_text("Seats that you hold are kept for you.")).to_be_visible()
        expect(page.locator("input[name=seats]:enabled")).to_have_count(0)
        expect(page.locator("[data-live][data-on=yes]")).to_have_count(0)
        page.goto(order)
        expect(page.get_by_text("Held for you")).to_be_visible()
        page.goto(shop.train)
    finally:
        store_cluster.start(*killed)
        store_cluster.leader()
    expect(seat(page, "C1-2")).to_have_attribute("data-state", "free", timeout=30_000)
    expect(seat(page, "C1-1")).to_have_attribute("data-state", "held")
    expect(page.get_by_text("The seat store has no leader at the moment.")).to_be_hidden()


def test_a_train_with_more_legs_than_a_number_has_bits_is_shown_exactly(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    page = visitor()
    far_away, on_the_way = 1 << 60, 1 << 2
    frame = {"type": "map", "index": 2**40, "sold": {}}
    frame["held"] = {"C1-1": f"{far_away | on_the_way:x}", "C1-2": f"{far_away:x}"}
    page.route_web_socket("**/ws/seat-maps/**", lambda socket: socket.send(json.dumps(frame)))
    page.goto(shop.train)
    expect(seat(page, "C1-1")).to_have_attribute("data-state", "held")
    expect(seat(page, "C1-2")).to_have_attribute("data-state", "free")


def test_after_a_restore_the_restored_map_is_shown_and_followed(visitor: Callable[..., Page], shop: Shop) -> None:
    """A restored store's log is another one, and may be much shorter."""
    page = visitor()
    asked: list[str] = []

    def answer(socket: WebSocketRoute) -> None:
        asked.append(socket.url)
        restored = {"type": "map", "log": "restored", "index": 1, "held": {"C1-1": "ff"}, "sold": {}}
        if len(asked) > 1:
            # What a server tells that has not heard of the restore.
            socket.send(json.dumps({"type": "changes", "log": "old", "index": 2**40, "seats": [["C1-1", "0", "0"]]}))
            socket.send(json.dumps({"type": "changes", "log": "restored", "index": 2, "seats": [["C1-2", "ff", "0"]]}))
            return
        socket.send(json.dumps(restored))
        socket.close(code=4008)

    page.route_web_socket("**/ws/seat-maps/**", answer)
    page.goto(shop.train)
    page_index = int(page.locator("[data-seat-map]").get_attribute("data-index") or 0)
    page_log = page.locator("[data-seat-map]").get_attribute("data-log")
    assert page_index > 1
    expect(seat(page, "C1-2")).to_have_attribute("data-state", "held")
    expect(seat(page, "C1-1")).to_have_attribute("data-state", "held")
    assert f"?since={page_index}&log={page_log}" in asked[0]
    assert asked[1].endswith("?since=1&log=restored")


def test_a_map_comes_back_within_ten_seconds_after_its_server_and_not_when_everybody_does(
    visitor: Callable[..., Page], shop: Shop
) -> None:
    """However long the server was away; time is the test's own."""
    page = visitor()
    page.clock.install()
    tick_ms, ticks, tried_at, is_back = 500, 0, [], False

    def answer(socket: WebSocketRoute) -> None:
        tried_at.append(ticks * tick_ms)
        if not is_back:
            socket.close(code=1012)

    page.route_web_socket("**/ws/seat-maps/**", answer)
    page.goto(shop.train)
    while len(tried_at) < 12:
        page.clock.run_for(tick_ms)
        ticks += 1
        assert ticks < 200, f"after {ticks * tick_ms} ms it had tried at {tried_at}"
    pauses = [later - earlier for earlier, later in pairwise(tried_at)]
    assert min(pauses[-5:]) > max(pauses[:1]), pauses
    assert max(pauses) < 10_000
    assert len(set(pauses[-7:])) > 1, f"everybody else waits as long: {pauses}"
    is_back = True
    page.clock.run_for(10_000)
    expect(page.locator("[data-live]")).to_have_attribute("data-on", "yes")
