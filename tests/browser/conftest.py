"""A real Chromium in front of a real web server, with a small train and a small hall on sale for each test."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import uuid4
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page

from tests.running.web_server import WebServer

PASSWORD = "correct-horse-7"
GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 9999"
SECOND_STEP_CARD = "4000 0000 0000 1000"

# What was sent to an address from the site that a browser window looks at.
_MAIL_OF: WeakKeyDictionary[BrowserContext, Callable[[str], list[str]]] = WeakKeyDictionary()

_PUT_ON_SALE = """
import json
from booking.tests.selling import a_performance_on_sale, a_train_on_sale
train, show = a_train_on_sale(), a_performance_on_sale()
print(json.dumps({
    "train": f"/trains/{train.departure.pk}/BBB/DDD/",
    "date": train.departure.date.isoformat(),
    "train_number": train.departure.train.number,
    "show": f"/performances/{show.performance.pk}/",
    "show_page": f"/shows/{show.performance.show.slug}/",
    "show_inventory": show.pk,
}))
"""


_PUT_SOMETHING_WIDE_ON_SALE = """
import json
from datetime import timedelta
from django.utils import timezone
from booking.models import Departure, HallRow
from booking.selling.publishing import publish_departure, publish_performance
from booking.tests.catalogue import a_class, a_coach, a_hall, a_performance, a_station, a_train
train = a_train((a_station("WWW"), 600, 600), (a_station("XXX"), 700, 700))
for number in range(12):
    a_coach(train, f"C{number}", seat_class=a_class("AC3"))
departure = Departure.objects.create(train=train, date=timezone.now().date() + timedelta(days=3))
hall = a_hall()
HallRow.objects.filter(hall=hall).update(places="1-60")
performance = a_performance(timezone.now() + timedelta(days=3), hall=hall)
publish_departure(departure=departure)
publish_performance(performance=performance)
print(json.dumps([f"/trains/{departure.pk}/WWW/XXX/", f"/performances/{performance.pk}/"]))
"""


@dataclass(frozen=True)
class Shop:
    """Where to buy C1-1 to C1-6 on a train (BBB to DDD costs 250) and A-1 to A-4 (500), B-1 to B-4 (300) at a show."""

    url: str
    train: str
    date: str
    train_number: str
    show: str
    show_page: str
    show_inventory: str


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium; Playwright's own download is not needed."""
    return {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}


@pytest.fixture
def shop(web_server: WebServer) -> Shop:
    output = web_server.manage("shell", stdin=_PUT_ON_SALE)
    return Shop(url=web_server.url, **json.loads(output.strip().splitlines()[-1]))


@pytest.fixture
def wide_maps(web_server: WebServer) -> list[str]:
    """Seat maps of a train with 13 coaches and of a hall with 60 seats in a row."""
    output = web_server.manage("shell", stdin=_PUT_SOMETHING_WIDE_ON_SALE)
    addresses: list[str] = json.loads(output.strip().splitlines()[-1])
    return addresses


@pytest.fixture
def visitor(browser: Browser, web_server: WebServer) -> Iterator[Callable[..., Page]]:
    """Makes visitors, each with a browser window of their own. No page of theirs may break the security policy."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def make(**options: object) -> Page:
        context = browser.new_context(**{"base_url": web_server.url, **options})  # type: ignore[arg-type]
        _MAIL_OF[context] = web_server.mail
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield make
    for context in contexts:
        context.close()
    # The browser and htmx say of an answer that is no page, or did not come, that it did not; and of a script that is
    # late, that what was asked for early is not used yet.
    expected = r"Failed to load resource|htmx:|The resource \S+ was preloaded"
    assert [text for text in complaints if not re.match(expected, text)] == []


def sign_up(page: Page, email: str | None = None) -> str:
    """A new account, with the code from its mail; the address."""
    email = email or f"{uuid4().hex}@example.com"
    page.goto("/accounts/signup/")
    sign_up_here(page, email)
    page.get_by_role("link", name="My bookings").wait_for()
    return email


def sign_up_here(page: Page, email: str | None = None) -> None:
    """On the page of signing up; it leads on to where the customer came from."""
    email = email or f"{uuid4().hex}@example.com"
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_label("Code").fill(code_for(page, email))
    page.get_by_role("button", name="Confirm").click()


def code_for(page: Page, email: str) -> str:
    """What the newest mail to this address has for whoever owns it."""
    page.get_by_label("Code").wait_for()
    code = re.search(r"^[0-9A-Z]{4}-[0-9A-Z]{4}$", _MAIL_OF[page.context](email)[-1], re.MULTILINE)
    assert code is not None
    return code[0]


def fill_in_card(page: Page, number: str) -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_label("Valid until").fill("08/30")
    page.get_by_label("Security code").fill("123")


def pay(page: Page, number: str) -> None:
    fill_in_card(page, number)
    page.get_by_role("button", name=re.compile("^Pay")).click()


def seat(page: Page, name: str) -> Locator:
    """The seat in the drawing."""
    return page.locator(f'[data-seat="{name}"]')
