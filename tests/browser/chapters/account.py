"""What does somebody see of an account: getting one, its pages, its second step, and the end of it?"""

import base64
import hmac
import re
import struct
import time
from collections.abc import Iterator

from tests.browser.walking import PASSWORD, Walk


def entering(walk: Walk) -> Iterator[str]:
    page = walk.page
    yield walk.at("log-in", "/accounts/login/")
    page.locator("main input[type=email]").fill("nobody@example.com")
    page.locator("main input[type=password]").first.fill("not-this-one")
    walk.press("Log in")
    yield "log-in-wrong"
    yield walk.at("password-forgotten", "/accounts/password/reset/")
    page.locator("main input[type=email]").first.fill("nobody@example.com")
    walk.press("Send the link")
    yield "password-mail-sent"
    yield walk.at("sign-up", "/accounts/signup/")
    page.locator("main input[type=email]").first.fill(walk.email)
    page.locator("main input[type=password]").first.fill(PASSWORD)
    walk.press("Sign up")
    page.get_by_label("Code").wait_for()
    yield "sign-up-code"
    code = re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", walk.mail(walk.email)[-1], re.MULTILINE)
    assert code is not None, "no code in the mail"
    page.get_by_label("Code").fill(code[0])
    walk.press("Confirm")
    page.get_by_role("link", name="My bookings").first.wait_for()


def their_account(walk: Walk) -> Iterator[str]:
    yield walk.at("account", "/accounts/")
    yield walk.at("account-passengers", "/accounts/passengers/")
    yield walk.at("account-address", "/accounts/email/")
    yield walk.at("account-password", "/accounts/password/change/")
    yield walk.at("account-two-steps", "/accounts/two-steps/")
    yield walk.at("account-devices", "/accounts/devices/")
    yield walk.at("account-your-own-facts", "/accounts/data/")
    yield walk.at("bookings-none", "/orders/")
    yield walk.at("payments-none", "/pay/history/")


def a_second_step(walk: Walk) -> Iterator[str]:
    """Set up an authenticator app, and see what logging in asks for then."""
    page = walk.page
    yield walk.at("account-is-it-you", "/accounts/two-steps/totp/activate/")
    page.locator("main input[type=password]").fill(PASSWORD)
    walk.press("Go on")
    yield "account-app-set-up"
    secret = page.locator(".secret").inner_text()
    page.get_by_label("Code").fill("000000")
    walk.press("Turn it on")
    yield "account-app-wrong-code"
    page.get_by_label("Code").fill(code_of_app(secret))
    walk.press("Turn it on")
    page.get_by_role("heading", name="Recovery codes").wait_for()
    yield "account-recovery-codes"
    recovery = page.locator(".codes li").first.inner_text()
    yield walk.at("account-two-steps-on", "/accounts/two-steps/")
    yield walk.at("account-new-recovery-codes", "/accounts/two-steps/recovery-codes/generate/")
    yield walk.at("account-passkey-new", "/accounts/two-steps/webauthn/add/")
    yield walk.at("account-passkeys-none", "/accounts/two-steps/webauthn/")
    yield walk.at("account-app-off", "/accounts/two-steps/totp/deactivate/")
    walk.log_out()
    walk.log_in()
    page.get_by_role("heading", name="One more step").wait_for()
    yield "log-in-second-step"
    page.get_by_label("Code").fill(recovery)
    walk.press("Log in")


def leaving(walk: Walk) -> Iterator[str]:
    """The account is gone at the end."""
    page = walk.page
    yield walk.at("log-out", "/accounts/logout/")
    yield walk.at("account-is-it-you-with-a-second-step", "/accounts/data/erase/")
    page.locator("main input[type=password]").fill(PASSWORD)
    walk.press("Go on")
    yield "account-erase"
    page.get_by_label("Erase my account").check()
    walk.press("Erase the account")
    yield "account-erase-not-all-agreed"
    page.get_by_label("Erase my account").check()
    page.get_by_label("Also though I lose").check()
    walk.press("Erase the account")
    page.get_by_text("Your account is erased.").wait_for()
    yield "account-erased"
    page.goto("/accounts/login/")
    page.locator("main input[type=email]").fill(walk.email)
    page.locator("main input[type=password]").first.fill(PASSWORD)
    page.context.clear_cookies()
    walk.press("Log in")
    yield "form-too-old"


def code_of_app(secret: str, *, later_s: int = 0) -> str:
    """What an authenticator app shows now, or so much later (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", (int(time.time()) + later_s) // 30), "sha1")
    begin = digest[-1] & 15
    return f"{(int.from_bytes(digest[begin : begin + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"
