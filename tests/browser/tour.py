"""Which pages and states has the site? One walk through them all; whoever looks at every page follows it.

The walk stops at each with the page open in the browser, and says its name. It buys, is declined, waits, cancels and
exchanges like anybody, and so comes to the states that only somebody with that history sees.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4

from playwright.sync_api import Locator, Page, Route

PASSWORD = "correct-horse-7"
DECLINED_CARD = "4000 0000 0000 9999"
MISTYPED_CARD = "4242 4242 4242 4241"
SECOND_STEP_CARD = "4000 0000 0000 1000"

_AS_IF = """
from booking.models import Order
Order.objects.filter(reference="{reference}").update(status="{status}")
"""
_ANSWER = """
from django.template.loader import get_template
print(get_template("{code}.html").render())
"""


@dataclass(frozen=True, slots=True)
class Sights:
    """Where the walk finds something to buy, as addresses without a host."""

    results: str
    no_results: str
    train: str
    show_page: str
    performance: str


@dataclass(frozen=True, slots=True)
class Tour:
    """`manage` runs a command of manage.py where the site runs; `mail` are the mails to an address, the newest last."""

    page: Page
    sights: Sights
    manage: Callable[..., str]
    mail: Callable[[str], list[str]]

    def stops(self) -> Iterator[str]:
        yield from self._looking_around()
        yield from self._entering()
        yield from self._their_account()
        yield from self._paying()
        yield from self._changing_their_mind()
        yield from self._looking_back()
        yield from self._waiting()
        yield from self._what_they_could_not_bring_about()
        yield from self._leaving()

    def _looking_around(self) -> Iterator[str]:
        yield self._at("home", "/")
        yield self._at("search-mistyped", "/trains/?from=nowhere&to=&date=")
        yield self._at("results", self.sights.results)
        yield self._at("results-none", self.sights.no_results)
        yield self._at("shows", "/shows/")
        yield self._at("show", self.sights.show_page)
        self._map(self.sights.train)
        yield "map-train"
        self._map(self.sights.performance)
        yield "map-show"
        best = self.page.locator("#best-seats")
        best.evaluate("(details) => { details.open = true }")
        yield "map-best-seats"
        self._map(f"{self.sights.performance}?gone={self._free_seats().first.get_attribute('data-seat')}")
        yield "map-taken-a-moment-ago"
        self._choose(1)
        self.page.locator("[data-hold]").click()
        self.page.get_by_role("heading", name="Who is buying?").wait_for()
        yield "who-is-buying"
        yield self._at("not-found", "/nowhere/")
        yield self._at("assistant", "/assistant/")
        self._at("shows", "/shows/")
        self.page.locator(".assistant-panel summary").click()
        yield "assistant-panel"

    def _entering(self) -> Iterator[str]:
        yield self._at("log-in", "/accounts/login/")
        self.page.locator("main input[type=email]").fill("nobody@example.com")
        self.page.locator("main input[type=password]").first.fill("not-this-one")
        self._press("Log in")
        yield "log-in-wrong"
        yield self._at("password-forgotten", "/accounts/password/reset/")
        yield self._at("sign-up", "/accounts/signup/")
        email = f"{uuid4().hex}@example.com"
        self.page.locator("main input[type=email]").first.fill(email)
        self.page.locator("main input[type=password]").first.fill(PASSWORD)
        self._press("Sign up")
        self.page.get_by_label("Code").wait_for()
        yield "sign-up-code"
        code = re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", self.mail(email)[-1], re.MULTILINE)
        assert code is not None, "no code in the mail"
        self.page.get_by_label("Code").fill(code[0])
        self._press("Confirm")
        self.page.get_by_role("link", name="My bookings").first.wait_for()

    def _their_account(self) -> Iterator[str]:
        yield self._at("account", "/accounts/")
        yield self._at("account-passengers", "/accounts/passengers/")
        yield self._at("account-address", "/accounts/email/")
        yield self._at("account-password", "/accounts/password/change/")
        yield self._at("account-two-steps", "/accounts/two-steps/")
        yield self._at("account-devices", "/accounts/devices/")
        yield self._at("account-your-own-facts", "/accounts/data/")
        yield self._at("bookings-none", "/orders/")
        yield self._at("payments-none", "/pay/history/")

    def _paying(self) -> Iterator[str]:
        reference = self._hold(self.sights.train, 2)
        yield "order-held"
        self._map(self.sights.train)
        yield "map-own-hold"
        yield self._at("pay", f"/pay/{reference}/")
        self._pay(MISTYPED_CARD)
        self.page.locator("[aria-invalid=true]").wait_for()
        yield "pay-mistyped"
        self._pay(DECLINED_CARD)
        self.page.get_by_text("The payment was declined.").wait_for()
        yield "pay-declined"
        self._pay(SECOND_STEP_CARD)
        self.page.get_by_role("link", name="Continue to your bank").wait_for()
        yield "pay-second-step"
        self.page.get_by_role("link", name="Continue to your bank").click()
        yield "bank"
        self._press("Approve")
        self.page.get_by_role("article").wait_for()
        yield "order-confirmed"
        yield self._at("tickets", f"/orders/{reference}/tickets/")

    def _changing_their_mind(self) -> Iterator[str]:
        self.page.get_by_role("link", name="Back to the booking").click()
        booking = self.page.url
        self.page.get_by_role("link", name="Exchange seats").click()
        yield "exchange"
        self.page.locator("main .panel a.button").first.click()
        self._map(self.page.url)
        yield "exchange-map"
        self._choose(2)
        self.page.locator("[data-hold]").click()
        self.page.get_by_role("heading", name=re.compile("^Exchange these")).wait_for()
        yield "exchange-offer"
        self.page.goto(booking)
        self.page.get_by_role("link", name="Cancel seats").click()
        yield "cancel"
        for box in self.page.locator("input[name=seats]").all():
            box.uncheck()
        self._press("See what is paid back")
        yield "cancel-nothing-chosen"
        self.page.locator("input[name=seats]").first.check()
        self._press("See what is paid back")
        yield "cancel-offer"
        self._press(re.compile("^Cancel this seat"))
        self.page.get_by_role("article").wait_for()
        yield "order-partly-cancelled"
        self.page.get_by_role("link", name="Cancel seats").click()
        self._press("See what is paid back")
        self._press(re.compile("^Cancel this seat"))
        self.page.get_by_text("This booking was cancelled.").wait_for()
        yield "order-cancelled"

    def _looking_back(self) -> Iterator[str]:
        reference = self._hold(self.sights.performance, 1)
        self._press("Give the seats back")
        yield self._at("order-given-back", f"/orders/{reference}/")
        yield self._at("bookings", "/orders/")
        yield self._at("payments", "/pay/history/")

    def _waiting(self) -> Iterator[str]:
        self._map(self.sights.performance)
        self.page.locator("#waiting-list summary").click()
        self._press("Wait for seats")
        yield self._at("bookings-with-waiting-list", "/orders/")
        reference = self._hold(self.sights.performance, 1)
        self.page.goto(f"/pay/{reference}/")
        self.page.get_by_label("UPI id").fill("ignored@bank")
        self._press(re.compile("on my phone"))
        self.page.get_by_role("heading", name="Waiting for your bank").wait_for()
        self._stand_still()
        yield "pay-waiting"
        self._press("Stop this payment and choose another way")
        yield "pay-again"

    def _what_they_could_not_bring_about(self) -> Iterator[str]:
        """States that come of time or of a failure: they are written down here, as if that had happened."""
        reference = self._hold(self.sights.performance, 1)
        for status in ("CONFIRMING", "NEEDS_ATTENTION", "EXPIRED"):
            self.manage("shell", stdin=_AS_IF.format(reference=reference, status=status))
            name = self._at(f"order-{status.lower().replace('_', '-')}", f"/orders/{reference}/")
            self._stand_still()
            yield name
        for code in (400, 403, 500, 503):
            self._answer_with(code)
            yield self._at(f"answer-{code}", f"/answered-with-{code}")

    def _leaving(self) -> Iterator[str]:
        yield self._at("log-out", "/accounts/logout/")
        self.page.context.clear_cookies()
        self.page.locator("main").get_by_role("button", name="Log out").click()
        yield "form-too-old"

    def _answer_with(self, code: int) -> None:
        """Have the browser get the site's page for this answer where there is no page."""
        said = self.manage("shell", stdin=_ANSWER.format(code=code))
        page = said[said.index("<!doctype") :]

        def answer(route: Route) -> None:
            route.fulfill(body=page, content_type="text/html; charset=utf-8")

        self.page.route(f"**/answered-with-{code}", answer)

    def _at(self, name: str, address: str) -> str:
        self.page.goto(address)
        return name

    def _stand_still(self) -> None:
        """A page that waits looks again by itself, and would be gone while somebody looks at it."""
        self.page.evaluate("for (let timer = setTimeout(() => 0); timer > 0; timer--) clearTimeout(timer)")

    def _map(self, address: str) -> None:
        self.page.goto(address)
        self.page.locator('[data-live][data-on="yes"]').wait_for()

    def _press(self, name: str | re.Pattern[str]) -> None:
        """Press a button of the page itself and wait for what comes."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            self.page.locator("main").get_by_role("button", name=name, exact=isinstance(name, str)).click()
        self.page.wait_for_load_state()

    def _free_seats(self) -> Locator:
        return self.page.locator('[data-seat][data-state="free"]:not(.chosen)')

    def _choose(self, count: int) -> None:
        for name in [seat.get_attribute("data-seat") for seat in self._free_seats().all()[:count]]:
            self.page.locator(f'[data-seat="{name}"]').click()

    def _hold(self, address: str, count: int) -> str:
        """Hold that many seats; the order's reference."""
        self._map(address)
        self._choose(count)
        self.page.locator("[data-hold]").click()
        self.page.wait_for_url("**/orders/*/")
        return self.page.url.rstrip("/").rpartition("/")[2]

    def _pay(self, number: str) -> None:
        self.page.get_by_label("Card number").fill(number)
        self.page.get_by_label("Valid until").fill("08/30")
        self.page.get_by_label("Security code").fill("123")
        self._press(re.compile("^Pay"))
