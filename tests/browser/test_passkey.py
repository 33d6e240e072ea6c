"""A passkey in a real browser: Chromium's virtual authenticator stands for the phone's finger and the laptop's face."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, sign_up
from tests.running.web_server import WebServer

pytestmark = pytest.mark.browser


def an_authenticator(page: Page) -> Callable[[bool], None]:
    """Gives the browser one that keeps passkeys; the function decides whether it knows its owner."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def knows_its_owner(yes: bool) -> None:
        known = {"authenticatorId": made["authenticatorId"], "isUserVerified": yes}
        devtools.send("WebAuthn.setUserVerified", known)

    return knows_its_owner


def test_a_passkey_logs_its_owner_in_without_a_password_and_nobody_else(
    visitor: Callable[..., Page], web_server: WebServer
) -> None:
    # Passkeys belong to a name; an address such as 127.0.0.1 is none.
    page = visitor(base_url=f"http://localhost:{web_server.port}")
    knows_its_owner = an_authenticator(page)
    sign_up(page)

    page.goto("/accounts/two-steps/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto("/accounts/two-steps/webauthn/")
    expect(page.get_by_text("Logs you in by itself")).to_be_visible()

    page.goto("/accounts/logout/")
    page.get_by_role("main").get_by_role("button", name="Log out").click()
    page.goto("/accounts/login/?next=/accounts/devices/")
    knows_its_owner(False)
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("alert")).to_contain_text("did not work")
    knows_its_owner(True)
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("heading", name="Devices")).to_be_visible()
    expect(page.get_by_text("This one")).to_be_visible()
