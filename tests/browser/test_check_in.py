"""Does a ticket that was bought here get somebody in, by a phone's camera and by hand?"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.running.web_server import WebServer

from .conftest import GOOD_CARD, PASSWORD, Shop, pay, seat, sign_up

pytestmark = pytest.mark.browser

_AN_USHER = """
from django.contrib.auth.models import Permission
from accounts.models import User
from accounts.services import vouch_for
usher, _ = User.objects.get_or_create(email="usher@example.com", defaults={{"is_staff": True}})
usher.set_password("{password}")
usher.save()
vouch_for(person=usher)
usher.user_permissions.add(Permission.objects.get(codename="check_in"))
"""


@pytest.fixture
def usher(web_server: WebServer) -> str:
    web_server.manage("shell", stdin=_AN_USHER.format(password=PASSWORD))
    return "usher@example.com"


@pytest.fixture
def phone(
    browser_type: BrowserType, browser_type_launch_args: dict, web_server: WebServer, tmp_path: Path
) -> Iterator[Callable[[Path], Page]]:
    """A phone whose camera sees a picture."""
    browsers: list[Browser] = []

    def looking_at(picture: Path) -> Page:
        film = tmp_path / "camera.mjpeg"
        frame = Image.new("RGB", (640, 480), "#777")
        seen = Image.open(picture).convert("RGB")
        seen.thumbnail((400, 400))
        frame.paste(seen, ((640 - seen.width) // 2, (480 - seen.height) // 2))
        frame.save(film, "JPEG", quality=90)
        arguments = [
            *browser_type_launch_args["args"],
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-video-capture={film}",
        ]
        browser = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
        browsers.append(browser)
        context = browser.new_context(
            base_url=web_server.url, viewport={"width": 360, "height": 740}, permissions=["camera"]
        )
        context.set_default_timeout(15_000)
        return context.new_page()

    yield looking_at
    for browser in browsers:
        browser.close()


def log_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.get_by_role("link", name="Check-in").wait_for()


def bought(page: Page, shop: Shop, *seats: str) -> str:
    """Buys seats of the show; the booking's code. The page is the booking's."""
    sign_up(page)
    page.goto(shop.show)
    for name in seats:
        seat(page, name).click()
    page.get_by_role("button", name="Hold seats").click()
    page.get_by_role("link", name="Pay").click()
    pay(page, GOOD_CARD)
    return page.get_by_role("article").locator(".code").first.inner_text()


def no_sideways_scroll(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_ticket_on_one_phone_is_read_by_the_camera_of_another_and_a_copy_is_noticed(
    visitor: Callable[..., Page], phone: Callable[[Path], Page], shop: Shop, usher: str, tmp_path: Path
) -> None:
    customer = visitor(viewport={"width": 360, "height": 740})
    code = bought(customer, shop, "A-1")
    customer.get_by_role("link", name="Show tickets").click()
    expect(customer.get_by_role("article")).to_contain_text(f"{code}-1")
    assert no_sideways_scroll(customer)
    picture = tmp_path / "ticket.png"
    customer.get_by_role("img", name="QR code of this ticket").screenshot(path=picture)

    entrance = phone(picture)
    log_in(entrance, usher)
    entrance.goto(f"/check-in/{shop.show_inventory}/")
    entrance.get_by_role("button", name="Scan with the camera").click()
    expect(entrance.get_by_role("alert")).to_contain_text("Welcome")
    expect(entrance.get_by_role("alert")).to_contain_text("A-1")
    expect(entrance.get_by_text("1 of 1 are in")).to_be_visible()
    assert no_sideways_scroll(entrance)
    # It is still before the camera, which is no second scan.
    entrance.get_by_role("button", name="Stop the camera").click()
    expect(entrance.get_by_role("alert")).to_contain_text("Welcome")

    entrance.get_by_label("Ticket or booking code").fill(f"{code}-1".lower())
    entrance.get_by_role("button", name="Let in").click()
    expect(entrance.get_by_role("alert")).to_contain_text("Already used")
    expect(entrance.get_by_role("alert")).to_contain_text(re.compile(r"First at \d\d:\d\d IST · usher"))


def test_people_are_let_in_and_taken_back_without_javascript(
    visitor: Callable[..., Page], shop: Shop, usher: str
) -> None:
    code = bought(visitor(), shop, "B-1", "B-2")
    entrance = visitor(java_script_enabled=False)
    log_in(entrance, usher)
    entrance.goto(f"/check-in/{shop.show_inventory}/")
    entrance.get_by_label("Ticket or booking code").fill(code)
    entrance.get_by_role("button", name="Let in").click()
    entrance.get_by_role("button", name="Let in seat B-2").click()
    expect(entrance.get_by_role("alert")).to_contain_text("Welcome")
    expect(entrance.get_by_text("1 of 2 are in")).to_be_visible()
    entrance.get_by_role("button", name="Undo B-2").click()
    expect(entrance.get_by_text("0 of 2 are in")).to_be_visible()
