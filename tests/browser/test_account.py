"""Does an account in a real browser ask for what it should, and is all of it given out, and forgotten, on demand?"""

import json
import zipfile
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chapters.account import code_of_app
from tests.browser.conftest import PASSWORD, sign_up

pytestmark = pytest.mark.browser


def log_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()


def show_again(page: Page) -> None:
    expect(page.get_by_role("heading", name="Is it you?")).to_be_visible()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()


def test_an_authenticator_app_is_set_up_and_asked_for_after_the_password(visitor: Callable[..., Page]) -> None:
    page, elsewhere = visitor(), visitor(viewport={"width": 360, "height": 740})
    email = sign_up(page)
    page.goto("/accounts/two-steps/")
    page.get_by_role("link", name="Set up an app").click()
    show_again(page)
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_label("Code")).to_have_attribute("aria-invalid", "true")
    # The app has read its picture once: a mistake does not make another.
    assert page.locator(".secret").inner_text() == secret
    page.get_by_label("Code").fill(code_of_app(secret))
    page.get_by_role("button", name="Turn it on").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()

    log_in(elsewhere, email)
    expect(elsewhere.get_by_role("heading", name="One more step")).to_be_visible()
    elsewhere.goto("/orders/")
    # The password alone opens nothing: what is missing is asked for again.
    expect(elsewhere.get_by_role("heading", name="One more step")).to_be_visible()
    # A code that was used is nobody's any more, so the next one.
    elsewhere.get_by_label("Code").fill(code_of_app(secret, later_s=30))
    elsewhere.get_by_role("button", name="Log in", exact=True).click()
    elsewhere.goto("/orders/")
    expect(elsewhere.get_by_role("heading", name="My bookings")).to_be_visible()


def test_other_devices_are_named_and_logged_out_from_here(visitor: Callable[..., Page]) -> None:
    page, phone = visitor(), visitor(user_agent="Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0")
    log_in(phone, sign_up(page))
    expect(phone.get_by_role("link", name="My bookings").first).to_be_visible()
    page.goto("/accounts/devices/")
    expect(page.get_by_role("heading", name="Firefox on Android")).to_be_visible()
    expect(page.get_by_role("heading", name="Chrome on Linux")).to_be_visible()
    page.get_by_role("button", name="Log out everywhere else").click()
    expect(page.get_by_role("heading", name="Firefox on Android")).to_have_count(0)
    phone.goto("/orders/")
    expect(phone.get_by_role("heading", name="Log in")).to_be_visible()


def test_everything_is_saved_as_a_file_and_then_forgotten(visitor: Callable[..., Page]) -> None:
    page, elsewhere = visitor(), visitor()
    email = sign_up(page)
    log_in(elsewhere, email)
    expect(elsewhere.get_by_role("link", name="My bookings").first).to_be_visible()
    page.goto("/accounts/passengers/")
    page.get_by_label("Name of a passenger").fill("Ben of Pune")
    page.get_by_role("button", name="Add").click()
    page.goto("/accounts/data/")
    page.get_by_role("link", name="Save as a file").click()
    with page.expect_download() as download:
        show_again(page)
    with zipfile.ZipFile(download.value.path()) as archive:
        account = json.loads(archive.read("accounts.json"))
    assert account["person"]["email"] == email
    assert account["passengers"] == ["Ben of Pune"]

    page.goto("/accounts/data/")
    page.get_by_role("link", name="Erase the account").click()
    page.get_by_label("Erase my account").check()
    page.get_by_role("button", name="Erase the account").click()
    expect(page.get_by_role("status")).to_contain_text("Your account is erased.")
    elsewhere.goto("/orders/")
    expect(elsewhere.get_by_role("heading", name="Log in")).to_be_visible()
    log_in(page, email)
    expect(page.get_by_role("alert")).to_be_visible()
