"""The panel in a real browser, with its script and without."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.running.web_server import WebServer


@pytest.fixture
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
    yield browser
    browser.close()


def open_panel(page: Page, web_server: WebServer) -> None:
    page.goto(f"{web_server.url}/shows/")
    page.locator(".assistant-panel summary").click()


def ask(page: Page, question: str) -> None:
    page.get_by_label("Your question").fill(question)
    page.keyboard.press("Enter")


def test_a_question_is_answered_in_the_panel_without_leaving_the_page(chromium, web_server):
    page = chromium.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    open_panel(page, web_server)
    page.keyboard.press("Tab")
    log = page.get_by_role("log")
    # Lower than the answer is, whose beginning is seen nevertheless.
    log.evaluate("(log) => { log.style.maxBlockSize = '6rem'; }")
    page.get_by_label("Your question").fill("how to cancle a <b>booking</b>?")
    page.keyboard.press("Enter")
    expect(log).to_contain_text("how to cancle a <b>booking</b>?")
    expect(log).to_contain_text("shown before you decide")
    expect(log.get_by_role("link", name="My bookings")).to_have_attribute("href", "/orders/")
    expect(log.locator(".assistant-question")).to_be_in_viewport()
    expect(page.get_by_label("Your question")).to_be_focused()
    expect(page.get_by_label("Your question")).to_have_value("")
    assert page.url == f"{web_server.url}/shows/"
    assert errors == []


def test_words_are_seen_as_they_come_and_heard_only_as_a_whole(chromium, web_server):
    page = chromium.new_page()
    open_panel(page, web_server)
    page.evaluate(
        """() => {
            window.heard = [];
            new MutationObserver((changes) => {
                for (const change of changes) for (const node of change.addedNodes) {
                    if (node.nodeType === 1 && node.ariaHidden !== "true") window.heard.push(node.textContent);
                }
            }).observe(document.querySelector("[role=log]"), { childList: true });
        }"""
    )
    words: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: words.append(str(frame))))
    ask(page, "how do I pay?")
    expect(page.get_by_role("log")).to_contain_text("pay by card")
    assert len(words) > 20, "the answer came over the socket, word by word"
    # Its last word is seen before the whole is heard.
    page.wait_for_function("window.heard.length === 2")
    question, answer = page.evaluate("window.heard")
    assert question == "You: how do I pay?"
    assert "pay by card" in answer


def test_the_conversation_goes_on_on_the_next_page_and_can_be_begun_anew(chromium, web_server):
    page = chromium.new_page()
    open_panel(page, web_server)
    ask(page, "how do I pay?")
    expect(page.get_by_role("log")).to_contain_text("pay by card")
    open_panel(page, web_server)
    log = page.get_by_role("log")
    expect(log).to_contain_text("pay by card")
    ask(page, "how do I cancel?")
    expect(log).to_contain_text("shown before you decide")
    expect(log.locator(".assistant-question")).to_have_count(2)
    page.get_by_role("button", name="Start over").click()
    expect(log.locator(".assistant-question")).to_have_count(0)
    open_panel(page, web_server)
    expect(log.locator(".assistant-question")).to_have_count(0)


def test_where_sockets_are_blocked_the_answer_comes_all_the_same(chromium, web_server):
    page = chromium.new_page()
    page.add_init_script("window.WebSocket = class { constructor() { throw new Error('blocked'); } };")
    open_panel(page, web_server)
    ask(page, "how do I pay?")
    expect(page.get_by_role("log")).to_contain_text("pay by card")


def test_a_question_that_cannot_be_sent_is_kept_and_said_not_to_have_arrived(chromium, web_server):
    page = chromium.new_page()
    open_panel(page, web_server)
    page.context.set_offline(True)
    page.get_by_label("Your question").fill("help")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("log")).to_contain_text("cannot be reached right now")
    expect(page.get_by_label("Your question")).to_have_value("help")


def test_without_script_the_panel_leads_to_the_answer_on_a_page(chromium, web_server):
    page = chromium.new_context(java_script_enabled=False).new_page()
    open_panel(page, web_server)
    page.get_by_label("Your question").fill("how do I pay?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page).to_have_url(f"{web_server.url}/assistant/")
    expect(page.get_by_role("log")).to_contain_text("pay by card")


def test_the_open_panel_fits_a_small_phone(chromium, web_server):
    page = chromium.new_page(viewport={"width": 360, "height": 640})
    open_panel(page, web_server)
    page.get_by_label("Your question").fill("help")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log")).to_contain_text("I look things up on this site")
    box = page.locator(".assistant-panel").bounding_box()
    assert box["x"] >= 0
    assert box["y"] >= 0
    assert box["x"] + box["width"] <= 360
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
