"""How does one walk through the site? What the chapters of the tour (chapters/) do on every page."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from uuid import uuid4

from playwright.sync_api import Locator, Page

PASSWORD = "correct-horse-7"


@dataclass(frozen=True, slots=True)
class Sights:
    """Where the walk finds something to buy, as addresses without a host."""

    results: str
    no_results: str
    train: str
    show_page: str
    performance: str


@dataclass(frozen=True, slots=True)
class Walk:
    """`manage` runs a command of manage.py where the site runs; `mail` are the mails to an address, the newest last;
    within `without_leader()` the seat store has none."""

    page: Page
    sights: Sights
    manage: Callable[..., str]
    mail: Callable[[str], list[str]]
    without_leader: Callable[[], AbstractContextManager[None]]
    # Whoever walks; an account with it is made on the way.
    email: str = field(default_factory=lambda: f"{uuid4().hex}@example.com")

    def at(self, name: str, address: str) -> str:
        self.page.goto(address)
        return name

    def run(self, code: str, **named: object) -> str:
        """Python on the site's database; the last word that it prints."""
        said = self.manage("shell", stdin=code.format(**named)).split()
        return said[-1] if said else ""

    def stand_still(self) -> None:
        """A page that waits looks again by itself, and would be gone while somebody looks at it."""
        self.page.evaluate("for (let timer = setTimeout(() => 0); timer > 0; timer--) clearTimeout(timer)")

    def to_map(self, address: str) -> None:
        self.page.goto(address)
        self.page.locator('[data-live][data-on="yes"]').wait_for()

    def press(self, name: str | re.Pattern[str]) -> None:
        """Press a button of the page itself and wait for what comes."""
        with self.page.expect_response(lambda response: response.request.method == "POST"):
            self.page.locator("main").get_by_role("button", name=name, exact=isinstance(name, str)).click()
        self.page.wait_for_load_state()

    def free_seats(self) -> Locator:
        return self.page.locator('[data-seat][data-state="free"]:not(.chosen)')

    def choose(self, count: int) -> None:
        for name in [seat.get_attribute("data-seat") for seat in self.free_seats().all()[:count]]:
            self.page.locator(f'[data-seat="{name}"]').click()

    def hold(self, address: str, count: int) -> str:
        """Hold that many seats, the first that are free; the order's reference."""
        self.to_map(address)
        self.choose(count)
        return self.hold_chosen()

    def hold_chosen(self) -> str:
        self.page.locator("[data-hold]").click()
        self.page.wait_for_url("**/orders/*/")
        return self.page.url.rstrip("/").rpartition("/")[2]

    def fill_in_card(self, number: str) -> None:
        self.page.get_by_label("Card number").fill(number)
        self.page.get_by_label("Valid until").fill("08/30")
        self.page.get_by_label("Security code").fill("123")

    def pay(self, number: str) -> None:
        self.fill_in_card(number)
        self.press(re.compile("^Pay"))

    def log_in(self) -> None:
        self.page.goto("/accounts/login/")
        self.page.locator("main input[type=email]").fill(self.email)
        self.page.locator("main input[type=password]").first.fill(PASSWORD)
        self.press("Log in")

    def log_out(self) -> None:
        self.page.goto("/accounts/logout/")
        self.press("Log out")
